"""The changelog port."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol

from orderwarden.domain.line import Line


class Changelog(Protocol):
    """Why each order was changed: one line per effect."""

    def replace(self, line: Line, expected: Line | None) -> Line | None:
        """Store `line` if what is stored under its id equals `expected` in result and attempt.

        Returns:
            None if it was stored, else the line found (absent though expected: `expected`).
        """
        ...

    def settle(self, line: Line) -> bool:
        """Store `line` over the *intended* line of the same id and attempt.

        Returns:
            Whether there was such a line.
        """
        ...

    def mark_undone(self, store: str, order_id: int, line_id: str, undone_by: str) -> None:
        """Write on a line which other line took it back; its result stays."""
        ...

    def of_order(self, store: str, order_id: int) -> Sequence[Line]:
        """Return every line of an order, oldest first; consistent reads."""
        ...

    def between(self, store: str, start: datetime, end: datetime) -> Iterable[Line]:
        """Return the lines intended in [start, end), oldest first."""
        ...

    def of_run(self, store: str, run_id: str) -> Sequence[Line]:
        """Return the lines of one run, oldest first."""
        ...

    def every_line(self, store: str) -> Iterable[Line]:
        """Return every line of a store, in no order, read page by page.

        For people who take it all elsewhere: it may read all there is, of other stores too.
        """
        ...
