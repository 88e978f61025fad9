"""Payment methods that nobody knows, of as many orders as a check may look at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from fakes import NOON
from orderwarden.adapters.bigcommerce_store import BigCommerceReader
from orderwarden.domain.order import Order
from orderwarden.domain.order_filter import OrderCount, OrderFilter
from orderwarden.ports import Answer
from orderwarden.services.shop_words import methods_seen
from rule_builders import an_order


class CountedReader(BigCommerceReader):
    """A store that says how many orders it has, and lists two of them."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.wanted = OrderFilter()

    def time(self) -> Answer[datetime]:
        return Answer(NOON, NOON)

    def count_orders(self, wanted: OrderFilter) -> Answer[OrderCount]:  # noqa: ARG002
        return Answer(OrderCount(self.count, {}), NOON)

    def every_order(self, wanted: OrderFilter) -> Iterator[Order]:
        self.wanted = wanted
        order = an_order(payment_method=" Afterpay ")
        return iter((order, replace(order, raw={"payment_method": None})))


@pytest.mark.parametrize(("count", "days"), [(0, 30.0), (5_000, 30.0), (50_000, 3.0)])
def test_of_very_many_orders_the_latest_are_looked_at(count: int, days: float) -> None:
    reader = CountedReader(count)

    seen = methods_seen(reader, ())

    assert (seen.days, seen.unknown) == (days, {"Afterpay": 1})
    assert reader.wanted.created_from == NOON - timedelta(days=days)
    assert reader.wanted.created_to == NOON
