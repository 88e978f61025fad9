"""What is done by the clock on AWS, store by store: one that fails does not stop the others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from orderwarden.errors import OrderwardenError
from orderwarden.ports import Clock, Queue, State, StatusReader
from orderwarden.services.probe import probe
from orderwarden.services.publish import check_statuses
from orderwarden.services.unpark import unpark_due

BACK_AT_ONCE: Final = 100
"""Parked signals put back in one round; a live webhook must not wait behind thousands."""

Facts = Mapping[str, int | str]
"""Counts and codes by name."""


@dataclass(frozen=True, slots=True)
class Round:
    """What was done for one store.

    Attributes:
        error: Why it was not done to the end; empty where it was.
    """

    store: str
    facts: Facts = field(default_factory=dict)
    error: str = ""


Work = Callable[[str], Facts]
"""What is done for a store, by its hash; returns facts."""


def rounds(stores: Iterable[str], work: Work) -> Iterator[Round]:
    """Do the work for each store; what goes wrong is told, and tried again next time."""
    for store in stores:
        try:
            yield Round(store, work(store))
        except OrderwardenError as error:
            yield Round(store, error=str(error))


def put_back_parked(state: State, queue: Queue, clock: Clock, store: str) -> Facts:
    """Put parked signals whose time has come on the queue, and count what needs a person."""
    stopped = state.controls(store).stopped
    unparked = 0 if stopped else unpark_due(state, queue, clock, store, BACK_AT_ONCE)
    reviews = state.reviews(store)
    return {
        "unparked": unparked,
        "stopped": stopped,
        "reviews": len(reviews),
        "approvals": sum(review.kind == "approval" for review in reviews),
    }


def look_after(
    state: State, queue: Queue, clock: Clock, store: str, reader: StatusReader
) -> Facts:
    """Let a store run again whose token works again, and compare its statuses with ours."""
    runs = probe(state, queue, store, reader, BACK_AT_ONCE)
    if not runs:
        return {"runs": False}
    differing = check_statuses(state, clock, store, reader)
    return {"runs": not differing, "differing_statuses": len(differing)}
