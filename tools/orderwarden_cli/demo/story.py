"""What happens in the demo: six orders, how each must end, and whether it did."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from orderwarden.domain import statuses
from orderwarden.domain.line import WRITTEN, Line
from orderwarden.domain.statuses import NAMES

from orderwarden_cli.demo.simulated import SimulatedShop


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
    shop.pause()
    shop.act(order, "ship", tracking_number="EJ958083578US")
    shop.pause()
    return Told(order, "paid, shipped", statuses.COMPLETED, 1)


def _shipped_in_two(shop: SimulatedShop, say: Callable[[str], None]) -> Told:
    order = shop.place(total="96.00", quantity=2)
    say(f"Order {order} goes out in two parcels: only the second one completes it.")
    shop.act(order, "pay")
    shop.pause()
    shop.act(order, "ship", pieces=1)
    shop.pause()
    shop.act(order, "ship")
    shop.pause()
    return Told(order, "shipped in two parcels", statuses.COMPLETED, 1)


def _paid_but_stuck(shop: SimulatedShop, say: Callable[[str], None]) -> Told:
    order = shop.place(total="640.00")
    say(f"Order {order} is paid, but the store fails to notice: it stays in Awaiting Payment.")
    shop.pause()
    shop.act(order, "pay", moves_status=False)
    shop.pause()
    return Told(order, "paid, but stuck", statuses.AWAITING_FULFILLMENT, 1)


def _marked_unpaid(shop: SimulatedShop, say: Callable[[str], None]) -> Told:
    order = shop.place(total="310.00")
    say(f"Order {order} is unpaid, and a clerk marks it for manual verification.")
    shop.pause()
    shop.act(order, "edit", status="Manual Verification Required")
    shop.pause()
    return Told(order, "marked, unpaid", statuses.CANCELLED, 1)


def _marked_but_paid(shop: SimulatedShop, say: Callable[[str], None]) -> Told:
    order = shop.place(total="1250.00")
    say(f"Order {order} is paid. The clerk marks it too: the same rule now wants to cancel it.")
    shop.act(order, "pay")
    shop.pause()
    shop.act(order, "edit", status="Manual Verification Required")
    shop.pause()
    return Told(order, "marked, but paid", statuses.MANUAL_VERIFICATION_REQUIRED, 0)


def _unpaid(shop: SimulatedShop, say: Callable[[str], None]) -> Told:
    order = shop.place(total="20.00")
    say(f"Order {order} is left unpaid. No rule here asks for it, so nothing touches it.")
    shop.pause()
    return Told(order, "left unpaid", statuses.AWAITING_PAYMENT, 0)


def problems(shop: SimulatedShop, told: Sequence[Told], lines: Sequence[Line]) -> list[str]:
    """Hold what happened against the store's own record, not against our log."""
    found = [
        f"order {one.order_id} is {NAMES[status]}, not {NAMES[one.must_be]}"
        for one in told
        if (status := shop.status_of(one.order_id)) != one.must_be
    ]
    writes = shop.writes_through_the_api()
    for one in told:
        made = sum(order == one.order_id for order, _, _ in writes)
        if made != one.changes:
            found.append(f"order {one.order_id} was changed {made} times, not {one.changes}")
    ours = [(x.order_id, x.from_status_id, x.to_status_id) for x in lines if x.result in WRITTEN]
    if Counter(writes) != Counter(ours):
        found.append("the changelog is not what the store recorded")
    return found
