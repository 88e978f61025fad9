"""A rotation of the hook secret on AWS: no webhook is refused before the old secret's end."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import aws_stand_in
import pytest
from bigcommerce_sim import Account, Answer, FaultRule, Settings, SimulatedStore
from bigcommerce_sim.web.server import running
from click.testing import CliRunner, Result
from fakes import TurnableClock
from orderwarden.adapters.dynamodb_state import DynamoState
from orderwarden.adapters.secrets_manager import SecretsManagerSecrets
from orderwarden.bootstrap import new_id
from orderwarden.bootstrap_hooks import see_to_hooks
from orderwarden.domain.authenticity import OWN_HEADER
from orderwarden.installation import Installation
from orderwarden.services.ingest import Ingest
from orderwarden.services.publish import publish
from orderwarden_cli.main import main
from orderwarden_cli.rules_yaml import read_rules
from orderwarden_cli.stack import read_stack
from scenario import COMPLETE, FollowingClock
from stacks import CREDENTIALS, a_stack, secrets_by
from webhook_builders import STORE, ListQueue, a_body, signed

NAME = f"orderwarden/stores/{STORE}/hooks"
TOKEN = "tok3n"
HOUR = 3600
RECEIVERS = 31
"""One more than a cache has seconds: one of them read the secrets in any second before."""


class PassingClock(TurnableClock):
    """Whoever waits lets the seconds pass one by one, and something happens in each."""

    def __init__(self) -> None:
        super().__init__()
        self.each_second: Callable[[], None] = lambda: None

    def wait(self, seconds: float) -> None:
        for _ in range(int(seconds)):
            super().wait(1.0)
            self.each_second()


class Rig:
    """A store, its secret on AWS, receivers of its webhooks, and the command."""

    def __init__(self, sim: SimulatedStore, clock: PassingClock) -> None:
        self.sim = sim
        self.clock = clock
        self.client = aws_stand_in.new_secrets_manager()
        self.here = Installation(read_stack("shop").settings, clock=clock)
        self.receivers = [
            Ingest(ListQueue(), SecretsManagerSecrets(self.client, clock), clock, {STORE})
            for _ in range(RECEIVERS)
        ]
        for receiver in self.receivers:  # each has read the secrets in another second
            self.clock.advance(1)
            assert self.answer(receiver, "old") == 200

    def answer(self, receiver: Ingest, secret: str) -> int:
        """Hand in a webhook that our header alone proves."""
        body = a_body(created_at=int(self.clock.now().timestamp()))
        return receiver.handle("POST", STORE, {OWN_HEADER: secret}, body).http_status

    def answers(self, secret: str) -> set[int]:
        return {self.answer(receiver, secret) for receiver in self.receivers}

    def signed(self, secret: str) -> set[int]:
        """Return how receivers answer a webhook that its signature alone proves."""
        body = a_body(created_at=int(self.clock.now().timestamp()))
        headers = signed(body, secret, self.clock.now())
        return {r.handle("POST", STORE, headers, body).http_status for r in self.receivers}

    def carried(self) -> set[str]:
        """Return the secrets that hooks send now."""
        return {(hook.headers or {})[OWN_HEADER] for hook in self.sim.hooks}

    def kept(self) -> Any:  # noqa: ANN401  JSON
        return json.loads(self.client.get_secret_value(SecretId=NAME)["SecretString"])

    def reconcile(self) -> Mapping[str, object]:
        return see_to_hooks(self.here, STORE, new_id)

    def rotate(self) -> Result:
        command = ["hooks", "rotate-secret", "--stack", "shop", "--yes", "--json"]
        return CliRunner().invoke(main, command, obj=self.clock)

    def everything_is_believed(self) -> None:
        """See that every receiver answers what hooks send now, and retries of before, with 200."""
        for secret in {*self.carried(), "old"}:
            assert self.answers(secret) == {200}, (secret == "old", self.clock.now())


@pytest.fixture
def rig(monkeypatch: pytest.MonkeyPatch) -> Iterator[Rig]:
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    clock = PassingClock()
    sim = SimulatedStore(
        STORE,
        clock=FollowingClock(clock),
        settings=Settings(quota_requests=100_000),
        token=TOKEN,
        client_secret="-",
    )
    with running(sim) as url, aws_stand_in.aws(clock), secrets_by(clock):
        create(url, clock)
        rig = Rig(sim, clock)
        rig.reconcile()
        assert rig.carried() == {"old"}
        yield rig


def create(api_url: str, clock: PassingClock) -> None:
    """Create what the stack would have."""
    dynamodb = aws_stand_in.dynamodb()
    aws_stand_in.create_tables(dynamodb)
    queue, dead_letters = aws_stand_in.create_queues(aws_stand_in.sqs())
    aws_stand_in.new_events().create_event_bus(Name="notices")
    secrets = aws_stand_in.new_secrets_manager()
    hooks = {"hook_secrets": ["old"], "client_secrets": ["old client"]}
    secrets.create_secret(Name=NAME, SecretString=json.dumps(hooks))
    api = json.dumps({"access_token": TOKEN})
    secrets.create_secret(Name=NAME.replace("/hooks", "/api"), SecretString=api)
    a_stack(
        "shop",
        Stores=STORE,
        QueueUrl=queue,
        DeadLettersUrl=dead_letters,
        ReceiptsTable=aws_stand_in.RECEIPTS,
        ChangelogTable=aws_stand_in.CHANGELOG,
        StateTable=aws_stand_in.STATE,
        EventBus="notices",
        SecretsPrefix="orderwarden/stores/",
        ApiUrl=api_url,
        PublicUrl="https://hooks.example.com",
    )
    state = DynamoState(dynamodb, aws_stand_in.STATE)
    rules = read_rules(COMPLETE, "rules.yaml")
    publish(state, clock, STORE, rules, source=COMPLETE, author="test")


def test_no_webhook_is_refused_at_any_moment_and_the_old_secret_ends_after_the_last_retry(
    rig: Rig,
) -> None:
    rig.clock.each_second = rig.everything_is_believed

    done = rig.rotate()

    assert done.exit_code == 0, done.output
    for _ in range(RECEIVERS):
        rig.everything_is_believed()
        rig.clock.advance(1)
    [new] = rig.carried()
    assert new != "old"
    assert rig.kept()["hook_secrets"] == [new, "old"]
    assert new not in done.output
    assert sum(rig.clock.waits) == 60
    for hours in (0.25, 1, 23, 24, 0.7):
        rig.clock.advance(hours * HOUR)
        rig.reconcile()
        rig.everything_is_believed()

    rig.clock.advance(0.1 * HOUR)  # 49 hours and some minutes after every hook carried the new one
    rig.reconcile()
    assert rig.kept()["hook_secrets"] == [new]
    rig.clock.advance(30)
    assert rig.answers("old") == {401}
    assert rig.answers(new) == {200}


def test_a_reconciliation_in_the_first_minute_leaves_the_hooks_alone(rig: Rig) -> None:
    looked: list[Mapping[str, object]] = []
    rig.clock.each_second = lambda: looked.append(rig.reconcile())

    rig.rotate()

    assert looked[:59] == [{"hooks_left_alone": "secret_just_rotated"}] * 59


def test_another_api_account_takes_over_without_a_webhook_being_refused(
    rig: Rig, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    rig.sim.accounts.add(Account("other", "new client", "t0ken-of-the-other"))
    given = {"ACCESS_TOKEN": "t0ken-of-the-other", "CLIENT_ID": "other"}
    for name, value in {**given, "CLIENT_SECRET": "new client"}.items():
        monkeypatch.setenv(f"BC_{name}", value)

    def old_account_is_believed() -> None:
        assert rig.here.secrets.api_access(STORE).access_token == TOKEN
        assert rig.signed("old client") == {200}

    rig.clock.each_second = old_account_is_believed
    command = ["init", "--stack", "shop", "--replace", "--yes", "--folder", str(tmp_path)]
    done = CliRunner().invoke(main, command, obj=rig.clock)

    assert done.exit_code == 0, done.output
    for _ in range(RECEIVERS):
        assert rig.signed("new client") == rig.signed("old client") == {200}
        rig.clock.advance(1)
    assert rig.here.secrets.api_access(STORE).access_token == "t0ken-of-the-other"


class Killed(BaseException):
    """The command dies."""


def die() -> None:
    raise Killed


def test_a_rotation_that_died_while_it_waited_is_ended_by_running_it_again(rig: Rig) -> None:
    rig.clock.each_second = die
    with pytest.raises(Killed):
        raise rig.rotate().exception or AssertionError
    [new, old] = rig.kept()["hook_secrets"]
    assert (old, rig.carried()) == ("old", {"old"})

    rig.clock.each_second = rig.everything_is_believed
    again = rig.rotate()

    assert again.exit_code == 0
    assert rig.carried() == {new}
    assert json.loads(again.stdout)["carried_at"] is not None
    assert rig.rotate().exit_code == 1  # it waits for its end, and nothing else can be done


def test_a_rotation_that_died_while_it_waited_is_ended_by_the_reconciliation(rig: Rig) -> None:
    rig.clock.each_second = die
    with pytest.raises(Killed):
        raise rig.rotate().exception or AssertionError
    new = rig.kept()["hook_secrets"][0]

    rig.clock.advance(15 * 60)
    rig.reconcile()
    rig.everything_is_believed()

    assert rig.carried() == {new}


def test_a_rotation_that_the_store_stopped_halfway_goes_on_when_it_is_run_again(rig: Rig) -> None:
    rig.sim.faults.add(
        FaultRule(Answer("status"), path="/v3/hooks/*", method="PUT", status=503, times=1)
    )

    first = rig.rotate()
    rig.everything_is_believed()
    again = rig.rotate()

    assert (first.exit_code, again.exit_code) == (4, 0)
    assert len(rig.carried()) == 1
    rig.everything_is_believed()


def test_two_rotations_at_once_make_one_secret(rig: Rig) -> None:
    second: list[Result] = []

    def rotate_too() -> None:
        rig.clock.each_second = lambda: None
        second.append(rig.rotate())

    rig.clock.each_second = rotate_too

    first = rig.rotate()

    assert {first.exit_code, second[0].exit_code} <= {0, 1}
    assert len(rig.kept()["hook_secrets"]) == 2
    assert rig.carried() == {rig.kept()["hook_secrets"][0]}


def test_a_skewed_clock_of_the_command_does_not_shorten_the_minute(rig: Rig) -> None:
    rig.clock.each_second = die
    with pytest.raises(Killed):
        raise rig.rotate().exception or AssertionError

    here = Installation(rig.here.settings, clock=_ahead(rig.clock))

    assert here.rotations.unsettled_s(STORE, rig.kept()["hook_secrets"][0]) == 59


def _ahead(clock: TurnableClock) -> TurnableClock:
    return TurnableClock(clock.now().replace(hour=23))


def test_the_secret_is_nowhere_in_what_is_written_down(rig: Rig, tmp_path: Path) -> None:
    rig.rotate()
    new = rig.kept()["hook_secrets"][0]
    command = ["changelog", "export", "--stack", "shop", "--output", str(tmp_path / "lines")]
    listed = CliRunner().invoke(main, ["hooks", "status", "--stack", "shop", "--json"])
    exported = CliRunner().invoke(main, command, obj=rig.clock)

    assert (listed.exit_code, exported.exit_code) == (0, 0)
    assert new not in listed.output + (tmp_path / "lines").read_text()
