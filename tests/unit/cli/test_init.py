"""`orderwarden init`: files that work as they are, and never over those of somebody."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from orderwarden_cli.main import main
from orderwarden_cli.rules_yaml import read_rules
from orderwarden_local.configuration import read_configuration

HERE = ("--store", "abc123", "--public-url", "https://hooks.example.com/")


def init(folder: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["init", "--folder", str(folder), *(arguments or HERE)])


def test_what_it_writes_is_a_whole_configuration_once_the_secrets_are_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("BC_ACCESS_TOKEN", "BC_CLIENT_SECRET", "BC_HOOK_SECRET"):
        monkeypatch.setenv(name, f"value-of-{name}")

    result = init(tmp_path)

    assert result.exit_code == 0, result.output
    configuration = read_configuration(tmp_path / "orderwarden.toml")
    store = configuration.stores["abc123"]
    assert configuration.public_url == "https://hooks.example.com"
    assert (store.access_token, store.hook_secrets) == (
        "value-of-BC_ACCESS_TOKEN",
        ("value-of-BC_HOOK_SECRET",),
    )
    assert store.rules == tmp_path / "rules.yaml"


def test_the_rules_change_nothing_until_somebody_says_so(tmp_path: Path) -> None:
    init(tmp_path)

    rules = read_rules((tmp_path / "rules.yaml").read_text(), "rules.yaml").rules

    assert len(rules) == 3
    assert not any(rule.is_live for rule in rules)


def test_it_needs_no_secret_and_writes_none(tmp_path: Path) -> None:
    result = init(tmp_path)

    assert result.exit_code == 0
    written = (tmp_path / "orderwarden.toml").read_text()
    assert [part for part in written.split('"') if part.startswith("env:")] == [
        "env:BC_ACCESS_TOKEN",
        "env:BC_CLIENT_SECRET",
        "env:BC_HOOK_SECRET",
    ]
    assert "orderwarden doctor" in result.stdout


@pytest.mark.parametrize("name", ["orderwarden.toml", "rules.yaml"])
def test_it_overwrites_nothing_and_leaves_no_half(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("mine")

    result = init(tmp_path)

    assert result.exit_code == 1
    assert f"{name} is there already" in result.stderr
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert (tmp_path / name).read_text() == "mine"


@pytest.mark.parametrize(
    ("store", "url", "told"),
    [
        ("abc-123", "https://hooks.example.com", "letters and digits only"),
        ('x"]\n', "https://hooks.example.com", "letters and digits only"),
        ("abc123", "http://hooks.example.com", "must be like https://hooks.example.com"),
        ("abc123", 'https://hooks.example.com"', "must be like https://hooks.example.com"),
    ],
)
def test_what_cannot_be_right_is_refused(tmp_path: Path, store: str, url: str, told: str) -> None:
    result = init(tmp_path, "--store", store, "--public-url", url)

    assert result.exit_code == 2
    assert told in result.stderr
    assert not list(tmp_path.iterdir())


def test_a_folder_that_cannot_be_written_is_told_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    result = init(tmp_path / "file" / "below")

    assert result.exit_code == 3
    assert "cannot be written" in result.stderr
