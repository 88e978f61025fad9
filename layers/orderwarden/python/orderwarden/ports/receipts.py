"""The receipts port."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from orderwarden.domain.receipt import Receipt


class Receipts(Protocol):
    """Who holds which signal, what was decided, how it ended.

    Writes compare and set: `expected` is the receipt that was read, or None for absence.
    An expired receipt counts as absent everywhere.
    """

    def look_up(self, keys: Iterable[str]) -> Mapping[str, Receipt]:
        """Return the receipts that exist, by key; consistent reads."""
        ...

    def replace(self, receipt: Receipt, expected: Receipt | None) -> Receipt | None:
        """Store `receipt` if what is stored has `expected`'s revision (None: is absent).

        Returns:
            None if it was stored, with revision `expected.revision + 1` (or 1); else the receipt
            found. Found absent though one was expected: `expected` itself, unchanged.
        """
        ...

    def of_order(self, store: str, order_id: int) -> Sequence[Receipt]:
        """Return every receipt of an order that has not expired, oldest first.

        For people who ask why: it may read all receipts there are, and miss one just written.
        """
        ...
