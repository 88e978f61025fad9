"""The BigCommerce API as a port: small protocols, and the two that most users want.

`StoreReader` has no method that writes: it is for whatever must not. All raise `TryAgain` (429,
5xx, timeouts, nonsense in the answer), `StoreUnauthorised` (401; 403 on orders), `NotFound`,
`Refused`; what the store said to it is in `detail` or `message`, fit to be shown to a person.
What it would refuse or misread in any case is a `ValueError`, and never sent.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from orderwarden.ports.hooks import HookReader, HookWriter
from orderwarden.ports.metafields import MetafieldWrites
from orderwarden.ports.order_parts import OrderParts
from orderwarden.ports.order_reads import OrderReads
from orderwarden.ports.order_writes import OrderWrites
from orderwarden.ports.payments import Payments
from orderwarden.ports.shop import Shop


class StoreReader(OrderReads, OrderParts, Shop, HookReader, Protocol):
    """The API of one store, for whatever must not write."""

    def allowance(self, seconds: float) -> int | None:
        """Return how many calls the store grants in so many seconds, its reserve left alone.

        None as long as no answer told of a quota.
        """
        ...


class Store(StoreReader, OrderWrites, MetafieldWrites, Payments, HookWriter, Protocol):
    """The same with its writes.

    A write raises `TryAgain` where it was surely not made (429, no connection), and `AnswerLost`
    where it may have been made.
    """

    def telling(self, on_call: Callable[[], None]) -> Store:
        """Return the same store, which calls `on_call` for every request that goes out."""
        ...
