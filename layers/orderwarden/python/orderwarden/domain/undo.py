"""Undo: put back the status before a change of ours, where nothing has happened since."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from orderwarden.domain.choice import Needs
from orderwarden.domain.facts import Facts, Resource, Unreadable
from orderwarden.domain.instants import second_of
from orderwarden.domain.line import WRITTEN, Line
from orderwarden.domain.money import money_taken_or_authorised
from orderwarden.domain.order import Json, date
from orderwarden.domain.rules.truth import Truth
from orderwarden.domain.safeguards import Blocked
from orderwarden.domain.signal import Signal, Trigger
from orderwarden.domain.statuses import DANGEROUS

UNDO: Final = "undo"
"""The built-in rule whose lines take back others at a person's word; no rule may be named so."""

_PREFIX: Final = "undo-"
_SINCE: Final = (
    (Resource.TRANSACTIONS, "date_created", Blocked("transactions_since")),
    (Resource.SHIPMENTS, "date_created", Blocked("shipments_since")),
    (Resource.REFUNDS, "created", Blocked("refunds_since")),
)
"""What may have happened since, what it is dated by, and why it speaks against an undo."""


def undo_signal(line: Line, run_id: str, asked_at: datetime) -> Signal:
    """Return the signal that asks for a line to be taken back."""
    return Signal(
        store=line.store,
        order_id=line.order_id,
        trigger=Trigger.MANUAL,
        occurred_at=asked_at,
        receipt_key=f"{_PREFIX}{run_id}-{line.id}",
        resource_id=line.id,
        run_id=run_id,
    )


def is_undo(signal: Signal) -> bool:
    """Return whether a signal asks for a line to be taken back."""
    return signal.trigger is Trigger.MANUAL and signal.receipt_key.startswith(_PREFIX)


def may_be_undone(line: Line) -> bool:
    """Return whether a line stands for a status change of a rule that nobody took back."""
    is_change = line.to_status_id not in {None, line.from_status_id}
    return is_change and line.result in WRITTEN and not line.undone_by and line.rule != UNDO


def why_not(line: Line, facts: Facts) -> Blocked | Needs | None:
    """Return what speaks against taking a change back, None where nothing does.

    Args:
        line: Our change.
        facts: The order as it is; `Needs` asks for more of it.
    """
    if facts.order.is_archived:
        return Blocked("archived")
    if line.undone_by or facts.status_id != line.to_status_id:
        return Blocked("status_not_ours")
    return _happened_since(line, facts) or _money_blocks(line, facts)


def _happened_since(line: Line, facts: Facts) -> Blocked | Needs | None:
    for resource, dated_by, blocked in _SINCE:
        found = facts.resources.get(resource)
        if found is None:
            return Needs(resource)
        if isinstance(found, Unreadable):
            return Blocked("unreadable")
        if any(_is_since(each.raw, dated_by, line) for each in found):
            return blocked
    return None


def _money_blocks(line: Line, facts: Facts) -> Blocked | None:
    if line.from_status_id not in DANGEROUS:
        return None
    has_none = money_taken_or_authorised(facts) is Truth.FALSE
    return None if has_none else Blocked("money_taken_or_authorised")


def _is_since(raw: Json, dated_by: str, line: Line) -> bool:
    """Return whether something happened after our change; what has no date may have."""
    at = date(raw.get(dated_by))
    return at is None or at >= second_of(line.at)
