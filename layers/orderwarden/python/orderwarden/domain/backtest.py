"""What a draft of rules would do about past orders: single findings, and what they add up to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

MOST_SAMPLES: Final = 5
"""Order ids that are named for each result of a rule."""

NO_CURRENCY: Final = "?"


class Found(StrEnum):
    """What a rule would do about an order as it is now.

    `earlier`: nothing now, but it may have been true before, when the order had another status
    or age; which nobody can say today.
    """

    WOULD = "would"
    BLOCKED = "blocked"
    UNKNOWN = "unknown"
    EARLIER = "earlier"


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule and one order.

    Attributes:
        reasons: What holds it back, or what is not known; empty for `would`.
        to_status_id: What the rule would set; None where it wants other things.
        total: With tax, in `currency`; None where the order does not say.
    """

    order_id: int
    rule: str
    found: Found
    reasons: tuple[str, ...]
    from_status_id: int
    to_status_id: int | None
    total: Decimal | None
    currency: str
    created_at: datetime


@dataclass(slots=True)
class Tally:
    """What the findings of one rule add up to.

    Attributes:
        counts: Orders, by result.
        reasons: How often each was met, by result.
        samples: The first order ids, by result.
        totals: Of the orders that would be changed, by currency.
    """

    counts: Counter[str] = field(default_factory=Counter)
    reasons: dict[str, Counter[str]] = field(default_factory=dict)
    samples: dict[str, list[int]] = field(default_factory=dict)
    totals: dict[str, Decimal] = field(default_factory=dict)

    def add(self, finding: Finding) -> None:
        """Take one finding in."""
        found = finding.found.value
        self.counts[found] += 1
        self.reasons.setdefault(found, Counter()).update(finding.reasons)
        samples = self.samples.setdefault(found, [])
        if len(samples) < MOST_SAMPLES:
            samples.append(finding.order_id)
        if finding.found is Found.WOULD:
            currency = finding.currency or NO_CURRENCY
            total = finding.total or Decimal(0)
            self.totals[currency] = self.totals.get(currency, Decimal(0)) + total

    def to_fields(self) -> dict[str, Any]:
        """Return it as JSON keeps it; amounts are texts."""
        return {
            "counts": {found.value: self.counts[found.value] for found in Found},
            "totals": {currency: f"{total:f}" for currency, total in sorted(self.totals.items())},
            "reasons": {found: dict(counts) for found, counts in self.reasons.items() if counts},
            "samples": {found: list(ids) for found, ids in self.samples.items()},
        }

    @classmethod
    def from_fields(cls, fields: Mapping[str, Any]) -> Tally:
        """Read what `to_fields` wrote."""
        return cls(
            counts=Counter(fields["counts"]),
            reasons={found: Counter(counts) for found, counts in fields["reasons"].items()},
            samples={found: list(ids) for found, ids in fields["samples"].items()},
            totals={name: Decimal(total) for name, total in fields["totals"].items()},
        )


@dataclass(slots=True)
class Report:
    """What a draft would have done, so far.

    Attributes:
        orders: How many were judged.
        tallies: By rule, in the order of the file.
    """

    orders: int
    tallies: dict[str, Tally]

    @classmethod
    def of(cls, rules: Iterable[str]) -> Report:
        """Begin with nothing found for each of these rules."""
        return cls(0, {rule: Tally() for rule in rules})

    def add(self, orders: int, findings: Iterable[Finding]) -> None:
        """Take in what was found of some more orders."""
        self.orders += orders
        for finding in findings:
            self.tallies[finding.rule].add(finding)

    def to_fields(self) -> dict[str, Any]:
        """Return it as JSON keeps it."""
        tallies = [{"rule": rule, **tally.to_fields()} for rule, tally in self.tallies.items()]
        return {"orders": self.orders, "rules": tallies}

    @classmethod
    def from_fields(cls, fields: Mapping[str, Any]) -> Report:
        """Read what `to_fields` wrote."""
        tallies = {each["rule"]: Tally.from_fields(each) for each in fields["rules"]}
        return cls(int(fields["orders"]), tallies)
