"""What people, gateways and operators do meanwhile; each act by its name."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from bigcommerce_sim.world.paying import Payment, add_transaction
from bigcommerce_sim.world.refusal import Refusal
from boundaries import Unexpected
from operators import Operators
from orderwarden.errors import OrderwardenError
from rulebook import CAREFUL, FEWER, SHOP, VERIFY
from scenario import Died

if TYPE_CHECKING:
    from simulation import Simulation

Act = Callable[["Simulation", int], bool]
"""Does something to the order of a number; returns whether there was anything to do."""

PAUSED: Final = "complete-when-shipped"
QUOTA: Final = 100
COMMAND_AGAIN_S: Final = 60.0


def _place(total: str, method: str = "Credit Card", status: str = "Awaiting Payment") -> Act:
    def act(simulation: Simulation, number: int) -> bool:
        if number in simulation.witness.orders:
            return False
        placed = simulation.sim.shopper.place(
            total=total, status=status, payment_method=method, quantity=2
        )
        simulation.witness.orders[number] = placed
        simulation.witness.look()
        return True

    return act


def _on_order(act: Callable[[Simulation, int], object]) -> Act:
    """Do something to an order, if there is one and the store lets it be done."""

    def acting(simulation: Simulation, number: int) -> bool:
        order_id = simulation.witness.orders.get(number)
        if order_id is None:
            return False
        try:
            return act(simulation, order_id) is not False
        except Refusal as refusal:
            simulation.tell(f"   refused: {refusal}")
            return False

    return acting


def _unpaid(act: Callable[[Simulation, int], object]) -> Callable[[Simulation, int], bool]:
    """Do something only to an order without money."""

    def acting(simulation: Simulation, order_id: int) -> bool:
        if simulation.witness.taken(order_id) != 0:
            return False
        act(simulation, order_id)
        return True

    return acting


def _pay_quietly(simulation: Simulation, order_id: int) -> None:
    """Take the money without touching the order: only a transaction tells of it."""
    world = simulation.sim.world
    add_transaction(world, simulation.sim.order(order_id), "purchase", Payment())


def _revert(simulation: Simulation, order_id: int) -> bool:
    """Put the order back to where our last change took it from."""
    ours = [
        w for w in simulation.witness.our_writes(order_id) if w.before_status != w.after_status
    ]
    if not ours or simulation.sim.order(order_id).status_id != ours[-1].after_status:
        return False
    simulation.sim.staff.edit(order_id, status=ours[-1].before_status)
    return True


def _same(simulation: Simulation, order_id: int) -> bool:
    """Do by hand just what the rules would do."""
    wanted = simulation.witness.wish(order_id)
    if wanted is None:
        return False
    simulation.sim.staff.edit(order_id, status=wanted.to_status_id)
    return True


def _edit(simulation: Simulation, order_id: int) -> None:
    simulation.sim.staff.edit(order_id, customer_message=f"at {simulation.clock.now()}")


def _note(simulation: Simulation, order_id: int) -> None:
    notes = simulation.sim.order(order_id).staff_notes
    simulation.sim.staff.edit(order_id, staff_notes=f"{notes}\nCalled.".strip())


def _use_up_quota(simulation: Simulation, _: int) -> bool:
    """Let another app of the store take nearly all calls of this half minute."""
    simulation.sim.settings.quota_requests = QUOTA
    simulation.sim.quota.take(simulation.sim.clock.now(), QUOTA - 5)
    return True


def _put_poison(simulation: Simulation, _: int) -> bool:
    simulation.put_poison()
    return True


def _status(status: int | str) -> Act:
    return _on_order(lambda simulation, order: simulation.sim.staff.edit(order, status=status))


def _operating(act: Callable[[Operators], object]) -> Act:
    """Give a command; where it fails, give it again a minute later."""

    def give(simulation: Simulation) -> None:
        try:
            act(simulation.operators)
        except (OrderwardenError, Died, Unexpected):
            simulation.tell("   failed; again in a minute")
            simulation.scheduler.after(COMMAND_AGAIN_S, lambda: give(simulation))

    def acting(simulation: Simulation, _: int) -> bool:
        give(simulation)
        return True

    return acting


def _round(kind: str) -> Act:
    """Make one round more, beside all others."""

    def acting(simulation: Simulation, _: int) -> bool:
        simulation.round_now(kind)
        return True

    return acting


ACTS: Final[dict[str, Act]] = {
    "place": _place("40.00"),
    "place_large": _place("640.00"),
    "place_apple": _place("40.00", "Apple Pay"),
    "place_paid": _place("40.00", status="Awaiting Fulfillment"),
    "pay": _on_order(
        _unpaid(lambda simulation, order: simulation.sim.shopper.pay(order, moves_status=False))
    ),
    "pay_quietly": _on_order(_unpaid(_pay_quietly)),
    "pay_and_move": _on_order(
        _unpaid(lambda simulation, order: simulation.sim.shopper.pay(order))
    ),
    "authorise": _on_order(
        _unpaid(lambda simulation, order: simulation.sim.shopper.authorise(order))
    ),
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
    "publish_fewer": _operating(lambda operators: operators.publish(FEWER)),
    "publish_shop": _operating(lambda operators: operators.publish(SHOP)),
    "publish_careful": _operating(lambda operators: operators.publish(CAREFUL)),
    "approve": _operating(lambda operators: operators.approve_all()),
    "pause_rule": _operating(lambda operators: operators.pause_rule(PAUSED)),
    "resume_rule": _operating(lambda operators: operators.resume_rule(PAUSED)),
    "stop_store": _operating(lambda operators: operators.stop_store()),
    "resume_store": _operating(lambda operators: operators.resume_store()),
    "revoke_token": _operating(lambda operators: operators.revoke_token()),
    "restore_token": _operating(lambda operators: operators.restore_token()),
    "replay_webhooks": _operating(lambda operators: operators.replay_webhooks()),
    "rotate_secret": _operating(lambda operators: operators.rotate_secret()),
    "retry_dead_letters": _operating(lambda operators: operators.retry_dead_letters()),
    "break_store": _operating(lambda operators: operators.break_store()),
    "mend_store": _operating(lambda operators: operators.mend_store()),
    "lose_webhooks": _operating(lambda operators: operators.lose_webhooks(1.0)),
    "hear_webhooks": _operating(lambda operators: operators.lose_webhooks(0.0)),
    "set_clock_right": _operating(lambda operators: operators.set_clock_right()),
    "switch_hooks_off": _operating(lambda operators: operators.switch_hooks_off()),
    "sweep": _round("sweeper"),
    "reconcile": _round("reconciler"),
    "use_up_quota": _use_up_quota,
    "put_poison": _put_poison,
}
"""By name: what happens, given the simulation and the number of an order."""
