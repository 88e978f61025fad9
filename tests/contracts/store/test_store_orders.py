"""Lists of orders: what is asked, that every order comes once, and what is not believed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from email.utils import format_datetime
from urllib.parse import parse_qs, urlsplit

import pytest
from contracts.store.client_calls import EVERY_FILTER
from contracts.store.store_doubles import Canned, InProcess, a_store, an_order, answering, of_json
from fakes import NOON, TurnableClock
from hypothesis import given, settings
from hypothesis import strategies as st
from in_process import InProcessAdapter
from orderwarden.adapters.bigcommerce_pacing import Pacer
from orderwarden.adapters.bigcommerce_store import BigCommerceStore
from orderwarden.domain.order_filter import OrderFilter
from orderwarden.errors import OutsideWindow, TryAgain
from orderwarden_cli.rules_yaml import read_file
from requests import PreparedRequest
from unit.simulator.calls import TOKEN, Sim

LONG_AGO = NOON - timedelta(days=10)


def a_row(order_id: int, modified_at: datetime = LONG_AGO, **fields: object) -> dict[str, object]:
    """Return an order modified then."""
    return an_order(order_id, date_modified=format_datetime(modified_at), **fields)  # type: ignore[arg-type]


def asked(request: PreparedRequest) -> dict[str, str]:
    """Return the query, decoded."""
    return {name: values[0] for name, values in parse_qs(urlsplit(str(request.url)).query).items()}


def listing(rows: Sequence[dict[str, object]], most: int = 250) -> InProcess:
    """Answer as the list of orders does: by id, from `min_id`, 204 where there is none."""

    def answer(request: PreparedRequest) -> Canned:
        query = asked(request)
        first, limit = int(query.get("min_id", 0)), min(int(query["limit"]), most)
        page = [row for row in rows if int(str(row["id"])) >= first][:limit]
        return of_json(page) if page else Canned(204)

    return InProcess(answer)


def test_a_page_is_asked_for_with_every_filter_in_the_stores_words() -> None:
    adapter = listing([])

    a_store(adapter).orders(EVERY_FILTER)

    assert urlsplit(str(adapter.requests[0].url)).path == "/stores/abc123/v2/orders"
    assert asked(adapter.requests[0]) == {
        "status_id": "7",
        "min_id": "1",
        "max_id": "900000",
        "min_total": "12.50",
        "max_total": "9000",
        "customer_id": "11",
        "channel_id": "1",
        "payment_method": "Credit Card",
        "cart_id": "7e48f7ef-2e88-4817-aea4-b0ed01490114",
        "external_order_id": "ERP-17",
        "email": "janedoe@example.com",
        "min_date_created": "Fri, 20 Nov 2026 12:00:00 +0000",
        "max_date_created": "Fri, 20 Nov 2026 12:00:00 +0000",
        "min_date_modified": "Fri, 20 Nov 2026 12:00:00 +0000",
        "max_date_modified": "Fri, 20 Nov 2026 12:00:00 +0000",
        "include": "consignments,consignments.line_items,fees",
        "consignment_structure": "object",
        "sort": "id",
        "limit": "50",
    }


def test_a_date_is_sent_in_utc_and_no_sign_of_it_can_be_misread() -> None:
    adapter = listing([])
    vienna = datetime(2026, 11, 20, 13, 0, 0, tzinfo=timezone(timedelta(hours=1)))

    a_store(adapter).orders(OrderFilter(created_to=vienna))

    assert "max_date_created=Fri,%2020%20Nov%202026%2012:00:00%20%2B0000&" in str(
        adapter.requests[0].url
    )


def test_a_page_without_a_filter_asks_for_the_most_there_is() -> None:
    adapter = listing([a_row(3), a_row(5)])

    page = a_store(adapter).orders(OrderFilter())

    assert asked(adapter.requests[0]) == {"sort": "id", "limit": "250"}
    assert [order.id for order in page.value] == [3, 5]
    assert page.at == NOON


@pytest.mark.parametrize(
    ("wanted", "sort"),
    [
        (OrderFilter(sort="date_modified", is_descending=True), "date_modified:desc"),
        (OrderFilter(sort="date_created"), "date_created:asc"),
        (OrderFilter(is_descending=True), "id:desc"),
    ],
)
def test_one_page_may_be_asked_for_in_another_order(wanted: OrderFilter, sort: str) -> None:
    adapter = InProcess(lambda _request: of_json([a_row(5), a_row(9), a_row(3)]))

    page = a_store(adapter).orders(wanted)

    assert [order.id for order in page.value] == [5, 9, 3]
    assert asked(adapter.requests[0])["sort"] == sort


@pytest.mark.parametrize(
    "wanted", [OrderFilter(sort="date_modified"), OrderFilter(is_descending=True)]
)
def test_pages_that_would_shift_while_they_are_read_are_not_asked_for(wanted: OrderFilter) -> None:
    adapter = listing([])

    with pytest.raises(ValueError, match="by ascending id alone"):
        a_store(adapter).order_pages(wanted)
    with pytest.raises(ValueError, match="by ascending id alone"):
        list(a_store(adapter).every_order(wanted))

    assert adapter.requests == []


def test_a_page_in_another_order_that_repeats_an_order_is_no_answer() -> None:
    store = answering(of_json([a_row(5), a_row(9), a_row(5)]))

    with pytest.raises(TryAgain, match="nonsense_answer"):
        store.orders(OrderFilter(sort="date_modified"))


def test_fees_alone_are_asked_for_without_a_shape_of_consignments() -> None:
    adapter = InProcess(lambda _request: of_json(an_order(fees=[{"id": 1}])))

    found = a_store(adapter).order(218, include=("fees",))

    assert asked(adapter.requests[0]) == {"include": "fees"}
    assert found.value.raw["fees"] == [{"id": 1}]


def test_no_content_is_an_empty_page() -> None:
    assert answering(Canned(204)).orders(OrderFilter()).value == ()


@pytest.mark.parametrize(
    ("count", "most", "limit", "calls"),
    [
        (0, 250, 250, 1),
        (49, 250, 250, 1),
        (50, 250, 250, 2),
        (250, 250, 250, 2),
        (600, 250, 250, 4),
        (120, 50, 250, 3),  # a store that ignores our limit
        (10, 250, 3, 4),
    ],
)
def test_every_order_comes_once_whatever_the_pages(
    count: int, most: int, limit: int, calls: int
) -> None:
    rows = [a_row(2 * number) for number in range(1, count + 1)]
    adapter = listing(rows, most)

    found = list(a_store(adapter).every_order(OrderFilter(limit=limit)))

    assert [order.id for order in found] == [row["id"] for row in rows]
    assert len(adapter.requests) == calls
    assert all("page" not in asked(request) for request in adapter.requests)


def test_pages_are_asked_for_only_when_they_are_wanted() -> None:
    adapter = listing([a_row(number) for number in range(1, 501)])

    pages = a_store(adapter).order_pages(OrderFilter())
    first = next(pages)

    assert [order.id for order in first.value] == list(range(1, 251))
    assert len(adapter.requests) == 1


def test_orders_that_leave_the_filter_while_it_is_read_make_none_be_missed() -> None:
    sim = Sim(orders=0)
    ids = [sim.store.shopper.place(total="20") for _ in range(9)]
    sim.clock.turn(600)
    clock = TurnableClock(sim.clock.now())
    store = BigCommerceStore(
        "abc123",
        TOKEN,
        "https://api.example.com",
        Pacer(clock),
        clock,
        adapter=InProcessAdapter(sim.store),
    )
    found = []

    for order in store.every_order(OrderFilter(status_id=7, limit=2)):
        found.append(order.id)
        store.put_order(order.id, status_id=5)

    assert found == ids
    assert store.count_orders(OrderFilter(status_id=7)).value.total == 0


def test_a_window_is_the_stores_own() -> None:
    sim = Sim(orders=0)
    clock = TurnableClock(sim.clock.now())
    store = a_store_of(sim, clock)
    old = sim.store.shopper.place(total="20")
    sim.clock.turn(3600)
    window = OrderFilter(created_from=sim.clock.now(), created_to=sim.clock.now() + timedelta(60))
    sim.clock.turn(60)
    new = sim.store.shopper.place(total="20")

    assert [order.id for order in store.every_order(window)] == [new]
    assert [order.id for order in store.every_order(OrderFilter())] == [old, new]


def a_store_of(sim: Sim, clock: TurnableClock) -> BigCommerceStore:
    """Return a client of a simulated store."""
    return BigCommerceStore(
        "abc123",
        TOKEN,
        "https://api.example.com",
        Pacer(clock),
        clock,
        adapter=InProcessAdapter(sim.store),
    )


# --- what is not believed


OUTSIDE = [
    OrderFilter(created_from=LONG_AGO),  # the order is from March 2019
    OrderFilter(created_to=datetime(2019, 1, 1, tzinfo=UTC)),
    OrderFilter(modified_from=LONG_AGO + timedelta(seconds=1)),
    OrderFilter(modified_to=LONG_AGO - timedelta(seconds=1)),
    OrderFilter(status_id=11),
    OrderFilter(min_id=219),
    OrderFilter(max_id=217),
    OrderFilter(customer_id=12),
    OrderFilter(channel_id=2),
]


@pytest.mark.parametrize("wanted", OUTSIDE)
def test_an_order_outside_of_what_was_asked_stops_the_list(wanted: OrderFilter) -> None:
    rows = [a_row(218, customer_id=11, channel_id=1)]
    store = answering(of_json(rows))

    with pytest.raises(OutsideWindow) as raised:
        store.orders(wanted)
    with pytest.raises(OutsideWindow):
        list(store.every_order(wanted))

    assert (raised.value.store, raised.value.order_id) == ("abc123", 218)


@pytest.mark.parametrize(
    "wanted", [OrderFilter(status_id=11), OrderFilter(modified_to=NOON - timedelta(minutes=1))]
)
def test_an_order_that_was_changed_a_moment_ago_may_have_left_the_filter(
    wanted: OrderFilter,
) -> None:
    store = answering(of_json([a_row(218, NOON - timedelta(seconds=59))]))

    assert [order.id for order in store.orders(wanted).value] == [218]


def test_even_a_moment_ago_no_order_changed_its_age() -> None:
    store = answering(of_json([a_row(218, NOON)]))

    with pytest.raises(OutsideWindow):
        store.orders(OrderFilter(created_from=LONG_AGO))


@pytest.mark.parametrize("ids", [[3, 2], [2, 2], [2, 3, 1]])
def test_a_page_that_is_not_by_id_is_no_answer(ids: list[int]) -> None:
    with pytest.raises(TryAgain, match="nonsense_answer"):
        answering(of_json([a_row(each) for each in ids])).orders(OrderFilter())


def test_a_store_that_ignores_min_id_does_not_hold_us_for_ever() -> None:
    adapter = InProcess(lambda _request: of_json([a_row(number) for number in range(1, 251)]))

    with pytest.raises(OutsideWindow):
        list(a_store(adapter).every_order(OrderFilter()))

    assert len(adapter.requests) == 2


def test_an_order_that_makes_no_sense_does_not_hide_the_others() -> None:
    rows = [a_row(number, status_id=99 if number == 7 else 7) for number in range(1, 61)]
    adapter = listing(rows)

    found = [order.id for order in a_store(adapter).every_order(OrderFilter())]

    assert found == [number for number in range(1, 61) if number != 7]
    assert asked(adapter.requests[1])["min_id"] == "61"


def test_a_page_of_nothing_but_nonsense_is_no_answer() -> None:
    rows = [a_row(number, status_id=99) for number in range(1, 3)]

    with pytest.raises(TryAgain, match="nonsense_answer"):
        answering(of_json(rows)).orders(OrderFilter())


@settings(max_examples=60, deadline=None)
@given(
    ids=st.lists(st.integers(1, 400), unique=True, max_size=120).map(sorted),
    limit=st.integers(1, 70),
    most=st.integers(50, 250),
)
def test_whatever_the_ids_and_the_pages_every_order_comes_once(
    ids: list[int], limit: int, most: int
) -> None:
    store = a_store(listing([a_row(each) for each in ids], most))

    found = [order.id for order in store.every_order(OrderFilter(limit=limit))]

    assert found == ids


# --- counting


def test_orders_are_counted_by_the_same_filters() -> None:
    adapter = InProcess(lambda _request: of_json({"count": 9}))

    count = a_store(adapter).count_orders(EVERY_FILTER).value

    assert urlsplit(str(adapter.requests[0].url)).path == "/stores/abc123/v2/orders/count"
    assert "limit" not in asked(adapter.requests[0])
    assert "sort" not in asked(adapter.requests[0])
    assert asked(adapter.requests[0])["min_total"] == "12.50"
    assert (count.total, count.by_status_id) == (9, {})


def test_the_count_tells_the_statuses_where_the_store_does() -> None:
    rows = [{"id": 0, "count": 15, "sort_order": 0}, {"id": 7, "count": 118}, {"id": None}]

    count = answering(of_json({"count": 133, "statuses": rows})).count_orders(OrderFilter())

    assert count.value.by_status_id == {0: 15, 7: 118}


def test_totals_are_sent_as_they_are_written() -> None:
    adapter = listing([])

    a_store(adapter).orders(OrderFilter(min_total=Decimal("1E+2"), max_total=Decimal("0.10")))

    assert asked(adapter.requests[0])["min_total"] == "100"
    assert asked(adapter.requests[0])["max_total"] == "0.10"


# --- statuses


def test_the_labels_of_the_store_name_statuses_in_a_rule_file() -> None:
    sim = Sim()
    sim.store.world.custom_labels[11] = "Picking"
    store = a_store_of(sim, TurnableClock(sim.clock.now()))
    text = """
version: 1
rules:
  - name: finish
    on: shipment_created
    when: {status: Picking}
    do: [{set_status: Completed}]
"""

    labels = {status.id: status.label for status in store.statuses().value.values()}

    rules = read_file(text, "rules.yaml", labels).rules
    assert labels[11] == "Picking"
    assert [rule.name for rule in rules.rules] == ["finish"]
