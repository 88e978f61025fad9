"""Options that several commands share, and how they find their store."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

import click
from orderwarden_local.bootstrap import Machine, machine
from orderwarden_local.configuration import Configuration, read_configuration

CONFIG: Final = click.option(
    "--config",
    "config",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("orderwarden.toml"),
    show_default=True,
    help="Configuration of this machine.",
)
STORE: Final = click.option("--store", help="Store hash; needed where several are configured.")
AS_JSON: Final = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@contextmanager
def opened(config: Path) -> Iterator[Machine]:
    """Open the backend of a configuration file for the length of the block."""
    with closing(machine(read_configuration(config))) as here:
        yield here


def chosen_store(here: Machine, store: str | None) -> str:
    """Return the store that a command is about: the named one, or the only one."""
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
