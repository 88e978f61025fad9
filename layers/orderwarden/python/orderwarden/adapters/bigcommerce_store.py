"""The BigCommerce API of one store in our words: one class that reads, one that writes as well.

Paths, parameters and shapes: docs/bigcommerce.md; tests/contracts/store holds every request
against the official OpenAPI documents.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from requests.adapters import BaseAdapter

from orderwarden.adapters import bigcommerce_parse as parse
from orderwarden.adapters.bigcommerce_call import Call
from orderwarden.adapters.bigcommerce_http import TIMEOUTS, StoreHttp, Timeouts
from orderwarden.adapters.bigcommerce_pacing import Pacer
from orderwarden.adapters.bigcommerce_pages import all_v2, all_v3
from orderwarden.domain.order import Order, OrderLine, Shipment, Transaction
from orderwarden.ports import Answer, Clock


class BigCommerceReader:
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

    def order(self, order_id: int) -> Answer[Order]:
        """Read one order."""
        call = Call("GET", _order(order_id), is_essential=True)
        return self._http.answer(call, partial(parse.order, order_id=order_id))

    def transactions(self, order_id: int) -> Answer[tuple[Transaction, ...]]:
        """Read every transaction of an order."""
        path = f"/v3/orders/{order_id:d}/transactions"
        return all_v3(self._http, path, partial(parse.transaction, order_id=order_id))

    def products(self, order_id: int) -> Answer[tuple[OrderLine, ...]]:
        """Read every line of an order."""
        path = f"{_order(order_id)}/products"
        return all_v2(self._http, path, partial(parse.order_line, order_id=order_id))

    def shipments(self, order_id: int) -> Answer[tuple[Shipment, ...]]:
        """Read every shipment of an order."""
        path = f"{_order(order_id)}/shipments"
        return all_v2(self._http, path, partial(parse.shipment, order_id=order_id))

    def statuses(self) -> Answer[Mapping[int, str]]:
        """Read the store's order statuses: id to system label."""
        return self._http.answer(Call("GET", "/v2/order_statuses"), parse.statuses)


class BigCommerceStore(BigCommerceReader):
    """`ports.Store`: the reader, and its writes."""

    def put_order(
        self, order_id: int, *, status_id: int, staff_notes: str | None = None
    ) -> Answer[Order]:
        """Set the status and, where given, the whole staff notes, in one PUT.

        The body has these fields and never another: one read-only field would fail the whole
        request, and a PUT without `status_id` may reset the order (docs, "Writes").
        """
        body: dict[str, object] = {"status_id": status_id}
        if staff_notes is not None:
            body["staff_notes"] = staff_notes
        call = Call("PUT", _order(order_id), body=body, is_essential=True)
        return self._http.answer(call, partial(parse.order, order_id=order_id))


def _order(order_id: int) -> str:
    return f"/v2/orders/{order_id:d}"
