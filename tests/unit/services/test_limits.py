"""Counting changes: conditionally, for every rule that has a part in them, and once each."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from types import SimpleNamespace
from typing import cast

from builders import a_decision, a_line
from fakes import TurnableClock
from orderwarden.domain.decision import Decision
from orderwarden.domain.line import Line
from orderwarden.domain.rules.model import Limits, Rule, Test
from orderwarden.services.process_steps.case import Case
from orderwarden.services.process_steps.end import was_rejected
from orderwarden.services.process_steps.limits import (
    LimitReached,
    count_change,
    count_turn,
    uncount_change,
    uncount_untried,
)
from orderwarden.services.process_steps.plan import Plan
from rule_builders import a_rule

HOUR = "2026-11-21T12"
WHEN = Test("status", "is", (7,))


class Counters:
    """`ports.Counters` of one store."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()

    def take(self, _store: str, name: str, ceiling: int) -> bool:
        if self.counts[name] >= ceiling:
            return False
        self.counts[name] += 1
        return True

    def give_back(self, _store: str, name: str) -> None:
        self.counts[name] -= 1


def a_limited(name: str, approve_after: int | None, per_hour: int | None) -> Rule:
    limits = Limits(approve_after=approve_after, per_hour=per_hour)
    return replace(a_rule(WHEN), name=name, limits=limits, fingerprint=f"f-{name}")


class Rig:
    """A case with some rules, and what they counted."""

    def __init__(self, *rules: Rule, lines: tuple[Line, ...] = (), approved: str = "") -> None:
        self.counters = Counters()
        known = {line.id: line for line in lines}
        case = SimpleNamespace(
            signal=SimpleNamespace(store="abc123"),
            ports=SimpleNamespace(state=self.counters, clock=TurnableClock()),
            rules=SimpleNamespace(rules=rules),
            controls=SimpleNamespace(approved=frozenset({approved})),
            line=known.get,
        )
        self.case = cast("Case", case)
        self._rules = rules

    def count(self) -> str:
        plan = Plan((a_decision().write,), self._rules)
        limit = count_change(self.case, plan)
        return limit.reason if limit else ""

    @property
    def counts(self) -> dict[str, int]:
        return {name: count for name, count in self.counters.counts.items() if count}


def one_hour(name: str) -> str:
    return f"hour:{name}:{HOUR}"


def changes(name: str) -> str:
    return f"changes:{name}:f-{name}"


def test_a_change_counts_for_every_rule_of_its_chain() -> None:
    rig = Rig(a_limited("a", 5, 9), a_limited("b", 5, 9))

    assert rig.count() == ""
    assert rig.counts == {one_hour("a"): 1, changes("a"): 1, one_hour("b"): 1, changes("b"): 1}


def test_a_limit_that_stops_a_chain_counts_nothing_of_it() -> None:
    rig = Rig(a_limited("a", 5, 9), a_limited("b", 5, 0))

    assert rig.count() == "per_hour"
    assert rig.counts == {}


def test_a_change_that_asks_a_person_first_is_not_counted_for_the_hour() -> None:
    rig = Rig(a_limited("a", 0, 9))

    assert rig.count() == "approve_after"
    assert rig.counts == {}


def test_an_approval_is_of_one_fingerprint() -> None:
    limited = a_limited("a", 0, None)

    assert Rig(limited, approved="a:f-a").count() == ""
    assert Rig(limited, approved="a:f-before").count() == "approve_after"


def test_a_changed_rule_begins_to_count_anew() -> None:
    rig = Rig(a_limited("a", 1, None))
    rig.count()

    rig._rules = (replace(a_limited("a", 1, None), fingerprint="f-later"),)

    assert rig.count() == ""


def test_a_change_that_was_counted_in_an_earlier_attempt_counts_once() -> None:
    rig = Rig(a_limited("a", 5, 9), lines=(a_line(is_counted=True),))

    assert rig.count() == ""
    assert rig.counts == {}


def in_two_turns() -> Decision:
    """Return a decision of which rule a has made its two writes and it is the turn of rule b."""
    of_a = replace(a_decision().write, rule="a", path=("a",))
    of_b = replace(a_decision().write, rule="b", path=("b",), line_id="line-b")
    return a_decision(writes=(of_a, replace(of_a, line_id="line-2"), of_b), step=2)


def test_a_lower_rule_counts_when_its_turn_comes_and_no_other() -> None:
    rig = Rig(a_limited("a", 5, 9), a_limited("b", 1, 9))

    first, second = (count_turn(rig.case, in_two_turns()) for _ in range(2))

    assert first is None
    assert second is not None
    assert second.reason == "approve_after"
    assert rig.counts == {one_hour("b"): 1, changes("b"): 1}


def test_only_the_first_write_of_a_turn_is_taken_off_again() -> None:
    rig = Rig(a_limited("a", 5, 9), a_limited("b", 5, 9))
    rig.count()

    uncount_change(rig.case, replace(in_two_turns(), step=1))
    kept = rig.counts
    uncount_change(rig.case, in_two_turns())

    assert kept == {one_hour("a"): 1, changes("a"): 1, one_hour("b"): 1, changes("b"): 1}
    assert rig.counts == {one_hour("a"): 1, changes("a"): 1}


def test_what_an_earlier_attempt_counted_stays_counted() -> None:
    counted = Rig(a_limited("a", 5, 9), lines=(a_line(is_counted=True),))
    decision = a_decision(writes=(replace(a_decision().write, rule="a", path=("a",)),))
    counted.counters.counts.update({one_hour("a"): 1, changes("a"): 1})

    uncount_untried(counted.case, decision)

    assert counted.counts == {one_hour("a"): 1, changes("a"): 1}


def test_a_change_of_which_no_line_was_written_is_taken_off() -> None:
    rig = Rig(a_limited("a", 5, 9))
    rig.count()

    uncount_untried(
        rig.case, a_decision(writes=(replace(a_decision().write, rule="a", path=("a",)),))
    )

    assert rig.counts == {}


def test_a_rejection_is_of_the_rule_as_it_was_asked_about() -> None:
    rig = Rig()
    before, now = a_limited("a", 0, None), replace(a_limited("a", 0, None), fingerprint="f-now")
    rejected = SimpleNamespace(id="approval-a-f-a", rule="a")
    state = SimpleNamespace(reviews=lambda _store, _state: [rejected])
    rig.case.ports = SimpleNamespace(state=state)  # type: ignore[assignment]

    limits = [LimitReached(rule, "approve_after", None, "") for rule in (before, now)]

    assert [was_rejected(rig.case, limit) for limit in limits] == [True, False]
