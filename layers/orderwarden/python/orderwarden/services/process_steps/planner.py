"""From a rule that won to the writes it amounts to, less what was had already."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from orderwarden.domain.choice import Choice
from orderwarden.domain.decision import SET_STATUS, STAFF_NOTE, Write
from orderwarden.domain.every_occasion import listed_occasions
from orderwarden.domain.in_turn import OF_THE_ORDER, in_turn
from orderwarden.domain.instants import to_text
from orderwarden.domain.line import HAD, WRITTEN, Line, Result, effect_key, may_be_replaced
from orderwarden.domain.reason import reason_of
from orderwarden.domain.rules.effects import PAYMENT_ACTIONS, Action, FieldsWanted
from orderwarden.domain.rules.model import Rule
from orderwarden.domain.rules.repeat import occasion
from orderwarden.domain.safeguards import Blocked
from orderwarden.domain.settlement import occurrences
from orderwarden.domain.statuses import DANGEROUS
from orderwarden.errors import TryAgain
from orderwarden.services.process_steps.acts import ACTS, PART, Part, Wanted
from orderwarden.services.process_steps.case import Case
from orderwarden.services.process_steps.fetch import Known
from orderwarden.services.process_steps.note import note_text
from orderwarden.services.process_steps.read import Reading

Group = tuple[Action, ...]

REPLICAS_AGREE_AFTER: Final = timedelta(seconds=30)
"""A body acted on before, read again so much later, is no lagging replica but a reversal."""


class Planner:
    """Plans the writes of one reading."""

    def __init__(self, case: Case, reading: Reading, known: Known) -> None:
        """Keep what it plans from."""
        self._case = case
        self._reading = reading
        self._known = known

    def is_open(self, rule: Rule) -> bool:
        """Return whether a rule that sets no status has anything left to do for this order.

        What failed, or what nobody can tell of, ends the rule there: what follows it would say
        or do things that rest upon it.
        """
        if self._lists_occasions(rule):
            return True  # what is left to do is known once they are listed
        return any(self._has_left(rule, own) for own in self._occasions(rule))

    def _has_left(self, rule: Rule, own: str) -> bool:
        """Return whether a rule has anything but a status left to do for one occasion."""
        for group in in_turn(rule):
            if group[0].kind == SET_STATUS:
                continue
            lines = list(self._lines_of(rule, group, own))
            if not lines:
                return True
            if any(self._may_try(line) for line in lines):
                return rule.is_live or not any(line.result is Result.WOULD for line in lines)
            if any(line.result not in WRITTEN for line in lines):
                return False
        return False

    def writes(self, choice: Choice) -> tuple[Write, ...] | Blocked:
        """Return what is left to write for a rule that won; none where all was had."""
        rule = choice.rule
        own = self._next_occasion(rule)
        found: list[Write] = []
        for group in in_turn(rule):
            if own is None and group[0].kind != SET_STATUS:
                continue
            parts = self._parts(choice, group)
            if isinstance(parts, Blocked):
                return parts
            for part in parts:
                write = self._write(choice, group, part, own or "")
                line = self._case.line(write.line_id)
                if line is None or self._may_try(line):
                    found.append(write)
                elif line.result not in WRITTEN:
                    return tuple(found)
        return tuple(found)

    def first_write(self, choice: Choice) -> Write:
        """Return the write whose line tells of a rule that was kept from acting: what is left."""
        own = self._next_occasion(choice.rule) or ""
        groups = in_turn(choice.rule)
        left = (group for group in groups if self._is_left(choice.rule, group, own))
        return self._write(choice, next(left, groups[0]), Part(), own)

    def _is_left(self, rule: Rule, group: Group, own: str) -> bool:
        lines = list(self._lines_of(rule, group, own))
        return not lines or any(self._may_try(line) for line in lines)

    def _next_occasion(self, rule: Rule) -> str | None:
        """Return the first occasion that something is left to do for, else any; None for none."""
        occasions = self._occasions(rule)
        left = (own for own in occasions if self._has_left(rule, own))
        return next(left, occasions[0] if occasions else None)

    def _parts(self, choice: Choice, group: Group) -> tuple[Part, ...] | Blocked:
        action = group[0]
        if action.kind in OF_THE_ORDER:
            has_room = action.kind != STAFF_NOTE or self._note(choice)
            return (_fields(group),) if has_room else Blocked("no_room_for_note")
        to_status_id = choice.to_status_id
        if to_status_id is None:
            to_status_id = self._reading.order.status_id
        return ACTS[action.kind].parts(Wanted(choice.rule.name, action, self._known, to_status_id))

    def _write(self, choice: Choice, group: Group, part: Part, repeated: str) -> Write:
        order, kind = self._reading.order, group[0].kind
        is_put = kind in OF_THE_ORDER
        to_status_id = choice.to_status_id if kind == SET_STATUS else None
        note = self._note(choice) if is_put else ""
        also = [a.kind for a in group[1:] if a.kind != STAFF_NOTE]
        also += [STAFF_NOTE] if note and kind != STAFF_NOTE else []
        own = self._occasion(choice, kind, part, repeated)
        return Write(
            line_id=self._key(choice.rule, kind, own),
            rule=choice.rule.name,
            path=tuple(rule.name for rule in choice.path) if is_put else (choice.rule.name,),
            reason=reason_of(choice.trace),
            action=kind,
            also=tuple(also),
            occasion=own,
            from_status_id=order.status_id,
            to_status_id=order.status_id if to_status_id is None else to_status_id,
            read_modified=order.date_modified,
            note=note,
            notes_before=occurrences(note, order) if note else 0,
            is_dangerous=to_status_id in DANGEROUS or any(a.is_dangerous for a in group),
            content=part.content,
        )

    def _note(self, choice: Choice) -> str:
        return note_text(choice, self._known.facts, self._reading.order)

    def _occasion(self, choice: Choice, kind: str, part: Part, repeated: str) -> str:
        if kind == SET_STATUS:
            return self._unused(choice, to_text(self._reading.order.date_modified))
        own = "" if kind in PAYMENT_ACTIONS else repeated
        return "/".join(filter(None, (own, part.occasion)))

    def _occasions(self, rule: Rule) -> tuple[str, ...]:
        """Return what a rule's effects other than a status may be had for, by this signal.

        An event of another kind than the rule repeats for, and listens to, is none of them: the
        thing's own event comes, or a reconciliation lists it.
        """
        signal = self._case.signal
        if rule.repeat is None:
            return ("",)
        if self._lists_occasions(rule):
            return self._known.ask(lambda facts: listed_occasions(rule.repeat, facts))
        own = occasion(rule.repeat, signal.trigger, signal.resource_id)
        return (own,) if own or signal.trigger in rule.on else ()

    def _lists_occasions(self, rule: Rule) -> bool:
        return rule.repeat is not None and not self._case.signal.is_webhook

    def _unused(self, choice: Choice, modified: str) -> str:
        """Return the occasion, with a counter where this very body was acted on before.

        Raises:
            TryAgain: Our own change is too young: a replica may still show the body before it.
        """
        candidate, count = modified, 1
        while True:
            line = self._case.line(self._key(choice.rule, SET_STATUS, candidate))
            if line is None or line.result not in HAD:
                return candidate
            young_s = (line.at + REPLICAS_AGREE_AFTER - self._reading.at).total_seconds()
            if young_s > 0:
                raise TryAgain("same_second", young_s, backs_off=False)
            count += 1
            candidate = f"{modified}#{count}"

    def _lines_of(self, rule: Rule, group: Group, repeated: str) -> Iterable[Line]:
        kind = group[0].kind
        own = "" if kind in PAYMENT_ACTIONS else repeated
        of_parts = f"{own}/{PART}" if own else PART
        return (
            line
            for line in self._case.lines
            if (line.rule, line.action) == (rule.name, kind)
            and (line.occasion == own or line.occasion.startswith(of_parts))
        )

    def _may_try(self, line: Line) -> bool:
        return may_be_replaced(line, self._reading.at)

    def _key(self, rule: Rule, action: str, own: str) -> str:
        return effect_key(self._case.signal.store, self._case.order_id, rule.name, action, own)


def _fields(group: Group) -> Part:
    """Return the fields of the order that a PUT writes besides status and notes."""
    wanted = [action.value for action in group if isinstance(action.value, FieldsWanted)]
    return Part({"fields": dict(wanted[0].fields)} if wanted else {})
