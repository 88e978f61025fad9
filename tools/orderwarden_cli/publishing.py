"""Put rule files in force, for `serve` and `rules publish` alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from orderwarden.domain.rules.canonical import from_json
from orderwarden.errors import OrderwardenError
from orderwarden.services.publish import Published, check_statuses, free_what_waited, publish
from orderwarden_local.bootstrap import Machine

from orderwarden_cli.rule_files import RuleFile


@dataclass(frozen=True, slots=True)
class PublishedFile:
    """What publishing it ended in.

    Attributes:
        differing: The store's statuses that are not ours; they stopped the store.
        statuses_checked: False where the store was out of reach.
    """

    published: Published
    differing: Mapping[int, str]
    statuses_checked: bool


def publish_file(here: Machine, rule_file: RuleFile, author: str) -> PublishedFile:
    """Publish a rule file if it says something new, and compare the store's statuses."""
    store = rule_file.store
    current = here.state.current(store)
    before = from_json(current.compiled, current.version) if current else None
    published = publish(
        here.state,
        here.clock,
        store,
        rule_file.rules,
        source=rule_file.source,
        author=author,
    )
    if published.is_new:
        free_what_waited(here.state, here.queue, store, before, rule_file.rules)
    try:
        differing = check_statuses(here.state, here.clock, store, here.readers[store])
    except OrderwardenError:
        return PublishedFile(published, {}, statuses_checked=False)
    return PublishedFile(published, differing, statuses_checked=True)


def published_fields(store: str, done: PublishedFile) -> Mapping[str, object]:
    """Return what publishing ended in, as JSON and the server's log tell it."""
    return {
        "store": store,
        "version": done.published.version,
        "is_new": done.published.is_new,
        "was_overtaken": done.published.was_overtaken,
        "differing_statuses": dict(done.differing),
        "statuses_checked": done.statuses_checked,
    }
