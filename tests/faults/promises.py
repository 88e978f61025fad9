"""The promises, checked against the store's own record: each broken one becomes a sentence."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from boundaries import Fault
from fakes import NOON
from matching import WRITTEN, done_by_hand_too, looks_like_another, made_by_another, match
from orderwarden.domain.instants import second_of
from orderwarden.domain.line import Line, Result
from orderwarden.domain.receipt import KEPT, ReceiptState
from orderwarden.domain.scopes import EXCEPTION_SCOPE
from orderwarden.domain.webhook import parse
from rulebook import State, wants_note, wish
from scenario import STORE
from simulation import Simulation
from witness import told

WINDOW: Final = timedelta(seconds=12)
"""What was true so long before a write may have been read for it."""

SLOW: Final = {Fault.FREEZE_BEFORE, Fault.FREEZE_AFTER, Fault.SLOW, Fault.COMMIT_LATE, Fault.STALE}
LONGEST_PAUSE: Final = timedelta(seconds=130)
ENDED: Final = {ReceiptState.DONE, ReceiptState.NO_RULE}
STOPPED_FOR_A_PERSON: Final = {"tug_of_war", "refused", "too_many_writes"}


def broken(simulation: Simulation) -> list[str]:
    """Return every promise that a finished run broke."""
    found: list[str] = []
    for order_id in simulation.witness.orders.values():
        for promise in OF_AN_ORDER:
            found += promise(simulation, order_id)
    for each in OF_A_RUN:
        found += each(simulation)
    return found


def lines_equal_writes(simulation: Simulation, order_id: int) -> Iterator[str]:
    """No change without a line, no line without a change, none left open."""
    matched = match(simulation, order_id)
    for line in simulation.lines(order_id):
        if line.result is Result.INTENDED:
            yield f"line {line.rule} was left intended"
    for write in matched.free:
        yield f"no line stands for {told(write)}"
    reviews = {review.line_id for review in simulation.reviews() if review.kind == "unconfirmed"}
    for line in matched.lone:
        if line.result in WRITTEN and not made_by_another(simulation, line):
            yield f"line {line.rule} to {line.to_status_id} {line.result} stands for no write"
        if line.result is Result.UNCONFIRMED and line.id not in reviews:
            yield f"unconfirmed line {line.rule} without a review"


def wanted_by_a_rule(simulation: Simulation, order_id: int) -> Iterator[str]:
    """No change that no rule wanted for what the order was a moment before."""
    window = window_of(simulation)
    for line, write in match(simulation, order_id).pairs:
        start = None if line.restores else write.moment - window
        spans = simulation.witness.states_between(order_id, start, write.moment)
        states = [state for _, state in spans]
        if line.restores is not None:
            is_right = any(state.has_money for state in states)
        elif line.to_status_id is None:
            is_right = any(wants_note(state) for state in states)
        else:
            is_right = any(_wants(state, line, write.moment) for state in _as_read(states))
        if not is_right:
            yield f"no rule wanted {told(write)}"


def window_of(simulation: Simulation) -> timedelta:
    """Return how old what was decided on may be in this run."""
    slowed = SLOW & set(simulation.boundaries.fired)
    lag = timedelta(seconds=float(simulation.plan.chances.get("read_lag_s", 0)))
    return WINDOW + lag + (LONGEST_PAUSE if slowed else timedelta(0))


def _as_read(states: list[State]) -> Iterator[State]:
    """Yield what could be read: the money is read after the order, and both may have changed."""
    for index, state in enumerate(states):
        for later in states[index:]:
            yield replace(state, has_money=later.has_money, is_paid=later.is_paid)


def _wants(state: State, line: Line, at: datetime) -> bool:
    wanted = wish(state, at)
    return wanted is not None and wanted.to_status_id == line.to_status_id


def no_money_left_cancelled(simulation: Simulation, order_id: int) -> Iterator[str]:
    """No order with money taken or authorised stays cancelled by us; an archived one is left."""
    if simulation.witness.is_left_cancelled(order_id) and all_is_found(simulation):
        yield f"order {order_id} has money and was left cancelled by us"


def all_is_found(simulation: Simulation) -> bool:
    """Return whether everything is found in the end: told by webhooks, or looked for by rounds."""
    plan = simulation.plan
    return (plan.catches_up and plan.sweeps) or not simulation.witness.has_lost_webhooks()


def every_wish_came_true(simulation: Simulation, order_id: int) -> Iterator[str]:
    """Every order is where the rules want it, before anybody looks at it once more."""
    if all_is_found(simulation):
        yield from wishes_left(simulation, order_id)


def wishes_left(simulation: Simulation, order_id: int) -> Iterator[str]:
    """Yield what the rules still want of an order, unless it waits for a person."""
    if _is_excused(simulation, order_id):
        return
    state = simulation.witness.state(order_id)
    wanted = simulation.witness.wish(order_id)
    if wanted is not None:
        yield f"order {order_id} stays {state.status_id} though the rules want {wanted}"
    is_left_to_a_person = any(
        line.to_status_id is None and line.result is Result.UNCONFIRMED
        for line in simulation.lines(order_id)
    )
    is_noted = f"Large order {order_id}." in state.staff_notes
    if wants_note(state) and not is_noted and not is_left_to_a_person:
        yield f"order {order_id} has no note though a rule wants one"


def notes_once(simulation: Simulation, order_id: int) -> Iterator[str]:
    """A note is written once."""
    added = simulation.witness.state(order_id).staff_notes.count(f"Large order {order_id}.")
    if added > 1:
        yield f"order {order_id} has the note {added} times"


def notes_kept(simulation: Simulation, order_id: int) -> Iterator[str]:
    """What others wrote into the staff notes stays, unless they did it in that very moment."""
    window = window_of(simulation)
    states = simulation.witness.states.get(order_id, [])
    for write in simulation.witness.our_writes(order_id):
        notes = write.changes.get("staff_notes")
        earlier = [each for each in states if each[0] < write.moment]
        if not isinstance(notes, str) or not earlier:
            continue
        before = earlier[-1][1].staff_notes
        since = next(at for at, state in earlier if state.staff_notes == before)
        if not notes.startswith(before) and write.moment - since > window:
            yield f"{told(write)} lost the note {before!r}"


def hidden_changes_shown(simulation: Simulation, order_id: int) -> Iterator[str]:
    """A change by somebody else that our write hid is shown to a person, and only such."""
    reviews = simulation.reviews()
    shown = {review.line_id for review in reviews if review.kind == "overwritten"}
    asked = {review.line_id for review in reviews if review.kind == "unconfirmed"}
    tells = simulation.plan.chances.get("status_block_probability", 1.0) == 1.0
    tells = tells and not simulation.witness.has_lost_webhooks()
    for line, write in match(simulation, order_id).pairs:
        hid = write.before_status != line.from_status_id
        is_event = write.before_status != write.after_status
        if line.to_status_id is None:  # within one second, what came first cannot be told
            is_event = is_event and line.read_modified != second_of(write.moment)
        is_told = line.id in shown | asked or looks_like_another(simulation, line, write)
        if hid and is_event and tells and not is_told:
            yield f"{told(write)} hid a change from {line.from_status_id}, and nobody is told"
        if not hid and line.id in shown and not done_by_hand_too(simulation, line):
            yield f"{told(write)} hid nothing, and a person was asked"


def changes_in_order(simulation: Simulation, order_id: int) -> Iterator[str]:
    """Changes are made in the order they were decided in."""
    pairs = sorted(match(simulation, order_id).pairs, key=lambda pair: pair[1].moment)
    decided = [line.at for line, _ in pairs]
    if decided != sorted(decided):
        yield f"order {order_id}: changes out of the order they were decided in"


def every_put_has_a_status(simulation: Simulation) -> Iterator[str]:
    """A PUT without `status_id` may reset the order."""
    for request in simulation.sim.journal.requests:
        is_of_order = request.method == "PUT" and "/v2/orders/" in request.path
        if is_of_order and "status_id" not in json.loads(request.body):
            yield f"a PUT without status_id: {request.body}"


def nothing_acknowledged_is_lost(simulation: Simulation) -> Iterator[str]:
    """Every webhook answered with 200 ends in a receipt, a parked signal or a review."""
    since = simulation.clock.now() - KEPT + timedelta(days=1)  # receipts do not stay for ever
    kept = {each.signal.receipt_key for each in simulation.parked()}
    kept |= {review.receipt_key or "" for review in simulation.reviews()}
    attempts = {
        parse(each.attempt.body, STORE).receipt_key: each.attempt
        for each in simulation.sim.attempts
        if each.outcome == "delivered" and each.settled_at > since
        if each.attempt.scope != EXCEPTION_SCOPE  # heeded on arrival, no signal of an order
    }
    receipts = simulation.receipts.look_up(attempts)
    for key, attempt in attempts.items():
        receipt = receipts.get(key)
        if key not in kept and (receipt is None or receipt.state not in ENDED):
            state = receipt.state.value if receipt else "no receipt"
            yield f"webhook {attempt.scope} {attempt.event_seq} is lost: {state}"


def everything_taken_on_ends(simulation: Simulation, order_id: int) -> Iterator[str]:
    """Every signal that was taken on, a round's too, ends in a receipt, parked, or a review."""
    reviewed = {review.receipt_key for review in simulation.reviews()}
    for receipt in simulation.unended(order_id):
        if receipt.key not in reviewed:
            yield f"signal {receipt.trigger} of order {order_id} is lost: {receipt.state.value}"


def all_is_quiet(simulation: Simulation) -> Iterator[str]:
    """Nothing waits, and nothing is in the dead letters but poison."""
    if simulation.quiet.was_never:
        yield "it is never quiet"
    depth = simulation.queue.depth()
    if depth.queued or depth.in_flight:
        yield f"something still waits: {depth}"
    # The queue gives up after 100 receives where for an hour nothing can be deleted or given back.
    is_stuck = any(
        each.fault is Fault.FAIL_FOR_AN_HOUR and each.name.startswith("queue.")
        for each in simulation.boundaries.crossed
    )
    if depth.dead_letters != simulation.poison and not is_stuck:
        yield f"{depth.dead_letters} dead letters, but {simulation.poison} times poison"


def calls_are_bounded(simulation: Simulation) -> Iterator[str]:
    """An event costs few calls, a fault a few more."""
    calls = len(simulation.sim.journal.requests)
    events = len(simulation.sim.attempts)
    hours = (simulation.clock.now() - NOON).total_seconds() / 3600
    waiting = 5 * hours * events  # what cannot be read is looked at four times an hour
    fired = simulation.boundaries.fired
    of_faults = 30 * sum(fired.values())
    of_outages = 420 * fired[Fault.FAIL_FOR_AN_HOUR]  # a write is tried and looked for each minute
    of_rounds = 12 * sum(each.made for each in simulation.rounds if each.kind != "keeper")
    if calls > 60 + 6 * events + of_faults + of_outages + waiting + of_rounds:
        yield f"{calls} calls for {events} webhooks"


def no_bugs(simulation: Simulation) -> Iterator[str]:
    """Every error is one that somebody thought of."""
    for machine in simulation.machines:
        for entry in machine.log:
            if entry.get("outcome") == "bug" and not entry["reason"].startswith("Unexpected"):
                yield f"a bug: {entry['reason']}"


def at_rest(simulation: Simulation) -> list[str]:
    """Pass over every order twice; return what was still changed, and what rules still want."""
    witness = simulation.witness
    found: list[str] = []
    for name in ("second", "third"):
        before = len(witness.all_our_writes())
        simulation.pass_over_every_order()
        is_told = name == "third" or all_is_found(simulation)
        more = witness.all_our_writes()[before:] if is_told else []
        found += [f"a {name} pass wrote {told(write)}" for write in more]
    for order_id in witness.orders.values():
        found += wishes_left(simulation, order_id)
    return found


def _is_excused(simulation: Simulation, order_id: int) -> bool:
    kinds = {review.kind for review in simulation.reviews() if review.order_id == order_id}
    is_parked = any(each.signal.order_id == order_id for each in simulation.parked())
    return bool(kinds & STOPPED_FOR_A_PERSON) or is_parked


OF_AN_ORDER: Final[tuple[Callable[[Simulation, int], Iterator[str]], ...]] = (
    lines_equal_writes,
    wanted_by_a_rule,
    no_money_left_cancelled,
    notes_once,
    notes_kept,
    hidden_changes_shown,
    changes_in_order,
    every_wish_came_true,
    everything_taken_on_ends,
)
OF_A_RUN: Final[tuple[Callable[[Simulation], Iterator[str]], ...]] = (
    every_put_has_a_status,
    nothing_acknowledged_is_lost,
    all_is_quiet,
    calls_are_bounded,
    no_bugs,
)
