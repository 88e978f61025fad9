"""The built-in rule: a dangerous change of ours is put back once money is found."""

from __future__ import annotations

from typing import Final

from orderwarden.domain import safeguards
from orderwarden.domain.choice import Needs
from orderwarden.domain.decision import SET_STATUS, Write
from orderwarden.domain.facts import Facts, Resource
from orderwarden.domain.line import SOMEBODY_ELSE, Line, Result, effect_key, may_be_replaced
from orderwarden.domain.money import money_taken_or_authorised
from orderwarden.domain.rules.truth import Truth
from orderwarden.services.process_steps.case import Case
from orderwarden.services.process_steps.fetch import Known
from orderwarden.services.process_steps.plan import Plan
from orderwarden.services.process_steps.read import Reading

PAID_IN_WINDOW: Final = "paid_in_window"
MAX_PUT_BACKS: Final = 3


def put_back(case: Case, reading: Reading, known: Known) -> Plan | None:
    """Return the plan to put a dangerous change of ours back, if money is there now."""
    line = safeguards.standing_danger(case.lines)
    if line is None or _was_taken_back(case, reading, line):
        return None
    occasion = _occasion(case, reading, line)
    if occasion is None or known.ask(_has_money) is not Truth.TRUE:
        return None
    write = Write(
        line_id=_key(case, occasion),
        rule=PAID_IN_WINDOW,
        path=(PAID_IN_WINDOW,),
        reason="money was found after our change: the status before it is put back",
        action=SET_STATUS,
        also=(),
        occasion=occasion,
        from_status_id=reading.order.status_id,
        to_status_id=line.from_status_id,
        read_modified=reading.order.date_modified,
    )
    return Plan((write,), restores=line)


def _has_money(facts: Facts) -> Truth | Needs:
    if Resource.TRANSACTIONS not in facts.resources:
        return Needs(Resource.TRANSACTIONS)
    return money_taken_or_authorised(facts)


def _occasion(case: Case, reading: Reading, line: Line) -> str | None:
    """Return the occasion of the next try to put a change back; None when it had enough.

    One whose outcome nobody could tell, with the status still ours, was not made.
    """
    for count in range(1, MAX_PUT_BACKS + 1):
        occasion = line.id if count == 1 else f"{line.id}#{count}"
        before = case.line(_key(case, occasion))
        if before is None or may_be_replaced(before, reading.at):
            return occasion
        if before.result is not Result.UNCONFIRMED:
            return None
    return None


def _was_taken_back(case: Case, reading: Reading, line: Line) -> bool:
    """Return whether somebody else changed the status since; if so, keep that for ever.

    An order that was reopened and cancelled again by a person is no longer ours to put back.
    """
    if not safeguards.was_taken_back(line, case.signal, reading.order):
        return False
    case.mark_undone(line.id, SOMEBODY_ELSE)
    return True


def _key(case: Case, occasion: str) -> str:
    return effect_key(case.signal.store, case.order_id, PAID_IN_WINDOW, SET_STATUS, occasion)
