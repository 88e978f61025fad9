"""What is done by the clock on AWS, store by store: one that fails does not stop the others."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from orderwarden.errors import OrderwardenError
from orderwarden.ports import Clock, Queue, State
from orderwarden.services.probe import probe
from orderwarden.services.reconcile import FAILED, Reader, Wanted, reconcile
from orderwarden.services.reconcile_rows import ReconcilePorts
from orderwarden.services.sweep_run import FAILED as FAILED_SWEEPS
from orderwarden.services.sweep_run import SweepRun
from orderwarden.services.unpark import unpark_due

BACK_AT_ONCE: Final = 100
"""Parked signals put back in one round; a live webhook must not wait behind thousands."""

NO_TIME: Final = "no_time"
"""The stores before this one took all of it."""

Facts = Mapping[str, object]
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

    def count(self, name: str) -> int:
        """Return a count; 0 where it was not counted."""
        found = self.facts.get(name)
        return found if isinstance(found, int) else 0


def rounds(
    stores: Sequence[str], turn: int, work: Callable[[str], Round], go_on: Callable[[], bool]
) -> Iterator[Round]:
    """Do the work for each store; what goes wrong is told, and tried again next time.

    Args:
        stores: Store hashes.
        turn: The number of the run: each begins with another store, so that none is always last.
        work: Is done for the first store in any case.
        go_on: Is asked before every other one; those without time are told as failed.
    """
    first = turn % len(stores)
    for place, store in enumerate((*stores[first:], *stores[:first])):
        if place and not go_on():
            yield Round(store, error=NO_TIME)
            continue
        try:
            yield work(store)
        except OrderwardenError as error:
            told = str(error)
            is_told = error.detail in told  # a refused token tells it already
            yield Round(store, error=told if is_told else f"{told}: {error.detail}")


def put_back_parked(state: State, queue: Queue, clock: Clock, store: str) -> Round:
    """Put parked signals whose time has come on the queue, and count what needs a person."""
    stopped = state.controls(store).stopped
    unparked = 0 if stopped else unpark_due(state, queue, clock, store, BACK_AT_ONCE)
    facts = {
        "unparked": unparked,
        "stopped": stopped,
        **_for_people(state, store),
    }
    return Round(store, facts)


def sweep_store(run: SweepRun, state: State, go_on: Callable[[], bool]) -> Round:
    """Sweep a store once, and count what needs a person.

    Args:
        run: Begun for it, by the clock.
        state: Where that is counted.
        go_on: Is asked after every page; what is left is found the next time.
    """
    run.sweep_once(go_on)
    done = run.finish()
    facts = {
        "run_id": done.id,
        **done.summary,
        "unparked": done.summary["put_back"],
        "stopped": run.why if run.ended == "stopped" else "",
        **_for_people(state, done.store),
    }
    error = f"{run.ended}: {run.why}" if run.ended in FAILED_SWEEPS else ""
    return Round(done.store, facts, error)


def look_after(
    ports: ReconcilePorts,
    store: str,
    reader: Reader,
    go_on: Callable[[], bool],
    see_to_hooks: Callable[[], Facts] = dict,
) -> Round:
    """Let a store run again whose token works again, mend its hooks, find what was missed.

    Args:
        ports: What a reconciliation works with.
        store: Store hash.
        reader: Its API.
        go_on: Is asked before every page; the next run goes on where this one ended.
        see_to_hooks: Brings the hooks in order and returns what came of it; what it cannot do
            does not keep the orders waiting.
    """
    probe(ports.state, ports.queue, store, reader, BACK_AT_ONCE)
    try:
        hooks = see_to_hooks()
    except OrderwardenError as failed:
        hooks = {"hooks_failed": str(failed)}
    done = reconcile(ports, store, reader, Wanted(go_on=go_on))
    has_failed = done.ended in FAILED | {"again"}
    error = f"{done.ended}: {done.why}" if has_failed else ""
    return Round(store, {"run_id": done.run.id, **done.run.summary, **hooks}, error)


def _for_people(state: State, store: str) -> Facts:
    """Count what needs a person."""
    reviews = state.reviews(store)
    approvals = sum(review.kind == "approval" for review in reviews)
    return {"reviews": len(reviews), "approvals": approvals}
