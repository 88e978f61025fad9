"""One thing goes wrong at one boundary of a story; or two do, at two."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from random import Random
from typing import Final

from boundaries import SINGLE, Fault
from core_scenarios import SCENARIOS
from promises import at_rest, broken
from rounds import BY_CLOCK
from shrinking import trouble_of
from simulation import running

NEAR: Final = 4
MOST: Final = 15
"""Boundaries of a story that take turns with the kinds of trouble."""

RECOVERY: Final = 20
"""Boundaries that what went wrong first may add."""


@dataclass(frozen=True)
class Ran:
    """What a story came to.

    Attributes:
        begins: The first boundary that counts; what came before, other stories break.
        crossed: The name of every boundary, and `actors` who crossed it.
        results: (rule, result) of every line.
        puts: How many writes of an order reached the store's door, made or not.
    """

    problems: list[str]
    begins: int
    crossed: tuple[str, ...]
    actors: tuple[str, ...]
    fired: Counter[str]
    results: tuple[tuple[str, str], ...]
    puts: int


def run(name: str, faults: Mapping[int, Fault], acts: Mapping[int, str] | None = None) -> Ran:
    """Tell a story with these faults, and hold it to the promises and to its own end."""
    scenario = SCENARIOS[name]
    acts_at = {number: (act, 0) for number, act in (acts or {}).items()}
    plan = replace(scenario.plan, faults=faults, acts_at=acts_at)
    with running(plan) as simulation:
        problems = broken(simulation)
        ends = [
            simulation.sim.order(order).status_id for order in simulation.witness.orders.values()
        ]
        if scenario.ends is not None and not acts_at and tuple(ends) != scenario.ends:
            problems.append(f"ended in {ends} instead of {list(scenario.ends)}")
        if not simulation.quiet.was_never:
            problems += at_rest(simulation)
        crossed = simulation.boundaries.crossed
        orders = simulation.witness.orders.values()
        return Ran(
            problems=problems,
            begins=simulation.act_began_at[scenario.since],
            crossed=tuple(each.name for each in crossed),
            actors=tuple(each.actor for each in crossed),
            fired=trouble_of(simulation),
            results=tuple(
                (line.rule, line.result.value)
                for order in orders
                for line in simulation.lines(order)
            ),
            puts=sum(each.method == "PUT" for each in simulation.sim.journal.requests),
        )


@cache
def calm(name: str) -> Ran:
    """Return a story in which nothing goes wrong."""
    return run(name, {})


def points(name: str) -> list[int]:
    """Return the boundaries of a story at which things are made to go wrong.

    Rounds amid nothing else are all alike, and left out.
    """
    ran = calm(name)
    return [
        number
        for number in range(ran.begins, len(ran.crossed))
        if any(
            actor[:1] != BY_CLOCK for actor in ran.actors[max(number - NEAR, 0) : number + NEAR]
        )
    ]


def pairs(name: str) -> Iterator[Mapping[int, Fault]]:
    """Yield every two faults of a story: the second also in what the first brings about."""
    for first in points(name):
        for fault in SINGLE:
            after = run(name, {first: fault})
            for second in range(first + 1, len(after.crossed)):
                for other in SINGLE:
                    yield {first: fault, second: other}


def some_pairs(name: str, count: int) -> Iterator[Mapping[int, Fault]]:
    """Yield a sample of the pairs, the same every time."""
    dice = Random(f"pairs:{name}")
    numbers = points(name)
    for _ in range(count):
        first = dice.choice(numbers)
        second = first + dice.randrange(1, len(numbers) + RECOVERY)
        yield {first: dice.choice(SINGLE), second: dice.choice(SINGLE)}


def singles(name: str) -> Iterator[Mapping[int, Fault]]:
    """Yield everything that can go wrong at every boundary of a story."""
    for number in points(name):
        for fault in SINGLE:
            yield {number: fault}


def in_turn(name: str) -> Iterator[Mapping[int, Fault]]:
    """Yield one kind of trouble for every boundary of a story, or for some where it is long."""
    numbers = points(name)
    step = max(len(numbers) // min(SCENARIOS[name].most, MOST), 1)
    for turn, number in enumerate(numbers[::step]):
        yield {number: SINGLE[turn % len(SINGLE)]}


def run_at(name: str, fault: Fault, call: str, nth: int = 1, by: str = "") -> Ran:
    """Tell a story in which a call goes wrong: see `number_of`."""
    return run(name, {number_of(name, call, nth, by): fault})


def number_of(name: str, call: str, nth: int = 1, by: str = "") -> int:
    """Return the boundary of the nth such call of a calm story since things may go wrong.

    Args:
        name: Of the story.
        call: Such as `store.put_order`.
        nth: Counted from 1.
        by: What the name of the caller begins with.
    """
    ran = calm(name)
    numbers = [
        number
        for number, (actor, crossed) in enumerate(zip(ran.actors, ran.crossed, strict=True))
        if crossed == call and actor.startswith(by) and (by or number >= ran.begins)
    ]
    return numbers[nth - 1]
