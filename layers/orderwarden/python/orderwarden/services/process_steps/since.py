"""Since when an order has its status: what events, our own writes and our readings tell."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from orderwarden.domain.line import WRITTEN
from orderwarden.domain.order import Order
from orderwarden.services.process_steps.case import Case

_GRAIN: Final = timedelta(seconds=2)


def status_since(case: Case, order: Order) -> datetime | None:
    """Return since when the order has its status, None where nothing tells.

    Where only a change between two readings tells, the later date counts: a time in a status is
    never made longer than it was.
    """
    signal, before = case.signal, case.seen
    known = before.status_since or before.read_at if before else None
    if signal.new_status_id is not None and (known is None or signal.occurred_at > known):
        # An event later than what we knew: what it brought, or what came after it.
        is_its_own = signal.new_status_id == order.status_id
        return signal.occurred_at if is_its_own else order.date_modified
    if before is not None and before.status_id == order.status_id:
        return before.status_since
    own = [x for x in case.lines if x.result in WRITTEN and x.to_status_id == order.status_id]
    if own and own[-1].at >= order.date_modified - _GRAIN:
        return own[-1].at
    return order.date_modified if before is not None else None
