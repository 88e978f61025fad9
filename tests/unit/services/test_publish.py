"""Rules get in force as numbered versions; a store whose statuses differ is stopped."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from contracts.builders import STORE as PARKED_STORE
from contracts.builders import a_parked
from fakes import NOON, TurnableClock
from orderwarden.domain.rules.model import RuleSet
from orderwarden.domain.statuses import NAMES
from orderwarden.errors import OrderwardenError, StoreUnauthorised, TryAgain
from orderwarden.ports import PublishedRules
from orderwarden.services.publish import (
    Published,
    check_statuses,
    free_what_waited,
    publish,
)
from orderwarden_cli.rules_yaml import read_rules
from orderwarden_local.sqlite_database import Database
from orderwarden_local.sqlite_state import SqliteState
from rule_files import rule_file
from unit.machines import STORE, FakeReader
from webhook_builders import ListQueue

EMPTY = "version: 1\nrules: []\n"
SHADOWED = "version: 1\nmode: shadow\nrules: []\n"
IN_PARIS = "version: 1\ntime_zone: Europe/Paris\nrules: []\n"


@pytest.fixture
def state(tmp_path: Path) -> SqliteState:
    return SqliteState(Database(tmp_path / "orderwarden.sqlite3"))


def published(state: SqliteState, source: str, author: str = "ann") -> Published:
    rules = read_rules(source, "rules.yaml")
    return publish(state, TurnableClock(), STORE, rules, source=source, author=author)


def checked(state: SqliteState, answer: Mapping[int, str] | OrderwardenError) -> Mapping[int, str]:
    return check_statuses(state, TurnableClock(), STORE, FakeReader(answer))


def test_the_first_rules_are_version_1_and_keep_their_source(state: SqliteState) -> None:
    done = published(state, EMPTY, author="ann")

    kept = state.current(STORE)
    assert done == Published(1, is_new=True)
    assert kept is not None
    assert (kept.version, kept.source, kept.author, kept.at) == (1, EMPTY, "ann", NOON)
    assert kept.digest == read_rules(EMPTY, "rules.yaml").digest


def test_other_rules_are_the_next_version(state: SqliteState) -> None:
    published(state, EMPTY)

    done = published(state, IN_PARIS)

    assert done == Published(2, is_new=True)
    assert [rules.version for rules in state.versions(STORE)] == [1, 2]


def test_the_same_rules_make_no_version_however_they_are_written(state: SqliteState) -> None:
    published(state, EMPTY)

    done = published(state, "# said again\n" + SHADOWED)

    assert done == Published(1, is_new=False)
    assert len(state.versions(STORE)) == 1


def test_going_back_to_earlier_rules_is_a_version_of_its_own(state: SqliteState) -> None:
    published(state, EMPTY)
    published(state, IN_PARIS)

    done = published(state, EMPTY)

    assert done == Published(3, is_new=True)


class Raced(SqliteState):
    """A state in which somebody publishes between our look and our write."""

    def __init__(self, database: Database, theirs: RuleSet) -> None:
        super().__init__(database)
        self._theirs = theirs

    def publish(self, rules: PublishedRules) -> bool:
        super().publish(replace(rules, digest=self._theirs.digest, author="bob"))
        return super().publish(rules)


def test_whoever_is_overtaken_changes_nothing_and_is_told_what_is_in_force(
    tmp_path: Path,
) -> None:
    database = Database(tmp_path / "orderwarden.sqlite3")
    state = Raced(database, theirs=read_rules(IN_PARIS, "rules.yaml"))

    done = published(state, EMPTY)

    assert done == Published(1, is_new=False, was_overtaken=True)
    assert [rules.author for rules in state.versions(STORE)] == ["bob"]


def test_to_be_overtaken_by_the_same_rules_is_no_matter(tmp_path: Path) -> None:
    database = Database(tmp_path / "orderwarden.sqlite3")
    state = Raced(database, theirs=read_rules(EMPTY, "rules.yaml"))

    done = published(state, EMPTY)

    assert done == Published(1, is_new=False)


# The store's statuses


def test_a_store_with_the_statuses_that_we_know_runs(state: SqliteState) -> None:
    differing = checked(state, NAMES)

    assert differing == {}
    assert state.controls(STORE).stopped == ""
    assert state.reviews(STORE) == ()


@pytest.mark.parametrize(
    ("theirs", "differing", "told"),
    [
        ({**NAMES, 11: "Ready"}, {11: "Ready"}, "11 is Ready"),
        ({**NAMES, 15: "On Hold"}, {15: "On Hold"}, "15 is On Hold"),
        ({i: name for i, name in NAMES.items() if i != 13}, {13: ""}, "13 is missing"),
        ({**NAMES, 2: "Completed", 10: "Shipped"}, {2: "Completed", 10: "Shipped"}, "2 is"),
    ],
    ids=["renamed", "unknown", "missing", "swapped"],
)
def test_a_store_whose_statuses_differ_is_stopped_and_a_person_asked(
    state: SqliteState, theirs: dict[int, str], differing: dict[int, str], told: str
) -> None:
    found = checked(state, theirs)

    [review] = state.reviews(STORE)
    assert found == differing
    assert state.controls(STORE).stopped == "status_mismatch"
    assert (review.kind, review.at) == ("status_mismatch", NOON)
    assert told in review.detail


def test_the_same_difference_is_asked_once_and_another_one_again(state: SqliteState) -> None:
    for theirs in ({**NAMES, 11: "Ready"}, {**NAMES, 11: "Ready"}, {**NAMES, 12: "Checked"}):
        checked(state, theirs)

    assert len(state.reviews(STORE)) == 2


def test_a_store_that_was_stopped_otherwise_is_asked_about_too(state: SqliteState) -> None:
    state.stop(STORE, "by hand")

    checked(state, {**NAMES, 11: "Ready"})

    assert state.controls(STORE).stopped == "by hand"
    assert len(state.reviews(STORE)) == 1


@pytest.mark.parametrize("error", [TryAgain("timeout"), StoreUnauthorised(STORE, 401)])
def test_a_store_that_does_not_say_is_not_stopped(
    state: SqliteState, error: OrderwardenError
) -> None:
    with pytest.raises(type(error)):
        checked(state, error)

    assert state.controls(STORE).stopped == ""
    assert state.reviews(STORE) == ()


def test_a_person_is_asked_before_differing_statuses_stop_the_store(state: SqliteState) -> None:
    def out_of_reach(*_: object) -> bool:
        raise TryAgain("database_busy", 1.0)

    state.stop = out_of_reach  # type: ignore[method-assign,assignment]
    with pytest.raises(TryAgain):
        checked(state, {**NAMES, 5: "Annulled"})

    assert [review.kind for review in state.reviews(STORE)] == ["status_mismatch"]


def test_differing_statuses_stop_a_store_that_was_stopped_for_its_token(
    state: SqliteState,
) -> None:
    state.stop(STORE, "unauthorised_401")

    checked(state, {**NAMES, 11: "Ready"})

    assert state.controls(STORE).stopped == "status_mismatch"


def test_a_version_that_its_author_did_not_look_at_is_not_published_over(
    state: SqliteState,
) -> None:
    published(state, EMPTY)
    published(state, IN_PARIS)
    rules = read_rules(EMPTY, "rules.yaml")

    overtaken = publish(state, TurnableClock(), STORE, rules, source=EMPTY, author="bob", over=1)

    assert overtaken == Published(2, is_new=False, was_overtaken=True)


def test_what_waited_for_a_rule_that_is_gone_or_changed_is_freed(state: SqliteState) -> None:
    rule = "{name: %s, on: order_created, when: {status: %s}, do: [{set_status: Completed}]}"
    rules = [rule % (name, "Pending") for name in ("kept", "changed", "gone")]
    before = read_rules(rule_file(*rules), "rules.yaml")
    after = read_rules(rule_file(rules[0], rule % ("changed", "Shipped")), "rules.yaml")
    for name in ("kept", "changed", "gone"):
        for why in ("rule", "approval"):
            state.park(a_parked(f"{why}:{name}", waits_for=f"{why}:{name}"))
    queue = ListQueue()

    freed = free_what_waited(state, queue, PARKED_STORE, before, after)

    assert freed == 3
    assert sorted(signal.receipt_key for signal in queue.signals) == [
        "approval:changed",
        "approval:gone",
        "rule:gone",
    ]
