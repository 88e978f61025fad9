"""The page at `/`: orders with their history, webhooks sent, requests received."""

from collections import deque
from collections.abc import Iterable
from datetime import datetime
from typing import TypeVar

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from bigcommerce_sim.api.pages import whole_number
from bigcommerce_sim.store import SimulatedStore
from bigcommerce_sim.web.markup import Markup, document, link, section, table, text
from bigcommerce_sim.world import statuses
from bigcommerce_sim.world.journal import Write
from bigcommerce_sim.world.order import Order

_ORDERS_SHOWN = 25
_ROWS_SHOWN = 40
_NO_SCRIPTS = {
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'",
    "cache-control": "no-store",
}
Row = TypeVar("Row")


def page_routes(store: SimulatedStore) -> list[Route]:
    """Return the routes of the page: the overview, and one order."""

    async def overview(request: Request) -> Response:
        before_id = _number(request.query_params.get("before", ""))
        with store.lock:
            store.world.settle()
            page = document(
                _title(store),
                _summary(store),
                _orders(store, before_id),
                _webhooks(store),
                _requests(store),
            )
        return HTMLResponse(page, headers=_NO_SCRIPTS)

    async def one_order(request: Request) -> Response:
        with store.lock:
            store.world.settle()
            order = store.world.orders.get(_number(request.path_params["id"]) or 0)
            if order is None:
                return HTMLResponse(document("No such order"), 404, headers=_NO_SCRIPTS)
            page = document(_title(store), *_order_sections(store, order))
        return HTMLResponse(page, headers=_NO_SCRIPTS)

    return [Route("/", overview), Route("/orders/{id}", one_order)]


def _number(given: str) -> int | None:
    try:
        return whole_number(given)
    except ValueError:
        return None


def _title(store: SimulatedStore) -> str:
    return f"Simulated store {store.world.identity.hash}"


def _summary(store: SimulatedStore) -> Markup:
    faults = ", ".join(f"{kind} {count}" for kind, count in store.faults.counts().items())
    counts = (
        ("Time", _moment(store.clock.now())),
        ("Orders", len(store.world.orders)),
        ("Writes", len(store.journal.writes)),
        ("E-mails to customers", len(store.journal.emails)),
        ("Hooks", len(list(store.hooks))),
        ("Webhooks waiting", store.dispatcher.pending),
        ("Faults fired", faults or "none"),
    )
    return section("Now", table(("What", "How much"), counts))


def _orders(store: SimulatedStore, before_id: int | None) -> Markup:
    rows = []
    last_id = None
    for order_id in store.world.orders.newest_ids(_ORDERS_SHOWN, before_id):
        order = store.order(order_id)
        last_id = order_id
        rows.append(
            (
                link(f"/orders/{order_id}", f"#{order_id}"),
                _moment(order.date_created),
                _status(order.status_id) + (" (archived)" if order.is_deleted else ""),
                order.payment_status,
                order.payment_method,
                f"{order.total_inc_tax:.2f} {order.currency_code}",
                f"{order.items_shipped} of {order.items_total}",
                _moment(order.date_modified),
            )
        )
    columns = ("Order", "Placed", "Status", "Payment", "Method", "Total", "Shipped", "Modified")
    older = Markup(f"<p>{link(f'/?before={last_id}', 'Older orders')}</p>" if last_id else "")
    return section("Orders, newest first", table(columns, rows), older)


def _order_sections(store: SimulatedStore, order: Order) -> list[Markup]:
    mails = [mail for mail in store.journal.emails if mail.order_id == order.id]
    lines = [
        (line.id, line.name, line.sku, line.type, line.quantity, line.quantity_shipped)
        for line in order.lines
    ]
    transactions = [
        (each.id, _moment(each.created_at), each.event, each.status, f"{each.amount:.2f}")
        for each in store.world.transactions_of(order.id).of(order.id)
    ]
    shipments = [
        (each.id, _moment(each.created_at), sum(each.items.values()), each.fields.tracking_number)
        for each in store.world.shipments_of(order.id).of(order.id)
    ]
    facts = (
        ("Status", _status(order.status_id)),
        ("Total", f"{order.total_inc_tax:.2f} {order.currency_code}"),
        ("Payment", f"{order.payment_method} {order.payment_status}"),
        ("Placed", _moment(order.date_created)),
        ("Coupons", ", ".join(f"{each.code} {each.discount:.2f}" for each in order.coupons)),
        ("Fees", ", ".join(f"{each.name} {each.cost_inc_tax:.2f}" for each in order.fees)),
        ("Store credit", f"{order.store_credit_amount:.2f}"),
        ("Gift certificates", f"{order.gift_certificate_amount:.2f}"),
        ("Staff notes", order.staff_notes),
    )
    history = [_write_row(write) for write in store.journal.writes_of(order.id)]
    mail_rows = [(_moment(mail.moment), mail.kind, mail.to) for mail in mails]
    return [
        section(f"Order #{order.id}", table(("What", "Value"), facts)),
        section("History", table(("When", "Who", "What", "Status", "Changes"), history)),
        section("Lines", table(("Id", "Name", "SKU", "Type", "Ordered", "Shipped"), lines)),
        section("Transactions", table(("Id", "When", "Event", "State", "Amount"), transactions)),
        section("Shipments", table(("Id", "When", "Pieces", "Tracking number"), shipments)),
        section("E-mails", table(("When", "Kind", "To"), mail_rows)),
    ]


def _webhooks(store: SimulatedStore) -> Markup:
    rows = []
    for record in _newest(store.attempts):
        attempt = record.attempt
        answer = record.answer if record.answer is not None else record.note or "none"
        outcome = text(record.outcome)
        if record.outcome != "delivered":
            outcome = Markup(f'<span class="bad">{outcome}</span>')
        body = Markup(f"<code>{text(attempt.body.decode('utf-8', 'replace'))}</code>")
        rows.append((_moment(attempt.moment), attempt.url, attempt.number, answer, outcome, body))
    columns = ("When", "To", "Try", "Answer", "Outcome", "Body")
    return section("Webhooks, newest first", table(columns, rows))


def _requests(store: SimulatedStore) -> Markup:
    rows = [
        (
            _moment(record.moment),
            record.method,
            record.path + (f"?{record.query}" if record.query else ""),
            record.status or record.ending,
            record.fault or "",
            Markup(f"<code>{text(record.body[:300])}</code>"),
        )
        for record in _newest(store.journal.requests)
    ]
    columns = ("When", "Method", "Path", "Answer", "Fault", "Body")
    return section("Requests, newest first", table(columns, rows))


def _write_row(write: Write) -> tuple[object, ...]:
    before, after = write.before_status, write.after_status
    moved = "" if after is None else _status(after)
    if before is not None and before != after:
        moved = f"{_status(before)} → {moved}"
    changes = ", ".join(f"{name}: {value}" for name, value in write.changes.items())
    return _moment(write.moment), write.actor, write.action, moved, changes[:500]


def _status(status_id: int) -> str:
    return f"{status_id} {statuses.BY_ID[status_id].name}"


def _moment(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S}"


def _newest(rows: Iterable[Row]) -> list[Row]:
    return list(deque(rows, maxlen=_ROWS_SHOWN))[::-1]
