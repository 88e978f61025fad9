"""What people, gateways and operators do meanwhile; each act by its name."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from bigcommerce_sim.world.paying import Payment, add_transaction
from bigcommerce_sim.world.refusal import Refusal
from rulebook import CAREFUL, FEWER, SHOP, VERIFY
from scenario import STORE

if TYPE_CHECKING:
    from simulation import Simulation

Act = Callable[["Simulation", int], object]

PAUSED: Final = "complete-when-shipped"
QUOTA: Final = 100


def _place(total: str, method: str = "Credit Card", status: str = "Awaiting Payment") -> Act:
    def act(simulation: Simulation, number: int) -> None:
        if number in simulation.witness.orders:
            return
        placed = simulation.sim.shopper.place(
            total=total, status=status, payment_method=method, quantity=2
        )
        simulation.witness.orders[number] = placed
        simulation.witness.look()

    return act


def _on_order(act: Callable[[Simulation, int], object]) -> Act:
    """Do something to an order, if there is one and the store lets it be done."""

    def acting(simulation: Simulation, number: int) -> None:
        order_id = simulation.witness.orders.get(number)
        if order_id is None:
            return
        try:
            act(simulation, order_id)
        except Refusal as refusal:
            simulation.tell(f"   refused: {refusal}")

    return acting


def _pay(simulation: Simulation, order_id: int) -> None:
    if simulation.witness.taken(order_id) == 0:
        simulation.sim.shopper.pay(order_id, moves_status=False)


def _pay_quietly(simulation: Simulation, order_id: int) -> None:
    """Take the money without touching the order: only a transaction tells of it."""
    if simulation.witness.taken(order_id) == 0:
        world = simulation.sim.world
        add_transaction(world, simulation.sim.order(order_id), "purchase", Payment())


def _pay_and_move(simulation: Simulation, order_id: int) -> None:
    if simulation.witness.taken(order_id) == 0:
        simulation.sim.shopper.pay(order_id)


def _authorise(simulation: Simulation, order_id: int) -> None:
    if simulation.witness.taken(order_id) == 0:
        simulation.sim.shopper.authorise(order_id)


def _revert(simulation: Simulation, order_id: int) -> None:
    """Put the order back to where our last change took it from."""
    ours = [
        w for w in simulation.witness.our_writes(order_id) if w.before_status != w.after_status
    ]
    if ours and simulation.sim.order(order_id).status_id == ours[-1].after_status:
        simulation.sim.staff.edit(order_id, status=ours[-1].before_status)


def _same(simulation: Simulation, order_id: int) -> None:
    """Do by hand just what the rules would do."""
    wanted = simulation.witness.wish(order_id)
    if wanted is not None:
        simulation.sim.staff.edit(order_id, status=wanted.to_status_id)


def _edit(simulation: Simulation, order_id: int) -> None:
    simulation.sim.staff.edit(order_id, customer_message=f"at {simulation.clock.now()}")


def _note(simulation: Simulation, order_id: int) -> None:
    notes = simulation.sim.order(order_id).staff_notes
    simulation.sim.staff.edit(order_id, staff_notes=f"{notes}\nCalled.".strip())


def _use_up_quota(simulation: Simulation, _: int) -> None:
    """Let another app of the store take nearly all calls of this half minute."""
    simulation.sim.settings.quota_requests = QUOTA
    simulation.sim.quota.take(simulation.sim.clock.now(), QUOTA - 5)


def _approve(simulation: Simulation, _: int) -> None:
    """Let every rule go on that asked."""
    for review in simulation.state.reviews(STORE):
        if review.kind == "approval" and review.rule is not None:
            fingerprint = review.id.removeprefix(f"approval-{review.rule}-")
            simulation.approve(review.rule, fingerprint)


def _status(status: int | str) -> Act:
    return _on_order(lambda simulation, order: simulation.sim.staff.edit(order, status=status))


ACTS: Final[dict[str, Act]] = {
    "place": _place("40.00"),
    "place_large": _place("640.00"),
    "place_apple": _place("40.00", "Apple Pay"),
    "place_paid": _place("40.00", status="Awaiting Fulfillment"),
    "pay": _on_order(_pay),
    "pay_quietly": _on_order(_pay_quietly),
    "pay_and_move": _on_order(_pay_and_move),
    "authorise": _on_order(_authorise),
    "ship": _on_order(lambda simulation, order: simulation.sim.staff.ship(order)),
    "ship_part": _on_order(lambda simulation, order: simulation.sim.staff.ship(order, pieces=1)),
    "flag": _status(VERIFY),
    "dispute": _status("Disputed"),
    "await_payment": _status("Awaiting Payment"),
    "await_fulfilment": _status("Awaiting Fulfillment"),
    "cancel": _status("Cancelled"),
    "revert": _on_order(_revert),
    "same": _on_order(_same),
    "edit": _on_order(_edit),
    "note": _on_order(_note),
    "archive": _on_order(lambda simulation, order: simulation.sim.staff.archive(order)),
    "publish_fewer": lambda simulation, _: simulation.publish(FEWER),
    "publish_shop": lambda simulation, _: simulation.publish(SHOP),
    "publish_careful": lambda simulation, _: simulation.publish(CAREFUL),
    "approve": _approve,
    "pause_rule": lambda simulation, _: simulation.state.pause_rule(STORE, PAUSED),
    "resume_rule": lambda simulation, _: simulation.resume_rule(PAUSED),
    "stop_store": lambda simulation, _: simulation.state.stop(STORE, "by_hand"),
    "resume_store": lambda simulation, _: simulation.resume_store(),
    "revoke_token": lambda simulation, _: simulation.revoke_token(),
    "restore_token": lambda simulation, _: simulation.restore_token(),
    "use_up_quota": _use_up_quota,
    "replay_webhooks": lambda simulation, _: simulation.replay_webhooks(),
    "put_poison": lambda simulation, _: simulation.put_poison(),
}
"""By name: what happens, given the simulation and the number of an order."""
