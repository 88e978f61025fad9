"""Steps 0 and 1: what needs no claim, since its store is stopped or no rule is concerned."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from orderwarden.domain.echo import echoed_line, overwriting_line
from orderwarden.domain.receipt import KEPT, Receipt, ReceiptState
from orderwarden.domain.relevance import may_match, rules_asked
from orderwarden.domain.rules.model import RuleSet
from orderwarden.domain.safeguards import standing_danger
from orderwarden.domain.signal import Signal, Trigger
from orderwarden.domain.undo import is_undo
from orderwarden.ports import Controls, Parked
from orderwarden.services.process_steps.outcome import Outcome
from orderwarden.services.process_steps.ports import ProcessPorts


def without_claim(
    ports: ProcessPorts, signal: Signal, rules: RuleSet, controls: Controls
) -> Outcome | None:
    """Return what became of a signal that needs no claim, None for all others.

    A stored decision is always settled first.
    """
    if controls.stopped:
        kept = ports.receipts.look_up([signal.receipt_key]).get(signal.receipt_key)
        if kept is not None and kept.decision:
            return None
        ports.state.park(Parked(signal, controls.stopped, ports.clock.now(), waits_for="store"))
        return Outcome("parked", reason=controls.stopped)
    kind = _unconcerned(ports, signal, rules)
    if not kind:
        return None
    found = ports.receipts.replace(_ended(signal, kind, ports.clock.now()), None)
    if found is None:
        return Outcome(kind)
    return Outcome("duplicate", reason=found.outcome) if found.has_ended else None


def _unconcerned(ports: ProcessPorts, signal: Signal, rules: RuleSet) -> str:
    """Return why nothing is to be looked at: no_rule or echo; empty where something is."""
    order_id = signal.order_id
    if is_undo(signal):
        return ""
    if order_id is None or signal.trigger is Trigger.ORDER_ARCHIVED:
        return "no_rule"
    seen = ports.state.seen(signal.store, order_id)
    asked = rules_asked(signal, rules.rules, was_seen=seen is not None)
    if may_match(signal, asked, seen, ports.clock.now()):
        return ""
    lines = ports.changelog.of_order(signal.store, order_id)
    if standing_danger(lines) is not None or overwriting_line(signal, lines) is not None:
        return ""
    return "echo" if echoed_line(signal, lines) else "no_rule"


def _ended(signal: Signal, kind: str, now: datetime) -> Receipt:
    """Return the receipt of a signal that nothing was looked at for."""
    ended = Receipt.of(signal, ReceiptState.NO_RULE, now)
    return replace(ended, outcome=kind, expires_at=now + KEPT)
