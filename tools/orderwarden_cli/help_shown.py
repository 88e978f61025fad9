"""How `--help` is laid out: examples as they are written, and no command wrapped in its middle."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

import click

_EXAMPLES: Final = re.compile(r"^(?=Examples?:)", re.MULTILINE)
_AS_WRITTEN: Final = "\b\n"  # so click marks a paragraph whose lines it leaves alone
_IN_BACKTICKS: Final = re.compile(r"`[^`]+`")

# Lines are wrapped at spaces and hyphens, but not at these, which stand in their place until then.
_HYPHEN: Final = "\N{NON-BREAKING HYPHEN}"
_SPACE: Final = "\N{NO-BREAK SPACE}"


class _Formatter(click.HelpFormatter):
    def write_text(self, text: str) -> None:
        marked = _EXAMPLES.sub(_AS_WRITTEN, text)
        together = _IN_BACKTICKS.sub(lambda found: _joined(found[0]), marked)
        super().write_text(together.replace("-", _HYPHEN))

    def write_dl(
        self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2
    ) -> None:
        kept = [(name, text.replace("-", _HYPHEN)) for name, text in rows]
        super().write_dl(kept, col_max, col_spacing)

    def getvalue(self) -> str:
        return super().getvalue().replace(_HYPHEN, "-").replace(_SPACE, " ")


class _Context(click.Context):
    formatter_class = _Formatter


def lay_out_help(command: click.Command) -> None:
    """Lay out the help of a command, and of every command in it, as this module says."""
    command.context_class = _Context
    if isinstance(command, click.Group):
        for inner in command.commands.values():
            lay_out_help(inner)


def _joined(words: str) -> str:
    return _SPACE.join(words.split())
