"""What rules do to each other: hide, overlap, undo."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from orderwarden.domain.choice import target_of
from orderwarden.domain.rules.carried_out import HEARD
from orderwarden.domain.rules.inspect import possible_statuses
from orderwarden.domain.rules.model import Rule
from orderwarden.domain.rules.overlap import Tested, by_reading, exclude_each_other, implies
from orderwarden.domain.signal import Trigger
from orderwarden.domain.statuses import NAMES

LONGEST_CYCLE: Final = 4
_MOST_STEPS: Final = 20_000
"""So far cycles are looked for; rules that take longer are too many for a person, too."""

_CHANGES_WITH_STATUS: Final = ("status", "previous_status", "status_for", "unchanged_for")
_EVERY: Final = frozenset(NAMES)


@dataclass(frozen=True, slots=True)
class Profile:
    """A rule with what is asked of it again and again.

    Attributes:
        target: The status it sets, if any.
        statuses: In which of them it may be true.
        worlds: By what it may be asked: any webhook asks all rules of webhooks.
    """

    rule: Rule
    target: int | None
    statuses: frozenset[int]
    worlds: frozenset[str]
    tested: Tested


def profile(rule: Rule) -> Profile:
    """Return what a rule is like."""
    statuses = possible_statuses(rule)
    possible = _EVERY if statuses is None else statuses
    return Profile(rule, target_of(rule), possible, _worlds(rule), by_reading(rule.when))


def hides(first: Profile, later: Profile) -> bool:
    """Return whether a rule never wins, since the one above always wins before it.

    Only a rule that sets a status hides others: any other effect is had once, and then the rules
    below go on.
    """
    is_passed_by = first.rule.goes_on or (later.rule.is_live and not first.rule.is_live)
    if (
        is_passed_by
        or first.target is None
        or first.target in later.statuses
        or not later.worlds <= first.worlds
    ):
        return False
    return implies(later.rule.when, first.rule.when)


def overlap(first: Profile, later: Profile) -> bool:
    """Return whether both may be true of one order and want different statuses.

    A special case above the general one is how rules are meant to be written, and no overlap.
    """
    if None in {first.target, later.target} or first.target == later.target:
        return False
    return (
        not first.rule.goes_on
        and bool(first.worlds & later.worlds)
        and bool(first.statuses & later.statuses)
        and not exclude_each_other(first.tested, later.tested)
        and not implies(first.rule.when, later.rule.when)
    )


def cycles(profiles: Iterable[Profile]) -> Iterator[tuple[Profile, ...]]:
    """Yield rules that lead an order round in a circle of statuses, each circle once."""
    every = [each for each in profiles if each.target is not None]
    steps_left = _MOST_STEPS
    for number, start in enumerate(every):
        open_paths: list[tuple[Profile, ...]] = [(start,)]
        while open_paths and steps_left > 0:
            path = open_paths.pop()
            steps_left -= 1
            if len(path) > 1 and path[-1].target in start.statuses:
                yield path
            elif len(path) < LONGEST_CYCLE:
                open_paths += [(*path, each) for each in every[number + 1 :] if _fits(path, each)]


def _fits(path: tuple[Profile, ...], rule: Profile) -> bool:
    """Return whether a rule may follow on a path, on an order that was true of all the others."""
    if path[-1].target not in rule.statuses or rule.target in {each.target for each in path}:
        return False
    ignored = _CHANGES_WITH_STATUS
    return not any(exclude_each_other(each.tested, rule.tested, ignored) for each in path)


def _worlds(rule: Rule) -> frozenset[str]:
    heard = rule.on & HEARD
    asked = {
        "sweep": Trigger.SWEEP in rule.on,
        "first webhook": bool(heard),
        "webhook": bool(heard - {Trigger.ORDER_CREATED}),
    }
    return frozenset(world for world, is_asked in asked.items() if is_asked)
