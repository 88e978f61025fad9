"""What people, gateways and operators do meanwhile; each act by its name."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from bigcommerce_sim.world.paying import Payment, add_transaction
from bigcommerce_sim.world.refusal import Refusal
from rulebook import FEWER, SHOP, VERIFY

if TYPE_CHECKING:
    from simulation import Simulation

Act = Callable[["Simulation", int], None]

_METHODS: Final = {"place_apple": "Apple Pay"}


def _place(total: str, method: str = "Credit Card", status: str = "Awaiting Payment") -> Act:
    def act(simulation: Simulation, number: int) -> None:
        if number in simulation.orders:
            return
        placed = simulation.sim.shopper.place(
            total=total, status=status, payment_method=method, quantity=2
        )
        simulation.orders[number] = placed

    return act


def _on_order(act: Callable[[Simulation, int], object]) -> Act:
    """Do something to an order, if there is one and the store lets it be done."""

    def acting(simulation: Simulation, number: int) -> None:
        order_id = simulation.orders.get(number)
        if order_id is None:
            return
        try:
            act(simulation, order_id)
        except Refusal as refusal:
            simulation.tell(f"   refused: {refusal}")

    return acting


def _pay(simulation: Simulation, order_id: int) -> None:
    if simulation.taken(order_id) == 0:
        simulation.sim.shopper.pay(order_id, moves_status=False)


def _pay_quietly(simulation: Simulation, order_id: int) -> None:
    """Take the money without touching the order: only a transaction tells of it."""
    if simulation.taken(order_id) == 0:
        world = simulation.sim.world
        add_transaction(world, simulation.sim.order(order_id), "purchase", Payment())


def _pay_and_move(simulation: Simulation, order_id: int) -> None:
    if simulation.taken(order_id) == 0:
        simulation.sim.shopper.pay(order_id)


def _authorise(simulation: Simulation, order_id: int) -> None:
    if simulation.taken(order_id) == 0:
        simulation.sim.shopper.authorise(order_id)


def _revert(simulation: Simulation, order_id: int) -> None:
    """Put the order back to where our last change took it from."""
    ours = [w for w in simulation.our_writes(order_id) if w.before_status != w.after_status]
    if ours and simulation.sim.order(order_id).status_id == ours[-1].after_status:
        simulation.sim.staff.edit(order_id, status=ours[-1].before_status)


def _same(simulation: Simulation, order_id: int) -> None:
    """Do by hand just what the rules would do."""
    wanted = simulation.wish(order_id)
    if wanted is not None:
        simulation.sim.staff.edit(order_id, status=wanted.to_status_id)


def _edit(simulation: Simulation, order_id: int) -> None:
    simulation.sim.staff.edit(order_id, customer_message=f"at {simulation.clock.now()}")


def _note(simulation: Simulation, order_id: int) -> None:
    notes = simulation.sim.order(order_id).staff_notes
    simulation.sim.staff.edit(order_id, staff_notes=f"{notes}\nCalled.".strip())


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
    "pause_rule": lambda simulation, _: simulation.pause_rule("complete-when-shipped"),
    "resume_rule": lambda simulation, _: simulation.resume_rule("complete-when-shipped"),
    "stop_store": lambda simulation, _: simulation.stop_store(),
    "resume_store": lambda simulation, _: simulation.resume_store(),
    "revoke_token": lambda simulation, _: simulation.revoke_token(),
    "restore_token": lambda simulation, _: simulation.restore_token(),
    "use_up_quota": lambda simulation, _: simulation.use_up_quota(),
    "replay_webhooks": lambda simulation, _: simulation.replay_webhooks(),
    "put_poison": lambda simulation, _: simulation.put_poison(),
}
"""By name: what happens, given the simulation and the number of an order."""
