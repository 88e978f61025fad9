"""Put a new version of a store's rules in force."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from orderwarden.domain.rules.canonical import to_json
from orderwarden.domain.rules.model import RuleSet
from orderwarden.domain.shop import OrderStatus
from orderwarden.domain.statuses import NAMES
from orderwarden.ports import Clock, PublishedRules, Queue, Review, State, StatusReader
from orderwarden.services.stopping import stop_for_a_person
from orderwarden.services.unpark import unpark_all


@dataclass(frozen=True, slots=True)
class Published:
    """What publishing ended in.

    Attributes:
        version: The version in force now.
        is_new: False where the very same rules were in force already.
        was_overtaken: Somebody else published in between; nothing was changed.
    """

    version: int
    is_new: bool
    was_overtaken: bool = False


def publish(
    state: State,
    clock: Clock,
    store: str,
    rules: RuleSet,
    *,
    source: str,
    author: str,
    over: int | None = None,
) -> Published:
    """Publish rules unless the same are in force; one conditional write.

    Args:
        state: Where versions are kept.
        clock: Ours.
        store: Store hash.
        rules: What is to be in force.
        source: The YAML that they come from.
        author: Who publishes.
        over: The version that the author looked at; over another one nothing is published.
    """
    current = state.current(store)
    if current and current.digest == rules.digest:
        return Published(current.version, is_new=False)
    if current and over not in {None, current.version}:
        return Published(current.version, is_new=False, was_overtaken=True)
    number = current.version + 1 if current else 1
    version = PublishedRules(
        store=store,
        version=number,
        digest=rules.digest,
        compiled=to_json(rules),
        source=source,
        author=author,
        at=clock.now(),
    )
    if state.publish(version):
        return Published(number, is_new=True)
    theirs = state.current(store)
    if theirs and theirs.digest == rules.digest:  # two servers, started at once on one file
        return Published(theirs.version, is_new=False)
    return Published(theirs.version if theirs else number, is_new=False, was_overtaken=True)


def free_what_waited(
    state: State, queue: Queue, store: str, before: RuleSet | None, after: RuleSet
) -> int:
    """Queue signals that waited for rules which are no longer what they waited for.

    A rule that was paused or waited for approval may be renamed, changed or removed; nobody would
    ever free its signals. They are decided anew.
    """
    if before is None:
        return 0
    fingerprints = {rule.name: rule.fingerprint for rule in after.rules}
    freed = 0
    for rule in before.rules:
        if fingerprints.get(rule.name) != rule.fingerprint:
            freed += unpark_all(state, queue, store, f"approval:{rule.name}")
        if rule.name not in fingerprints:
            freed += unpark_all(state, queue, store, f"rule:{rule.name}")
    return freed


def check_statuses(
    state: State, clock: Clock, store: str, reader: StatusReader
) -> Mapping[int, str]:
    """Compare our statuses with the store's; a mismatch stops the store and asks a person.

    Returns:
        The statuses that differ: id to the store's own system label (empty: it has none).

    Raises:
        TryAgain: The store did not answer, or with nothing: that is no mismatch.
    """
    return compare_statuses(state, clock, store, reader.statuses().value)


def compare_statuses(
    state: State, clock: Clock, store: str, statuses: Mapping[int, OrderStatus]
) -> Mapping[int, str]:
    """Do the same with statuses that were read already."""
    theirs = {status_id: each.system_label for status_id, each in statuses.items()}
    ids = sorted(set(NAMES) | set(theirs))
    differing = {i: theirs.get(i, "") for i in ids if theirs.get(i) != NAMES.get(i)}
    if differing:  # first the review: a stop without one might go unnoticed
        state.open_review(_review_of(store, differing, clock.now()))
        stop_for_a_person(state, store, "status_mismatch")
    return differing


def _review_of(store: str, differing: Mapping[int, str], now: datetime) -> Review:
    """Return what a person is asked, once for the same differences."""
    told = ", ".join(f"{i} is {label or 'missing'}" for i, label in differing.items())
    return Review(
        id=f"status_mismatch-{hashlib.sha256(told.encode()).hexdigest()[:16]}",
        store=store,
        kind="status_mismatch",
        at=now,
        detail=f"The store's order statuses differ from ours: {told}. "
        "Its work is stopped, since rules might set a wrong status.",
    )
