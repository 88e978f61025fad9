"""Writing the texts that are kept with orders. Errors: `ports/store.py`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from orderwarden.domain.metafield_changes import BatchResult, NewMetafield
from orderwarden.domain.order_parts import Metafield
from orderwarden.ports.answer import Answer


class MetafieldWrites(Protocol):
    """Order metafields, one by one or many at a time.

    A batch of nothing is a `ValueError`, and one that is refused as a whole is `Refused`.
    """

    def write_metafield(self, order_id: int, new: NewMetafield) -> Answer[Metafield]:
        """Create the metafield of this namespace and key, or change its value.

        Two calls or more: the list is read first. May be repeated.

        Raises:
            TryAgain: Also where another worker makes it at the same time.
            Refused: Also where what is not ours keeps it from being made.
        """
        ...

    def delete_metafield(self, order_id: int, metafield_id: int) -> Answer[None]:
        """Delete a metafield; `NotFound` where it is gone already."""
        ...

    def create_metafields(self, new: Sequence[tuple[int, NewMetafield]]) -> Answer[BatchResult]:
        """Create metafields, each with the order it is for; one that exists is a problem."""
        ...

    def update_metafields(self, changed: Mapping[int, NewMetafield]) -> Answer[BatchResult]:
        """Change metafields, by id."""
        ...

    def delete_metafields(self, metafield_ids: Sequence[int]) -> Answer[BatchResult]:
        """Delete metafields."""
        ...
