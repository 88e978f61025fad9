"""Quotes and refunds that are of another order are no answer."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from fakes import NOON
from orderwarden.adapters.bigcommerce_call import Reply
from orderwarden.adapters.bigcommerce_payments import _quote, _refund
from orderwarden.errors import Rejected

BODY = {
    "id": 3,
    "order_id": 118,
    "total_refund_amount": 40,
    "total_refund_tax_amount": 0,
    "refund_methods": [],
}


@pytest.mark.parametrize("read", [_quote, _refund])
def test_what_is_of_another_order_is_no_answer(read: Callable[[Reply, int], object]) -> None:
    reply = Reply(200, {"data": BODY}, NOON)

    assert read(reply, 118)
    with pytest.raises(Rejected, match="row_of_another_order"):
        read(reply, 119)
