"""Every guard of idempotency and of safety: where it stands, and what it looks like gone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

SHIPPED: Final = "layers/orderwarden/python/orderwarden/"
STEPS: Final = f"{SHIPPED}services/process_steps/"
DOMAIN: Final = f"{SHIPPED}domain/"
LOCAL: Final = "tools/orderwarden_local/"


@dataclass(frozen=True, slots=True)
class Guard:
    """One guard.

    Attributes:
        name: What it guards, in words.
        path: The file, from the root.
        anchor: Its text, once in the file.
        without: The text that stands there once it is removed.
        spare: Why no test misses it: what else catches the same; empty for all others.
    """

    name: str
    path: str
    anchor: str
    without: str
    spare: str = ""


GUARDS: Final = (
    # Claiming and holding a signal
    Guard(
        "our own claim whose answer was lost is known by its token",
        f"{STEPS}claim.py",
        "if found is None or found.token == token:",
        "if found is None:",
    ),
    Guard(
        "an ended signal is a duplicate",
        f"{STEPS}claim.py",
        "if found.has_ended and not _calls_for_another_look(ports, signal, found, now):",
        "if False:",
    ),
    Guard(
        "a duplicate that tells of something not seen is looked at again",
        f"{STEPS}claim.py",
        "    return seen is None or not seen.tells_of(signal)\n",
        "    return False\n",
    ),
    Guard(
        "another worker's lease is respected",
        f"{STEPS}claim.py",
        "        _wait_for_holder(found, now)\n",
        "",
    ),
    Guard(
        "a stored decision survives a takeover",
        f"{STEPS}claim.py",
        'decision="" if again else expected.decision,',
        'decision="",',
    ),
    Guard(
        "deaths are counted",
        f"{STEPS}claim.py",
        "deaths=0 if again else expected.deaths + died,",
        "deaths=0,",
    ),
    Guard(
        "a signal that keeps killing its worker is given up",
        f"{SHIPPED}services/process.py",
        "if case.receipt.deaths > DEATHS_ALLOWED:",
        "if False:",
    ),
    Guard(
        "the token check: a receipt taken over meanwhile is not written",
        f"{STEPS}case.py",
        "if found is not None and found != after:",
        "if False:",
    ),
    Guard(
        "the lease is checked by the clock",
        f"{STEPS}case.py",
        "if until is None or self.ports.clock.now() >= until:",
        "if False:",
    ),
    Guard(
        "the lease is checked right before the write",
        f"{STEPS}write.py",
        "    wanted = decision.write\n    case.ensure_lease()\n    try:\n",
        "    wanted = decision.write\n    try:\n",
    ),
    Guard(
        "the conditional write of a receipt",
        f"{LOCAL}sqlite_receipts.py",
        "if _revision(found) != _revision(expected):",
        "if False:",
    ),
    # Deciding once
    Guard(
        "the decision is stored before the line",
        f"{STEPS}write.py",
        "    case.store_decision(decision)\n    line = intended_line(",
        "    line = intended_line(",
    ),
    Guard(
        "resume before decide",
        f"{SHIPPED}services/process.py",
        "settled = settle_stored(case)",
        "settled = None",
    ),
    Guard(
        "lines that another signal left intended are settled",
        f"{SHIPPED}services/process.py",
        "        settle_others(case)\n        ended = ",
        "        ended = ",
    ),
    Guard(
        "a decision whose line was never written was never tried",
        f"{STEPS}settle.py",
        "if line is None or line.attempt != decision.attempt:",
        "if line is None:",
        spare="settling is conditional on the attempt as well; what is left is a later write of a "
        "decision whose line was blocked before, and a death right then",
    ),
    Guard(
        "a stored decision is settled although the store is stopped",
        f"{STEPS}unclaimed.py",
        "if kept is not None and kept.decision:",
        "if False:",
    ),
    Guard(
        "no time in the effect key",
        f"{DOMAIN}line.py",
        'parts = "\\n".join((store, str(order_id), rule, action, occasion))',
        'import time\n\n    parts = "\\n".join((store, str(order_id), rule, str(time.time_ns())))',
    ),
    Guard(
        "what BigCommerce may vary is no part of the receipt key",
        f"{DOMAIN}webhook.py",
        "identity = _ENCODER.encode([producer, scope, created_at_s, data])",
        "identity = _ENCODER.encode(envelope)",
    ),
    # Lines
    Guard(
        "the line comes before the write",
        f"{STEPS}write.py",
        "    if case.intend(line) is not None:\n",
        "    if False:\n",
    ),
    Guard(
        "a line that somebody else wrote is not written over",
        f"{STEPS}case.py",
        "if found is None or (line.attempt and found.attempt == line.attempt):",
        "if True:",
    ),
    Guard(
        "our own line whose answer was lost is known by its attempt",
        f"{STEPS}case.py",
        "if found is None or (line.attempt and found.attempt == line.attempt):",
        "if found is None:",
    ),
    Guard(
        "a line is settled once",
        f"{STEPS}case.py",
        "if not self.ports.changelog.settle(settled):",
        "if self.ports.changelog.settle(settled) is None:",
    ),
    Guard(
        "the conditional write of a line",
        f"{LOCAL}sqlite_changelog.py",
        "if _standing(found) != _standing(expected):",
        "if False:",
    ),
    Guard(
        "the conditional settling of a line",
        f"{LOCAL}sqlite_changelog.py",
        "if _standing(_find(connection, line)) != (Result.INTENDED, line.attempt):",
        "if False:",
    ),
    Guard(
        "an effect had once for ever is not had again",
        f"{STEPS}planner.py",
        "                if line is None or self._may_try(line):\n",
        "                if True:\n",
    ),
    Guard(
        "a change that the store refused today is not tried again",
        f"{DOMAIN}line.py",
        "    if line.result is Result.FAILED:\n",
        "    if line.result is Result.FAILED:\n"
        "        return True\n"
        "    if line.result is Result.FAILED:\n",
    ),
    Guard(
        "a body that was acted on just now may be a lagging replica's",
        f"{STEPS}planner.py",
        "            if young_s > 0:\n",
        "            if False:\n",
    ),
    # Settling what is not known
    Guard(
        "two looks a minute apart before a write counts as not made",
        f"{DOMAIN}settlement.py",
        "if decision.looked_at is None or now - decision.looked_at < SECOND_LOOK_AFTER:",
        "if False:",
    ),
    Guard(
        "an order that changed otherwise leaves the write unconfirmed",
        f"{DOMAIN}settlement.py",
        "is_as_before = order is not None and order.date_modified == write.read_modified",
        "is_as_before = order is not None",
    ),
    Guard(
        "only a change of our own moment is taken for ours",
        f"{DOMAIN}settlement.py",
        "return has_status and has_note and has_fields and fits(line, order.date_modified)",
        "return has_status and has_note and has_fields",
    ),
    Guard(
        "a write with a note is made only when the note shows",
        f"{DOMAIN}settlement.py",
        "return has_status and has_note and has_fields and fits(line, order.date_modified)",
        "return has_status and has_fields and fits(line, order.date_modified)",
    ),
    Guard(
        "a person is asked about what nobody can tell",
        f"{STEPS}settle.py",
        "    if settled.result is Result.UNCONFIRMED:\n",
        "    if False:\n",
    ),
    Guard(
        "a lost answer leaves the line open",
        f"{STEPS}write.py",
        "    except (AnswerLost, LeaseLost):\n",
        "    except LeaseLost:\n",
    ),
    Guard(
        "an answer with another status is doubted",
        f"{STEPS}write.py",
        "if answer.value.status_id != wanted.to_status_id:",
        "if False:",
    ),
    # Looking again and after
    Guard(
        "look again before a dangerous write",
        f"{STEPS}look_again.py",
        "if not (is_old or write.is_dangerous or repeats_status):",
        "if not (is_old or repeats_status):",
    ),
    Guard(
        "look again before a note alone, which repeats the status",
        f"{STEPS}look_again.py",
        "if not (is_old or write.is_dangerous or repeats_status):",
        "if not (is_old or write.is_dangerous):",
    ),
    Guard(
        "look again where the reading is old",
        f"{STEPS}look_again.py",
        "is_old = reading.age_s(case.ports.clock.now()) > FRESH_FOR_S",
        "is_old = False",
    ),
    Guard(
        "what the second look shows must be what was decided on",
        f"{STEPS}look_again.py",
        "if _shown(order) != _shown(before):",
        "if False:",
    ),
    Guard(
        "money seen on the second look stops the write",
        f"{STEPS}look_again.py",
        "return money_blocks(rule, write.action, facts) is None",
        "return True",
    ),
    Guard(
        "a second look from before the first is none",
        f"{STEPS}look_again.py",
        "if second.reading.order.date_modified < reading.order.date_modified:",
        "if False:",
    ),
    Guard(
        "look after a dangerous write, and put back what was paid",
        f"{STEPS}decide.py",
        "restoring = put_back(self._case, self._reading, self._known)",
        "restoring = None",
    ),
    Guard(
        "money that comes later is looked for although no rule asks",
        f"{STEPS}unclaimed.py",
        "if standing_danger(lines) is not None or overwriting_line(signal, lines) is not None:",
        "if overwriting_line(signal, lines) is not None:",
    ),
    Guard(
        "what somebody else moved on is not put back",
        f"{STEPS}put_back.py",
        "if line is None or _was_taken_back(case, reading, line):",
        "if line is None:",
    ),
    Guard(
        "a change that our write hid is shown to a person",
        f"{SHIPPED}services/process.py",
        "        if overwriting is not None:\n",
        "        if False:\n",
    ),
    # What was seen
    Guard(
        "the one-second rule",
        f"{DOMAIN}seen.py",
        "return self.seen_modified >= event_second and second_of(self.read_at) > event_second",
        "return self.seen_modified >= event_second",
    ),
    Guard(
        "a body that shows the status an event left was not seen after it",
        f"{DOMAIN}seen.py",
        "return self.is_up_to(event.occurred_at) and not is_news",
        "return self.is_up_to(event.occurred_at)",
    ),
    Guard(
        "what was seen goes only forward",
        f"{STEPS}end.py",
        "if before is not None and not is_overruled and not _is_later(reading, before):",
        "if False:",
    ),
    Guard(
        "a reading older than what was seen is not decided on",
        f"{DOMAIN}staleness.py",
        "if seen is not None and order.date_modified < seen.seen_modified:",
        "if False:",
    ),
    Guard(
        "a reading from before our own write is not decided on",
        f"{DOMAIN}staleness.py",
        "if any(_is_before(order, line) for line in lines):",
        "if False:",
    ),
    Guard(
        "a reading older than its event is not decided on",
        f"{DOMAIN}staleness.py",
        "if order.date_modified < signal.occurred_at - EVENT_MAY_LEAD:",
        "if False:",
    ),
    Guard(
        "a payment that cannot be read yet is waited for",
        f"{STEPS}fetch.py",
        "if not any(each.id == told for each in found):",
        "if False:",
    ),
    Guard(
        "a body that does not show the money yet is mistrusted",
        f"{STEPS}fetch.py",
        "if came_at is not None and facts.now - came_at < MONEY_IS_NEW:",
        "if False:",
    ),
    Guard(
        "what the store fails to tell for now is not unknown for good",
        f"{SHIPPED}services/resources.py",
        "if status not in {403, 404}:",
        "if False:",
    ),
    # Echoes
    Guard(
        "our own echo is known",
        f"{SHIPPED}services/process.py",
        '    if echoed_line(signal, case.lines):\n        return "echo"\n',
        "",
        spare="an echo that is looked at all the same costs one call and changes nothing",
    ),
    Guard(
        "the echo window",
        f"{DOMAIN}echo.py",
        "return line.at - BEFORE <= signal.occurred_at <= settled_at + ANNOUNCED_WITHIN",
        "return True",
    ),
    Guard(
        "an echo comes from the status that we had read",
        f"{DOMAIN}echo.py",
        "if _tells_of(signal, line) and line.from_status_id == signal.previous_status_id:",
        "if _tells_of(signal, line):",
    ),
)
