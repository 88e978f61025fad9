"""Everything known of one order, in time, and why nothing happened where nothing did."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from orderwarden.domain.line import WRITTEN, Line, Result
from orderwarden.domain.receipt import Receipt, ReceiptState
from orderwarden.domain.seen import Seen
from orderwarden.domain.signal import OWN_TRIGGERS
from orderwarden.domain.statuses import NAMES
from orderwarden.ports import Changelog, Controls, Parked, Receipts, Review, State

HOOKS: Final = 0
"""Under this order the changelog keeps what was done to the store's hooks."""

EVERY: Final = 100_000
END_OF_TIME: Final = datetime(9999, 1, 1, tzinfo=UTC)

CAME_TO: Final[Mapping[str, str]] = {
    "applied": "decided, and the order was changed",
    "no_match": "the order was read, and no rule is true of it",
    "no_rule": "no rule could be true of it, so nothing was read",
    "seen": "nothing new: the order had been read after it already",
    "echo": "it told of our own change",
    "had_already": "the store refused this very change within the day",
    "blocked": "a safeguard held the change back; its line says which",
    "would": "a rule in shadow mode would have changed the order",
    "refused": "the store refused the change",
    "archived": "the order is archived",
    "gone": "the order was not found for an hour",
    "behind_our_change": "for an hour the store showed it as before a change of ours",
    "gave_up": "it ended its worker five times and was given to a person",
}
STANDS: Final[Mapping[ReceiptState, str]] = {
    ReceiptState.HELD: "is in hand",
    ReceiptState.RELEASED: "waits to be looked at again",
    ReceiptState.QUEUED: "is on the queue",
    ReceiptState.PARKED: "is parked",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that is known of an order.

    Attributes:
        at: When; what we received by our clock, what was changed by the store's.
        kind: received, change, review, parked, seen, hold or hooks.
        what: One sentence without names.
        ids: What it can be looked up by.
    """

    at: datetime
    kind: str
    what: str
    ids: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Timeline:
    """What is known of an order.

    Attributes:
        entries: Oldest first.
        answer: Why it is as it is, in sentences; the most important first.
    """

    entries: Sequence[Entry]
    answer: Sequence[str]


@dataclass(frozen=True, slots=True)
class _Known:
    """What the ports have of one order."""

    receipts: Sequence[Receipt]
    lines: Sequence[Line]
    reviews: Sequence[Review]
    parked: Sequence[Parked]
    seen: Seen | None
    holds: frozenset[str]
    controls: Controls


def timeline(
    receipts: Receipts, changelog: Changelog, state: State, store: str, order_id: int
) -> Timeline:
    """Return everything known of an order; receipts are kept for 21 days, lines for ever."""
    known = _Known(
        receipts=receipts.of_order(store, order_id),
        lines=changelog.of_order(store, order_id),
        reviews=[one for one in state.reviews(store, None) if one.order_id == order_id],
        parked=[one for one in _parked(state, store) if one.signal.order_id == order_id],
        seen=state.seen(store, order_id),
        holds=state.holds(store, order_id),
        controls=state.controls(store),
    )
    entries = [*_entries(known)]
    if entries:
        since = min(entry.at for entry in entries)
        repairs = changelog.of_order(store, HOOKS)
        entries += [_of_repair(line) for line in repairs if line.at >= since]
    entries.sort(key=lambda entry: entry.at)
    return Timeline(entries, [*_answer(known)])


def _parked(state: State, store: str) -> Iterable[Parked]:
    """Return what waits for the store, a rule, an approval or a time."""
    rules = state.controls(store).paused_rules
    approvals = {review.rule for review in state.reviews(store) if review.rule}
    causes = ["store", *(f"rule:{rule}" for rule in rules)]
    causes += [f"approval:{rule}" for rule in approvals]
    found = [one for cause in causes for one in state.waiting_for(store, cause, EVERY)]
    found += state.due(store, END_OF_TIME, EVERY)
    return {one.signal.receipt_key: one for one in found}.values()


def _entries(known: _Known) -> Iterator[Entry]:
    yield from map(_of_receipt, known.receipts)
    yield from map(_of_line, known.lines)
    for review in known.reviews:
        ids = {"review_id": review.id, "state": review.state, "line_id": review.line_id}
        yield Entry(review.at, "review", f"{review.kind} ({review.state}): {review.detail}", ids)
    for one in known.parked:
        until = f" until {one.until:%Y-%m-%d %H:%M}" if one.until else ""
        wait = f", waits for {one.waits_for}" if one.waits_for else ""
        ids = {"receipt_key": one.signal.receipt_key, "reason": one.reason}
        yield Entry(one.at, "parked", f"signal parked: {one.reason}{wait}{until}", ids)
    if known.seen is not None:
        modified = f"{known.seen.seen_modified:%Y-%m-%d %H:%M:%S}"
        what = (
            f"read as {_status(known.seen.status_id)}, modified {modified}; all rules were asked"
        )
        yield Entry(known.seen.read_at, "seen", what)


def _of_receipt(receipt: Receipt) -> Entry:
    kind = "signal" if receipt.trigger in {one.value for one in OWN_TRIGGERS} else "webhook"
    if receipt.has_ended:
        came_to = CAME_TO.get(receipt.outcome, receipt.outcome)
    else:
        came_to = STANDS.get(receipt.state, receipt.state.value)
        if receipt.failures:
            came_to += f", after {receipt.failures} failures in a row"
    ids = {
        "receipt_key": receipt.key,
        "trigger": receipt.trigger,
        "state": receipt.state.value,
        "outcome": receipt.outcome,
    }
    return Entry(receipt.first_at, "received", f"{kind} {receipt.trigger}: {came_to}", ids)


def _of_line(line: Line) -> Entry:
    if line.to_status_id is None:
        change = line.action
    else:
        change = f"{_status(line.from_status_id)} → {_status(line.to_status_id)}"
    undone = f"; taken back by {line.undone_by}" if line.undone_by else ""
    why = f": {line.reason}" if line.reason else ""
    what = f"{line.rule} {line.result.value}, {change}{why}{undone}"
    ids = {
        "line_id": line.id,
        "rule": line.rule,
        "rules_version": line.rules_version,
        "result": line.result.value,
        "run_id": line.run_id,
    }
    return Entry(line.at, "change", what, ids)


def _of_repair(line: Line) -> Entry:
    what = f"the store's hooks: {line.action} {line.result.value}: {line.reason}"
    return Entry(line.at, "hooks", what, {"line_id": line.id})


def _answer(known: _Known) -> Iterator[str]:
    if known.controls.stopped:
        yield f"The store is stopped ({known.controls.stopped}): its signals wait until it runs."
    for one in known.parked:
        yield f"A signal is parked ({one.reason}); {_freed_by(one)}."
    for review in known.reviews:
        if review.state == "open":
            yield f"A review waits for a person: {review.id}."
    if known.holds:
        yield f"Rules are held off this order by a person: {', '.join(sorted(known.holds))}."
    for receipt in known.receipts:
        if not receipt.has_ended and receipt.state is not ReceiptState.PARKED:
            yield f"A signal ({receipt.trigger}) {STANDS[receipt.state]}."
    yield from _last(known.receipts, known.lines)


def _last(receipts: Sequence[Receipt], lines: Sequence[Line]) -> Iterator[str]:
    written = [line for line in lines if line.result in WRITTEN]
    if written:
        yield f"Its last change of ours was made by rule {written[-1].rule}."
    elif lines and lines[-1].result in {Result.BLOCKED, Result.WOULD, Result.FAILED}:
        yield f"Rule {lines[-1].rule} did not change it: {lines[-1].reason}."
    ended = [receipt for receipt in receipts if receipt.has_ended]
    if ended:
        came_to = CAME_TO.get(ended[-1].outcome, ended[-1].outcome)
        yield f"The last thing received ({ended[-1].trigger}): {came_to}."
    elif not receipts and not lines:
        yield (
            "Nothing of this order was received in the last 21 days: "
            "look at `orderwarden hooks status`, then try `orderwarden reconcile run`."
        )


def _freed_by(parked: Parked) -> str:
    if parked.until is not None:
        return f"its time comes at {parked.until:%Y-%m-%d %H:%M} UTC"
    return f"it waits for {parked.waits_for}" if parked.waits_for else "it waits for a person"


def _status(status_id: int) -> str:
    return NAMES.get(status_id, f"status {status_id}")
