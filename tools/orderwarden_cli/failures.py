"""Exit codes, and errors told as a person wants them.

0 done, 1 the answer is no, 2 usage, 3 configuration, 4 the store or AWS is out of reach.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import click
from orderwarden.errors import ConfigurationError, OrderwardenError, TryAgain

from orderwarden_cli.aws_remedies import remedy_of

DONE: Final = 0
NO: Final = 1
USAGE: Final = 2
CONFIGURATION: Final = 3
OUT_OF_REACH: Final = 4


@contextmanager
def told() -> Iterator[None]:
    """Turn what may go wrong into messages on stderr and an exit code."""
    try:
        yield
    except ConfigurationError as error:
        for problem in error.problems:
            click.echo(f"error: {problem}", err=True)
        if remedy := remedy_of(error.__cause__):
            click.echo(f"remedy: {remedy}", err=True)
        raise SystemExit(CONFIGURATION) from error
    except TryAgain as error:
        told = f" ({error.detail})" if error.detail else ""
        sentence = f"out of reach right now: {error.reason}{told}; try again later"
        click.echo(f"error: {sentence}", err=True)
        raise SystemExit(OUT_OF_REACH) from error
    except OrderwardenError as error:
        click.echo(f"error: {error}", err=True)
        raise SystemExit(NO) from error
