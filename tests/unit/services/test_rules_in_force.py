"""The rules in force come from a short cache, and each version is read once."""

from __future__ import annotations

from pathlib import Path

import pytest
from fakes import TurnableClock
from orderwarden.errors import TryAgain
from orderwarden.ports import PublishedRules
from orderwarden.services.publish import publish
from orderwarden.services.rules_in_force import RulesInForce
from orderwarden_cli.rules_yaml import read_rules
from orderwarden_local.sqlite_database import Database
from orderwarden_local.sqlite_state import SqliteState
from unit.machines import STORE

KEPT_S = 30.0


class CountedState(SqliteState):
    """A state that counts how often it is asked, and may be out of reach."""

    asked = 0
    is_out_of_reach = False

    def current(self, store: str) -> PublishedRules | None:
        self.asked += 1
        if self.is_out_of_reach:
            raise TryAgain("database_busy")
        return super().current(store)


class Rig:
    """Rules of one store, published one after the other."""

    def __init__(self, folder: Path) -> None:
        self.clock = TurnableClock()
        self.state = CountedState(Database(folder / "orderwarden.sqlite3"))
        self.in_force = RulesInForce(self.state, self.clock, KEPT_S)

    def publish(self, *names: str, store: str = STORE) -> None:
        rules = "".join(
            f"\n- {{name: {name}, on: order_created, when: {{paid: true}}, do: [staff_note: n]}}"
            for name in names
        )
        source = f"version: 1\nrules:{rules}\n"
        compiled = read_rules(source, "rules.yaml")
        publish(self.state, self.clock, store, compiled, source=source, author="ann")
        self.state.asked = 0

    def names(self, store: str = STORE) -> list[str]:
        rules = self.in_force.of(store)
        return [] if rules is None else [rule.name for rule in rules.rules]


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    return Rig(tmp_path)


def test_before_the_first_version_there_are_none(rig: Rig) -> None:
    assert rig.in_force.of(STORE) is None


def test_rules_are_read_with_their_version(rig: Rig) -> None:
    rig.publish("a")
    rig.publish("b")

    rules = rig.in_force.of(STORE)

    assert rules is not None
    assert rules.version == 2
    assert rig.names() == ["b"]


def test_rules_are_kept_for_a_while_and_then_asked_for_anew(rig: Rig) -> None:
    rig.publish("a")
    rig.names()
    rig.publish("b")

    rig.clock.advance(KEPT_S - 0.001)
    assert rig.names() == ["a"]
    assert rig.state.asked == 0

    rig.clock.advance(0.001)
    assert rig.names() == ["b"]
    assert rig.state.asked == 1


def test_that_there_are_none_is_kept_as_well(rig: Rig) -> None:
    rig.names()
    rig.publish("a")

    assert rig.names() == []
    rig.clock.advance(KEPT_S)
    assert rig.names() == ["a"]


def test_a_version_that_stayed_is_not_read_again(rig: Rig) -> None:
    rig.publish("a")
    first = rig.in_force.of(STORE)

    rig.clock.advance(KEPT_S)

    assert rig.in_force.of(STORE) is first
    assert rig.state.asked == 2


def test_a_clock_that_was_set_back_makes_nothing_last_longer(rig: Rig) -> None:
    rig.publish("a")
    rig.names()
    rig.publish("b")

    rig.clock.advance(-3600)

    assert rig.names() == ["b"]


def test_each_store_has_rules_of_its_own(rig: Rig) -> None:
    rig.publish("a")
    rig.publish("b", store="xyz789")

    assert rig.names() == ["a"]
    assert rig.names("xyz789") == ["b"]


def test_rules_too_old_are_not_used_while_the_state_is_out_of_reach(rig: Rig) -> None:
    rig.publish("a")
    rig.names()
    rig.state.is_out_of_reach = True

    assert rig.names() == ["a"]
    rig.clock.advance(KEPT_S)
    with pytest.raises(TryAgain):
        rig.names()

    rig.state.is_out_of_reach = False
    assert rig.names() == ["a"]
