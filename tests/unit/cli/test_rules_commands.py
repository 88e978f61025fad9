"""`orderwarden rules`: every error at once; new, same, overtaken; a store that differs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from orderwarden.domain.statuses import NAMES
from orderwarden.services.publish import Published
from orderwarden_cli.main import main
from orderwarden_cli.publishing import PublishedFile, tell_published
from unit.cli.command_line import (
    BAD_RULES,
    OTHER,
    OTHER_RULES,
    RULES,
    STORE,
    CommandLine,
    StatusServer,
    nowhere,
)


@pytest.fixture(scope="module")
def listening() -> Iterator[StatusServer]:
    with StatusServer().listening() as server:
        yield server


@pytest.fixture
def store(listening: StatusServer) -> StatusServer:
    listening.statuses = NAMES
    return listening


@pytest.fixture
def shop(tmp_path: Path, store: StatusServer) -> CommandLine:
    return CommandLine(tmp_path, store.url, STORE)


# check


def test_a_right_rule_file_is_said_to_be_right_without_a_configuration(tmp_path: Path) -> None:
    path = tmp_path / "rules.yaml"
    path.write_text(RULES)

    result = CliRunner().invoke(main, ["rules", "check", str(path)])

    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == f"{path}: 1 rules, 1 live, 0 shadow\n"


def test_every_error_of_a_rule_file_is_told_with_its_place(tmp_path: Path) -> None:
    path = tmp_path / "rules.yaml"
    path.write_text(BAD_RULES)

    result = CliRunner().invoke(main, ["rules", "check", str(path)])

    errors = result.stderr.splitlines()
    assert (result.exit_code, result.stdout) == (3, "")
    assert [error.split(": ")[:2] for error in errors] == [
        ["error", f"{path}:4:9"],
        ["error", f"{path}:5:12"],
        ["error", f"{path}:6:22"],
    ]
    assert "did you mean `order_created`?" in errors[0]
    assert "did you mean `status`?" in errors[1]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, "No such file or directory"),
        (b"version: 1\nrules: \xff\n", "byte 0xff in position 18"),
    ],
)
def test_a_rule_file_that_cannot_be_read_is_told(
    tmp_path: Path, content: bytes | None, told: str
) -> None:
    path = tmp_path / "rules.yaml"
    if content is not None:
        path.write_bytes(content)

    result = CliRunner().invoke(main, ["rules", "check", str(path)])

    assert result.exit_code == 3
    assert result.stderr.startswith(f"error: {path}: the rules cannot be read (")
    assert told in result.stderr


def test_without_a_file_every_configured_one_is_checked(shop: CommandLine) -> None:
    result = shop.run("rules", "check")

    assert (result.exit_code, result.stdout) == (0, f"{shop.rules}: 1 rules, 1 live, 0 shadow\n")
    assert not (shop.folder / "var").exists()


def test_what_is_wrong_with_configuration_and_rules_is_told_at_once(
    tmp_path: Path, store: StatusServer
) -> None:
    shop = CommandLine(tmp_path, store.url, STORE, OTHER)  # both name the same rule file
    shop.rules.write_text(BAD_RULES)
    shop.config.write_text("workrs = 2\n" + shop.config.read_text())

    result = shop.run("rules", "check")

    errors = result.stderr.splitlines()
    assert result.exit_code == 3
    assert len(errors) == 4
    assert errors[0].startswith(f"error: {shop.config}: workrs: no such setting")
    assert all(error.startswith(f"error: {shop.rules}:") for error in errors[1:])


def test_a_store_without_a_rule_file_has_nothing_to_check(shop: CommandLine) -> None:
    shop.config.write_text(shop.config.read_text().replace('rules = "rules.yaml"\n', ""))

    result = shop.run("rules", "check")

    assert (result.exit_code, result.stdout) == (0, "")


@pytest.mark.parametrize("command", [("check",), ("publish", "--json")])
def test_a_rule_that_nothing_asks_yet_is_warned_of(
    shop: CommandLine, command: tuple[str, ...]
) -> None:
    shop.rules.write_text(RULES.replace("shipment_created", "order_archived"))

    result = shop.run("rules", *command)

    assert result.exit_code == 0
    assert result.stderr == (
        f"warning: {shop.rules}: rule complete-when-shipped: "
        "nothing asks rules on order_archived yet; it never fires\n"
    )


# publish


def test_rules_are_put_in_force(shop: CommandLine) -> None:
    result = shop.run("rules", "publish")

    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == f"Store {STORE}: version 1 is in force.\n"
    with shop.machine() as here:
        current = here.state.current(STORE)
        assert current is not None
        assert (current.version, current.source) == (1, RULES)


def test_what_publishing_ended_in_is_told_as_json(shop: CommandLine) -> None:
    assert shop.json("rules", "publish") == {
        "store": STORE,
        "version": 1,
        "is_new": True,
        "was_overtaken": False,
        "differing_statuses": {},
        "statuses_checked": True,
    }


def test_the_same_rules_make_no_new_version(shop: CommandLine) -> None:
    shop.run("rules", "publish")

    result = shop.run("rules", "publish")

    assert result.exit_code == 0
    assert result.stdout == f"Store {STORE}: the same rules are in force as version 1.\n"


def test_another_file_than_the_configured_one_may_be_named(shop: CommandLine) -> None:
    other = shop.folder / "other.yaml"
    other.write_text(OTHER_RULES)
    shop.run("rules", "publish")

    result = shop.run("rules", "publish", str(other))

    assert result.stdout == f"Store {STORE}: version 2 is in force.\n"


def test_rules_with_errors_are_not_published(shop: CommandLine) -> None:
    shop.rules.write_text(BAD_RULES)

    result = shop.run("rules", "publish")

    assert result.exit_code == 3
    assert len(result.stderr.splitlines()) == 3
    assert shop.json("rules", "list") == []


@pytest.mark.parametrize("as_json", [False, True])
def test_whoever_is_overtaken_is_told_to_look_first(
    capsys: pytest.CaptureFixture[str], as_json: bool
) -> None:
    overtaken = Published(3, is_new=False, was_overtaken=True)

    with pytest.raises(SystemExit) as ended:
        tell_published(STORE, PublishedFile(overtaken, {}, statuses_checked=True), as_json=as_json)

    told = capsys.readouterr().out
    assert ended.value.code == 1
    assert '"was_overtaken": true' in told if as_json else "somebody else published" in told


def test_a_store_out_of_reach_gets_its_rules_with_a_warning(tmp_path: Path) -> None:
    shop = CommandLine(tmp_path, nowhere(), STORE)

    result = shop.run("rules", "publish", "--json")

    told = json.loads(result.stdout)
    assert result.exit_code == 0
    assert (told["version"], told["is_new"], told["statuses_checked"]) == (1, True, False)
    assert result.stderr == "The store was out of reach: its statuses were not compared yet.\n"


@pytest.mark.parametrize("options", [(), ("--json",)])
def test_a_store_whose_statuses_differ_is_stopped(
    shop: CommandLine, store: StatusServer, options: tuple[str, ...]
) -> None:
    store.statuses = {**NAMES, 11: "Ready"}

    result = shop.run("rules", "publish", *options)

    assert result.exit_code == 1
    assert result.stderr == ("Its order statuses differ; the store is stopped: {11: 'Ready'}\n")
    with shop.machine() as here:
        assert here.state.controls(STORE).stopped == "status_mismatch"
        assert len(here.state.reviews(STORE)) == 1


def test_statuses_that_differ_are_told_as_json(shop: CommandLine, store: StatusServer) -> None:
    store.statuses = {**NAMES, 11: "Ready"}

    result = shop.run("rules", "publish", "--json")

    assert json.loads(result.stdout)["differing_statuses"] == {"11": "Ready"}


def test_without_a_rule_file_there_is_nothing_to_publish(shop: CommandLine) -> None:
    shop.config.write_text(shop.config.read_text().replace('rules = "rules.yaml"\n', ""))

    result = shop.run("rules", "publish")

    assert result.exit_code == 3
    assert result.stderr == (
        f"error: {shop.config}: stores.{STORE}.rules is not set; name a FILE\n"
    )


def test_the_author_is_whoever_is_logged_in(
    shop: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOGNAME", "ann")

    shop.run("rules", "publish")

    assert [version["author"] for version in shop.json("rules", "list")] == ["ann"]


def test_an_author_without_a_name_is_a_number(
    shop: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nameless(number: int) -> None:
        raise KeyError(f"getpwuid(): uid not found: {number}")

    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("pwd.getpwuid", nameless)
    monkeypatch.setattr("os.getuid", lambda: 1000)

    shop.run("rules", "publish")

    assert [version["author"] for version in shop.json("rules", "list")] == ["user 1000"]


# Several stores


@pytest.mark.parametrize("command", ["publish", "list"])
def test_where_several_stores_are_configured_one_must_be_named(
    tmp_path: Path, store: StatusServer, command: str
) -> None:
    shop = CommandLine(tmp_path, store.url, OTHER, STORE)

    unnamed = shop.run("rules", command)
    unknown = shop.run("rules", command, "--store", "other")
    named = shop.run("rules", command, "--store", OTHER)

    assert (unnamed.exit_code, unknown.exit_code, named.exit_code) == (2, 2, 0)
    assert f"several stores are configured; add --store {STORE}|{OTHER}" in unnamed.stderr
    assert f"store other is not configured; configured: {STORE}, {OTHER}" in unknown.stderr


def test_rules_are_published_for_the_named_store_alone(
    tmp_path: Path, store: StatusServer
) -> None:
    shop = CommandLine(tmp_path, store.url, STORE, OTHER)

    shop.run("rules", "publish", "--store", OTHER)

    assert shop.json("rules", "list", "--store", STORE) == []
    assert len(shop.json("rules", "list", "--store", OTHER)) == 1
