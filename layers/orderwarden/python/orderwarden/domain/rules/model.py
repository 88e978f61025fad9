"""A published rule set in its compiled form: plain values, no YAML, no text to parse."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from orderwarden.domain.rules.operators import Check, Scalar, check_of
from orderwarden.domain.signal import Trigger


@dataclass(frozen=True, slots=True)
class Test:
    """One comparison: field, operator, operands.

    Attributes:
        operator: is, is_not, in, not_in, over, under, at_least, at_most, between, contains,
            starts_with or exists.
        operands: One value; for in and not_in any number; for between two, both inclusive.
        holds: The comparison itself, made ready when the test is built.
    """

    __test__ = False  # not a test class for the test runner

    field: str
    operator: str
    operands: tuple[Scalar, ...]
    holds: Check = dataclasses.field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "holds", check_of(self.operator, self.operands))


@dataclass(frozen=True, slots=True)
class All:
    """True when every part is."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """True when some part is."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """True when its part is false; unknown when that is unknown."""

    part: Condition


Condition = Test | All | AnyOf | Not


@dataclass(frozen=True, slots=True)
class Action:
    """One thing a rule wants: `set_status` (value: status id) or `staff_note` (value: text)."""

    kind: str
    value: Scalar


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a rule may change; None is no limit.

    Attributes:
        approve_after: Changes under this fingerprint after which a person is asked.
        per_hour: Changes in one clock hour.
    """

    approve_after: int | None
    per_hour: int | None


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule.

    Attributes:
        fingerprint: Digest of its own canonical JSON; changes when the rule does.
        is_live: Shadow rules only say what they would do.
    """

    name: str
    on: frozenset[Trigger]
    when: Condition
    actions: tuple[Action, ...]
    limits: Limits
    is_live: bool
    fingerprint: str


@dataclass(frozen=True, slots=True)
class RuleSet:
    """One published, numbered version.

    Attributes:
        version: 1, 2, 3, ... per store; 0 before it is published.
        digest: SHA-256 of the canonical JSON, hex.
        reserve: Share of the API quota left to the merchant's other apps, 0 to 1.
        offline_methods: Payment methods to be treated as offline, besides the known ones.
        protected_statuses: Statuses that a rule leaves alone unless it names them.
        holidays: Days that are no business days.
    """

    version: int
    digest: str
    time_zone: str
    rules: tuple[Rule, ...]
    reserve: Decimal = Decimal("0.2")
    offline_methods: frozenset[str] = frozenset()
    protected_statuses: frozenset[int] = frozenset()
    holidays: frozenset[date] = frozenset()
