"""Values to store, and threads to store them from."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import TypeVar

from fakes import NOON
from orderwarden.domain.line import Line, Result
from orderwarden.domain.receipt import Receipt, ReceiptState
from orderwarden.domain.seen import Seen
from orderwarden.domain.signal import Signal, Trigger
from orderwarden.ports import Parked, PublishedRules, Review, Run

T = TypeVar("T")
STORE = "abc123"
OTHER_STORE = "xyz789"


def a_signal(order_id: int | None = 100, key: str = "k1", store: str = STORE) -> Signal:
    return Signal(store, order_id, Trigger.STATUS_UPDATED, NOON, key, 7, 11)


def a_receipt(key: str = "k1", **changes: object) -> Receipt:
    receipt = Receipt(key, STORE, 100, "status_updated", ReceiptState.HELD, NOON, token="t1")
    return replace(receipt, **changes)  # type: ignore[arg-type]


def a_line(line_id: str = "l1", **changes: object) -> Line:
    line = Line(
        id=line_id,
        at=NOON,
        store=STORE,
        order_id=100,
        trigger="status_updated",
        rule="complete-when-shipped",
        rules_version=3,
        action="set_status",
        also=(),
        from_status_id=2,
        to_status_id=10,
        result=Result.INTENDED,
        reason="fully shipped",
        attempt="a1",
    )
    return replace(line, **changes)  # type: ignore[arg-type]


def a_seen(order_id: int = 100, **changes: object) -> Seen:
    seen = Seen(STORE, order_id, NOON, NOON - timedelta(seconds=3), 11)
    return replace(seen, **changes)  # type: ignore[arg-type]


def a_parked(key: str = "k1", **changes: object) -> Parked:
    parked = Parked(a_signal(key=key), "stopped", NOON, waits_for="store")
    return replace(parked, **changes)  # type: ignore[arg-type]


def a_review(review_id: str = "r1", **changes: object) -> Review:
    review = Review(review_id, STORE, "refused", NOON, "the store answered 400 to order 100")
    return replace(review, **changes)  # type: ignore[arg-type]


def some_rules(version: int = 1, **changes: object) -> PublishedRules:
    rules = PublishedRules(STORE, version, f"digest-{version}", "{}", "rules: []", "ann", NOON)
    return replace(rules, **changes)  # type: ignore[arg-type]


def a_run(run_id: str = "run-1", **changes: object) -> Run:
    run = Run(run_id, STORE, "sweep", NOON)
    return replace(run, **changes)  # type: ignore[arg-type]


def all_at_once(calls: Iterable[Callable[[], T]]) -> list[T]:
    """Run each call on a thread of its own, none before all are ready; their results in order."""
    todo = list(calls)
    start = threading.Barrier(len(todo))

    def run(call: Callable[[], T]) -> T:
        start.wait(10)
        return call()

    with ThreadPoolExecutor(len(todo)) as pool:
        return list(pool.map(run, todo))
