"""An explanation of an order, as a tree for people and as JSON for programs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from orderwarden.domain.choice import Choice
from orderwarden.domain.decision import SET_STATUS
from orderwarden.domain.instants import to_text
from orderwarden.domain.rules.explained import Explained
from orderwarden.domain.rules.model import Rule
from orderwarden.domain.rules.truth import Truth
from orderwarden.services.explain import Explanation, LimitState, Occasion, RuleExplained
from orderwarden.services.judge import Verdict
from rich.text import Text

from orderwarden_cli.shown import print_text, status_name

NOT_LOOKED_AT: Final = "not looked at"
_COLOURS: Final = {Truth.TRUE: "green", Truth.FALSE: "red", Truth.UNKNOWN: "yellow", None: "dim"}


@dataclass(frozen=True, slots=True)
class Heading:
    """What is explained, by which rules.

    Attributes:
        rules_version: 0 for a draft.
        store: Empty for facts made up.
        api_calls: What it took.
    """

    what: str
    rules_version: int
    store: str = ""
    api_calls: int = 0

    @property
    def rules(self) -> str:
        """Return which rules they are."""
        return f"rules version {self.rules_version}" if self.rules_version else "a draft"


def print_explanation(heading: Heading, found: Explanation) -> None:
    """Print it for a person: the outcome first, then every rule."""
    order, by_file = found.facts.order, not heading.store
    what = heading.what if by_file else f"{heading.what} of store {heading.store}"
    print_text(Text(f"{what[0].upper()}{what[1:]}, by {heading.rules}", style="bold"))
    if not by_file:
        now = f"{found.facts.now:%Y-%m-%d %H:%M:%S}"
        calls = f"{heading.api_calls} API call{'' if heading.api_calls == 1 else 's'}"
        print_text(Text(f"{status_name(order.status_id)}, as read at {now} UTC with {calls}"))
    for sentence in _warnings(found):
        print_text(Text(sentence, style="yellow"))
    for occasion in found.occasions:
        _print_occasion(occasion, found, is_guarded=not by_file)
    for rule in found.rules:
        _print_rule(rule, found)


def _warnings(found: Explanation) -> list[str]:
    sentences = [f"The store does not let {each.value} be read." for each in found.unreadable]
    if found.stopped:
        sentences.append(f"The store is stopped: {found.stopped}.")
    if found.facts.order.is_archived:
        sentences.append("The order is archived, so every rule leaves it alone.")
    return sentences


def _print_occasion(occasion: Occasion, found: Explanation, *, is_guarded: bool) -> None:
    print_text(Text(f"{occasion.by}: {'no rule wins' if not occasion.verdicts else ''}".rstrip()))
    for verdict in occasion.verdicts:
        line = Text(f"  {_names(verdict.choice)} wins: {changes_words(verdict.choice, found)}")
        if verdict.blocked:
            line.append(f"; held back: {verdict.blocked}", style="yellow")
        elif not verdict.rule.is_live:
            line.append("; in shadow: only written down", style="yellow")
        elif not is_guarded:
            line.append("; safeguards were not asked")
        print_text(line)
        limit = found.limits.get(verdict.rule.name)
        if limit is not None:
            print_text(Text(f"    limits: {_limit_words(verdict, limit)}"))


def _limit_words(verdict: Verdict, limit: LimitState) -> str:
    limits = verdict.rule.limits
    parts = [f"{limit.this_hour} of {limits.per_hour or 'any number'} changes in this hour"]
    if limits.approve_after is not None:
        approved = ", approved" if limit.is_approved else ""
        parts.append(f"{limit.changes} of {limits.approve_after} before a person{approved}")
    reached = limit.reached(verdict.rule)
    return "; ".join([*parts, f"it would wait: {reached}"] if reached else parts)


def _names(choice: Choice) -> str:
    return " → ".join(rule.name for rule in choice.path)


def changes_words(choice: Choice, found: Explanation) -> str:
    """Return what a winner would change, in words."""
    every = (action.kind for rule in choice.path for action in rule.actions)
    kinds = [kind for kind in dict.fromkeys(every) if kind != SET_STATUS]
    if choice.to_status_id is not None:
        before = status_name(found.facts.status_id) if found.facts.status_id >= 0 else "?"
        kinds.insert(0, f"{before} → {status_name(choice.to_status_id)}")
    return ", ".join(kinds)


def _print_rule(each: RuleExplained, found: Explanation) -> None:
    rule = each.rule
    asked = [occasion.by for occasion in found.occasions if rule.name in occasion.asked]
    mode = "live" if rule.is_live else "shadow"
    line = _truth_text(each.truth)
    line.append(f"  {rule.name}", style="bold")
    line.append(f" ({mode}; {'asked by ' + ', '.join(asked) if asked else 'not asked'})")
    if each.was_had:
        line.append("  its effect was had", style="yellow")
    print_text(line)
    _print_part(each.condition, "  ")


def _print_part(part: Explained, indent: str) -> None:
    line = Text(indent) + _truth_text(part.truth)
    line.append(f"  {part.words}")
    if part.seen and part.truth is not None:
        line.append(f"  (seen: {part.seen})", style="cyan")
    if part.why:
        line.append(f"  because {part.why}", style="yellow")
    print_text(line)
    for each in part.parts:
        _print_part(each, f"{indent}  ")


def _truth_text(truth: Truth | None) -> Text:
    return Text(NOT_LOOKED_AT if truth is None else truth.value, style=_COLOURS[truth])


def explanation_fields(heading: Heading, found: Explanation) -> Mapping[str, object]:
    """Return an explanation as JSON shows it."""
    order = found.facts.order
    return {
        "what": heading.what,
        "store": heading.store,
        "order_id": order.id or None,
        "status_id": order.status_id if order.status_id >= 0 else None,
        "at": to_text(found.facts.now),
        "rules_version": heading.rules_version,
        "api_calls": heading.api_calls,
        "unreadable": [each.value for each in found.unreadable],
        "stopped": found.stopped,
        "is_archived": order.is_archived,
        "occasions": [_occasion_fields(each, found) for each in found.occasions],
        "rules": [_rule_fields(each) for each in found.rules],
    }


def _occasion_fields(occasion: Occasion, found: Explanation) -> Mapping[str, object]:
    return {
        "by": occasion.by,
        "asked": list(occasion.asked),
        "verdicts": [_verdict_fields(each, found) for each in occasion.verdicts],
    }


def _verdict_fields(verdict: Verdict, found: Explanation) -> Mapping[str, object]:
    choice = verdict.choice
    limit = found.limits.get(verdict.rule.name)
    return {
        "rule": verdict.rule.name,
        "path": [rule.name for rule in choice.path],
        "mode": "live" if verdict.rule.is_live else "shadow",
        "to_status_id": choice.to_status_id,
        "actions": [action.kind for action in verdict.rule.actions],
        "blocked": verdict.blocked,
        "limits": limit and _limit_fields(verdict.rule, limit),
    }


def _limit_fields(rule: Rule, limit: LimitState) -> Mapping[str, object]:
    return {
        "per_hour": rule.limits.per_hour,
        "this_hour": limit.this_hour,
        "approve_after": rule.limits.approve_after,
        "changes": limit.changes,
        "is_approved": limit.is_approved,
        "reached": limit.reached(rule),
    }


def _rule_fields(each: RuleExplained) -> Mapping[str, object]:
    return {
        "rule": each.rule.name,
        "mode": "live" if each.rule.is_live else "shadow",
        "on": sorted(each.rule.on),
        "truth": each.truth.value,
        "was_had": each.was_had,
        "condition": _condition_fields(each.condition),
    }


def _condition_fields(part: Explained) -> Mapping[str, object]:
    return {
        "words": part.words,
        "truth": None if part.truth is None else part.truth.value,
        "seen": "" if part.truth is None else part.seen,
        "why": part.why,
        "parts": [_condition_fields(each) for each in part.parts],
    }
