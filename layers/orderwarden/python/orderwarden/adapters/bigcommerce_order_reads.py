"""Orders, one or many: `ports.OrderReads`.

Pages are asked for by `min_id`, never by number, since orders leave a filter while it is read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from email.utils import format_datetime
from functools import partial
from typing import Final

from orderwarden.adapters import bigcommerce_parse as parse
from orderwarden.adapters.bigcommerce_call import Call, Reply
from orderwarden.adapters.bigcommerce_pages import SURELY_SHORT
from orderwarden.adapters.bigcommerce_way import HasWay, order_path
from orderwarden.domain.order import Json, Order, whole
from orderwarden.domain.order_filter import OrderCount, OrderFilter, OrderInclude
from orderwarden.domain.shop import OrderStatus
from orderwarden.errors import OutsideWindow, Rejected
from orderwarden.ports import Answer

LATELY: Final = timedelta(minutes=5)
"""An order changed so lately may have ceased to be what was asked for while it was listed."""

DATES: Final = {
    "created_from": "min_date_created",
    "created_to": "max_date_created",
    "modified_from": "min_date_modified",
    "modified_to": "max_date_modified",
}
PLAIN: Final = (
    "status_id", "min_id", "max_id", "customer_id", "channel_id", "payment_method", "cart_id",
    "external_order_id", "email",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class OrderPage:
    """One page of orders.

    Attributes:
        next_id: Where the next page begins; None after the last.
    """

    orders: tuple[Order, ...]
    next_id: int | None


class ReadsOrders(HasWay):
    """The orders of one store."""

    def order(self, order_id: int, *, include: Sequence[OrderInclude] = ()) -> Answer[Order]:
        """Read one order, with some of its parts in its raw JSON."""
        call = Call("GET", order_path(order_id), _included(include), is_essential=True)
        return self._http.answer(call, partial(parse.order, order_id=order_id))

    def orders(self, wanted: OrderFilter) -> Answer[tuple[Order, ...]]:
        """Read one page of orders."""
        page = self._page(wanted)
        return Answer(page.value.orders, page.at)

    def order_pages(self, wanted: OrderFilter) -> Iterator[Answer[tuple[Order, ...]]]:
        """Read page after page by ascending id, each when it is asked for.

        Raises:
            ValueError: Another order is asked for, whose pages would shift while they are read.
        """
        if not wanted.is_by_id:
            raise ValueError("pages are read by ascending id alone")
        return self._pages(wanted)

    def _pages(self, wanted: OrderFilter) -> Iterator[Answer[tuple[Order, ...]]]:
        while True:
            page = self._page(wanted)
            if page.value.orders:
                yield Answer(page.value.orders, page.at)
            if page.value.next_id is None:
                return
            wanted = replace(wanted, min_id=page.value.next_id)

    def every_order(self, wanted: OrderFilter) -> Iterator[Order]:
        """Read order after order by ascending id, a page at a time."""
        for page in self.order_pages(wanted):
            yield from page.value

    def count_orders(self, wanted: OrderFilter) -> Answer[OrderCount]:
        """Count orders."""
        call = Call("GET", "/v2/orders/count", query_of(wanted), is_essential=True)
        return self._http.answer(call, _count)

    def statuses(self) -> Answer[Mapping[int, OrderStatus]]:
        """Read the store's order statuses by id, with the names that the store gives them."""
        return self._http.answer(Call("GET", "/v2/order_statuses"), parse.statuses)

    def _page(self, wanted: OrderFilter) -> Answer[OrderPage]:
        query = query_of(wanted) | _included(wanted.include)
        query |= {"sort": _sort(wanted), "limit": wanted.limit}
        call = Call("GET", "/v2/orders", query, is_essential=True)
        page = self._http.answer(call, partial(_order_page, wanted))
        for order in page.value.orders:
            was_just_changed = page.at - order.date_modified < LATELY
            admits = wanted.may_have_admitted if was_just_changed else wanted.admits
            if not admits(order):
                raise OutsideWindow(self._http.store, order.id)
        return page


def query_of(wanted: OrderFilter) -> dict[str, int | str]:
    """Return what a filter asks for in the store's words, without paging."""
    given = {name: getattr(wanted, name) for name in PLAIN}
    given |= {name: _date(getattr(wanted, ours)) for ours, name in DATES.items()}
    given |= {name: _total(getattr(wanted, name)) for name in ("min_total", "max_total")}
    return {name: value for name, value in given.items() if value is not None}


def _date(at: datetime | None) -> str | None:
    return None if at is None else format_datetime(at.astimezone(UTC))


def _included(include: Sequence[OrderInclude]) -> dict[str, int | str]:
    """Return how parts are asked for; consignments come in the shape that is documented."""
    if not include:
        return {}
    structure = {"consignment_structure": "object"}
    has_consignments = any(part != "fees" for part in include)
    return {"include": ",".join(include), **(structure if has_consignments else {})}


def _sort(wanted: OrderFilter) -> str:
    if wanted.is_by_id:
        return "id"
    return f"{wanted.sort}:{'desc' if wanted.is_descending else 'asc'}"


def _total(amount: Decimal | None) -> str | None:
    return None if amount is None else f"{amount:f}"


def _order_page(wanted: OrderFilter, reply: Reply) -> OrderPage:
    """Read a page; a row that names itself and else makes no sense is left out, unless all do."""
    listed = [] if reply.http_status == 204 else parse.rows(reply.json)
    ids = [parse.number(row, "id") for row in listed]
    if len(set(ids)) < len(ids) or (wanted.is_by_id and ids != sorted(ids)):
        raise Rejected("not_by_id")
    orders = tuple(order for row in listed if (order := _readable(row)))
    if len(listed) > 1 and not orders:
        raise Rejected("no_orders")
    is_last = len(ids) < min(SURELY_SHORT, wanted.limit)
    return OrderPage(orders, None if is_last else ids[-1] + 1)


def _readable(row: Json) -> Order | None:
    try:
        return Order.from_json(row)
    except Rejected:
        return None


def _count(reply: Reply) -> OrderCount:
    body = parse.whole_object(reply)
    by_status = {
        status_id: count
        for row in parse.objects(body.get("statuses"))
        if (status_id := whole(row.get("id"))) is not None
        and (count := whole(row.get("count"))) is not None
    }
    return OrderCount(parse.number(body, "count"), by_status, body)
