"""Each promise is checked by something that can fail: a finished run is spoilt, and it notices."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, cast

import promises
import pytest
from bigcommerce_sim import Request
from bigcommerce_sim.world.paying import Payment, add_transaction
from core_scenarios import SCENARIOS
from orderwarden.domain.line import Line, Result
from orderwarden.domain.receipt import ReceiptState
from orderwarden.ports import Review
from scenario import STORE, TOKEN
from simulation import Simulation, running

Spoil = Callable[[Simulation, int], object]


def send(simulation: Simulation, method: str, order: int, **fields: object) -> None:
    """Call the store's API with our token, beside everything that is ours."""
    headers = {"x-auth-token": TOKEN, "content-type": "application/json"}
    path, body = f"/stores/{STORE}/v2/orders/{order}", json.dumps(fields).encode()
    answer = simulation.sim.handle(Request(method, path, "", headers, body))
    assert answer.status == 200, answer.body


def with_lines(change: Callable[[list[Line]], list[Line]]) -> Spoil:
    """Let the changelog tell something else."""

    def spoil(simulation: Simulation, order: int) -> None:
        told = change(simulation.lines(order))
        simulation.changelog = cast("Any", SimpleNamespace(of_order=lambda *_: told))

    return spoil


def of_each_line(**changes: Any) -> Spoil:  # noqa: ANN401
    return with_lines(lambda lines: [replace(line, **changes) for line in lines])


def decide_the_last_first(lines: list[Line]) -> list[Line]:
    first, second = lines
    return [first, replace(second, at=first.at - timedelta(seconds=1))]


def forget_parcels(simulation: Simulation, order: int) -> None:
    """Let the order have been one that no rule wants to be changed."""
    states = simulation.witness.states[order]
    states[:] = [(at, replace(state, is_fully_shipped=False)) for at, state in states]


def pay_unheard(simulation: Simulation, order: int) -> None:
    add_transaction(simulation.sim.world, simulation.sim.order(order), "purchase", Payment())


def overwrite_note(simulation: Simulation, order: int) -> None:
    simulation.sim.staff.edit(order, staff_notes="Called.")
    simulation.clock.advance(60)
    send(simulation, "PUT", order, status_id=10, staff_notes="Something else.")


def ask_for_nothing(simulation: Simulation, order: int) -> None:
    [line] = simulation.lines(order)
    at = simulation.clock.now()
    simulation.state.open_review(
        Review("r", STORE, "overwritten", at, "", order_id=order, line_id=line.id)
    )


def with_receipts(simulation: Simulation, sql: str) -> None:
    with simulation.database.writing() as connection:
        assert connection.execute(sql).rowcount > 0


def hold_one(simulation: Simulation, order: int) -> None:
    found = simulation.receipts.of_order(STORE, order)[-1]
    held = replace(found, state=ReceiptState.HELD, revision=found.revision + 1, expires_at=None)
    assert simulation.receipts.replace(held, found) is None


def bury_a_signal(simulation: Simulation, _: int) -> None:
    simulation.queue.put_body("{}", "f" * 32)
    [delivery] = simulation.queue.receive()
    simulation.queue.bury(delivery.receipt_handle, "by_hand")


def call_again_and_again(simulation: Simulation, order: int) -> None:
    for _ in range(100):
        send(simulation, "GET", order)


def log_a_bug(simulation: Simulation, _: int) -> None:
    simulation.machines[0]._log.write('{"outcome": "bug", "reason": "KeyError at x.py:1"}\n')


def put_back(simulation: Simulation, order: int) -> None:
    simulation.sim.staff.edit(order, status="Shipped")


def write_twice_more(simulation: Simulation, order: int) -> None:
    for status in (2, 10):
        send(simulation, "PUT", order, status_id=status)


def never_quiet(simulation: Simulation, _: int) -> None:
    simulation.quiet.was_never = True


@dataclass(frozen=True)
class Spoilt:
    """A promise, and what breaks it in a story that kept it.

    Attributes:
        says: What is said of it then.
    """

    promise: Callable[..., Iterator[str] | list[str]]
    spoil: Spoil
    says: str
    story: str = "one event"


NOTED = "a status, then a note"

SPOILT = {
    "a change without a line": Spoilt(
        promises.lines_equal_writes,
        lambda simulation, order: send(simulation, "PUT", order, status_id=11),
        "no line stands for",
    ),
    "a change made twice": Spoilt(
        promises.lines_equal_writes,
        write_twice_more,
        "no line stands for",
    ),
    "a line without a change": Spoilt(
        promises.lines_equal_writes,
        with_lines(lambda lines: [*lines, *lines]),
        "applied stands for no write",
    ),
    "a line that was left open": Spoilt(
        promises.lines_equal_writes,
        of_each_line(result=Result.INTENDED),
        "was left intended",
    ),
    "a doubtful line that nobody is told of": Spoilt(
        promises.lines_equal_writes,
        with_lines(lambda lines: [*lines, replace(lines[0], id="x", result=Result.UNCONFIRMED)]),
        "without a review",
    ),
    "a change that no rule wanted": Spoilt(
        promises.wanted_by_a_rule, forget_parcels, "no rule wanted"
    ),
    "a paid order left cancelled": Spoilt(
        promises.no_money_left_cancelled,
        pay_unheard,
        "has money and was left cancelled",
        "a cancellation",
    ),
    "a note written twice": Spoilt(
        promises.notes_once,
        lambda simulation, order: simulation.sim.staff.edit(
            order, staff_notes=f"Large order {order}. Large order {order}."
        ),
        "has the note 2 times",
    ),
    "somebody's note overwritten": Spoilt(
        promises.notes_kept, overwrite_note, "lost the note 'Called.'"
    ),
    "a hidden change that nobody is told of": Spoilt(
        promises.hidden_changes_shown, of_each_line(from_status_id=11), "and nobody is told"
    ),
    "a person asked for nothing": Spoilt(
        promises.hidden_changes_shown, ask_for_nothing, "hid nothing, and a person was asked"
    ),
    "changes out of order": Spoilt(
        promises.changes_in_order, with_lines(decide_the_last_first), "out of the order", NOTED
    ),
    "an order left behind": Spoilt(
        promises.every_wish_came_true, put_back, "stays 2 though the rules want"
    ),
    "a note left out": Spoilt(
        promises.every_wish_came_true,
        lambda simulation, order: simulation.sim.staff.edit(order, staff_notes=""),
        "has no note though a rule wants one",
        NOTED,
    ),
    "a signal of a round that is lost": Spoilt(
        promises.everything_taken_on_ends, hold_one, "is lost: held"
    ),
    "a write without a status": Spoilt(
        promises.every_put_has_a_status,
        lambda simulation, order: send(simulation, "PUT", order, staff_notes="x"),
        "a PUT without status_id",
    ),
    "a webhook without a receipt": Spoilt(
        promises.nothing_acknowledged_is_lost,
        lambda simulation, _: with_receipts(simulation, "DELETE FROM receipts"),
        "is lost: no receipt",
    ),
    "a webhook that was begun and left": Spoilt(
        promises.nothing_acknowledged_is_lost, hold_one, "is lost: held"
    ),
    "something on the queue": Spoilt(
        promises.all_is_quiet,
        lambda simulation, _: simulation.queue.put_body("{}", "f" * 32),
        "something still waits",
    ),
    "a dead letter that is no poison": Spoilt(
        promises.all_is_quiet, bury_a_signal, "1 dead letters, but 0 times poison"
    ),
    "a run without an end": Spoilt(promises.all_is_quiet, never_quiet, "never quiet"),
    "calls without an end": Spoilt(promises.calls_are_bounded, call_again_and_again, "calls for"),
    "a bug": Spoilt(promises.no_bugs, log_a_bug, "a bug: KeyError"),
    "a second pass that writes": Spoilt(promises.at_rest, put_back, "a second pass wrote"),
}


def told(simulation: Simulation, spoilt: Spoilt, order: int) -> list[str]:
    """Return what a promise says of a run."""
    if spoilt.promise in promises.OF_AN_ORDER:
        return list(spoilt.promise(simulation, order))
    return list(spoilt.promise(simulation))


def test_every_promise_is_spoilt_at_least_once() -> None:
    every = {*promises.OF_AN_ORDER, *promises.OF_A_RUN, promises.at_rest}

    assert {each.promise for each in SPOILT.values()} == every


@pytest.mark.parametrize("name", SPOILT)
def test_a_promise_that_is_broken_is_noticed(name: str) -> None:
    spoilt = SPOILT[name]
    with running(SCENARIOS[spoilt.story].plan) as simulation:
        order = simulation.witness.orders[0]
        before = promises.broken(simulation)

        spoilt.spoil(simulation, order)
        after = told(simulation, spoilt, order)

    assert before == []
    assert [each for each in after if spoilt.says in each]
