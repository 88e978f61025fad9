"""A simulated store, the stack that looks after it, and the ways between them."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from bigcommerce_sim import RealClock, Request, Settings, SimulatedStore
from bigcommerce_sim.web.server import running
from click.testing import CliRunner, Result
from deployed.source import EventSource
from deployed.stack import CLIENT_SECRET, CREDENTIALS, NAME, STORE, TOKEN, Stack, standing
from orderwarden.adapters.dynamodb_changelog import DynamoChangelog
from orderwarden.adapters.dynamodb_state import DynamoState
from orderwarden.adapters.system_clock import SystemClock
from orderwarden.domain.line import Line
from orderwarden.services.publish import publish
from orderwarden_cli.main import main
from orderwarden_cli.rules_yaml import read_rules

WITHIN_S = 60.0


class Deployed:
    """A store, the stack, and the ways between them."""

    def __init__(self, stack: Stack, sim: SimulatedStore, clock: RealClock) -> None:
        self.clock = clock
        self.stack = stack
        self.sim = sim
        self.api_url = stack.outputs["ApiUrl"]
        self.source = EventSource(stack)
        outputs, dynamodb = stack.outputs, stack.client("dynamodb")
        self.state = DynamoState(dynamodb, outputs["StateTable"])
        self.changelog = DynamoChangelog(dynamodb, outputs["ChangelogTable"])

    def publish(self, source: str) -> None:
        """Put rules in force."""
        rules = read_rules(source, "rules.yaml")
        publish(self.state, SystemClock(), STORE, rules, source=source, author="test")

    def hook(self, url: str) -> None:
        """Register webhooks of everything that happens to orders and shipments."""
        for scope in ("store/order/*", "store/shipment/*"):
            hook = {"scope": scope, "destination": f"{url}/webhooks/{STORE}", "is_active": True}
            headers = {"x-auth-token": TOKEN, "content-type": "application/json"}
            path = f"/stores/{STORE}/v3/hooks"
            answer = self.sim.handle(Request("POST", path, "", headers, json.dumps(hook).encode()))
            assert answer.status in {200, 201}

    def work_until(self, is_so: Callable[[], bool]) -> None:
        """Poll the queue until it is so."""
        deadline = time.monotonic() + WITHIN_S
        while not is_so():
            assert time.monotonic() < deadline, f"not so within {WITHIN_S} s"
            if not self.source.poll():
                time.sleep(0.1)  # real processes, real time

    def changes(self, order: int) -> list[tuple[str, int | None, int | None]]:
        lines: list[Line] = list(self.changelog.of_order(STORE, order))
        return [(line.result.value, line.from_status_id, line.to_status_id) for line in lines]

    def writes(self, order: int) -> list[tuple[int | None, int | None]]:
        """Return every change that came through the API, as the store tells."""
        return [
            (write.before_status, write.after_status)
            for write in self.sim.journal.writes_of(order)
            if write.actor.startswith("api:")
        ]

    @contextmanager
    def working(self) -> Iterator[None]:
        """Poll the queue for the length of the block, as Lambda does all day."""
        is_over = threading.Event()

        def work() -> None:
            while not is_over.is_set():
                if not self.source.poll():
                    is_over.wait(0.1)

        thread = threading.Thread(target=work)
        thread.start()
        try:
            yield
        finally:
            is_over.set()
            thread.join()


@contextmanager
def deployed_shop() -> Iterator[Deployed]:
    """Open a store, and deploy the stack for it."""
    settings = Settings(plain_http_destinations=True, quota_requests=100_000)
    clock = RealClock()
    sim = SimulatedStore(
        STORE, settings=settings, clock=clock, token=TOKEN, client_secret=CLIENT_SECRET
    )
    with running(sim) as api_url, standing(api_url) as stack:
        yield Deployed(stack, sim, clock)


class Command:
    """The `orderwarden` command, with `--stack` and credentials for a stack."""

    def __init__(self, stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
        """Let AWS's SDK in this process find the stand-in."""
        for name, value in CREDENTIALS.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("AWS_ENDPOINT_URL", stack.endpoint)

    def __call__(self, *arguments: str, stack: str = NAME) -> tuple[int, str]:
        """Return the exit code, and all that was said."""
        result = self._run(*arguments, "--stack", stack)
        return result.exit_code, result.output

    def json(self, *arguments: str) -> Any:  # noqa: ANN401  JSON
        """Run a command that must succeed, and return what it printed."""
        result = self._run(*arguments, "--json", "--stack", NAME)
        assert result.exit_code == 0, result.output
        return json.loads(result.stdout)

    def _run(self, *arguments: str) -> Result:
        result = CliRunner().invoke(main, arguments)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result
