"""What happens in the demo: six orders, and how each must end."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from orderwarden.domain import statuses

from orderwarden_cli.demo.simulated import SimulatedShop

PAUSE_S: Final = 1.3
"""Between two acts: long enough to follow, and for the store's one-second dates to move on."""


@dataclass(frozen=True, slots=True)
class Told:
    """One order of the story.

    Attributes:
        about: What happened to it, in a few words.
        must_be: The status it must end in.
        changes: How many changes of ours that takes.
    """

    order_id: int
    about: str
    must_be: int
    changes: int


def tell(shop: SimulatedShop, say: Callable[[str], None]) -> list[Told]:
    """Let everything happen; return what each order must come to."""
    return [
        _shipped(shop, say),
        _shipped_in_two(shop, say),
        _paid_but_stuck(shop, say),
        _marked_unpaid(shop, say),
        _marked_but_paid(shop, say),
        _unpaid(shop, say),
    ]


def _shipped(shop: SimulatedShop, say: Callable[[str], None]) -> Told:
    order = shop.place(total="48.00")
    say(f"A shopper places order {order} and pays; the warehouse ships all of it.")
    shop.act(order, "pay")
    _pause()
    shop.act(order, "ship", tracking_number="EJ958083578US")
    _pause()
    return Told(order, "paid, shipped", statuses.COMPLETED, 1)


def _shipped_in_two(shop: SimulatedShop, say: Callable[[str], None]) -> Told:
    order = shop.place(total="96.00", quantity=2)
    say(f"Order {order} goes out in two parcels: only the second one completes it.")
    shop.act(order, "pay")
    _pause()
    shop.act(order, "ship", pieces=1)
    _pause()
    shop.act(order, "ship")
    _pause()
    return Told(order, "shipped in two parcels", statuses.COMPLETED, 1)


def _paid_but_stuck(shop: SimulatedShop, say: Callable[[str], None]) -> Told:
    order = shop.place(total="640.00")
    say(f"Order {order} is paid, but the store fails to notice: it stays in Awaiting Payment.")
    _pause()
    shop.act(order, "pay", moves_status=False)
    _pause()
    return Told(order, "paid, but stuck", statuses.AWAITING_FULFILLMENT, 1)


def _marked_unpaid(shop: SimulatedShop, say: Callable[[str], None]) -> Told:
    order = shop.place(total="310.00")
    say(f"Order {order} is unpaid, and a clerk marks it for manual verification.")
    _pause()
    shop.act(order, "edit", status="Manual Verification Required")
    _pause()
    return Told(order, "marked, unpaid", statuses.CANCELLED, 1)


def _marked_but_paid(shop: SimulatedShop, say: Callable[[str], None]) -> Told:
    order = shop.place(total="1250.00")
    say(f"Order {order} is paid. The clerk marks it too: the same rule now wants to cancel it.")
    shop.act(order, "pay")
    _pause()
    shop.act(order, "edit", status="Manual Verification Required")
    _pause()
    return Told(order, "marked, but paid", statuses.MANUAL_VERIFICATION_REQUIRED, 0)


def _unpaid(shop: SimulatedShop, say: Callable[[str], None]) -> Told:
    order = shop.place(total="20.00")
    say(f"Order {order} is left unpaid. No rule here asks for it, so nothing touches it.")
    _pause()
    return Told(order, "left unpaid", statuses.AWAITING_PAYMENT, 0)


def _pause() -> None:
    time.sleep(PAUSE_S)
