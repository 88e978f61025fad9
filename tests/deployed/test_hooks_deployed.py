"""From a stack without secrets to hooks that deliver, with the command alone; and a rotation."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from bigcommerce_sim import RealClock, Settings, SimulatedStore
from bigcommerce_sim.web.server import running
from click.testing import CliRunner
from deployed.gateway import gateway
from deployed.source import EventSource
from deployed.stack import CLIENT_SECRET, CREDENTIALS, NAME, STORE, TOKEN, Stack, standing
from functions.handlers import event
from orderwarden.adapters.system_clock import SystemClock
from orderwarden.domain.authenticity import OWN_HEADER
from orderwarden_cli.main import main
from scenario import COMPLETE

pytestmark = [pytest.mark.xdist_group("deployed"), pytest.mark.timeout(240)]

GIVEN = {"BC_ACCESS_TOKEN": TOKEN, "BC_CLIENT_ID": "cl1ent", "BC_CLIENT_SECRET": CLIENT_SECRET}
WITHIN_S = 60.0


class HurriedClock(SystemClock):
    """The machine's clock, for a test that does not wait."""

    def wait(self, seconds: float) -> None:
        """Do not."""


@dataclass
class Shop:
    """A store and a stack that knows nothing of it yet but its hash."""

    sim: SimulatedStore
    stack: Stack

    def run(self, *arguments: str, code: int = 0) -> Any:  # noqa: ANN401  JSON
        """Run a command that must end with this code, and return what it printed."""
        command = [*arguments, "--stack", NAME, "--json"]
        result = CliRunner().invoke(main, command, obj=HurriedClock())
        assert result.exit_code == code, result.output
        return json.loads(result.stdout) if result.stdout else result.stderr

    def secret(self, which: str) -> Any:  # noqa: ANN401  JSON
        name = f"orderwarden/stores/{STORE}/{which}"
        client = self.stack.client("secretsmanager")
        return json.loads(client.get_secret_value(SecretId=name)["SecretString"])

    def carried(self) -> list[str]:
        return [(hook.headers or {})[OWN_HEADER] for hook in self.sim.hooks]

    def work_until(self, is_so: Callable[[], bool]) -> None:
        source, deadline = EventSource(self.stack), time.monotonic() + WITHIN_S
        while not is_so():
            assert time.monotonic() < deadline, f"not so within {WITHIN_S} s"
            if not source.poll():
                time.sleep(0.1)  # real processes, real time


@pytest.fixture
def shop(monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    settings = Settings(plain_http_destinations=True, quota_requests=100_000)
    sim = SimulatedStore(
        STORE, settings=settings, clock=RealClock(), token=TOKEN, client_secret=CLIENT_SECRET
    )
    with (
        running(sim) as api_url,
        standing(api_url, PublicUrl=f"http://127.0.0.1:{port}") as stack,
        gateway(stack.functions["ingest"], port),
    ):
        for name, value in {**CREDENTIALS, **GIVEN}.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("AWS_ENDPOINT_URL", stack.endpoint)
        for which in ("hooks", "api"):
            name = f"orderwarden/stores/{STORE}/{which}"
            secrets = stack.client("secretsmanager")
            secrets.delete_secret(SecretId=name, ForceDeleteWithoutRecovery=True)
        yield Shop(sim, stack)


def test_the_command_leads_from_a_new_stack_to_a_live_rule_and_through_a_rotation(
    shop: Shop, tmp_path: Path
) -> None:
    sim, rules = shop.sim, tmp_path / "rules.yaml"
    rules.write_text(COMPLETE)

    shop.run("init", "--store", STORE, "--folder", str(tmp_path), "--yes")
    shop.run("rules", "publish", str(rules))
    assert shop.run("hooks", "status", code=1)["to_do"]
    made = shop.run("hooks", "sync", "--yes")
    assert {each["result"] for each in made} == {"applied"}
    assert set(shop.carried()) == set(shop.secret("hooks")["hook_secrets"])

    order = sim.shopper.place(total="20.00")
    sim.shopper.pay(order)
    sim.staff.ship(order)
    shop.work_until(lambda: sim.order(order).status_id == 10)

    ill = {each["check"] for each in shop.run("doctor", code=1) if each["level"] == "broken"}
    assert ill == {"schedule"}  # the stand-in starts nothing by the clock
    shop.stack.functions["sweep"].invoke(event("sweep-schedule"))
    found = {each["check"]: each["level"] for each in shop.run("doctor")}
    assert {found[x] for x in ("destination", "hooks", "secrets", "token", "alarms")} == {"ok"}
    probed = shop.run("doctor", "--probe-order", str(order), "--yes")
    assert [each["check"] for each in probed] == ["put_without_status"]

    [old] = shop.secret("hooks")["hook_secrets"]
    rotation = shop.run("hooks", "rotate-secret", "--yes")
    [new, still] = shop.secret("hooks")["hook_secrets"]
    assert (set(shop.carried()), still) == ({new}, old)
    assert rotation["carried_at"] is not None
    shop.stack.functions["reconcile"].invoke(event("reconcile-schedule"))
    assert shop.run("hooks", "status")["rotation"] == rotation
    shop.run("hooks", "rotate-secret", "--yes", code=1)

    second = sim.shopper.place(total="30.00")
    sim.shopper.pay(second)
    sim.staff.ship(second)
    shop.work_until(lambda: sim.order(second).status_id == 10)
    shop.run("hooks", "remove", "--yes")
    assert shop.carried() == []
    shop.stack.functions["reconcile"].invoke(event("reconcile-schedule"))
    assert shop.carried() == []
