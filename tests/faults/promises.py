"""The promises, checked against the store's own record."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from bigcommerce_sim.world.journal import Write
from boundaries import Fault
from orderwarden.domain.line import Line, Result
from orderwarden.domain.receipt import ReceiptState
from orderwarden.domain.webhook import parse
from rulebook import CANCELLED, VERIFY, State, wants_note, wish
from scenario import STORE
from scheduler import Runaway
from simulation import Simulation

WRITTEN = {Result.APPLIED, Result.RECOVERED}
WINDOW = timedelta(seconds=12)


def broken(simulation: Simulation) -> list[str]:
    """Return every promise that a finished run broke, each as a sentence."""
    found: list[str] = []
    for order_id in simulation.orders.values():
        found += _lines_and_writes(simulation, order_id)
        found += _wanted(simulation, order_id)
        found += _money(simulation, order_id)
        found += _notes(simulation, order_id)
        found += _overwritten(simulation, order_id)
        found += _order_of_changes(simulation, order_id)
    found += _puts(simulation)
    found += _acknowledged(simulation)
    found += _queue(simulation)
    found += _bounded(simulation)
    found += _bugs(simulation)
    return found


def _lines_and_writes(simulation: Simulation, order_id: int) -> Iterator[str]:
    _, free, lone = match(simulation, order_id)
    for line in simulation.lines(order_id):
        if line.result is Result.INTENDED:
            yield f"line {line.rule} was left intended"
    for write in free:
        yield f"write {told(write)} has no line"
    reviews = {review.line_id for review in simulation.reviews() if review.kind == "unconfirmed"}
    for line in lone:
        if line.result in WRITTEN and not _made_by_another(simulation, line):
            yield f"line {line.rule} to {line.to_status_id} {line.result} stands for no write"
        if line.result is Result.UNCONFIRMED and line.id not in reviews:
            yield f"unconfirmed line {line.rule} without a review"


def match(
    simulation: Simulation, order_id: int
) -> tuple[list[tuple[Line, Write]], list[Write], list[Line]]:
    """Pair lines with the store's writes; return pairs, writes and lines left over."""
    writes = [w for w in simulation.our_writes(order_id) if w.changes]
    lines = [
        line
        for line in simulation.lines(order_id)
        if line.result in WRITTEN | {Result.UNCONFIRMED}
    ]
    lines.sort(key=lambda line: (line.result is Result.UNCONFIRMED, line.at))
    pairs, lone = [], []
    for line in lines:
        found = next((w for w in writes if _fits(line, w)), None)
        if found is None:
            lone.append(line)
        else:
            writes.remove(found)
            pairs.append((line, found))
    return pairs, writes, lone


def _fits(line: Line, write: Write) -> bool:
    to = line.to_status_id if line.to_status_id is not None else write.after_status
    settled = line.settled_at or line.at
    late = timedelta(seconds=30)
    is_then = line.at - timedelta(seconds=3) <= write.moment <= max(settled, line.at + late)
    return write.after_status == to and is_then


def _made_by_another(simulation: Simulation, line: Line) -> bool:
    """Return whether somebody else made the very change within 30 s of a lost answer."""
    return line.result is Result.RECOVERED and any(
        write.after_status == line.to_status_id
        and abs(write.moment - line.at) <= timedelta(seconds=32)
        for write in simulation.sim.journal.writes_of(line.order_id)
        if not write.actor.startswith("api:")
    )


def _wanted(simulation: Simulation, order_id: int) -> Iterator[str]:
    slow = {Fault.FREEZE_BEFORE, Fault.FREEZE_AFTER, Fault.SLOW, Fault.COMMIT_LATE}
    window = WINDOW + timedelta(seconds=130 if slow & set(simulation.boundaries.fired) else 0)
    window += timedelta(seconds=float(simulation.plan.chances.get("read_lag_s", 0)))
    restored = {line.id: line for line in simulation.lines(order_id) if line.restores is not None}
    for line, write in match(simulation, order_id)[0]:
        if line.id in restored:
            if not any(s.has_money for _, s in between(simulation, order_id, None, write.moment)):
                yield f"write {told(write)} put back without money"
            continue
        states = between(simulation, order_id, write.moment - window, write.moment)
        if line.to_status_id is None:
            if not any(wants_note(state) for _, state in states):
                yield f"note {told(write)} was wanted by no rule"
        elif not any(_wants(state, line) for state in _as_read([s for _, s in states])):
            yield f"write {told(write)} was wanted by no rule"


def _as_read(states: list[State]) -> Iterator[State]:
    """Yield what could be read: the money is read after the order, and both may have changed."""
    for index, state in enumerate(states):
        for later in states[index:]:
            yield replace(state, has_money=later.has_money, is_paid=later.is_paid)


def _wants(state: State, line: Line) -> bool:
    wanted = wish(state)
    return wanted is not None and wanted.to_status_id == line.to_status_id


def between(
    simulation: Simulation, order_id: int, start: datetime | None, end: datetime
) -> list[tuple[datetime, State]]:
    """Return the states an order had in a span, the one it began with included."""
    states = simulation.states.get(order_id, [])
    inside = [each for each in states if each[0] <= end and (start is None or each[0] >= start)]
    earlier = [] if start is None else [each for each in states if each[0] < start][-1:]
    return earlier + inside


def _money(simulation: Simulation, order_id: int) -> Iterator[str]:
    state = simulation.true_state(order_id)
    if state.status_id != CANCELLED or not state.has_money:
        return
    writes = [w for w in simulation.sim.journal.writes_of(order_id) if w.after_status == CANCELLED]
    changes = [w for w in writes if w.before_status != CANCELLED]
    if changes and changes[-1].actor.startswith("api:") and not lost(simulation):
        yield f"order {order_id} has money and was left cancelled by us"


def lost(simulation: Simulation) -> bool:
    """Return whether the store lost a webhook: only a reconciliation finds what it told."""
    return any(each.outcome in {"lost", "given_up"} for each in simulation.sim.attempts)


def _notes(simulation: Simulation, order_id: int) -> Iterator[str]:
    notes = simulation.true_state(order_id).staff_notes
    text = f"Large order {order_id}."
    added = notes.count(text)
    if added > 1:
        yield f"order {order_id} has the note {added} times"


def _overwritten(simulation: Simulation, order_id: int) -> Iterator[str]:
    """A change by somebody else that our write hid is shown to a person."""
    shown = {r.line_id for r in simulation.reviews() if r.kind == "overwritten"}
    pairs = match(simulation, order_id)[0]
    for line, write in pairs:
        hid = write.before_status != line.from_status_id
        tells = simulation.plan.chances.get("status_block_probability", 1.0) == 1.0
        is_move = line.to_status_id is not None and write.before_status != write.after_status
        if hid and is_move and tells and line.id not in shown and not lost(simulation):
            yield f"write {told(write)} hid a change from {line.from_status_id}, unseen"
        if not hid and line.id in shown and not _done_by_hand_too(simulation, line):
            yield f"write {told(write)} hid nothing, and a person was asked"


def _done_by_hand_too(simulation: Simulation, line: Line) -> bool:
    """Return whether somebody else gave the order the same status in the same moment."""
    return any(
        write.after_status == line.to_status_id
        and abs(write.moment - line.at) <= timedelta(seconds=40)
        for write in simulation.sim.journal.writes_of(line.order_id)
        if not write.actor.startswith("api:") and write.before_status != write.after_status
    )


def _order_of_changes(simulation: Simulation, order_id: int) -> Iterator[str]:
    pairs = sorted(match(simulation, order_id)[0], key=lambda pair: pair[1].moment)
    decided = [line.at for line, _ in pairs]
    if decided != sorted(decided):
        yield f"order {order_id}: changes out of the order they were decided in"


def _puts(simulation: Simulation) -> Iterator[str]:
    for request in simulation.sim.journal.requests:
        if request.method == "PUT" and "status_id" not in json.loads(request.body):
            yield f"PUT without status_id: {request.body}"


def _acknowledged(simulation: Simulation) -> Iterator[str]:
    """Every webhook answered with 200 ends in a receipt, a parked signal or a review."""
    parked = {each.signal.receipt_key for each in simulation.parked()}
    reviewed = {review.receipt_key for review in simulation.reviews()}
    keys = {
        parse(each.attempt.body, STORE).receipt_key: each.attempt
        for each in simulation.sim.attempts
        if each.outcome == "delivered" and "channel" not in each.attempt.scope
    }
    receipts = simulation.receipts.look_up(keys)
    for key, attempt in keys.items():
        receipt = receipts.get(key)
        if key in parked or key in reviewed:
            continue
        if receipt is None or receipt.state not in {ReceiptState.DONE, ReceiptState.NO_RULE}:
            state = receipt.state if receipt else "no receipt"
            yield f"webhook {attempt.scope} {attempt.event_seq} is lost: {state}"


def _queue(simulation: Simulation) -> Iterator[str]:
    if simulation.was_never_quiet:
        yield "never quiet"
    depth = simulation.queue.depth()
    if depth.queued or depth.in_flight:
        yield f"not quiet: {depth}"
    stuck = any(
        c.fault is Fault.FAIL_FOR_AN_HOUR and c.name.startswith("queue.")
        for c in simulation.boundaries.crossed
    )  # 100 receives in vain, since nothing could be deleted
    if depth.dead_letters != simulation.poison and not stuck:
        yield f"{depth.dead_letters} dead letters, {simulation.poison} poison"


def _bounded(simulation: Simulation) -> Iterator[str]:
    requests = len(simulation.sim.journal.requests)
    events = len(simulation.sim.attempts)
    allowed = 60 + 6 * events + 30 * sum(simulation.boundaries.fired.values())
    if requests > allowed:
        yield f"{requests} calls for {events} webhooks"


def _bugs(simulation: Simulation) -> Iterator[str]:
    for machine in simulation.machines:
        for entry in machine.log:
            reason = entry.get("reason", "")
            if entry.get("outcome") == "bug" and not reason.startswith("Unexpected"):
                yield f"a bug: {reason}"


def rests(simulation: Simulation) -> list[str]:
    """Pass over every order twice; return what was still changed, and what rules still want."""
    try:
        return list(_rests(simulation))
    except Runaway:
        return ["runaway"]


def _rests(simulation: Simulation) -> list[str]:
    found: list[str] = []
    before = len(simulation.our_writes())
    simulation.pass_over_every_order()
    after = simulation.our_writes()
    if len(after) > before and not lost(simulation):
        found += [f"a second pass wrote {told(w)}" for w in after[before:]]
    simulation.pass_over_every_order()
    if len(simulation.our_writes()) > len(after):
        found += [f"a third pass wrote {told(w)}" for w in simulation.our_writes()[len(after) :]]
    for order_id in simulation.orders.values():
        wanted = simulation.wish(order_id)
        excuse = _excused(simulation, order_id)
        if wanted is not None and not excuse:
            status = simulation.true_state(order_id).status_id
            found.append(f"order {order_id} stays {status}; wanted {wanted}")
    return found


def _excused(simulation: Simulation, order_id: int) -> bool:
    kinds = Counter(r.kind for r in simulation.reviews() if r.order_id == order_id)
    waits = any(p.signal.order_id == order_id for p in simulation.parked())
    return bool(kinds & Counter(tug_of_war=1, refused=1, too_many_writes=1)) or waits


def told(write: Write) -> str:
    """Return a write in one line."""
    changes = {k: v for k, v in write.changes.items() if k != "date_modified"}
    return f"{write.moment:%H:%M:%S} {write.before_status}→{write.after_status} {changes}"


__all__ = ["VERIFY", "broken", "match", "rests"]
