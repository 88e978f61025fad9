"""`orderwarden rules list|show|diff|rollback`: the versions that were published."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import click
from orderwarden.domain.instants import to_text
from orderwarden.ports import PublishedRules
from rich.text import Text

from orderwarden_cli.asking import YES, confirmed
from orderwarden_cli.failures import NO, told
from orderwarden_cli.options import AS_JSON, CONFIG, STORE, chosen_store, opened
from orderwarden_cli.published import Side, in_force, side, version_named
from orderwarden_cli.publishing import author, publish_rules, tell_published
from orderwarden_cli.rules_diff import Difference, difference_fields, print_difference
from orderwarden_cli.shown import print_json, print_text

_VERSION = click.IntRange(min=1)


@click.command("list")
@CONFIG
@STORE
@AS_JSON
def list_versions(config: Path, store: str | None, as_json: bool) -> None:
    """List the published versions, oldest first.

    Example: orderwarden rules list --json
    """
    with told(), opened(config) as here:
        versions = here.state.versions(chosen_store(here, store))
        if as_json:
            print_json([_version_fields(each) for each in versions])
            return
        for each in versions:
            print_text(Text(f"{each.version:>4}  {_published(each)}"))


@click.command()
@CONFIG
@STORE
@AS_JSON
@click.argument("version", type=_VERSION, required=False)
def show(config: Path, store: str | None, as_json: bool, version: int | None) -> None:
    """Show a published version as it was written; the one in force if none is named.

    Example: orderwarden rules show 3 > rules.yaml
    """
    with told(), opened(config) as here:
        name = chosen_store(here, store)
        found = version_named(here, name, version) if version else in_force(here, name)
        if as_json:
            compiled = {"source": found.source, "compiled": json.loads(found.compiled)}
            print_json({**_version_fields(found), **compiled})
            return
        print_text(Text(f"# version {found.version}  {_published(found)}"))
        click.echo(found.source, nl=not found.source.endswith("\n"))


@click.command()
@CONFIG
@STORE
@AS_JSON
@click.argument("before")
@click.argument("after", required=False)
def diff(config: Path, store: str | None, as_json: bool, before: str, after: str | None) -> None:
    """Show what changes from one version or file to another.

    Each is the number of a version or a file. With one alone, the other is what is in force: a
    file is what would come after it, a version what was before.

    Example: orderwarden rules diff draft.yaml
    """
    with told(), opened(config) as here:
        name = chosen_store(here, store)
        one = side(here, name, before)
        if after is not None:
            found = Difference(one, side(here, name, after))
        else:
            current = Side.of_version(in_force(here, name))
            found = Difference(one, current) if one.is_published else Difference(current, one)
        if as_json:
            print_json(difference_fields(found))
        else:
            print_difference(found)


@click.command()
@CONFIG
@STORE
@AS_JSON
@YES
@click.argument("version", type=_VERSION)
def rollback(config: Path, store: str | None, *, as_json: bool, yes: bool, version: int) -> None:
    """Publish an old version once more, as a new one, after showing what that changes.

    A running server follows within seconds. Nothing of the history is lost.

    Example: orderwarden rules rollback 3 --yes
    """
    with told(), opened(config) as here:
        name = chosen_store(here, store)
        current = in_force(here, name)
        old = Side.of_version(version_named(here, name, version))
        found = Difference(Side.of_version(current), old)
        if not yes:
            print_difference(found)
        if not confirmed(f"Publish {old.name} once more?", yes=yes):
            raise SystemExit(NO)
        done = publish_rules(here, name, old.rules, old.source, author(), over=current.version)
        tell_published(name, done, as_json=as_json)


def _version_fields(found: PublishedRules) -> Mapping[str, object]:
    return {
        "version": found.version,
        "at": to_text(found.at),
        "author": found.author,
        "digest": found.digest,
    }


def _published(found: PublishedRules) -> str:
    return f"{found.at:%Y-%m-%d %H:%M:%S}  {found.author}  {found.digest[:12]}"
