"""What `ports.StoreControls` promises."""

from __future__ import annotations

from functools import partial

import pytest
from contracts.backends import RACES, Backend
from contracts.builders import OTHER_STORE, STORE, all_at_once
from orderwarden.ports import Controls


def test_nothing_is_stopped_paused_or_approved_at_first(backend: Backend) -> None:
    assert backend.state.controls(STORE) == Controls()


def test_a_store_is_stopped_and_resumed(backend: Backend) -> None:
    ran = backend.state.stop(STORE, "unauthorised")
    stopped = backend.state.controls(STORE)
    backend.state.resume(STORE)
    backend.state.resume(STORE)

    assert ran
    assert stopped == Controls(stopped="unauthorised")
    assert backend.state.controls(STORE) == Controls()


def test_a_store_that_is_stopped_again_keeps_its_first_reason(backend: Backend) -> None:
    backend.state.stop(STORE, "by ann")

    ran = backend.state.stop(STORE, "unauthorised")

    assert not ran
    assert backend.state.controls(STORE).stopped == "by ann"


def test_a_stop_without_a_reason_is_a_stop(backend: Backend) -> None:
    backend.state.stop(STORE, "")

    assert backend.state.controls(STORE).stopped


def test_rules_are_paused_and_resumed_one_by_one(backend: Backend) -> None:
    backend.state.pause_rule(STORE, "a")
    backend.state.pause_rule(STORE, "a")
    backend.state.pause_rule(STORE, "b")
    backend.state.resume_rule(STORE, "a")
    backend.state.resume_rule(STORE, "never paused")

    assert backend.state.controls(STORE) == Controls(paused_rules=frozenset({"b"}))


def test_an_approval_names_the_rule_and_its_fingerprint(backend: Backend) -> None:
    backend.state.approve(STORE, "a", "f1")
    backend.state.approve(STORE, "a", "f1")
    backend.state.approve(STORE, "a", "f2")

    assert backend.state.controls(STORE) == Controls(approved=frozenset({"a:f1", "a:f2"}))


def test_stop_pause_and_approval_do_not_disturb_each_other(backend: Backend) -> None:
    backend.state.pause_rule(STORE, "a")
    backend.state.approve(STORE, "a", "f1")
    backend.state.stop(STORE, "by ann")
    backend.state.resume(STORE)

    assert backend.state.controls(STORE) == Controls(
        paused_rules=frozenset({"a"}), approved=frozenset({"a:f1"})
    )


def test_each_store_has_its_own_controls(backend: Backend) -> None:
    backend.state.stop(STORE, "by ann")
    backend.state.pause_rule(STORE, "a")

    assert backend.state.controls(OTHER_STORE) == Controls()


@pytest.mark.sqlite_only(RACES)
def test_one_of_eight_threads_stops_a_store(backend: Backend) -> None:
    ran = all_at_once([partial(backend.state.stop, STORE, "unauthorised")] * 8)

    assert ran.count(True) == 1


@pytest.mark.sqlite_only(RACES)
def test_pauses_from_eight_threads_are_all_kept(backend: Backend) -> None:
    all_at_once(partial(backend.state.pause_rule, STORE, f"rule-{n}") for n in range(8))

    assert backend.state.controls(STORE).paused_rules == {f"rule-{n}" for n in range(8)}
