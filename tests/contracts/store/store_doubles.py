"""What stands in for BigCommerce in these tests: a function, or a socket that misbehaves."""

from __future__ import annotations

import io
import json
import socket
import struct
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

import urllib3
from fakes import TurnableClock
from orderwarden.adapters.bigcommerce_http import TIMEOUTS, Timeouts
from orderwarden.adapters.bigcommerce_pacing import Pacer
from orderwarden.adapters.bigcommerce_store import BigCommerceReader, BigCommerceStore
from orderwarden.domain.hook import HookChanges, NewHook
from orderwarden.domain.metafield_changes import NewMetafield
from orderwarden.domain.new_order import CatalogLine, NewOrder
from orderwarden.domain.order_changes import Address, OrderChanges
from orderwarden.domain.order_filter import OrderFilter
from orderwarden.domain.refunding import RefundFilter, RefundPayment, RefundUnits
from orderwarden.domain.shipment_changes import NewShipment, ShipmentChanges
from orderwarden.domain.shop import LogFilter
from orderwarden.domain.stock import InventoryFilter
from requests import PreparedRequest, Response
from requests.adapters import BaseAdapter, HTTPAdapter

TOKEN = "tok3n-never-shown"
SHORT = Timeouts(connect_s=0.3, read_s=0.3, body_s=5.0)


@dataclass(frozen=True)
class Canned:
    """One answer, as it would arrive."""

    status: int = 200
    body: bytes | io.RawIOBase = b""
    headers: Mapping[str, str] = field(default_factory=dict)


def of_json(value: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Canned:
    """Return a JSON answer."""
    return Canned(status, json.dumps(value).encode(), headers or {})


class InProcess(HTTPAdapter):
    """Carries requests to a function and keeps them, with their timeouts."""

    def __init__(self, answer: Callable[[PreparedRequest], Canned | Exception]) -> None:
        """Keep the function; an exception it returns is raised."""
        super().__init__()
        self._answer = answer
        self.requests: list[PreparedRequest] = []
        self.timeouts: list[object] = []

    def send(self, request: PreparedRequest, *_args: object, **options: object) -> Response:
        """Answer a request."""
        self.requests.append(request)
        self.timeouts.append(options["timeout"])
        canned = self._answer(request)
        if isinstance(canned, Exception):
            raise canned
        body: Any = io.BytesIO(canned.body) if isinstance(canned.body, bytes) else canned.body
        raw = urllib3.HTTPResponse(body, canned.headers, canned.status, preload_content=False)
        return self.build_response(request, raw)


def a_store(
    adapter: BaseAdapter | None = None,
    api_url: str = "https://api.example.com",
    clock: TurnableClock | None = None,
    timeouts: Timeouts = TIMEOUTS,
    on_call: Callable[[], None] = lambda: None,
) -> BigCommerceStore:
    """Return a client of the store abc123, paced by the same clock."""
    clock = clock or TurnableClock()
    return BigCommerceStore(
        "abc123",
        TOKEN,
        api_url,
        Pacer(clock, jitter=lambda: 0.0),
        clock,
        adapter=adapter,
        timeouts=timeouts,
        on_call=on_call,
    )


def answering(canned: Canned | Exception) -> BigCommerceStore:
    """Return a client whose every call gets this."""
    return a_store(InProcess(lambda _request: canned))


def an_order(order_id: int = 218, status_id: int = 7, **fields: object) -> dict[str, object]:
    """Return an order body with what no order can lack, and the fields given."""
    return {
        "id": order_id,
        "status_id": status_id,
        "date_created": "Tue, 05 Mar 2019 21:40:11 +0000",
        "date_modified": "Mon, 11 Mar 2019 15:17:25 +0000",
        "is_deleted": False,
        "staff_notes": "",
        **fields,
    }


def a_line(line_id: int = 240, order_id: int = 218, **fields: object) -> dict[str, object]:
    """Return an order line with what none can lack, and the fields given."""
    amounts = {"quantity": 4, "quantity_shipped": 0, "quantity_refunded": 0}
    return {"id": line_id, "order_id": order_id, "type": "physical", **amounts, **fields}


def a_transaction(number: int = 85926313, **fields: object) -> dict[str, object]:
    """Return a transaction of order 218 as the official text shows one."""
    return {
        "id": number,
        "order_id": "218",
        "event": "purchase",
        "method": "credit_card",
        "amount": 69.84,
        "currency": "USD",
        "status": "ok",
        "test": False,
        "reference_transaction_id": None,
        "credit_card": {},
        "store_credit": None,
        **fields,
    }


READS: dict[str, Callable[[BigCommerceReader], object]] = {
    "order": lambda store: store.order(218),
    "orders": lambda store: store.orders(OrderFilter()),
    "every_order": lambda store: list(store.every_order(OrderFilter())),
    "count_orders": lambda store: store.count_orders(OrderFilter()),
    "transactions": lambda store: store.transactions(218),
    "products": lambda store: store.products(218),
    "shipments": lambda store: store.shipments(218),
    "statuses": lambda store: store.statuses(),
    "shipping_addresses": lambda store: store.shipping_addresses(218),
    "consignments": lambda store: store.consignments(218),
    "coupons": lambda store: store.coupons(218),
    "messages": lambda store: store.messages(218),
    "taxes": lambda store: store.taxes(218),
    "fees": lambda store: store.fees(218),
    "refunds": lambda store: store.refunds(218),
    "every_refund": lambda store: list(store.every_refund(RefundFilter())),
    "metafields": lambda store: store.metafields(218),
    "order_metafields": lambda store: store.order_metafields("orderwarden", "keep_until"),
    "customers": lambda store: store.customers([11]),
    "customer_groups": lambda store: store.customer_groups(),
    "inventory_items": lambda store: store.inventory_items(InventoryFilter(variant_ids=(74,))),
    "locations": lambda store: store.locations(),
    "inventory_settings": lambda store: store.inventory_settings(),
    "store_information": lambda store: store.store_information(),
    "time": lambda store: store.time(),
    "system_log": lambda store: list(store.system_log(LogFilter())),
    "hooks": lambda store: store.hooks(),
    "hooks_admin": lambda store: store.hooks_admin(),
}
A_MARK = NewMetafield("orderwarden", "keep_until", "2026-12-24")
WRITES: dict[str, Callable[[BigCommerceStore], object]] = {
    "put_order": lambda store: store.put_order(218, status_id=5),
    "update_order": lambda store: store.update_order(218, OrderChanges(status_id=5)),
    "create_order": lambda store: store.create_order(
        NewOrder(Address(zip="78108"), (CatalogLine(111, 1),))
    ),
    "create_shipment": lambda store: store.create_shipment(218, NewShipment(151, {240: 1})),
    "update_shipment": lambda store: store.update_shipment(
        218, 11, ShipmentChanges(tracking_number="EJ")
    ),
    "delete_metafield": lambda store: store.delete_metafield(218, 6),
    "create_metafields": lambda store: store.create_metafields([(218, A_MARK)]),
    "update_metafields": lambda store: store.update_metafields({6: A_MARK}),
    "delete_metafields": lambda store: store.delete_metafields([6]),
    "refund": lambda store: store.refund(
        218, [RefundUnits(240, 1)], [RefundPayment("stripe", Decimal("9.90"), is_offline=False)]
    ),
    "capture": lambda store: store.capture(218),
    "void": lambda store: store.void(218),
    "create_hook": lambda store: store.create_hook(
        NewHook("store/order/*", "https://x.example.com")
    ),
    "update_hook": lambda store: store.update_hook(9, HookChanges(is_active=True)),
    "delete_hook": lambda store: store.delete_hook(9),
    "set_hook_emails": lambda store: store.set_hook_emails(["ops@example.com"]),
}
"""Each is one call; `write_metafield` begins with a read."""


def body_of(request: PreparedRequest) -> dict[str, Any]:
    """Return what was sent."""
    body: dict[str, Any] = json.loads(request.body or b"")
    return body


def written(act: Callable[[Any], object], answer: object, status: int = 200) -> PreparedRequest:
    """Return the one request that a write sends."""
    adapter = InProcess(lambda _request: of_json(answer, status))
    act(a_store(adapter))
    (request,) = adapter.requests
    return request


def paged(request: PreparedRequest, rows: list[dict[str, object]], most: int = 250) -> Canned:
    """Answer as a v2 list does: a bare array, 204 past the end."""
    query = dict(pair.split("=") for pair in urlsplit(str(request.url)).query.split("&"))
    limit = min(int(query["limit"]), most)
    start = (int(query["page"]) - 1) * limit
    page = rows[start : start + limit]
    return of_json(page) if page else Canned(204)


class Wire:
    """A server of raw bytes; each connection is handed to `script`, in a thread of its own."""

    def __init__(self, script: Callable[[Wire, socket.socket], None]) -> None:
        """Listen on a free port of this machine."""
        self._script = script
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.requests: list[bytes] = []
        self.connections = 0
        self.client_is_done = threading.Event()
        self.closed = threading.Event()  # for scripts to set

    def read_request(self, connection: socket.socket) -> bytes:
        """Read one request with its body, and keep it; empty at the end of the connection."""
        request = b""
        while b"\r\n\r\n" not in request:
            piece = connection.recv(65536)
            if not piece:
                return b""
            request += piece
        head, _, body = request.partition(b"\r\n\r\n")
        length = 0
        for line in head.split(b"\r\n"):
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        while len(body) < length and (piece := connection.recv(65536)):
            body += piece
        self.requests.append(head + b"\r\n\r\n" + body)
        return self.requests[-1]

    def serve(self) -> None:
        """Accept connections until closed."""
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._run, args=(connection,), daemon=True).start()

    def close(self) -> None:
        """Stop listening, and let waiting scripts end."""
        self.client_is_done.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _run(self, connection: socket.socket) -> None:
        with connection:
            try:
                self._script(self, connection)
            except OSError:
                return  # the client went away, which is its right


@contextmanager
def wire(script: Callable[[Wire, socket.socket], None]) -> Iterator[Wire]:
    """Run a server of raw bytes for as long as the block lasts."""
    server = Wire(script)
    thread = threading.Thread(target=server.serve, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.close()
        thread.join(5)


def raw_answer(body: bytes, status: str = "200 OK", length: int | None = None) -> bytes:
    """Return the bytes of an HTTP/1.1 answer; `length` where it shall lie about the body."""
    length = len(body) if length is None else length
    return f"HTTP/1.1 {status}\r\nContent-Length: {length}\r\n\r\n".encode() + body


def reset(connection: socket.socket) -> None:
    """Close a connection so that the other side sees a reset, not an end."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()
