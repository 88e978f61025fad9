"""Taking back what a run changed: only where nothing happened since, and for good."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from orderwarden.domain.line import Line
from orderwarden.services.undo import UndoPorts, ask_to_undo, change_of_line, changes_of_run
from rule_files import cancel_unpaid
from scenario import STORE, Died, Scenario
from sweeping import Sweeper

CANCELLED, AWAITING_PAYMENT, AWAITING_FULFILLMENT = 5, 7, 11


class Rig:
    """A scenario in which a sweep cancelled some orders."""

    def __init__(self, folder: Path, orders: int = 1) -> None:
        self.scenario = Scenario(folder, cancel_unpaid())
        self.sweeper = Sweeper(self.scenario)
        self.orders = [self.sweeper.place() for _ in range(orders)]
        self.run_id = self.sweeper.sweep().id
        self.scenario.clock.advance(60)

    @property
    def changes(self) -> list[Line]:
        return list(changes_of_run(self.scenario.changelog, STORE, self.run_id))

    def ask(self, run_id: str = "undo-1") -> None:
        scenario = self.scenario
        ports = UndoPorts(scenario.clock, scenario.changelog, scenario.queue)
        ask_to_undo(ports, self.changes, run_id)

    def undo(self, run_id: str = "undo-1") -> None:
        self.ask(run_id)
        self.scenario.run()

    def last(self) -> tuple[str, str, str]:
        line = self.scenario.lines(self.orders[0])[-1]
        return line.rule, line.result.value, line.reason


def test_an_undone_run_puts_every_status_back_and_says_so(tmp_path: Path) -> None:
    rig = Rig(tmp_path, orders=2)

    rig.undo()

    for order in rig.orders:
        cancelled, undone = rig.scenario.lines(order)
        assert rig.scenario.status_of(order) == AWAITING_PAYMENT
        assert (cancelled.rule, cancelled.undone_by) == ("cancel-unpaid", undone.id)
        assert (undone.rule, undone.result.value, undone.actor) == ("undo", "applied", "undo")
        assert (undone.trigger, undone.run_id, undone.restores) == (
            *("manual", "undo-1"),
            cancelled.id,
        )
    assert rig.changes == []


def test_the_next_sweep_does_not_undo_the_undo(tmp_path: Path) -> None:
    rig = Rig(tmp_path)
    rig.undo()

    run = rig.sweeper.sweep()

    assert run.summary["queued"] == 1
    assert rig.scenario.status_of(rig.orders[0]) == AWAITING_PAYMENT
    assert rig.last() == ("cancel-unpaid", "blocked", "hold")


def test_once_a_person_lifts_the_hold_the_rule_acts_again(tmp_path: Path) -> None:
    rig = Rig(tmp_path)
    rig.undo()
    rig.scenario.state.lift(STORE, rig.orders[0], "cancel-unpaid")

    rig.sweeper.sweep()

    assert rig.scenario.status_of(rig.orders[0]) == CANCELLED


def pay(scenario: Scenario, order: int) -> None:
    scenario.sim.shopper.pay(order, "1.00", moves_status=False)


def fail_to_pay(scenario: Scenario, order: int) -> None:
    scenario.sim.shopper.fail_payment(order)


def ship(scenario: Scenario, order: int) -> None:
    scenario.sim.staff.ship(order)
    scenario.sim.staff.edit(order, status="Cancelled")


def move(scenario: Scenario, order: int) -> None:
    scenario.sim.staff.edit(order, status="Awaiting Fulfillment")


def archive(scenario: Scenario, order: int) -> None:
    scenario.sim.staff.archive(order)


@pytest.mark.parametrize(
    ("act", "reason"),
    [
        (pay, "transactions_since"),
        (fail_to_pay, "transactions_since"),
        (ship, "shipments_since"),
        (move, "status_not_ours"),
        (archive, "archived"),
    ],
)
def test_what_happened_since_speaks_against_an_undo(
    tmp_path: Path, act: Callable[[Scenario, int], None], reason: str
) -> None:
    rig = Rig(tmp_path)
    [order] = rig.orders
    rig.scenario.sim.settings.webhook_loss_probability = 1.0  # else they say so first
    act(rig.scenario, order)
    before = rig.scenario.status_of(order)

    rig.undo()

    assert rig.scenario.status_of(order) == before
    assert rig.last() == ("undo", "blocked", reason)


def test_what_cannot_be_read_speaks_against_an_undo(tmp_path: Path) -> None:
    rig = Rig(tmp_path)
    rig.scenario.fault("status", path="/v3/orders/*/payment_actions/refunds", status=403)

    rig.undo()

    assert rig.last() == ("undo", "blocked", "unreadable")


def test_a_change_is_taken_back_once_however_often_it_is_asked(tmp_path: Path) -> None:
    rig = Rig(tmp_path)
    rig.ask("undo-1")
    rig.ask("undo-2")

    rig.scenario.run()

    assert rig.scenario.our_writes(rig.orders[0]) == [(7, 5), (5, 7)]


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_death_at_the_write_loses_and_doubles_nothing(tmp_path: Path, moment: str) -> None:
    rig = Rig(tmp_path)
    scenario, [order] = rig.scenario, rig.orders

    def die(method: str, _path: str) -> None:
        if method == "PUT":
            setattr(scenario.adapter, moment, lambda _m, _p: None)
            raise Died

    setattr(scenario.adapter, moment, die)
    rig.ask()

    scenario.crash(scenario.work_once)
    scenario.run()

    assert scenario.our_writes(order) == [(7, 5), (5, 7)]
    assert scenario.state.holds(STORE, order) == {"cancel-unpaid"}
    cancelled, undone = scenario.lines(order)
    assert (cancelled.result.value, cancelled.undone_by) == ("applied", undone.id)


def test_a_stopped_store_undoes_nothing_until_it_runs(tmp_path: Path) -> None:
    rig = Rig(tmp_path)
    rig.scenario.state.stop(STORE, "by hand")

    rig.undo()

    assert rig.scenario.status_of(rig.orders[0]) == CANCELLED
    assert rig.scenario.state.count_parked(STORE) == 1


def test_one_line_is_found_by_its_id(tmp_path: Path) -> None:
    rig = Rig(tmp_path, orders=2)
    scenario = rig.scenario
    ports = UndoPorts(scenario.clock, scenario.changelog, scenario.queue)
    wanted = rig.changes[0]

    assert list(change_of_line(ports, STORE, wanted.id)) == [wanted]
    assert list(change_of_line(ports, STORE, "nobody")) == []


def test_what_the_store_refused_to_put_back_is_not_sent_again_the_same_day(tmp_path: Path) -> None:
    rig = Rig(tmp_path)
    puts = len(rig.scenario.puts())
    rig.scenario.fault("status", method="PUT", status=422)
    rig.undo("undo-1")

    rig.undo("undo-2")

    assert len(rig.scenario.puts()) == puts + 1
    assert rig.last()[:2] == ("undo", "failed")
