"""Why a rule won, in one line for the changelog: what each of its tests saw."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from orderwarden.domain.rules.evaluate import TestSeen
from orderwarden.domain.rules.fields import field_named
from orderwarden.domain.rules.truth import Truth
from orderwarden.domain.rules.wording import reading_words

LONGEST: Final = 1000
LONGEST_VALUE: Final = 100


def reason_of(trace: Iterable[TestSeen]) -> str:
    """Return the true tests with the values they saw, e.g. `status is Shipped; age is 13 h`.

    What may be personal, such as staff notes, is not told.
    """
    told = (_told(seen) for seen in trace if seen.truth is Truth.TRUE)
    return storable("; ".join(dict.fromkeys(told)))


def storable(text: str) -> str:
    """Return a text that any database takes: bounded, and without lone surrogates."""
    return text[:LONGEST].encode("utf-8", "replace").decode()


def _told(seen: TestSeen) -> str:
    name = seen.test.field
    field = field_named(name)
    if field is None or field.is_private:
        return f"{name} fits"
    return f"{name} is {reading_words(name, seen.value)[:LONGEST_VALUE]}"
