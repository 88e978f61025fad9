"""One field of the rule language: what it is called, how it is read, what that costs."""

from __future__ import annotations

from dataclasses import dataclass

from orderwarden.domain.facts import Facts, Resource
from orderwarden.domain.rules.clock import Beginning, business_seconds_since
from orderwarden.domain.rules.kinds import BUSINESS_DAYS, OPERATORS_OF, Kind
from orderwarden.domain.rules.readings import Reader


@dataclass(frozen=True, slots=True)
class Field:
    """One field of the rule language.

    Attributes:
        meaning: For the merchant, one sentence.
        unknown: When it is unknown besides the store not letting it be read, for the merchant.
        costs: What may have to be fetched for it, an API call each.
        choices: The only values it can have; empty for any.
        since: What a duration is counted from.
        is_several: Whether an order has several of it.
        is_private: Whether its value may be personal, and so stands in no line.
    """

    name: str
    kind: Kind
    read: Reader
    meaning: str
    unknown: str = ""
    costs: tuple[Resource, ...] = ()
    choices: tuple[str, ...] = ()
    since: Beginning | None = None
    is_several: bool = False
    is_private: bool = False

    @property
    def operators(self) -> tuple[str, ...]:
        """Return the operators that make sense for it."""
        return OPERATORS_OF[self.kind]

    def read_in(self, unit: str) -> Reader:
        """Return the reader of values in a unit: a currency, business days, or "" for its own.

        Raises:
            KeyError: It has no such unit.
        """
        if not unit:
            return self.read
        if self.since is not None and unit == BUSINESS_DAYS:
            return business_seconds_since(self.since)
        if self.kind is Kind.MONEY:
            return lambda facts: self.read(facts) if currency_of(facts) == unit else None
        raise KeyError(unit)


def currency_of(facts: Facts) -> str | None:
    """Return the currency the shopper paid in, in capitals."""
    return (facts.order.text("default_currency_code") or "").strip().upper() or None
