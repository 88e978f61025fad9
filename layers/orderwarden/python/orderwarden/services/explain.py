"""Explain what the rules make of one order: what each saw, which wins, what would stop it.

It writes nothing, neither to the store nor to what we keep.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Final

from orderwarden.domain.choice import Needs
from orderwarden.domain.facts import UNREADABLE, Facts, Fetched, Resource
from orderwarden.domain.relevance import rules_on
from orderwarden.domain.rules.evaluate import Outcome, evaluate
from orderwarden.domain.rules.explained import Explained, explained
from orderwarden.domain.rules.given import Given
from orderwarden.domain.rules.model import Rule, RuleSet, Test
from orderwarden.domain.rules.truth import Truth
from orderwarden.domain.rules.wording import why_unknown
from orderwarden.domain.signal import Trigger
from orderwarden.domain.status_since import status_since
from orderwarden.ports import Changelog, State, StoreReader
from orderwarden.services.judge import Past, Verdict, had_already, judge
from orderwarden.services.process_steps.limits import changes_name, hour_name
from orderwarden.services.resources import GrowingFacts, ResourceReader

WEBHOOKS: Final = "webhooks"


@dataclass(frozen=True, slots=True)
class Occasion:
    """What may ask rules about the order, and what they would do then.

    Attributes:
        by: A trigger, or `webhooks` for any of them.
        asked: Names of the rules that are asked.
    """

    by: str
    asked: tuple[str, ...]
    verdicts: tuple[Verdict, ...]


@dataclass(frozen=True, slots=True)
class RuleExplained:
    """One rule, whoever asks it.

    Attributes:
        was_had: Its effect, had once per order, was had: it does not win.
    """

    rule: Rule
    truth: Truth
    condition: Explained
    was_had: bool


@dataclass(frozen=True, slots=True)
class LimitState:
    """How much of its limits a rule has used up.

    Attributes:
        this_hour: Changes counted in this clock hour (UTC).
        changes: Changes counted under this fingerprint.
    """

    this_hour: int
    changes: int
    is_approved: bool

    def reached(self, rule: Rule) -> str:
        """Return the limit that the next change would pass; empty where there is none."""
        per_hour, approve_after = rule.limits.per_hour, rule.limits.approve_after
        if per_hour is not None and self.this_hour >= per_hour:
            return "per_hour"
        is_asked = approve_after is not None and not self.is_approved
        return "approve_after" if is_asked and self.changes >= (approve_after or 0) else ""


@dataclass(frozen=True, slots=True)
class Explanation:
    """What the rules make of one order.

    Attributes:
        facts: What was read of it.
        limits: By the rule's name, of those that would act; empty for facts made up.
        stopped: Why the whole store is stopped; empty when it is not.
    """

    facts: Facts
    rules: tuple[RuleExplained, ...]
    occasions: tuple[Occasion, ...]
    limits: Mapping[str, LimitState]
    stopped: str = ""

    @property
    def unreadable(self) -> tuple[Resource, ...]:
        """Return what the store does not let be read."""
        found = self.facts.resources.items()
        return tuple(resource for resource, fetched in found if fetched is UNREADABLE)


@dataclass(frozen=True, slots=True)
class Sources:
    """Where an explanation looks: the store, by a client that cannot write, and what we keep."""

    reader: StoreReader
    state: State
    changelog: Changelog


def explain_order(
    sources: Sources, store: str, order_id: int, rules: RuleSet, trigger: Trigger | None = None
) -> Explanation:
    """Explain what rules make of an order as the store shows it now.

    Args:
        sources: Where to look.
        store: Store hash.
        order_id: The order.
        rules: In force, or a draft.
        trigger: The event to explain it for; None for any webhook, and for the sweep.

    Raises:
        NotFound: The store has no such order.
    """
    answer = sources.reader.order(order_id)
    past = Past(
        lines=sources.changelog.of_order(store, order_id),
        holds=sources.state.holds(store, order_id),
        controls=sources.state.controls(store),
        seen=sources.state.seen(store, order_id),
    )
    facts = Facts(
        order=answer.value,
        now=answer.at,
        offline_methods=rules.offline_methods,
        status_since=status_since(answer.value, past.seen, past.lines),
        calendar=rules.calendar,
    )
    known = GrowingFacts(facts, ResourceReader(sources.reader).read)
    found = _explained(rules, known, past, trigger)
    acting = {each.rule for occasion in found.occasions for each in occasion.verdicts}
    limits = {
        rule.name: _limit_state(sources.state, store, rule, past, answer.at) for rule in acting
    }
    return replace(found, limits=limits, stopped=past.controls.stopped)


def explain_facts(rules: RuleSet, given: Given, trigger: Trigger | None = None) -> Explanation:
    """Explain what rules make of facts that somebody wrote down; safeguards are not asked."""
    bound = replace(
        rules, rules=tuple(replace(rule, when=given.bind(rule.when)) for rule in rules.rules)
    )
    known = GrowingFacts(given.facts(rules.calendar), _nothing_to_fetch)
    return _explained(bound, known, None, trigger)


def occasions_of(trigger: Trigger | None) -> Sequence[tuple[str, Trigger]]:
    """Return what may ask rules: any webhook, as a reconciliation does, and the sweep."""
    if trigger is None:
        return (WEBHOOKS, Trigger.RECONCILE), (Trigger.SWEEP.value, Trigger.SWEEP)
    return ((trigger.value, trigger),)


def _explained(
    rules: RuleSet, known: GrowingFacts, past: Past | None, trigger: Trigger | None
) -> Explanation:
    for rule in rules.rules:
        known.ask(partial(_settled, rule))
    lines = past.lines if past else ()
    why = why_unknown if past else _not_given
    trees = tuple(
        RuleExplained(
            rule=rule,
            truth=evaluate(rule.when, known.facts).truth,
            condition=explained(rule.when, known.facts, why),
            was_had=had_already(rule, lines, known.facts.now),
        )
        for rule in rules.rules
    )
    facts = known.facts
    was_seen = past is not None and past.seen is not None
    occasions = []
    for by, asking in occasions_of(trigger):
        asked = rules_on(asking, rules.rules, was_seen=was_seen)
        known.facts = facts
        verdicts = judge(asked, rules, known, past)
        facts = replace(facts, resources={**facts.resources, **known.facts.resources})
        occasions.append(Occasion(by, tuple(rule.name for rule in asked), verdicts))
    return Explanation(facts, trees, tuple(occasions), {})


def _settled(rule: Rule, facts: Facts) -> Outcome | Needs:
    outcome = evaluate(rule.when, facts)
    return outcome if outcome.needs is None else Needs(outcome.needs)


def _limit_state(state: State, store: str, rule: Rule, past: Past, now: datetime) -> LimitState:
    return LimitState(
        this_hour=state.counted(store, hour_name(rule, now)),
        changes=state.counted(store, changes_name(rule)),
        is_approved=f"{rule.name}:{rule.fingerprint}" in past.controls.approved,
    )


def _not_given(_test: Test, _facts: Facts) -> str:
    return "the facts do not say"


def _nothing_to_fetch(_facts: Facts, _resource: Resource) -> Fetched:
    return UNREADABLE
