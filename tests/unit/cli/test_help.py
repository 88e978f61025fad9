"""What `--help` of every command shows."""

from __future__ import annotations

import inspect
import re
import shlex
from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner
from orderwarden_cli.main import main

WIDTH = 78
"""What click fills of a terminal with 80 columns."""


def leaves(group: click.Group, *above: str) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Yield every command that does something, with the words that call it."""
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from leaves(command, *above, name)
        else:
            yield (*above, name), command


LEAVES = dict(leaves(main))


def help_of(*words: str) -> str:
    result = CliRunner().invoke(
        main, [*words, "--help"], prog_name="orderwarden", terminal_width=WIDTH
    )
    assert (result.exit_code, result.stderr) == (0, "")
    return result.stdout


def examples_of(command: click.Command) -> list[str]:
    """Return the lines that a docstring ends with, from `Example:` or `Examples:` on."""
    last = inspect.cleandoc(command.help or "").rpartition("\n\n")[2].splitlines()
    assert last[0] == "Examples:" or last[0].startswith("Example: ")
    return last


@pytest.mark.parametrize("words", LEAVES, ids=" ".join)
def test_examples_are_shown_line_by_line_as_they_are_written(words: tuple[str, ...]) -> None:
    written = examples_of(LEAVES[words])

    shown = help_of(*words)

    block = "".join(f"  {line}\n" for line in written)
    assert f"\n\n{block}\nOptions:\n" in shown
    assert [line for line in shown.splitlines() if len(line) > WIDTH] == []


@pytest.mark.parametrize("words", LEAVES, ids=" ".join)
def test_every_example_is_one_of_that_command_and_has_what_it_needs(
    words: tuple[str, ...],
) -> None:
    written = examples_of(LEAVES[words])
    found = [line.removeprefix("Example: ").strip() for line in written if line != "Examples:"]

    assert found
    for example in found:
        name, *given = shlex.split(example.partition(" >")[0])
        assert (name, *given[: len(words)]) == ("orderwarden", *words)
        above = click.Context(main, **main.context_settings)
        # a usage error is raised here
        LEAVES[words].make_context(words[-1], given[len(words) :], parent=above)


@pytest.mark.parametrize("words", [(), *LEAVES], ids=lambda words: " ".join(words) or "none")
def test_no_line_of_any_help_ends_within_a_word_or_a_command(words: tuple[str, ...]) -> None:
    shown = help_of(*words)

    assert re.findall(r"\w-$", shown, re.MULTILINE) == []
    described = shown.partition("Options:")[0]
    assert [line for line in described.splitlines() if line.count("`") % 2] == []


def test_a_help_has_no_character_that_a_shell_would_not_take() -> None:
    everything = "".join(help_of(*words) for words in [(), *LEAVES])

    assert sorted(set(re.findall(r"[^\x20-\x7e\n]", everything))) == []
