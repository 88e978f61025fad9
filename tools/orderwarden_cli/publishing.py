"""Put rule files in force, for `serve` and `rules publish` alike."""

from __future__ import annotations

import getpass
import os
from collections.abc import Mapping
from dataclasses import dataclass

import click
from orderwarden.domain.rules.canonical import from_json
from orderwarden.domain.rules.model import RuleSet
from orderwarden.errors import OrderwardenError
from orderwarden.services.publish import Published, check_statuses, free_what_waited, publish
from orderwarden_local.host import Host

from orderwarden_cli.failures import NO
from orderwarden_cli.rule_files import RuleFile
from orderwarden_cli.shown import print_json


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


def publish_rules(
    here: Host,
    store: str,
    rules: RuleSet,
    source: str,
    author: str,
    *,
    over: int | None = None,
) -> PublishedFile:
    """Publish rules if they say something new, and compare the store's statuses.

    Only over the version `over`, where that is given.
    """
    current = here.state.current(store)
    before = from_json(current.compiled, current.version) if current else None
    published = publish(
        here.state, here.clock, store, rules, source=source, author=author, over=over
    )
    if published.is_new:
        free_what_waited(here.state, here.queue, store, before, rules)
    try:
        differing = check_statuses(here.state, here.clock, store, here.readers[store])
    except OrderwardenError:
        return PublishedFile(published, {}, statuses_checked=False)
    return PublishedFile(published, differing, statuses_checked=True)


def publish_file(here: Host, rule_file: RuleFile, author: str) -> PublishedFile:
    """Publish a rule file for its store, as `publish_rules` does."""
    return publish_rules(here, rule_file.store, rule_file.rules, rule_file.source, author)


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


def tell_published(store: str, done: PublishedFile, *, as_json: bool) -> None:
    """Tell what publishing ended in; exit with 1 where a person must look at it."""
    if as_json:
        print_json(published_fields(store, done))
    else:
        click.echo(f"Store {store}: {_told_version(done.published)}")
    if not done.statuses_checked:
        click.echo("The store was out of reach: its statuses were not compared yet.", err=True)
    if done.differing:
        click.echo(f"Its order statuses differ; the store is stopped: {done.differing}", err=True)
    if done.published.was_overtaken or done.differing:
        raise SystemExit(NO)


def author() -> str:
    """Return who publishes; a container may run under a number that has no name."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"user {os.getuid()}"


def _told_version(published: Published) -> str:
    if published.was_overtaken:
        return "somebody else published in between; look at theirs, then publish again."
    if published.is_new:
        return f"version {published.version} is in force."
    return f"the same rules are in force as version {published.version}."
