"""What `ports.Runs` promises."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from contracts.backends import RACES, Backend
from contracts.builders import OTHER_STORE, STORE, a_run, all_at_once
from fakes import NOON

SUMMARY = {"looked_at": 12, "skipped": {"blocked: offline_method": 2}, "stock": "returns"}


def test_a_run_comes_back_as_it_was_written(backend: Backend) -> None:
    run = a_run(ended_at=NOON + timedelta(minutes=1), summary=SUMMARY)

    assert backend.state.replace_run(run, None)

    assert backend.state.run(STORE, "run-1") == run


def test_a_run_that_nobody_began_is_not_there(backend: Backend) -> None:
    assert backend.state.run(STORE, "run-1") is None
    assert backend.state.runs(STORE, 10) == ()


def test_a_run_is_begun_once(backend: Backend) -> None:
    backend.state.replace_run(a_run(), None)

    assert not backend.state.replace_run(a_run(kind="undo"), None)

    assert backend.state.run(STORE, "run-1") == a_run()


def test_a_run_ends_as_whoever_read_it_last_says(backend: Backend) -> None:
    backend.state.replace_run(a_run(), None)
    ended = a_run(ended_at=NOON, summary=SUMMARY)

    first = backend.state.replace_run(ended, a_run())
    second = backend.state.replace_run(a_run(summary={"late": 1}), a_run())

    assert (first, second) == (True, False)
    assert backend.state.run(STORE, "run-1") == replace(ended, revision=2)


def test_the_same_write_again_counts_as_made(backend: Backend) -> None:
    first = backend.state.replace_run(a_run(), None)
    again = backend.state.replace_run(a_run(), None)

    assert (first, again) == (True, True)


def test_the_latest_runs_come_first(backend: Backend) -> None:
    for minute in (2, 1, 3):
        run = a_run(f"run-{minute}", began_at=NOON + timedelta(minutes=minute))
        backend.state.replace_run(run, None)

    assert [run.id for run in backend.state.runs(STORE, 2)] == ["run-3", "run-2"]


def test_each_store_has_its_own_runs(backend: Backend) -> None:
    backend.state.replace_run(a_run(), None)

    assert backend.state.replace_run(a_run(store=OTHER_STORE), None)

    assert [run.store for run in backend.state.runs(OTHER_STORE, 10)] == [OTHER_STORE]
    assert backend.state.run(STORE, "run-1") == a_run()


@pytest.mark.sqlite_only(RACES)
def test_one_of_eight_threads_ends_a_run(backend: Backend) -> None:
    backend.state.replace_run(a_run(), None)

    ends = [a_run(summary={"thread": number}) for number in range(8)]
    ended = all_at_once([partial(backend.state.replace_run, end, a_run()) for end in ends])

    assert ended.count(True) == 1
