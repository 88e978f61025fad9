"""What `ports.Holds` promises."""

from __future__ import annotations

from contracts.backends import Backend
from contracts.builders import OTHER_STORE, STORE
from orderwarden.ports import Hold


def test_an_order_has_no_holds_at_first(backend: Backend) -> None:
    assert backend.state.holds(STORE, 100) == frozenset()


def test_a_hold_keeps_one_rule_off_one_order(backend: Backend) -> None:
    backend.state.hold(STORE, 100, "cancel-unpaid", "undone by ann")

    assert backend.state.holds(STORE, 100) == {"cancel-unpaid"}
    assert backend.state.holds(STORE, 101) == frozenset()
    assert backend.state.holds(OTHER_STORE, 100) == frozenset()


def test_holding_twice_is_holding_once(backend: Backend) -> None:
    backend.state.hold(STORE, 100, "cancel-unpaid", "undone by ann")
    backend.state.hold(STORE, 100, "cancel-unpaid", "undone by bob")

    backend.state.lift(STORE, 100, "cancel-unpaid")

    assert backend.state.holds(STORE, 100) == frozenset()


def test_lifting_one_hold_leaves_the_others(backend: Backend) -> None:
    backend.state.hold(STORE, 100, "cancel-unpaid", "undone")
    backend.state.hold(STORE, 100, "*", "asked for by the shopper")

    backend.state.lift(STORE, 100, "cancel-unpaid")
    backend.state.lift(STORE, 100, "never held")

    assert backend.state.holds(STORE, 100) == {"*"}


def test_every_hold_of_a_store_is_listed(backend: Backend) -> None:
    backend.state.hold(STORE, 100, "cancel-unpaid", "undone by ann")
    backend.state.hold(STORE, 100, "*", "asked for by the shopper")
    backend.state.hold(STORE, 7, "cancel-unpaid", "undone by bob")
    backend.state.hold(OTHER_STORE, 100, "cancel-unpaid", "undone by eve")

    assert set(backend.state.every_hold(STORE)) == {
        Hold(100, "cancel-unpaid", "undone by ann"),
        Hold(100, "*", "asked for by the shopper"),
        Hold(7, "cancel-unpaid", "undone by bob"),
    }


def test_a_store_without_holds_lists_none(backend: Backend) -> None:
    backend.state.hold(STORE, 100, "cancel-unpaid", "undone")
    backend.state.lift(STORE, 100, "cancel-unpaid")

    assert list(backend.state.every_hold(STORE)) == []
