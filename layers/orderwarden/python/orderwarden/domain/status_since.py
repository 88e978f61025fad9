"""Since when an order has its status, told by our own readings and writes alone."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from orderwarden.domain.line import WRITTEN, Line
from orderwarden.domain.order import Order
from orderwarden.domain.seen import Seen

_GRAIN: Final = timedelta(seconds=2)


def status_since(order: Order, seen: Seen | None, lines: Iterable[Line]) -> datetime | None:
    """Return since when the order has its status, None where nothing tells.

    Where only a change between two readings tells, the later date counts: a time in a status is
    never made longer than it was.
    """
    if seen is not None and seen.status_id == order.status_id:
        return seen.status_since
    own = [x for x in lines if x.result in WRITTEN and x.to_status_id == order.status_id]
    if own and own[-1].at >= order.date_modified - _GRAIN:
        return own[-1].at
    return order.date_modified if seen is not None else None
