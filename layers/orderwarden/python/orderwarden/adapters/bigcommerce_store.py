"""The BigCommerce API of one store in our words: one class that reads, one that writes as well.

Paths, parameters and shapes: docs/bigcommerce.md; tests/contracts/store holds every request
against the official OpenAPI documents.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from typing import Self

from requests.adapters import BaseAdapter

from orderwarden.adapters.bigcommerce_hooks import ReadsHooks, WritesHooks
from orderwarden.adapters.bigcommerce_http import TIMEOUTS, StoreHttp, Timeouts
from orderwarden.adapters.bigcommerce_metafields import WritesMetafields
from orderwarden.adapters.bigcommerce_order_parts import ReadsOrderParts
from orderwarden.adapters.bigcommerce_order_reads import ReadsOrders
from orderwarden.adapters.bigcommerce_order_writes import WritesOrders
from orderwarden.adapters.bigcommerce_pacing import Pacer
from orderwarden.adapters.bigcommerce_payments import MovesMoney
from orderwarden.adapters.bigcommerce_shop import ReadsShop
from orderwarden.ports import Clock


class BigCommerceReader(ReadsOrders, ReadsOrderParts, ReadsShop, ReadsHooks):
    """`ports.StoreReader`: it has no method that writes. Threads may share it."""

    def __init__(
        self,
        store_hash: str,
        access_token: str,
        api_url: str,
        pacer: Pacer,
        clock: Clock,
        *,
        adapter: BaseAdapter | None = None,
        timeouts: Timeouts = TIMEOUTS,
        on_call: Callable[[], None] = lambda: None,
    ) -> None:
        """Keep what is needed; nothing is sent yet.

        Args:
            store_hash: As in the API's paths.
            access_token: Appears in no message.
            api_url: `https://api.bigcommerce.com`, or wherever else that API is spoken.
            pacer: Shared by all that call this store.
            clock: Ours.
            adapter: What carries the requests, and must not repeat any; may be shared.
            timeouts: Limits of one exchange.
            on_call: Called, in the caller's thread, for every request that goes out.

        Raises:
            ConfigurationError: Hash, token or URL cannot be right.
        """
        self._http = StoreHttp(
            store_hash,
            access_token,
            api_url,
            pacer,
            clock,
            adapter=adapter,
            timeouts=timeouts,
            on_call=on_call,
        )

    def close(self) -> None:
        """Close idle connections."""
        self._http.close()

    def allowance(self, seconds: float) -> int | None:
        """Return how many calls the store grants in so many seconds, its reserve left alone."""
        return self._http.allowance(seconds)

    def telling(self, on_call: Callable[[], None]) -> Self:
        """Return the same client, with the same budget, which also calls `on_call`."""
        told = copy(self)
        told._http = self._http.telling(on_call)  # noqa: SLF001 - one of us
        return told


class BigCommerceStore(BigCommerceReader, WritesOrders, WritesMetafields, MovesMoney, WritesHooks):
    """`ports.Store`: the reader, and its writes."""
