"""Canonical JSON: what is written is read again, and equal rules have equal digests."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from orderwarden.domain.rules.canonical import digest, from_json, to_json, with_fingerprint
from orderwarden.domain.rules.fields import FIELDS
from orderwarden.domain.rules.kinds import BUSINESS_DAYS, Kind
from orderwarden.domain.rules.model import (
    Action,
    All,
    AnyOf,
    Condition,
    Limits,
    Not,
    Rule,
    RuleSet,
)
from orderwarden.domain.rules.model import Test as FieldTest
from orderwarden.domain.rules.operators import Scalar
from orderwarden.domain.rules.repeat import Repeat
from orderwarden.domain.signal import Trigger
from orderwarden.errors import ConfigurationError

VALUES: dict[Kind, st.SearchStrategy[Scalar]] = {
    Kind.STATUS: st.integers(0, 14),
    Kind.MONEY: st.decimals(0, 10_000, places=2),
    Kind.COUNT: st.integers(0, 100),
    Kind.ID: st.integers(0, 100),
    Kind.TIME_OF_DAY: st.integers(0, 86_400),
    Kind.WORD: st.sampled_from(["Monday", "shipment"]),
    Kind.DURATION: st.integers(0, 10**6),
    Kind.TEXT: st.text(min_size=1, max_size=5),
    Kind.FLAG: st.booleans(),
}


UNITS = {Kind.MONEY: ["", "USD", "EUR"], Kind.DURATION: ["", BUSINESS_DAYS]}


@st.composite
def field_tests(draw: st.DrawFn) -> FieldTest:
    field = draw(st.sampled_from(list(FIELDS.values())))
    operator = draw(st.sampled_from(field.operators))
    values = st.booleans() if operator == "exists" else VALUES[field.kind]
    many = {"between": (2, 2), "in": (1, 3), "not_in": (1, 3)}
    least, most = many.get(operator, (1, 1))
    operands = draw(st.lists(values, min_size=least, max_size=most))
    unit = draw(st.sampled_from(UNITS.get(field.kind, [""])))
    return FieldTest(field.name, operator, tuple(operands), unit)


conditions: st.SearchStrategy[Condition] = st.recursive(
    field_tests(),
    lambda parts: st.one_of(
        st.lists(parts, min_size=1, max_size=3).map(lambda found: All(tuple(found))),
        st.lists(parts, min_size=1, max_size=3).map(lambda found: AnyOf(tuple(found))),
        parts.map(Not),
    ),
    max_leaves=5,
)
actions = st.one_of(
    st.builds(Action, st.just("set_status"), st.integers(0, 14)),
    st.builds(Action, st.just("staff_note"), st.text(min_size=1, max_size=9)),
)
limits = st.builds(Limits, st.none() | st.integers(0, 99), st.none() | st.integers(1, 99))
rules = st.builds(
    Rule,
    name=st.text(min_size=1, max_size=9),
    on=st.frozensets(st.sampled_from(Trigger), min_size=1, max_size=3),
    when=conditions,
    actions=st.lists(actions, min_size=1, max_size=2).map(tuple),
    limits=limits,
    is_live=st.booleans(),
    fingerprint=st.just(""),
    goes_on=st.booleans(),
    catches_up=st.booleans(),
    repeat=st.none() | st.sampled_from(Repeat),
).map(with_fingerprint)
rule_sets = st.builds(
    RuleSet,
    version=st.just(3),
    digest=st.just(""),
    time_zone=st.sampled_from(["UTC", "Europe/Paris"]),
    rules=st.lists(rules, max_size=3).map(tuple),
    reserve=st.decimals(0, 1, places=2),
    offline_methods=st.frozensets(st.text(max_size=5), max_size=2),
    protected_statuses=st.frozensets(st.integers(0, 14), max_size=3),
    holidays=st.frozensets(st.dates(), max_size=2),
)


@given(rule_sets)
def test_what_is_written_is_read_again(published: RuleSet) -> None:
    text = to_json(published)

    read = from_json(text, 3)

    assert to_json(read) == text
    assert read.rules == published.rules
    assert (read.time_zone, read.reserve) == (published.time_zone, published.reserve)
    assert read.offline_methods == published.offline_methods
    assert read.protected_statuses == published.protected_statuses
    assert read.holidays == published.holidays
    assert read.version == 3
    assert read.digest == hashlib.sha256(text.encode()).hexdigest()


def a_set(rule: Rule) -> RuleSet:
    return RuleSet(1, "", "UTC", (rule,), holidays=frozenset({date(2026, 12, 25)}))


RULE = with_fingerprint(
    Rule(
        name="cancel-unpaid",
        on=frozenset({Trigger.SWEEP}),
        when=All(
            (FieldTest("total", "over", (Decimal("500.5"),)), FieldTest("paid", "is", (False,)))
        ),
        actions=(Action("set_status", 5),),
        limits=Limits(25, None),
        is_live=True,
        fingerprint="",
    )
)


def test_the_text_is_as_documented() -> None:
    assert json.loads(to_json(a_set(RULE))) == {
        "format": 1,
        "time_zone": "UTC",
        "reserve": "0.2",
        "offline_methods": [],
        "protected_statuses": [],
        "holidays": ["2026-12-25"],
        "rules": [
            {
                "name": "cancel-unpaid",
                "on": ["sweep"],
                "when": {
                    "all": [
                        {"field": "total", "operator": "over", "operands": ["500.5"]},
                        {"field": "paid", "operator": "is", "operands": [False]},
                    ]
                },
                "do": [{"set_status": 5}],
                "limit": {"approve_after": 25, "per_hour": None},
                "mode": "live",
            }
        ],
    }


def test_a_fingerprint_is_the_digest_of_the_rule_alone() -> None:
    alone = json.dumps(json.loads(to_json(a_set(RULE)))["rules"][0], sort_keys=True)

    assert RULE.fingerprint == digest(alone.replace(": ", ":").replace(", ", ","))[:32]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        "null",
        '{"format": 2}',
        "[" * 100_000,
        to_json(a_set(RULE)).replace("total", "toal"),
        to_json(a_set(RULE)).replace("over", "oevr"),
        to_json(a_set(RULE)).replace("500.5", "x"),
        to_json(a_set(RULE)).replace('"sweep"', '"swept"'),
        to_json(a_set(RULE))
        .replace('["500.5"]', '["500.5"],"unit":"business days"', 1)
        .replace('"total"', '"paid"'),
        to_json(a_set(RULE)).replace("UTC", "Mars/Olympus"),
        to_json(a_set(RULE)).replace('"set_status":5', '"notify":{"txet":"x"}'),
        to_json(a_set(RULE)).replace('[{"set_status":5}]', "[5]"),
    ],
)
def test_what_cannot_be_read_says_which_version(text: str) -> None:
    with pytest.raises(ConfigurationError, match="rules version 7 cannot be read"):
        from_json(text, 7)
