"""`orderwarden serve`: what is wrong at the start is told at once, with its exit code."""

from __future__ import annotations

import json
import signal
import socket
import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import pytest
from orderwarden.domain.statuses import NAMES
from orderwarden_cli.main import main
from unit.cli.command_line import (
    BAD_RULES,
    OTHER,
    STORE,
    CommandLine,
    StatusServer,
    nowhere,
)
from unit.machines import LogLines, joined, what_a_server_takes_is_given_back


@pytest.fixture
def store() -> Iterator[StatusServer]:
    with StatusServer().listening() as server:
        yield server


@pytest.fixture
def taken() -> Iterator[str]:
    """Return a port on which nobody else can listen, so that a server ends at once."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield str(listening.getsockname()[1])


@pytest.fixture
def shop(tmp_path: Path, store: StatusServer) -> CommandLine:
    return CommandLine(tmp_path, store.url, STORE)


def test_without_a_configuration_it_does_not_start(shop: CommandLine) -> None:
    shop.config.unlink()

    result = shop.run("serve")

    assert (result.exit_code, result.stdout) == (3, "")
    assert result.stderr.startswith(f"error: {shop.config}: cannot be read (")


def test_everything_that_is_wrong_is_told_at_once_and_nothing_is_begun(
    shop: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("BC_ABSENT", raising=False)
    shop.rules.write_text(BAD_RULES)
    configured = shop.config.read_text().replace('"tok3n"', '"env:BC_ABSENT"')
    shop.config.write_text('colour = "red"\n' + configured)

    result = shop.run("serve")

    errors = result.stderr.splitlines()
    assert (result.exit_code, result.stdout) == (3, "")
    assert len(errors) == 5
    assert errors[0].startswith(f"error: {shop.config}: colour: no such setting")
    assert errors[1].startswith(f"error: {shop.config}: stores.{STORE}.access_token: ")
    assert all(error.startswith(f"error: {shop.rules}:") for error in errors[2:])
    assert not (shop.folder / "var").exists()


def test_a_missing_rule_file_is_told_beside_the_rest(shop: CommandLine) -> None:
    shop.rules.unlink()
    shop.config.write_text("workers = 0\n" + shop.config.read_text())

    result = shop.run("serve")

    assert result.exit_code == 3
    assert result.stderr.splitlines() == [
        f"error: {shop.config}: workers: must be a number from 1 to 32, not `0`",
        f"error: {shop.rules}: the rules cannot be read (No such file or directory)",
    ]


def test_a_state_that_cannot_be_written_is_told(shop: CommandLine) -> None:
    (shop.folder / "var").write_text("in the way")

    result = shop.run("serve")

    assert (result.exit_code, result.stdout) == (3, "")
    assert "cannot be opened for writing" in result.stderr


@pytest.mark.parametrize("port", ["-1", "65536", "http"])
def test_a_port_that_is_none_is_a_usage_error(shop: CommandLine, port: str) -> None:
    assert shop.run("serve", "--port", port).exit_code == 2


def test_a_port_that_is_taken_is_told_after_the_rules_are_in_force(
    shop: CommandLine, taken: str
) -> None:
    result = shop.run("serve", "--port", taken)

    rules, error = result.stderr.splitlines()
    told = json.loads(rules)
    assert (result.exit_code, result.stdout) == (3, "")
    assert error.startswith(f"error: cannot listen on 127.0.0.1:{taken} (")
    assert {key: told[key] for key in told if key != "at"} == {
        "event": "rules",
        "store": STORE,
        "version": 1,
        "is_new": True,
        "was_overtaken": False,
        "differing_statuses": {},
        "statuses_checked": True,
    }


def test_rules_that_are_in_force_are_not_published_again(shop: CommandLine, taken: str) -> None:
    shop.run("rules", "publish")

    shop.run("serve", "--port", taken)

    assert [version["version"] for version in shop.json("rules", "list")] == [1]


def test_the_rules_of_each_store_that_names_a_file_are_published(
    tmp_path: Path, store: StatusServer, taken: str
) -> None:
    shop = CommandLine(tmp_path, store.url, STORE, OTHER)
    configured = shop.config.read_text()
    shop.config.write_text(configured.replace('rules = "rules.yaml"', "", 1))

    shop.run("serve", "--port", taken)

    assert shop.json("rules", "list", "--store", STORE) == []
    assert len(shop.json("rules", "list", "--store", OTHER)) == 1


def test_a_store_whose_statuses_differ_is_stopped_but_served(
    shop: CommandLine, store: StatusServer, taken: str
) -> None:
    store.statuses = {**NAMES, 11: "Ready"}

    result = shop.run("serve", "--port", taken)

    told = json.loads(result.stderr.splitlines()[0])
    assert told["differing_statuses"] == {"11": "Ready"}
    assert shop.json("status")["stores"][0]["stopped"] == "status_mismatch"


def test_a_store_out_of_reach_is_no_reason_not_to_start(tmp_path: Path, taken: str) -> None:
    shop = CommandLine(tmp_path, nowhere(), STORE)

    result = shop.run("serve", "--port", taken)

    told = json.loads(result.stderr.splitlines()[0])
    assert (told["is_new"], told["statuses_checked"]) == (True, False)
    assert "cannot listen" in result.stderr


# Serving


class Served:
    """`orderwarden serve` in this process, on a free port, until the server ends."""

    def __init__(self, shop: CommandLine, meanwhile: Callable[[], object]) -> None:
        """Serve, and do something once the server is ready."""
        self.out = LogLines()
        self.err = LogLines()
        self._meanwhile = meanwhile
        visitor = threading.Thread(target=self._visit)
        visitor.start()
        self.exit_code = self._run(["serve", "--config", str(shop.config), "--port", "0"])
        assert joined(visitor)

    def _visit(self) -> None:
        try:
            self.out.wait_for("ready")
            self._meanwhile()
        except BaseException:
            signal.raise_signal(signal.SIGTERM)  # or it would serve for ever
            raise

    def _run(self, arguments: list[str]) -> object:
        with (
            what_a_server_takes_is_given_back(),
            redirect_stdout(self.out),
            redirect_stderr(self.err),
        ):
            try:
                main(arguments, standalone_mode=False)
            except SystemExit as ended:
                return ended.code
            return 0

    @property
    def events(self) -> list[Mapping[str, Any]]:
        """Return what was logged."""
        return [json.loads(line) for line in self.err.getvalue().splitlines()]


def test_it_serves_until_it_is_told_to_stop(shop: CommandLine) -> None:
    served = Served(shop, lambda: signal.raise_signal(signal.SIGTERM))

    [ready] = served.out.getvalue().splitlines()
    assert served.exit_code == 0
    assert json.loads(ready)["url"].startswith("http://127.0.0.1:")
    told = [event["event"] for event in served.events]
    told = [event for event in told if event != "reconciled"]
    assert told == ["rules", "hooks_left_alone", "stopped"]  # it has no public_url


def test_a_server_that_lost_a_thread_to_a_bug_ends_with_1(shop: CommandLine) -> None:
    def ruin() -> None:
        with closing(sqlite3.connect(shop.folder / "var/orderwarden.sqlite3")) as connection:
            connection.execute("DROP TABLE queue_groups")

    served = Served(shop, ruin)

    bugs = [event for event in served.events if event["event"] == "bug"]
    assert served.exit_code == 1
    assert bugs
    assert bugs[0]["thread"].startswith("worker-")
    assert bugs[0]["reason"].startswith("OperationalError at ")
    assert served.events[-1]["event"] == "stopped"
