"""A condition as a tree: of every part what it saw, and what that makes of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from orderwarden.domain.facts import Facts
from orderwarden.domain.rules.evaluate import evaluate, settled
from orderwarden.domain.rules.model import All, Condition, Not, Test
from orderwarden.domain.rules.truth import Truth
from orderwarden.domain.rules.wording import reading_words, why_unknown, words_of_test


@dataclass(frozen=True, slots=True)
class Explained:
    """One part of a condition.

    Attributes:
        words: The test as a rule file has it; or `all of`, `any of`, `not`.
        truth: None where it was not looked at: the rest decided.
        seen: What a test saw, in words; empty for the others.
        why: Of a test that is unknown, the reason.
    """

    words: str
    truth: Truth | None
    seen: str = ""
    why: str = ""
    parts: tuple[Explained, ...] = ()


def explained(
    condition: Condition, facts: Facts, why: Callable[[Test, Facts], str] = why_unknown
) -> Explained:
    """Return the tree of a condition, with whatever was fetched for the order so far.

    `why` says why a test is unknown.
    """
    if isinstance(condition, Test):
        return _test(condition, facts, why)
    parts = (condition.part,) if isinstance(condition, Not) else condition.parts
    words = "all of" if isinstance(condition, All) else "any of"
    return Explained(
        words="not" if isinstance(condition, Not) else words,
        truth=settled(condition, facts),
        parts=tuple(explained(part, facts, why) for part in parts),
    )


def _test(test: Test, facts: Facts, why: Callable[[Test, Facts], str]) -> Explained:
    truth, value = settled(test, facts), evaluate(test, facts).trace[0].value
    reason = why(test, facts) if truth is Truth.UNKNOWN else ""
    return Explained(words_of_test(test), truth, reading_words(test.field, value), reason)
