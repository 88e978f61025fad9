"""What `ports.Rules` promises."""

from __future__ import annotations

import random
from dataclasses import replace
from functools import partial
from itertools import count

import pytest
from contracts.backends import RACES, Backend
from contracts.builders import OTHER_STORE, STORE, all_at_once, some_rules
from contracts.values import EXAMPLES, published_rules
from hypothesis import given
from orderwarden.errors import ConfigurationError
from orderwarden.ports import PublishedRules


def test_a_store_has_no_rules_before_the_first_are_published(backend: Backend) -> None:
    assert backend.state.current(STORE) is None
    assert backend.state.version(STORE, 1) is None
    assert list(backend.state.versions(STORE)) == []


def test_the_version_published_last_is_in_force(backend: Backend) -> None:
    for version in (1, 2, 3):
        assert backend.state.publish(some_rules(version))

    assert backend.state.current(STORE) == some_rules(3)


def test_every_version_stays(backend: Backend) -> None:
    for version in range(1, 12):
        backend.state.publish(some_rules(version))

    assert backend.state.version(STORE, 2) == some_rules(2)
    assert [rules.version for rules in backend.state.versions(STORE)] == list(range(1, 12))


@pytest.mark.parametrize("version", [0, 1, 2, 4, -1])
def test_only_the_number_after_the_one_in_force_is_published(
    backend: Backend, version: int
) -> None:
    backend.state.publish(some_rules(1))
    backend.state.publish(some_rules(2))

    was_published = backend.state.publish(some_rules(version, digest="other"))

    assert not was_published
    assert list(backend.state.versions(STORE)) == [some_rules(1), some_rules(2)]


def test_a_publication_whose_answer_was_lost_is_found_in_force(backend: Backend) -> None:
    backend.state.publish(some_rules(1, digest="mine"))

    was_published = backend.state.publish(some_rules(1, digest="mine"))

    current = backend.state.current(STORE)
    assert not was_published
    assert current is not None
    assert current.digest == "mine"


def test_each_store_has_its_own_versions(backend: Backend) -> None:
    backend.state.publish(some_rules(1))

    assert backend.state.current(OTHER_STORE) is None
    assert backend.state.publish(some_rules(1, store=OTHER_STORE))


@pytest.mark.sqlite_only(RACES)
def test_one_of_eight_threads_publishes_a_version(backend: Backend) -> None:
    def publish_all(author: str) -> int:
        versions = (some_rules(version, author=author) for version in range(1, 11))
        return sum(backend.state.publish(rules) for rules in versions)

    published = all_at_once(partial(publish_all, f"author-{n}") for n in range(8))

    assert sum(published) == len(backend.state.versions(STORE))
    assert sum(published) == 10


def test_long_rules_that_compress_well_are_kept(backend: Backend) -> None:
    compiled = "[" + ",".join(f'"SKU-{number:06}"' for number in range(80_000)) + "]"

    backend.state.publish(some_rules(compiled=compiled))

    assert backend.state.current(STORE) == some_rules(compiled=compiled)


def test_rules_above_300_kb_gzipped_are_refused_with_advice(backend: Backend) -> None:
    # 4 bits of chance in each hex digit: gzip cannot bring 700,000 of them below 350,000 bytes.
    compiled = f"{random.Random(1).getrandbits(4 * 700_000):x}"

    with pytest.raises(ConfigurationError, match=r"307,200 are allowed; shorten"):
        backend.state.publish(some_rules(compiled=compiled))

    assert backend.state.current(STORE) is None


numbers = count()


@EXAMPLES
@given(rules=published_rules)
def test_rules_come_back_as_they_were_published(backend: Backend, rules: PublishedRules) -> None:
    rules = replace(rules, store=f"{next(numbers)} {rules.store}")

    backend.state.publish(rules)

    assert backend.state.current(rules.store) == rules
