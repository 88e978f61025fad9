"""Why a rule won, in one line for the changelog: what each of its tests saw."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from orderwarden.domain.rules.durations import in_words
from orderwarden.domain.rules.evaluate import TestSeen
from orderwarden.domain.rules.truth import Truth
from orderwarden.domain.statuses import NAMES

LONGEST: Final = 1000
STATUS_FIELDS: Final = frozenset({"status", "previous_status"})
DURATION_FIELDS: Final = frozenset({"age"})


def reason_of(trace: Iterable[TestSeen]) -> str:
    """Return the true tests with the values they saw, e.g. `status is Shipped; age is 13 h`."""
    told = (f"{x.test.field} is {_shown(x)}" for x in trace if x.truth is Truth.TRUE)
    return "; ".join(dict.fromkeys(told))[:LONGEST]


def _shown(seen: TestSeen) -> str:
    name, value = seen.test.field, seen.value
    if name in STATUS_FIELDS and isinstance(value, int):
        return NAMES.get(value, str(value))
    if name in DURATION_FIELDS and isinstance(value, int):
        return in_words(value)
    return str(value).lower() if isinstance(value, bool) else str(value)
