"""Every command that a document shows exists, with the options that it shows."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from orderwarden_cli.main import main

ROOT = Path(__file__).parents[2]
PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))


def shown(page: Path) -> Iterator[str]:
    """Yield every command between backticks, and every line of a block that is one."""
    text = page.read_text().replace("\\\n", " ")
    blocks = re.findall(r"^ *```\w*\n(.*?)^ *```$", text, re.DOTALL | re.MULTILINE)
    rest = re.sub(r"^ *```.*?^ *```$", "", text, flags=re.DOTALL | re.MULTILINE)
    for line in (*re.findall(r"`([^`\n]+)`", rest), *"\n".join(blocks).splitlines()):
        found = re.search(r"(?:^|[/ ])orderwarden ([a-z-].*)$", line.partition(" #")[0])
        if found:
            yield found[1]


def fault_of(words: str) -> str:
    """Return what is wrong with a command; empty where nothing is."""
    command: click.Command = main
    wanted = [word.partition("=")[0] for word in shlex.split(words)]
    while isinstance(command, click.Group):
        inner = command.commands.get(wanted[0]) if wanted else None
        if inner is None:
            return "" if not wanted or wanted[0].strip(".…") == "" else f"no command {wanted[0]}"
        command, wanted = inner, wanted[1:]
    known = {name for each in command.params for name in (*each.opts, *each.secondary_opts)}
    unknown = [word for word in wanted if word.startswith("-") and word not in known]
    return f"no option {unknown}" if unknown else ""


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_that_is_shown_exists(page: Path) -> None:
    faults = {words: fault_of(words) for words in shown(page)}

    assert {words: fault for words, fault in faults.items() if fault} == {}


def test_commands_are_found_in_prose_and_in_blocks() -> None:
    found = [*shown(ROOT / "docs/deploy.md")]

    assert "init --stack orderwarden --store abc123" in found
    assert "hooks remove --stack orderwarden" in found
    assert fault_of("hooks sink --stack x") == "no command sink"
    assert fault_of("hooks sync --sink") == "no option ['--sink']"
