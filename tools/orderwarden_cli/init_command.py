"""`orderwarden init`: a configuration and rules to start from, or a store's secrets on AWS."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Final

import click
from orderwarden.adapters.system_clock import SystemClock
from orderwarden.domain.public_address import Reach, reach_of
from orderwarden.errors import ConfigurationError
from orderwarden_local.configuration import STORE_HASH, examine

from orderwarden_cli import starting
from orderwarden_cli.asking import YES
from orderwarden_cli.failures import NO, told
from orderwarden_cli.options import AS_JSON, given_stack
from orderwarden_cli.rules_yaml import read_rules
from orderwarden_cli.stack import read_stack

CONFIGURATION: Final = "orderwarden.toml"
RULES: Final = "rules.yaml"
NEXT: Final = """Written: {config} and {rules}. What comes next:

  1. Make an API account in the store's control panel, with the scopes store_v2_orders and
     store_v2_transactions_read_only, and set the environment variables BC_ACCESS_TOKEN,
     BC_CLIENT_SECRET, and BC_HOOK_SECRET: any long random text, like
     python3 -c "import secrets; print(secrets.token_urlsafe(32))"
  2. orderwarden rules check --config {config}
  3. orderwarden serve --config {config}
     behind a proxy that speaks HTTPS on port 443; it registers the webhooks by itself
  4. orderwarden doctor --config {config}
  5. Look at what the rules would do: orderwarden changelog list --config {config}
     Then say `mode: live` in {rules}, and publish it: orderwarden rules publish
"""


@click.command()
@click.option("--store", help="The store hash.")
@click.option(
    "--public-url",
    help="Where BigCommerce will reach this server, like https://hooks.example.com.",
)
@click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(),
    help="Where to write; this directory if left out.",
)
@click.option(
    "--stack",
    callback=given_stack,
    help="Name of a CloudFormation stack: store the store's secrets there.",
)
@click.option("--replace", is_flag=True, help="With --stack: secrets that are there may change.")
@click.option(
    "--drop-older",
    is_flag=True,
    help="With --replace: no client secret but the given one is accepted any more.",
)
@AS_JSON
@YES
def init(
    store: str | None,
    public_url: str | None,
    folder: Path,
    *,
    stack: str | None,
    replace: bool,
    drop_older: bool,
    as_json: bool,
    yes: bool,
) -> None:
    """Write a commented orderwarden.toml and rules.yaml to start from; overwrites no file.

    The rules are in shadow mode: they only write down what they would do. Neither file holds a
    secret: orderwarden.toml names the environment variables that do.

    With --stack, there is no orderwarden.toml; the store's two secrets are put in Secrets
    Manager instead: the API account's access token, client id and client secret, which are taken
    from BC_ACCESS_TOKEN, BC_CLIENT_ID and BC_CLIENT_SECRET or asked for, and a hook secret that
    is made here. The store is asked first whether it takes them.

    Examples:
      orderwarden init --store abc123 --public-url https://hooks.example.com
      orderwarden init --stack orderwarden --store abc123
      orderwarden init --stack orderwarden --store abc123 --replace
    """
    if stack is not None:
        if public_url:
            raise click.UsageError("--public-url is a parameter of the stack: deploy it with that")
        if drop_older and not replace:
            raise click.UsageError("--drop-older needs --replace")
        with told():
            _init_stack(
                stack,
                store,
                folder,
                yes=yes,
                replace=replace,
                drop_older=drop_older,
                as_json=as_json,
            )
        return
    if replace or drop_older or as_json or yes:
        raise click.UsageError("--replace, --drop-older, --json and --yes need --stack")
    store = store or click.prompt("Store hash, as in the API's paths")
    public_url = public_url or click.prompt("Address under which BigCommerce reaches this server")
    _init_machine(store, public_url, folder)


def _init_stack(
    name: str,
    store: str | None,
    folder: Path,
    *,
    yes: bool,
    replace: bool,
    drop_older: bool,
    as_json: bool,
) -> None:
    stack = read_stack(name)
    # what stores secrets needs the SDK, which not everybody has
    from orderwarden_cli.init_on_aws import (  # noqa: PLC0415
        init_on_aws,
        show_stored,
        store_of,
    )

    chosen = store_of(stack, store)
    clock = click.get_current_context().obj or SystemClock()
    done = init_on_aws(stack, chosen, clock, yes=yes, replace=replace, drop_older=drop_older)
    rules = folder / RULES
    if not replace and not rules.exists():
        _write(rules, _template(RULES))
        click.echo(f"Written: {rules}, in shadow mode.", err=True)
    show_stored(stack, chosen, done, as_json=as_json)


def _init_machine(store: str, public_url: str, folder: Path) -> None:
    if not STORE_HASH.fullmatch(store):
        raise click.UsageError(f"--store {store}: a store hash has letters and digits only")
    public_url = public_url.rstrip("/")
    if reach_of(public_url) is Reach.NONE:
        raise click.UsageError(
            f"--public-url {public_url}: must be like https://hooks.example.com, on port 443"
        )
    with told():
        config, rules = folder / CONFIGURATION, folder / RULES
        _refuse_existing(config, rules)
        text = _template(CONFIGURATION).replace("{store}", store)
        _write(rules, _template(RULES))
        _write(config, text.replace("{public_url}", public_url))
        _check(config, rules)
        click.echo(NEXT.format(config=config, rules=rules), nl=False)


def _refuse_existing(*paths: Path) -> None:
    existing = [path for path in paths if path.exists()]
    for path in existing:
        click.echo(f"{path} is there already; move it away, or choose another --folder", err=True)
    if existing:
        raise SystemExit(NO)


def _template(name: str) -> str:
    return files(starting).joinpath(name).read_text(encoding="utf-8")


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise ConfigurationError(f"{path}: cannot be written ({error.strerror})") from error


def _check(config: Path, rules: Path) -> None:
    """Say what is wrong with what was written; variables that are not set yet come next."""
    read_rules(rules.read_text(encoding="utf-8"), str(rules))
    problems = [each for each in examine(config)[1] if "environment variable" not in each]
    if problems:
        raise ConfigurationError(*problems)
