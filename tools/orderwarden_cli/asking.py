"""Asking before something is changed."""

from __future__ import annotations

import sys

import click

YES = click.option("--yes", is_flag=True, help="Do not ask.")


def has_terminal() -> bool:
    """Return whether somebody can be asked; a service's stdin may be closed altogether."""
    return sys.stdin is not None and sys.stdin.isatty()


def confirmed(question: str, *, yes: bool) -> bool:
    """Return whether a person says yes, or said so beforehand by `--yes`.

    Raises:
        UsageError: Nobody is there to be asked.
    """
    if yes:
        return True
    if not has_terminal():
        raise click.UsageError("there is no terminal to ask on; look first, then add --yes")
    return click.confirm(question, err=True)
