"""Raise the alarm when orders change and no webhook comes for longer than is plausible."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from orderwarden.domain.instants import to_text
from orderwarden.domain.order_filter import OrderFilter
from orderwarden.domain.silence import NOTED_EVERY, Heard
from orderwarden.services.note_webhooks import HEARD
from orderwarden.services.repair_hooks import HookPorts

DELIVERED_WITHIN: Final = timedelta(minutes=10)
"""What changed just now may still be on its way, its first retries included."""

FEW: Final = 3
"""Orders that speak for silence where each alone need not have caused a webhook."""


@dataclass(frozen=True, slots=True)
class Silence:
    """No webhook came, though orders say that some should have.

    Attributes:
        since: When the last one was noted, by our clock.
        orders: How many orders changed since, 250 for that many or more.
    """

    since: datetime
    orders: int


def find_silence(ports: HookPorts, store: str, scopes: Collection[str]) -> Silence | None:
    """Return the silence of a store if there is one; costs a call only when it is quiet.

    Args:
        ports: The store's API, and where webhooks are noted; from the first call on, if none
            ever came.
        store: Store hash.
        scopes: What hooks listen to: only their events prove anything.
    """
    now = ports.clock.now()
    heard = Heard.from_text(ports.state.bookmark(store, HEARD))
    if heard is None:
        ports.state.replace_bookmark(store, HEARD, Heard(now, 0.0).to_text(), None)
        return None
    if now - heard.last_at <= heard.plausible:
        return None
    begin, end = heard.last_at + NOTED_EVERY, now - DELIVERED_WITHIN
    asked = _evidence(scopes, begin, end)
    if asked is None:
        return None
    wanted, enough = asked
    orders = [order for order in ports.api.orders(wanted).value if order.status_id or enough == 1]
    return Silence(heard.last_at, len(orders)) if len(orders) >= enough else None


def tell_silence(ports: HookPorts, store: str, silence: Silence) -> None:
    """Raise the alarm, once for each silence."""
    since = to_text(silence.since)
    notice_id = f"webhooks_silent-{since}"
    if ports.state.take(store, f"told:{notice_id}", 1):
        detail = {"since": since, "orders_changed": silence.orders}
        ports.notifier.notify(store, "webhooks_silent", notice_id, detail)


def _evidence(
    scopes: Collection[str], begin: datetime, end: datetime
) -> tuple[OrderFilter, int] | None:
    """Return which orders must have caused webhooks, and how many prove it; None: none do.

    Every change fires `updated`, every new order `created`. A new order that is not Incomplete
    any more mostly changed its status on the way.
    """
    if "store/order/updated" in scopes:
        return OrderFilter(modified_from=begin, modified_to=end), 1
    if "store/order/created" in scopes:
        return OrderFilter(created_from=begin, created_to=end), 1
    if "store/order/statusUpdated" in scopes:
        return OrderFilter(created_from=begin, created_to=end), FEW
    return None
