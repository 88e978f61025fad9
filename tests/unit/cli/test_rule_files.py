"""Rule files as editors, other systems and attackers leave them on disk."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest
from orderwarden.errors import ConfigurationError
from orderwarden_cli.rule_files import read_rule_file, read_source
from unit.cli.command_line import RULES, STORE


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "rules.yaml"


def problem(path: Path) -> str:
    with pytest.raises(ConfigurationError) as raised:
        read_rule_file(path, STORE)
    [found] = raised.value.problems
    return found


@pytest.mark.parametrize(
    "content",
    [
        RULES.encode(),
        b"\xef\xbb\xbf" + RULES.encode(),
        RULES.replace("\n", "\r\n").encode(),
        RULES.replace("\n", "\r").encode(),
    ],
    ids=["as it is", "with a byte order mark", "from Windows", "from an old Mac"],
)
def test_every_editor_writes_the_same_rules(path: Path, content: bytes) -> None:
    path.write_bytes(content)

    assert read_source(path) == RULES


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "latin-1"])
def test_another_encoding_is_told_with_what_to_do(path: Path, encoding: str) -> None:
    path.write_bytes(("# Größe\n" + RULES).encode(encoding))

    found = problem(path)

    assert found.startswith(f"{path}: the rules cannot be read ('utf-8' codec can't decode byte ")
    assert found.endswith("; save the file as UTF-8")


def test_a_file_without_an_end_is_not_read_to_it() -> None:
    assert problem(Path("/dev/zero")) == "/dev/zero: more than 524288 bytes; no more are read"


def test_a_pipe_is_read_like_a_file(path: Path) -> None:
    os.mkfifo(path)
    writer = threading.Thread(target=path.write_text, args=(RULES,))
    writer.start()

    source = read_source(path)

    writer.join()
    assert source == RULES


def test_a_folder_and_a_missing_file_are_told(tmp_path: Path) -> None:
    assert problem(tmp_path) == f"{tmp_path}: the rules cannot be read (Is a directory)"
    missing = tmp_path / "missing.yaml"
    assert problem(missing) == f"{missing}: the rules cannot be read (No such file or directory)"
