"""The client and the simulated store talk as the official documents say, both ways."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from urllib.parse import urlsplit

import pytest
from contracts.store.client_calls import (
    ADDRESS,
    ALL_CALLS,
    EVERY_PARCEL_FIELD,
    MARK,
    PICKUP,
    PRICE,
    TAX,
    Call,
    Ids,
)
from contracts.store.openapi import FOLDER, Json, operation_of
from contracts.store.store_doubles import a_store
from contracts.store.test_store_openapi import DISAGREEMENTS, ELSEWHERE
from in_process import InProcessAdapter
from orderwarden.adapters.bigcommerce_store import BigCommerceStore
from orderwarden.domain.new_order import CatalogLine, CustomLine, NewOrder
from orderwarden.domain.order_changes import OrderChanges
from orderwarden.domain.order_filter import OrderFilter
from orderwarden.domain.refunding import RefundFilter, RefundUnits
from orderwarden.domain.shipment_changes import NewShipment
from orderwarden.domain.shop import LogFilter
from orderwarden.domain.stock import InventoryFilter
from requests import PreparedRequest, Response
from unit.simulator.calls import Sim
from unit.simulator.openapi_shapes import problems

pytestmark = pytest.mark.skipif(
    not FOLDER, reason="ORDERWARDEN_OPENAPI_DIR does not name the folder of the documents"
)


class Witness(InProcessAdapter):
    """Carries requests to the simulated store and keeps them with their answers."""

    def __init__(self, sim: Sim) -> None:
        super().__init__(sim.store)
        self.exchanges: list[tuple[PreparedRequest, Response, bytes]] = []

    def send(self, request: PreparedRequest, *more: object, **options: object) -> Response:
        request.headers["X-Auth-Token"] = "token-of-the-test"
        response = super().send(request, *more, **options)
        body = response.raw.read(decode_content=True)
        self.exchanges.append((request, response, body))
        response.raw = _Again(body)
        return response


class _Again:
    """A body that was read, to be read once more."""

    def __init__(self, body: bytes) -> None:
        self._left = body

    def read1(self, _amount: int, *, decode_content: bool) -> bytes:
        assert decode_content
        body, self._left = self._left, b""
        return body

    def close(self) -> None:
        """Nothing is open."""

    release_conn = close


class Lived:
    """A store in which most things have happened once, and a client of it."""

    def __init__(self) -> None:
        sim = Sim()
        self.sim = sim
        shopper, staff = sim.store.shopper, sim.store.staff
        variants = list(sim.store.world.inventory)[:2]
        self.open_id, self.void_id = shopper.place(total="20"), shopper.place(total="20")
        shopper.authorise(self.open_id)
        shopper.authorise(self.void_id)
        order_id = shopper.place(items=[(each.sku, 2) for each in variants], customer_id=7)
        shopper.pay(order_id)
        shopper.write_message(order_id, "When?")
        staff.ship(order_id, pieces=1, shipping_provider="ups")
        staff.refund(order_id, "3.00")
        sim.clock.turn(60)
        order = sim.store.order(order_id)
        self.witness = Witness(sim)
        self.client = a_store(self.witness)
        self.ids = Ids(
            order_id=order_id,
            line_id=order.lines[0].id,
            address_id=order.addresses[0].id,
            product_id=variants[0].product_id,
            variant_id=variants[0].id,
            customer_id=7,
            hook_id=sim.hook(),
        )


def new_order(ids: Ids) -> NewOrder:
    """Return an order that the simulated store can make."""
    lines = (CatalogLine(ids.product_id, 1, ids.variant_id), CustomLine("Engraving", 1, PRICE))
    return NewOrder(ADDRESS, lines, OrderChanges(status_id=11, staff_notes="By hand."))


def refund(store: BigCommerceStore, ids: Ids) -> object:
    """Give the money for one line back, as the quote says."""
    items = [RefundUnits(ids.line_id, 1)]
    quote = store.refund_quote(ids.order_id, items).value
    return store.refund(ids.order_id, items, quote.methods[0])


def change_shipment(store: BigCommerceStore, ids: Ids) -> object:
    """Ship a line and change the parcel."""
    new = NewShipment(ids.address_id, {ids.line_id: 1})
    shipment_id = store.create_shipment(ids.order_id, new).value.id
    return store.update_shipment(ids.order_id, shipment_id, EVERY_PARCEL_FIELD)


def mark_and_forget(store: BigCommerceStore, ids: Ids) -> object:
    """Write a metafield twice, and delete it."""
    made = store.write_metafield(ids.order_id, MARK).value
    changed = store.write_metafield(ids.order_id, replace(MARK, value="2027-01-01")).value
    assert (changed.id, changed.value) == (made.id, "2027-01-01")
    return store.delete_metafield(ids.order_id, made.id)


def mark_many(store: BigCommerceStore, ids: Ids) -> object:
    """Make, change and delete metafields in batches."""
    (made,) = store.create_metafields([(ids.order_id, MARK)]).value.done
    assert store.update_metafields({made: replace(MARK, value="later")}).value.done == (made,)
    return store.delete_metafields([made])


LONG_AFTER = datetime(2100, 1, 1, tzinfo=UTC)
EMPTY = {"coupons", "capture", "void", "set_hook_emails"}
"""Calls whose answers hold nothing; no act gives an order of the simulated store a coupon."""

OWN_CALLS: dict[str, Call] = {
    **ALL_CALLS,
    "orders": lambda store, _ids: store.orders(OrderFilter(limit=1)),
    "order_pages": lambda store, _ids: list(store.order_pages(OrderFilter(limit=1))),
    "every_order": lambda store, _ids: list(store.every_order(OrderFilter(limit=1))),
    "every_refund": lambda store, ids: list(
        store.every_refund(RefundFilter((ids.order_id,), created_to=LONG_AFTER))
    ),
    "taxes": lambda store, ids: store.taxes(store.create_order(new_order(ids)).value.id),
    "metafields": lambda store, ids: (
        store.write_metafield(ids.order_id, MARK),
        store.metafields(ids.order_id),
        store.order_metafields(MARK.namespace, MARK.key),
    ),
    "system_log": lambda store, _ids: list(store.system_log(LogFilter(module="order status"))),
    "inventory_items": lambda store, ids: store.inventory_items(
        InventoryFilter((ids.variant_id,), (ids.product_id,))
    ),
    "update_order": lambda store, ids: store.update_order(
        ids.order_id,
        OrderChanges(status_id=9, billing_address=ADDRESS, discount_amount=Decimal("1.50")),
    ),
    "create_order": lambda store, ids: store.create_order(new_order(ids)),
    "update_shipment": change_shipment,
    "write_metafield": mark_and_forget,
    "delete_metafield": mark_and_forget,
    **dict.fromkeys(("create_metafields", "update_metafields", "delete_metafields"), mark_many),
    "refund_quote": lambda store, ids: store.refund_quote(
        ids.order_id, [RefundUnits(ids.line_id, 1)]
    ),
    "refund": refund,
    "refund, of tax": lambda store, ids: store.refund(ids.order_id, TAX, []),
    "create_order, to be picked up": lambda store, ids: store.create_order(
        replace(new_order(ids), pickup=PICKUP)
    ),
}


def exchanges(name: str) -> Iterator[tuple[PreparedRequest, Response, Json]]:
    """Make a call and return what went to and fro, bodies parsed."""
    lived = Lived()
    ids = lived.ids
    if name in ("capture", "void"):
        ids = Ids(order_id=lived.open_id if name == "capture" else lived.void_id)
    OWN_CALLS[name](lived.client, ids)
    for request, response, body in lived.witness.exchanges:
        yield request, response, json.loads(body) if body else None


@pytest.mark.parametrize("name", ALL_CALLS)
def test_the_simulated_store_answers_every_call_as_the_documents_say(name: str) -> None:
    found = list(exchanges(name))

    assert name in EMPTY or any(body for _, _, body in found)
    for request, response, body in found:
        method, path = str(request.method), urlsplit(str(request.url)).path
        assert response.status_code < 300, (path, body)
        operation = operation_of(method, str(request.url))
        if operation is None:
            assert (method, path.removeprefix("/stores/abc123")) in ELSEWHERE
            continue
        queried = {
            (operation.template, each) for each in operation.query_problems(str(request.url))
        }
        assert queried <= DISAGREEMENTS
        if response.status_code == 204 and "204" not in operation.said["responses"]:
            assert body is None  # an empty list, which the documents mostly leave out
            continue
        status = response.status_code
        assert problems(operation.document, method, operation.template, status, body) == []
