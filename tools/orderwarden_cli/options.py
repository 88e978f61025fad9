"""Options that several commands share, and how they find their store."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final, TypeVar

import click
from orderwarden_local.bootstrap import machine
from orderwarden_local.configuration import Configuration, read_configuration
from orderwarden_local.host import Host

from orderwarden_cli.on_aws import stack_host
from orderwarden_cli.stack import not_served

Command = TypeVar("Command", bound=Callable[..., Any])

COMMAND_WAITS_S: Final = 10.0
"""For a busy database: longer than a server may, whose webhooks must be answered in 3 s."""

_STACK: Final = "orderwarden.stack"

CONFIG_FILE: Final = click.option(
    "--config",
    "config",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("orderwarden.toml"),
    show_default=True,
    help="Configuration of this machine.",
)
"""For commands that read the file itself; all others take `CONFIG`."""


def CONFIG(command: Command) -> Command:  # noqa: N802  it stands among the options
    """Let a command work on one machine, by `--config`, or on AWS, by `--stack`."""
    stack = click.option(
        "--stack",
        callback=_keep_stack,
        expose_value=False,
        help="Name of a CloudFormation stack, instead of --config; AWS's own environment "
        "variables say in which account and region.",
    )
    return CONFIG_FILE(stack(command))


def given_stack(context: click.Context, _: click.Parameter, name: str | None) -> str | None:
    """Return the name of a stack; refuse an empty one, which nobody meant."""
    if name == "":
        raise click.BadParameter("a stack has a name", context)
    return name


def _keep_stack(context: click.Context, parameter: click.Parameter, name: str | None) -> None:
    if given := given_stack(context, parameter, name):
        context.meta[_STACK] = given


STORE: Final = click.option("--store", help="Store hash; needed where several are configured.")
AS_JSON: Final = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@contextmanager
def opened(config: Path) -> Iterator[Host]:
    """Open the host that a command is about for the length of the block."""
    with closing(_host(config)) as here:
        yield here


def _host(config: Path) -> Host:
    context = click.get_current_context()
    stack = context.meta.get(_STACK)
    if stack is None:
        return machine(read_configuration(config), wait_s=COMMAND_WAITS_S)
    if context.get_parameter_source("config") is not click.core.ParameterSource.DEFAULT:
        raise click.UsageError("--config is for one machine and --stack for AWS; give one of them")
    return stack_host(stack, context.obj)  # the clock of whoever calls `main`; a person gives none


def chosen_store(here: Host, store: str | None) -> str:
    """Return the store that a command is about: the named one, or the only one."""
    stack, stores = click.get_current_context().meta.get(_STACK), here.configuration.stores
    if stack and store and store not in stores:
        raise not_served(stack, store, tuple(stores))
    return chosen(here.configuration, store)


def chosen(configuration: Configuration, store: str | None) -> str:
    """Return the same of a configuration."""
    names = sorted(configuration.stores)
    if store is None and len(names) == 1:
        return names[0]
    if store is None:
        raise click.UsageError(f"several stores are configured; add --store {'|'.join(names)}")
    if store not in names:
        raise click.UsageError(f"store {store} is not configured; configured: {', '.join(names)}")
    return store
