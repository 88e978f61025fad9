"""`orderwarden init --stack`: the secrets of a store, checked against the store and stored."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from typing import Final

import click
from orderwarden.adapters.bigcommerce_store import BigCommerceReader
from orderwarden.adapters.secrets_manager_rotations import SETTLES_S
from orderwarden.errors import ConfigurationError, NotFound, Refused, StoreUnauthorised
from orderwarden.ports import Clock
from orderwarden.settings import variable
from orderwarden_local.bootstrap import reader_of
from orderwarden_local.configuration import SECRET, StoreConfiguration
from rich.console import Console

from orderwarden_cli.asking import confirmed, has_terminal
from orderwarden_cli.failures import NO
from orderwarden_cli.shown import print_json
from orderwarden_cli.stack import Stack, aws_client, not_served
from orderwarden_cli.store_secrets import CREATE, KEEP, REPLACE, Access, Step, StoreSecrets

SECRET_BYTES: Final = 32
LONGEST: Final = 1000
"""Of what an API account shows; what goes into a header cannot be much longer."""

ASKED: Final = {
    "BC_ACCESS_TOKEN": "Access token",
    "BC_CLIENT_ID": "Client id",
    "BC_CLIENT_SECRET": "Client secret",
}
"""Environment variable → what is asked for where it is not set."""

_NEEDED: Final[Mapping[str, Callable[[BigCommerceReader], object]]] = {
    "store_v2_orders": lambda reader: reader.statuses(),
    "store_v2_information_read_only": lambda reader: reader.time(),
    "store_v2_transactions_read_only": lambda reader: reader.transactions(1),
}
"""Scope → a call that is refused without it; whether orders may be changed, a change tells."""


def store_of(stack: Stack, store: str | None) -> str:
    """Return the store that is meant: the named one, or the only one of the stack."""
    stores = stack.settings.stores
    if store is None and len(stores) == 1:
        return stores[0]
    if store is None:
        raise click.UsageError(f"the stack serves several stores; add --store {'|'.join(stores)}")
    if store not in stores:
        raise not_served(stack.name, store, stores)
    return store


def asked_access() -> Access:
    """Return what the API account shows, from the environment, else from a person.

    Never from arguments: everybody on a machine can list those of every process.
    """
    values = {name: variable(name) for name in ASKED}
    missing = [name for name, value in values.items() if value is None]
    if missing and not has_terminal():
        raise click.UsageError(f"there is no terminal to ask on; set {', '.join(missing)}")
    for name in missing:
        is_secret = name != "BC_CLIENT_ID"
        values[name] = click.prompt(ASKED[name], hide_input=is_secret, err=True).strip()
    token, client_id, client_secret = (value or "" for value in values.values())
    wrong = [
        told
        for told, value in zip(ASKED.values(), (token, client_id, client_secret), strict=True)
        if len(value) > LONGEST or not SECRET.fullmatch(value)
    ]
    if wrong:
        raise ConfigurationError(
            f"{', '.join(wrong)}: must be ASCII on one line, without blanks around it and of "
            f"{LONGEST} characters at most"
        )
    return Access(token, client_id, client_secret)


def check_access(store: str, access: Access, api_url: str) -> None:
    """Ask the store whether the token opens it, with every scope that is always needed.

    Raises:
        ConfigurationError: It does not.
        TryAgain: The store is out of reach.
    """
    configuration = StoreConfiguration(
        store=store,
        api_url=api_url,
        access_token=access.access_token,
        client_id=access.client_id,
        client_secrets=(access.client_secret,),
        hook_secrets=(),
        proof="either",
        rules=None,
    )
    reader = reader_of(configuration)
    try:
        missing = [scope for scope, call in _NEEDED.items() if _is_refused(store, reader, call)]
    finally:
        reader.close()
    if missing:
        raise ConfigurationError(
            f"store {store}: the API account lacks the scopes {', '.join(missing)}; scopes cannot "
            "be added to one, so make another"
        )


def store_secrets(here: StoreSecrets, steps: Sequence[Step], clock: Clock) -> None:
    """Do the steps: first what proves webhooks, and the new account only once that is known.

    What stops this in between is made good by doing it again.
    """
    hooks, api = steps
    here.write(hooks)
    if api.action == REPLACE:
        told = f"Waiting {SETTLES_S:.0f} s, until what proves webhooks is known everywhere ..."
        with Console(stderr=True).status(told):
            clock.wait(SETTLES_S)
    here.write(api)


def init_on_aws(
    stack: Stack, store: str, clock: Clock, *, yes: bool, replace: bool, drop_older: bool
) -> Sequence[Step]:
    """Store what opens a store and what proves its webhooks; return what was done.

    Args:
        stack: Where; its stores, names and address of the API are heeded.
        store: Store hash.
        clock: Lets time pass.
        yes: Do not ask.
        replace: Whether what stands there may be replaced.
        drop_older: Whether client secrets besides the given one are not accepted any more.
    """
    access = asked_access()
    check_access(store, access, stack.settings.api_url)
    here = StoreSecrets(aws_client("secretsmanager"), stack.settings.secrets_prefix, store)
    steps = here.plan(access, secrets.token_urlsafe(SECRET_BYTES), drop_older=drop_older)
    for step in steps:
        click.echo(f"{step.action:>8}  {step.name}  ({step.told})", err=True)
    standing = [step.name for step in steps if step.action == REPLACE]
    if standing and not replace:
        click.echo(
            f"error: {', '.join(standing)}: there already, and different; nothing was changed. "
            "Add --replace to let the given ones take its place",
            err=True,
        )
        raise SystemExit(NO)
    if any(step.action != KEEP for step in steps):
        question = f"Do this in stack {stack.name} ({stack.place})?"
        if not confirmed(question, yes=yes):
            raise SystemExit(NO)
        store_secrets(here, steps, clock)
    return steps


def show_stored(stack: Stack, store: str, steps: Sequence[Step], *, as_json: bool) -> None:
    """Say what was done, and what comes next."""
    if as_json:
        done = [{"name": step.name, "action": step.action} for step in steps]
        print_json({"stack": stack.name, "store": store, "secrets": done})
    elif any(step.action == CREATE for step in steps):
        click.echo(NEXT.format(stack=stack.name, store=store), nl=False)
    else:
        click.echo(
            "Stored." if any(x.action != KEEP for x in steps) else "Nothing was to be done."
        )


NEXT: Final = """Stored. What comes next:

  1. orderwarden rules check rules.yaml
  2. orderwarden rules publish rules.yaml --stack {stack} --store {store}
  3. orderwarden hooks sync --stack {stack} --store {store}
  4. orderwarden doctor --stack {stack} --store {store}
  5. Look at what the rules would do: orderwarden changelog list --stack {stack} --store {store}
     Then say `mode: live` in rules.yaml, and publish it again
"""


def _is_refused(
    store: str, reader: BigCommerceReader, call: Callable[[BigCommerceReader], object]
) -> bool:
    try:
        call(reader)
    except NotFound:  # an order that is not there: it may be asked for
        return False
    except (StoreUnauthorised, Refused) as error:
        if error.http_status == 401:
            raise ConfigurationError(
                f"store {store}: the API does not take this access token (401); token and store "
                "hash must be those of one API account"
            ) from error
        return True
    return False
