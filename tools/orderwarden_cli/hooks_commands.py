"""`orderwarden hooks ...`: what there is, what should be, and changing it."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from pathlib import Path

import click
from orderwarden.domain.hooks_wanted import HookTask, is_same_place
from orderwarden.domain.line import Result
from orderwarden.services.compare_hooks import HooksSeen, look
from orderwarden.services.keep_hooks import Kept, kept, note_kept
from orderwarden.services.repair_hooks import HookDone, HookPorts
from orderwarden.services.rotate_secret import begin_rotation
from orderwarden_local.bootstrap import hook_place

from orderwarden_cli.asking import YES, confirmed
from orderwarden_cli.failures import NO, told
from orderwarden_cli.hooks_shown import (
    blocked_fields,
    done_fields,
    done_table,
    hook_fields,
    hooks_table,
    rotation_fields,
    rotation_sentence,
    state_of,
    task_fields,
    tasks_table,
)
from orderwarden_cli.hooks_work import delete, ours, place_of, ports_of, rules_of, synced
from orderwarden_cli.options import AS_JSON, CONFIG, STORE, chosen_store, opened
from orderwarden_cli.shown import print_json, print_table

SECRET_BYTES = 32


@click.group()
def hooks() -> None:
    """The store's webhooks: what there is, what should be, and changing it."""


@hooks.command("status")
@CONFIG
@STORE
@AS_JSON
def show_status(config: Path, store: str | None, as_json: bool) -> None:
    """Show hooks, those that lead elsewhere too, and what is wrong; changes nothing.

    Exits with 1 if something is to be done, or the store blocks the destination.

    Example: orderwarden hooks status --json
    """
    with told(), opened(config) as here:
        name = chosen_store(here, store)
        ports, place = ports_of(here, name), place_of(here, name)
        seen = look(ports.api, place, rules_of(here, name))
        known, rotation = kept(here.state, name), ports.rotations.rotation(name)
        is_removed = known is not None and known.is_removed
        if as_json:
            print_json(
                {
                    "store": name,
                    "public_url": place.public_url,
                    "removed_by_hand": is_removed,
                    "hooks": [hook_fields(x, state_of(x, seen)) for x in seen.ours + seen.others],
                    "to_do": [task_fields(task) for task in seen.tasks],
                    "blocked": [blocked_fields(each) for each in seen.blocked],
                    "exceptions_go_elsewhere": seen.exceptions_go_elsewhere,
                    "rotation": rotation_fields(rotation),
                }
            )
        else:
            print_table(hooks_table(seen))
            _say(seen, is_removed=is_removed)
            if rotation is not None:
                click.echo(rotation_sentence(rotation))
        if seen.tasks or seen.blocked:
            raise SystemExit(NO)


@hooks.command()
@CONFIG
@STORE
@AS_JSON
@YES
@click.option("--dry-run", is_flag=True, help="Only show what it would do.")
def sync(config: Path, store: str | None, *, as_json: bool, yes: bool, dry_run: bool) -> None:
    """Make the hooks what the published rules need; that happens by itself every 15 minutes.

    Hooks that lead elsewhere are never touched. After `hooks remove`, this begins anew.

    Examples:
      orderwarden hooks sync --dry-run
      orderwarden hooks sync --yes --json
      orderwarden hooks sync --stack orderwarden
    """
    with told(), opened(config) as here:
        name = chosen_store(here, store)
        ports, place, rules = ports_of(here, name), place_of(here, name), rules_of(here, name)
        seen = look(ports.api, place, rules)
        if dry_run:
            _show_tasks(seen.tasks, as_json=as_json)
            return
        _ask(seen.tasks, "Do this now?", yes=yes, as_json=as_json)
        done = synced(ports, place, rules, actor="hooks sync")
        note_kept(here.state, name, Kept(here.clock.now(), rules.version), by_person=True)
        _show_done(done, as_json=as_json)


@hooks.command("rotate-secret")
@CONFIG
@STORE
@AS_JSON
@YES
def rotate_secret(config: Path, store: str | None, *, as_json: bool, yes: bool) -> None:
    """Put a new secret header on every hook; older secrets end 49 hours after the last one.

    Until then both are accepted, so that retries of earlier webhooks are. The secret is made
    here and never shown. On one machine it is kept in `hook-secrets.json` beside the database,
    and a running server knows it at once. On AWS it is a new version of the store's secret, and
    a minute is waited out before the hooks get it, until every function knows it.
    The rotation is seen to its end by itself; where this was interrupted, run it again.

    Examples:
      orderwarden hooks rotate-secret --yes
      orderwarden hooks rotate-secret --stack orderwarden
    """
    with told(), opened(config) as here:
        name = chosen_store(here, store)
        ports, rules = ports_of(here, name), rules_of(here, name)
        place_of(here, name)
        known = kept(here.state, name)
        if known is not None and known.is_removed:
            raise click.UsageError("the hooks were removed; begin anew with `hooks sync`")
        if not confirmed(f"Give every hook of store {name} a new secret?", yes=yes):
            raise SystemExit(NO)
        secret = secrets.token_urlsafe(SECRET_BYTES)
        has_begun = begin_rotation(ports.rotations, here.clock, name, secret) is not None
        place = hook_place(here, name)
        done = synced(ports, place, rules, actor="hooks rotate-secret")
        _show_rotation(ports, name, as_json=as_json)
        if any(each.result is Result.FAILED for each in done) or not (has_begun or done):
            raise SystemExit(NO)


@hooks.command()
@CONFIG
@STORE
@AS_JSON
@YES
@click.option("--public-url", help="Remove those of an earlier public_url instead.")
def remove(
    config: Path, store: str | None, *, as_json: bool, yes: bool, public_url: str | None
) -> None:
    """Delete every hook that leads to us; none is made again until `hooks sync`.

    Hooks that lead elsewhere stay. With `--public-url`, those of an address that is not in use
    any more are deleted, and the present ones stay.

    Example: orderwarden hooks remove --public-url https://old.example.com
    """
    with told(), opened(config) as here:
        name = chosen_store(here, store)
        configured = here.configuration.public_url
        url = (public_url or configured).rstrip("/")
        if not url:
            raise click.UsageError("no public_url is configured; name it with --public-url")
        ports = ports_of(here, name)
        _ask(ours(ports, name, url), "Delete these hooks?", yes=yes, as_json=as_json)
        if is_same_place(url, configured):  # first: the server must not make them anew
            version = getattr(here.state.current(name), "version", 0)
            removed = Kept(here.clock.now(), version, is_removed=True)
            note_kept(here.state, name, removed, by_person=True)
        done: list[HookDone] = []
        for _ in range(2):  # what the server made meanwhile
            done += delete(ports, name, ours(ports, name, url))
        _show_done(done, as_json=as_json)


def _ask(todo: Sequence[HookTask], question: str, *, yes: bool, as_json: bool) -> None:
    """Show what would be done and ask; end here where the answer is no."""
    if todo and not yes and not as_json:
        print_table(tasks_table(todo, "To be done"))
    if todo and not confirmed(question, yes=yes):
        raise SystemExit(NO)


def _say(seen: HooksSeen, *, is_removed: bool) -> None:
    """Say what the table does not."""
    if is_removed:
        click.echo("They were removed by hand; `orderwarden hooks sync` begins anew.")
    for blocked in seen.blocked:
        why = "; ".join(blocked.reasons)
        click.echo(f"Blocked: {blocked.destination}, for {blocked.left_s} seconds more ({why}).")
    if seen.exceptions_go_elsewhere:
        click.echo("Delivery exceptions go elsewhere: a store lets an API account have one hook.")
    if seen.tasks and not is_removed:
        click.echo("`orderwarden hooks sync` mends this; the server, or AWS, does by itself.")


def _show_tasks(todo: Sequence[HookTask], *, as_json: bool) -> None:
    if as_json:
        print_json([task_fields(task) for task in todo])
    elif todo:
        print_table(tasks_table(todo, "To be done"))
    else:
        click.echo("Nothing is to be done.")


def _show_done(done: Sequence[HookDone], *, as_json: bool) -> None:
    """Show what was done; exit with 1 where the store refused something."""
    if as_json:
        print_json([done_fields(each) for each in done])
    elif done:
        print_table(done_table(done))
    else:
        click.echo("Nothing was to be done.")
    if any(each.result is Result.FAILED for each in done):
        raise SystemExit(NO)


def _show_rotation(ports: HookPorts, store: str, *, as_json: bool) -> None:
    rotation = ports.rotations.rotation(store)
    if as_json:
        print_json(rotation_fields(rotation))
    elif rotation is not None:
        click.echo(rotation_sentence(rotation))
