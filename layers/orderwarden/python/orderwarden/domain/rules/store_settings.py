"""From what a merchant writes under `store:` to the settings of that store."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from orderwarden.domain.rules.kinds import Kind
from orderwarden.domain.rules.places import Place
from orderwarden.domain.rules.problems import quoted
from orderwarden.domain.rules.values import scalar
from orderwarden.domain.statuses import PROTECTED

DEFAULT_RESERVE: Final = Decimal("0.2")
MOST_RESERVED: Final = Decimal("0.9")
"""With less than a tenth of the API quota, nothing would ever get done."""

MOST_ENTRIES: Final = 1_000
"""Of one list."""

_KEYS: Final = ("reserve", "offline_methods", "protected_statuses", "holidays")
_SHARE: Final = re.compile(r"(\d{1,2}(?:\.\d{1,2})?) ?%", re.ASCII)
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


@dataclass(frozen=True, slots=True)
class StoreSettings:
    """What holds for every rule of a store; see `RuleSet`."""

    reserve: Decimal = DEFAULT_RESERVE
    offline_methods: frozenset[str] = frozenset()
    protected_statuses: frozenset[int] = PROTECTED
    holidays: frozenset[date] = frozenset()


def store_settings(place: Place) -> StoreSettings:
    """Return the settings at a place, after noting what is wrong with them."""
    entries = place.entries("setting", _KEYS)
    reserve = _reserve(entries["reserve"]) if "reserve" in entries else DEFAULT_RESERVE
    methods = _scalars(entries.get("offline_methods"), Kind.TEXT, "a list of payment methods")
    protected = _scalars(entries.get("protected_statuses"), Kind.STATUS, "a list of statuses")
    return StoreSettings(
        reserve=reserve,
        offline_methods=frozenset(str(method) for method in methods),
        protected_statuses=PROTECTED | {int(status) for status in protected},
        holidays=_holidays(entries.get("holidays")),
    )


def _scalars(place: Place | None, kind: Kind, expected: str) -> list[str | int]:
    values = [scalar(item, kind) for item in _entries(place, expected)]
    return [value for value in values if isinstance(value, str | int)]


def _entries(place: Place | None, expected: str) -> list[Place]:
    items = place.one_or_items(expected) if place else []
    if place and len(items) > MOST_ENTRIES:
        place.refuse(f"{len(items)} entries; write at most {MOST_ENTRIES}")
        return []
    return items


def _reserve(place: Place) -> Decimal:
    expected = "a share of the API quota, such as 20%, at most 90%"
    text = place.text(expected)
    if text is None:
        return DEFAULT_RESERVE
    written = _SHARE.fullmatch(text)
    share = Decimal(written[1]) / 100 if written else None
    if share is None or share > MOST_RESERVED:
        place.refuse(f"{quoted(text)}: write {expected}")
        return DEFAULT_RESERVE
    return Decimal(f"{share.normalize():f}")


def _holidays(place: Place | None) -> frozenset[date]:
    expected = "a list of days, such as [2026-12-25]"
    days = (_day(item) for item in _entries(place, expected))
    return frozenset(day for day in days if day is not None)


def _day(place: Place) -> date | None:
    text = place.text("a day such as 2026-12-25")
    if text is None:
        return None
    try:
        return date.fromisoformat(text if _DAY.fullmatch(text) else "")
    except ValueError:
        place.refuse(f"{quoted(text)}: no such day; write one such as 2026-12-25")
        return None
