"""What of a store must go along when it moves to another host."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from orderwarden.domain.receipt import Receipt
from orderwarden.ports import Controls, Parked
from orderwarden.services.late_money import LOOKS_AFTER, bookmark_of
from orderwarden.services.probe_put import PUT_KEEPS
from orderwarden.services.reconcile_bookmark import BOOKMARK
from orderwarden.services.stopping import is_stopped_for_good

from orderwarden_cli.moving.ports import Movable
from orderwarden_cli.moving.records import (
    VERSION,
    Approval,
    Bookmark,
    Count,
    End,
    Head,
    PausedRule,
    Record,
)

BOOKMARKS: Final = (BOOKMARK, PUT_KEEPS, *map(bookmark_of, LOOKS_AFTER))
"""What was read of the store, and is known of it; not what a host did for itself: hooks kept,
webhooks heard, the last sweep, a beat of life."""

RUNS_AT_MOST: Final = 100_000


def gathered(here: Movable, store: str, told: Callable[[int], None]) -> Iterator[Record]:
    """Yield all that belongs to a store, the head first and the end last.

    Args:
        here: Where it is; the store must be stopped there, or it goes on changing.
        store: Store hash.
        told: Is called with the number of records so far.
    """
    yield Head(VERSION, store, here.clock.now())
    number = 1
    for record in _all_of(here, store):
        yield record
        number += 1
        told(number)
    yield End(number)


def why_not_now(here: Movable, store: str) -> str:
    """Return what stands against taking everything along now; empty where nothing does."""
    if is_stopped_for_good(here.state, store):
        return why_not_whole(here, store)
    return (
        f"store {store} runs here, or will once its token works, and goes on changing: "
        "`orderwarden pause`, and export once `orderwarden status` shows nothing queued and "
        "nothing in flight"
    )


def why_not_whole(here: Movable, store: str) -> str:
    """Return what of a store this version of the code cannot take along; empty for nothing."""
    readable = sum(1 for _ in here.state.every_parked(store))
    if readable != here.state.count_parked(store):
        return "a newer Orderwarden parked signals here; export with that one"
    return ""


def left_behind(here: Movable) -> str:
    """Return what of the queue would stay here; empty where nothing would."""
    depth = here.queue.depth()
    counts = {
        "queued": depth.queued,
        "in flight": depth.in_flight,
        "dead letters": depth.dead_letters,
    }
    return ", ".join(f"{count} {name}" for name, count in counts.items() if count)


def _all_of(here: Movable, store: str) -> Iterator[Record]:
    state = here.state
    yield from here.changelog.every_line(store)
    yield from state.versions(store)
    yield from _controls(state.controls(store))
    hour = f"{here.clock.now():%Y-%m-%dT%H}"
    yield from _counts(state.every_count(store).items(), hour)
    yield from state.every_hold(store)
    yield from state.reviews(store, None)
    for name in BOOKMARKS:
        text = state.bookmark(store, name)
        if text is not None:
            yield Bookmark(name, text)
    yield from state.runs(store, RUNS_AT_MOST)
    for parked in state.every_parked(store):
        yield parked
        yield from _owed(here, parked)
    yield from state.every_seen(store)


def _owed(here: Movable, parked: Parked) -> Iterator[Receipt]:
    """Yield the receipt of a parked signal that holds a decision: what is left of it is owed."""
    key = parked.signal.receipt_key
    yield from (each for each in here.receipts.look_up([key]).values() if each.decision)


def _controls(controls: Controls) -> Iterator[Approval | PausedRule]:
    """Yield what people allowed and paused; that the store is stopped here is this host's own."""
    yield from map(Approval, sorted(controls.approved))
    yield from map(PausedRule, sorted(controls.paused_rules))


def _counts(counts: Iterable[tuple[str, int]], hour: str) -> Iterator[Count]:
    """Yield the counts that still hold; those of hours that are over hold nothing back."""
    for name, count in counts:
        if not name.startswith("hour:") or name.endswith(f":{hour}"):
            yield Count(name, count)
