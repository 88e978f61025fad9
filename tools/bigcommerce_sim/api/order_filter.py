"""The filters, the order and the pages of `GET /v2/orders`."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import islice

from bigcommerce_sim.api.call import Call
from bigcommerce_sim.api.pages import page_and_limit, whole_number
from bigcommerce_sim.world import statuses
from bigcommerce_sim.world.dates import read_date
from bigcommerce_sim.world.heads import Head
from bigcommerce_sim.world.refusal import invalid, unsupported

Test = Callable[[Head], bool]
_SORTS: dict[str, Callable[[Head], tuple[float | str, int]]] = {
    "id": lambda head: (head.id, head.id),
    "customer_id": lambda head: (head.customer_id, head.id),
    "date_created": lambda head: (head.created_s, head.id),
    "date_modified": lambda head: (head.modified_s, head.id),
    "status_id": lambda head: (head.status_id, head.id),
    "channel_id": lambda head: (head.channel_id, head.id),
    "external_id": lambda head: (0, head.id),  # always null here
}
_PAGING = frozenset({"page", "limit", "sort"})
_SHAPE = frozenset({"include", "consignment_structure"})
_NUMBERS: dict[str, Callable[[int], Test]] = {
    "max_id": lambda wanted: lambda head: head.id <= wanted,
    "customer_id": lambda wanted: lambda head: head.customer_id == wanted,
    "channel_id": lambda wanted: lambda head: head.channel_id == wanted,
    "status_id": lambda wanted: lambda head: head.status_id == wanted,
}
_TEXTS: dict[str, Callable[[str], Test]] = {
    "email": lambda wanted: lambda head: head.email.lower() == wanted.lower(),
    "cart_id": lambda wanted: lambda head: head.cart_id == wanted,
    "payment_method": lambda wanted: lambda head: head.payment_method == wanted,
    "external_order_id": lambda wanted: lambda head: head.external_order_id == wanted,
}
_TOTALS: dict[str, Callable[[float], Test]] = {
    "min_total": lambda wanted: lambda head: head.total >= wanted,
    "max_total": lambda wanted: lambda head: head.total <= wanted,
}
_DATES: dict[tuple[str, str], Callable[[float], Test]] = {
    ("min", "created"): lambda epoch_s: lambda head: head.created_s >= epoch_s,
    ("max", "created"): lambda epoch_s: lambda head: head.created_s <= epoch_s,
    ("min", "modified"): lambda epoch_s: lambda head: head.modified_s >= epoch_s,
    ("max", "modified"): lambda epoch_s: lambda head: head.modified_s <= epoch_s,
}


@dataclass(slots=True)
class OrderFilter:
    """Hold what a query asks for."""

    tests: list[Test] = field(default_factory=list)
    min_id: int = 0
    status_id: int | None = None


def read_filter(call: Call, *, is_count: bool = False) -> OrderFilter:
    """Read the query.

    Raises:
        Refusal: 400 for a parameter that v2 does not know or cannot read; a date that
            does not parse is ignored, as the real store does.
    """
    wanted = OrderFilter()
    settings = call.world.settings
    shows_archived = settings.list_archived
    for name, text in call.query.items():
        if name == "is_deleted":
            wants_archived = text.lower() in ("true", "1")
            wanted.tests.append(lambda head, wants=wants_archived: head.is_deleted == wants)  # type: ignore[misc]
            shows_archived = True
        elif name not in _PAGING | _SHAPE or is_count:
            _add(call, wanted, name, text)
    if not shows_archived:
        wanted.tests.append(lambda head: not head.is_deleted)
    shows_incomplete = settings.count_incomplete if is_count else settings.list_incomplete
    if not shows_incomplete and wanted.status_id != statuses.INCOMPLETE:
        wanted.tests.append(lambda head: head.status_id != statuses.INCOMPLETE)
    return wanted


def matching(call: Call, wanted: OrderFilter) -> Iterator[Head]:
    """Yield the heads that pass, by ascending id."""
    settings = call.world.settings
    heads = call.world.orders.heads(
        call.world.now(),
        timedelta(seconds=settings.read_lag_s),
        timedelta(seconds=settings.fresh_order_404_s),
        min_id=wanted.min_id,
        status_id=wanted.status_id,
    )
    for test in wanted.tests:
        heads = filter(test, heads)
    return heads


def one_page(call: Call, wanted: OrderFilter) -> list[Head]:
    """Return the page that the query asks for, sorted as it asks.

    Raises:
        Refusal: 400 for an unknown sort, or a page or limit that is no number.
    """
    page, limit = page_and_limit(call)
    first = (page - 1) * limit
    name, _, direction = call.query.get("sort", "id").partition(":")
    if name not in _SORTS or direction not in ("", "asc", "desc"):
        raise invalid("sort")
    found = matching(call, wanted)
    if (name, direction) in (("id", ""), ("id", "asc")):
        return list(islice(found, first, first + limit))
    rows = sorted(found, key=_SORTS[name], reverse=direction == "desc")
    return rows[first : first + limit]


def _add(call: Call, wanted: OrderFilter, name: str, text: str) -> None:
    if name.startswith(("min_date_", "max_date_")):
        _add_date(call, wanted, name, text)
        return
    try:
        if name == "min_id":
            wanted.min_id = whole_number(text)
        elif name in _NUMBERS:
            wanted.tests.append(_NUMBERS[name](whole_number(text)))
        elif name in _TOTALS:
            wanted.tests.append(_TOTALS[name](float(text)))
        elif name in _TEXTS:
            wanted.tests.append(_TEXTS[name](text))
        else:
            raise unsupported(name)
    except ValueError:
        raise invalid(name) from None
    if name == "status_id":
        wanted.status_id = int(text)


def _add_date(call: Call, wanted: OrderFilter, name: str, text: str) -> None:
    edge, _, which = name.partition("_date_")
    if (edge, which) not in _DATES:
        raise unsupported(name)
    moment = read_date(text)
    if moment is None:
        return
    slack_s = 0.0 if call.world.settings.date_filter_inclusive else 0.5
    epoch_s = moment.timestamp() + (slack_s if edge == "min" else -slack_s)
    wanted.tests.append(_DATES[edge, which](epoch_s))
