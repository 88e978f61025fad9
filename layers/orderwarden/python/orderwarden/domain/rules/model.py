"""A published rule set in its compiled form: plain values, no YAML, no text to parse."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from orderwarden.domain.calendar import Calendar, zone_named
from orderwarden.domain.rules.effects import Action
from orderwarden.domain.rules.fields import field_named
from orderwarden.domain.rules.operators import Check, Scalar, check_of
from orderwarden.domain.rules.readings import Reader
from orderwarden.domain.rules.repeat import Repeat
from orderwarden.domain.signal import Trigger

__all__ = ["Action", "All", "AnyOf", "Condition", "Limits", "Not", "Rule", "RuleSet", "Test"]


@dataclass(frozen=True, slots=True)
class Test:
    """One comparison: field, operator, operands.

    Attributes:
        operator: is, is_not, in, not_in, over, under, at_least, at_most, between, contains,
            starts_with or exists.
        operands: One value; for in and not_in any number; for between two, both inclusive.
        unit: Of the operands: a currency, business days, or empty for the field's own.
        holds: The comparison itself, made ready when the test is built; texts come folded.
        read: What reads the value to compare, in the unit.
        key: Equal for tests that compare the same reading.
    """

    __test__ = False  # not a test class for the test runner

    field: str
    operator: str
    operands: tuple[Scalar, ...]
    unit: str = ""
    holds: Check = dataclasses.field(init=False, repr=False, compare=False)
    read: Reader = dataclasses.field(init=False, repr=False, compare=False)
    key: str = dataclasses.field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Make it ready.

        Raises:
            KeyError: There is no such field, operator or unit.
        """
        field = field_named(self.field)
        if field is None:
            raise KeyError(self.field)
        object.__setattr__(self, "holds", check_of(self.operator, self.operands))
        object.__setattr__(self, "read", field.read_in(self.unit))
        object.__setattr__(self, "key", f"{self.field} {self.unit}")

    def reading(self, read: Reader) -> Test:
        """Return the same test of what another reader tells."""
        test = dataclasses.replace(self)
        object.__setattr__(test, "read", read)
        return test


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
        goes_on: `continue: true`: when it wins, the rules below it are asked as well.
        catches_up: Whether it is asked of orders that a reconciliation found.
        repeat: What its effects other than a status are had once for; None: once per order.
        warn_before_s: How long before it acts the order's staff notes must tell; None: not.
    """

    name: str
    on: frozenset[Trigger]
    when: Condition
    actions: tuple[Action, ...]
    limits: Limits
    is_live: bool
    fingerprint: str
    goes_on: bool = False
    catches_up: bool = True
    repeat: Repeat | None = None
    warn_before_s: int | None = None


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
        allows_payment_actions: Whether the file lets rules capture, void and refund.
        calendar: Time zone and holidays, made ready when the set is built.
    """

    version: int
    digest: str
    time_zone: str
    rules: tuple[Rule, ...]
    reserve: Decimal = Decimal("0.2")
    offline_methods: frozenset[str] = frozenset()
    protected_statuses: frozenset[int] = frozenset()
    holidays: frozenset[date] = frozenset()
    allows_payment_actions: bool = False
    calendar: Calendar = dataclasses.field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Make the calendar ready.

        Raises:
            LookupError: There is no such time zone.
        """
        calendar = Calendar(zone_named(self.time_zone), self.holidays)
        object.__setattr__(self, "calendar", calendar)
