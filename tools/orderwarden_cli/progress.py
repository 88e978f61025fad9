"""A progress bar on stderr, where somebody looks; and a log that keeps out of its way."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from orderwarden.ports import Clock
from orderwarden_local.structured_log import StructuredLog
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

Advance = Callable[[int, int | None], None]
"""Says how much is done, and of how much (None: nobody knows)."""


class _Nowhere(io.TextIOBase):
    """A stream that keeps nothing."""

    def write(self, text: str) -> int:
        return len(text)


@contextmanager
def progress(what: str) -> Iterator[Advance]:
    """Show a bar for the length of the block; nothing where stderr is no terminal."""
    console = Console(stderr=True)
    columns = (TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def quiet_log(clock: Clock) -> StructuredLog:
    """Return a log on stderr, or none where a person sees the bar there."""
    is_watched = Console(stderr=True).is_terminal
    return StructuredLog(clock, _Nowhere() if is_watched else None)  # type: ignore[arg-type]
