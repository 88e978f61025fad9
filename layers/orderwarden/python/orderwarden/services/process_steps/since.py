"""Since when an order has its status: told by the event in hand, else by what we knew and did."""

from __future__ import annotations

from datetime import datetime

from orderwarden.domain.order import Order
from orderwarden.domain.status_since import status_since
from orderwarden.services.process_steps.case import Case


def since_when(case: Case, order: Order) -> datetime | None:
    """Return since when the order has its status, None where nothing tells."""
    signal, before = case.signal, case.seen
    known = before.status_since or before.read_at if before else None
    if signal.new_status_id is not None and (known is None or signal.occurred_at > known):
        # An event later than what we knew: what it brought, or what came after it.
        is_its_own = signal.new_status_id == order.status_id
        return signal.occurred_at if is_its_own else order.date_modified
    return status_since(order, before, case.lines)
