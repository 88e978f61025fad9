"""`orderwarden init --stack`: the secrets of a store, stored once they open it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import aws_stand_in
import pytest
from bigcommerce_sim import Settings, SimulatedStore
from bigcommerce_sim.accounts import Account
from bigcommerce_sim.web.server import running
from click.testing import CliRunner, Result
from fakes import TurnableClock
from orderwarden_cli.main import main
from stacks import CREDENTIALS, a_stack
from unit.cli.command_line import STORE, nowhere

PREFIX = f"orderwarden/stores/{STORE}/"
GIVEN = {
    "BC_ACCESS_TOKEN": "tok3n",
    "BC_CLIENT_ID": "cl1ent",
    "BC_CLIENT_SECRET": "client-s3cret",
}
EVERY_SCOPE = (
    "store_v2_orders",
    "store_v2_information_read_only",
    "store_v2_transactions_read_only",
)


class Rig:
    """A store, an empty account of AWS with a stack, and the command."""

    def __init__(self, folder: Path, sim: SimulatedStore, api_url: str) -> None:
        self.folder = folder
        self.sim = sim
        self.clock = TurnableClock()
        self.client = aws_stand_in.new_secrets_manager()
        for name, url in (("shop", api_url), ("lost", nowhere())):
            stack(name, url)
        self.account("tok3n", *EVERY_SCOPE)

    def account(self, token: str, *scopes: str) -> None:
        self.sim.accounts.add(Account(f"id of {token}", "-", token, frozenset(scopes)))

    def init(self, *more: str, stack: str = "shop") -> Result:
        command = ["init", "--stack", stack, "--folder", str(self.folder), *more]
        return CliRunner().invoke(main, command, obj=self.clock)

    def kept(self, which: str) -> Any:  # noqa: ANN401  JSON
        answer = self.client.get_secret_value(SecretId=f"{PREFIX}{which}")
        return json.loads(answer["SecretString"])

    def names(self) -> set[str]:
        return {each["Name"] for each in self.client.list_secrets()["SecretList"]}

    def put(self, which: str, **fields: object) -> None:
        self.client.create_secret(Name=f"{PREFIX}{which}", SecretString=json.dumps(fields))


def stack(name: str, api_url: str) -> None:
    wanted = ("QueueUrl", "DeadLettersUrl", "ReceiptsTable", "ChangelogTable", "StateTable")
    outputs = dict.fromkeys((*wanted, "EventBus"), "-")
    prefix = PREFIX.removesuffix(f"{STORE}/")
    a_stack(name, **outputs, Stores=STORE, SecretsPrefix=prefix, ApiUrl=api_url)


@pytest.fixture
def rig(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Rig]:
    for name, value in {**CREDENTIALS, **GIVEN}.items():
        monkeypatch.setenv(name, value)
    settings = Settings(quota_requests=100_000)
    sim = SimulatedStore(STORE, settings=settings, token="other", client_secret="-")
    with running(sim) as url, aws_stand_in.aws(TurnableClock()):
        yield Rig(tmp_path, sim, url)


def test_both_secrets_are_made_and_nothing_of_them_is_shown(rig: Rig) -> None:
    done = rig.init("--yes")

    assert done.exit_code == 0, done.output
    assert rig.kept("api") == {"access_token": "tok3n", "client_id": "cl1ent"}
    hooks = rig.kept("hooks")
    [made] = hooks.pop("hook_secrets")
    assert hooks == {"client_secrets": ["client-s3cret"], "proof": "either"}
    assert len(made) >= 32
    for secret in (made, "tok3n", "client-s3cret"):
        assert secret not in done.output
    assert "orderwarden rules publish rules.yaml --stack shop" in done.stdout
    assert (rig.folder / "rules.yaml").exists()
    assert not (rig.folder / "orderwarden.toml").exists()


def test_what_was_interrupted_is_completed_by_the_same_command(rig: Rig) -> None:
    rig.put("hooks", client_secrets=["client-s3cret"], hook_secrets=["mine"])

    done = rig.init("--yes", "--json")
    again = rig.init("--yes", "--json")

    told = [[each["action"] for each in json.loads(x.stdout)["secrets"]] for x in (done, again)]
    assert told == [["keep", "create"], ["keep", "keep"]]
    assert rig.kept("hooks") == {"client_secrets": ["client-s3cret"], "hook_secrets": ["mine"]}


def test_what_is_there_and_different_stays_without_an_explicit_word(rig: Rig) -> None:
    rig.put("api", access_token="older", client_id="older")

    done = rig.init("--yes")

    assert (done.exit_code, "--replace" in done.stderr) == (1, True)
    assert rig.kept("api")["access_token"] == "older"
    assert rig.names() == {f"{PREFIX}api"}


def test_another_account_is_stored_beside_the_old_client_secret_and_used_once_it_is_known(
    rig: Rig,
) -> None:
    rotation = {"began_at": "2026-11-21T12:00:00Z", "carried_at": None, "ended_at": None}
    rest = {"hook_secrets": ["b", "a"], "proof": "both", "rotation": rotation}
    rig.put("api", access_token="older", client_id="older")
    rig.put("hooks", client_secrets=["older"], **rest)

    done = rig.init("--yes", "--replace")

    assert done.exit_code == 0
    assert rig.kept("hooks") == {"client_secrets": ["client-s3cret", "older"], **rest}
    assert rig.kept("api")["access_token"] == "tok3n"
    assert rig.clock.waits == (60.0,)
    dropped = rig.init("--yes", "--replace", "--drop-older")
    assert (dropped.exit_code, rig.kept("hooks")["client_secrets"]) == (0, ["client-s3cret"])


def test_an_account_in_use_loses_its_client_secret_only_after_another_took_its_place(
    rig: Rig,
) -> None:
    rig.put("api", access_token="older", client_id="older")
    rig.put("hooks", client_secrets=["older"], hook_secrets=["a"], proof="both")

    done = rig.init("--yes", "--replace", "--drop-older")

    assert (done.exit_code, "three days later" in done.stderr) == (3, True)
    assert rig.kept("hooks")["client_secrets"] == ["older"]
    assert rig.kept("api")["access_token"] == "older"


@pytest.mark.parametrize("lacking", EVERY_SCOPE)
def test_an_account_without_a_scope_is_refused_and_nothing_is_stored(
    rig: Rig, lacking: str
) -> None:
    rig.account("tok3n", *(scope for scope in EVERY_SCOPE if scope != lacking))

    done = rig.init("--yes")

    assert (done.exit_code, lacking in done.stderr) == (3, True)
    assert not rig.names()


def test_a_token_that_the_store_does_not_take_is_refused(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BC_ACCESS_TOKEN", "misspelled")

    done = rig.init("--yes")

    assert (done.exit_code, "does not take this access token" in done.stderr) == (3, True)
    assert "misspelled" not in done.output
    assert not rig.names()


def test_a_store_out_of_reach_is_tried_again_later(rig: Rig) -> None:
    assert rig.init("--yes", stack="lost").exit_code == 4
    assert not rig.names()


def test_without_a_terminal_it_needs_yes_and_the_environment(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    unasked = rig.init()
    monkeypatch.delenv("BC_CLIENT_SECRET")
    unset = rig.init("--yes")

    assert (unasked.exit_code, "--yes" in unasked.stderr) == (2, True)
    assert (unset.exit_code, "set BC_CLIENT_SECRET" in unset.stderr) == (2, True)
    assert not rig.names()


@pytest.mark.parametrize("after", ["\n", "é", "x" * 987])
def test_a_secret_that_is_none_is_refused_without_being_shown(
    rig: Rig, monkeypatch: pytest.MonkeyPatch, after: str
) -> None:
    monkeypatch.setenv("BC_CLIENT_SECRET", f"do-not-show-me{after}")

    done = rig.init("--yes")

    assert (done.exit_code, "Client secret: must be ASCII" in done.stderr) == (3, True)
    assert "do-not-show-me" not in done.output


def test_a_store_that_the_stack_does_not_serve_is_told_with_what_to_deploy(rig: Rig) -> None:
    done = rig.init("--yes", "--store", "xyz789")

    assert (done.exit_code, f"with Stores={STORE},xyz789" in done.stderr) == (3, True)


@pytest.mark.parametrize("text", ["do-not-show-me", "[]"])
def test_a_spoiled_secret_is_told_by_its_name(rig: Rig, text: str) -> None:
    rig.client.create_secret(Name=f"{PREFIX}hooks", SecretString=text)

    done = rig.init("--yes", "--replace")

    assert (done.exit_code, f"{PREFIX}hooks" in done.stderr) == (3, True)
    assert "do-not-show-me" not in done.output


@pytest.mark.parametrize(
    "words",
    [
        ("--stack", "shop", "--public-url", "https://hooks.example.com"),
        ("--stack", "shop", "--drop-older"),
        ("--stack", ""),
        ("--replace",),
        ("--json",),
    ],
)
def test_options_that_do_not_go_together_are_usage(words: tuple[str, ...]) -> None:
    assert CliRunner().invoke(main, ["init", *words]).exit_code == 2
