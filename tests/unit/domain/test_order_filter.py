"""Which orders a filter admits, and which filters cannot be."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from builders import an_order, at
from orderwarden.domain.order_filter import OrderFilter

ORDER = an_order("Awaiting Payment", modified=60, customer_id=11, channel_id=1)
CREATED = ORDER.date_created


@pytest.mark.parametrize(
    "wanted",
    [
        OrderFilter(),
        OrderFilter(status_id=7, customer_id=11, channel_id=1),
        OrderFilter(min_id=118, max_id=118),
        OrderFilter(created_from=CREATED, created_to=CREATED),
        OrderFilter(modified_from=at(60), modified_to=at(60)),
        OrderFilter(modified_from=at(60.9)),  # sent in whole seconds
        OrderFilter(payment_method="Cash", min_total=None, email="jane@example.com"),
    ],
)
def test_an_order_that_was_asked_for_is_admitted(wanted: OrderFilter) -> None:
    assert wanted.admits(ORDER)


@pytest.mark.parametrize(
    "wanted",
    [
        OrderFilter(status_id=11),
        OrderFilter(customer_id=0),
        OrderFilter(channel_id=2),
        OrderFilter(modified_to=at(59)),
    ],
)
def test_an_order_may_cease_to_be_what_was_asked_for(wanted: OrderFilter) -> None:
    assert not wanted.admits(ORDER)
    assert wanted.may_have_admitted(ORDER)


@pytest.mark.parametrize(
    "wanted",
    [
        OrderFilter(min_id=119),
        OrderFilter(max_id=117),
        OrderFilter(created_from=CREATED + timedelta(seconds=1)),
        OrderFilter(created_to=CREATED - timedelta(seconds=1)),
        OrderFilter(modified_from=at(61)),
    ],
)
def test_no_change_makes_an_order_of_the_window_one_outside_of_it(wanted: OrderFilter) -> None:
    assert not wanted.admits(ORDER)
    assert not wanted.may_have_admitted(ORDER)


def test_a_body_that_does_not_tell_is_not_held_against_the_filter() -> None:
    assert OrderFilter(customer_id=11, channel_id=1).admits(an_order())


@pytest.mark.parametrize("name", ["created_from", "created_to", "modified_from", "modified_to"])
def test_a_date_without_a_zone_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="zone"):
        OrderFilter(**{name: datetime(2026, 11, 21)})  # type: ignore[arg-type]  # noqa: DTZ001


@pytest.mark.parametrize("limit", [0, -1, 251])
def test_a_page_that_cannot_be_is_refused(limit: int) -> None:
    with pytest.raises(ValueError, match="limit"):
        OrderFilter(limit=limit)


@pytest.mark.parametrize("name", ["payment_method", "cart_id", "external_order_id", "email"])
def test_an_empty_text_is_refused_since_it_would_ask_for_everything(name: str) -> None:
    with pytest.raises(ValueError, match="empty"):
        OrderFilter(**{name: ""})  # type: ignore[arg-type]


def test_a_filter_does_not_show_the_shoppers_address() -> None:
    assert "jane" not in repr(OrderFilter(email="jane@example.com"))
