"""The demo without its processes: the story comes out right, and the check would tell if not."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import orderwarden_cli.demo
import pytest
from bigcommerce_sim import Settings
from bigcommerce_sim.web.app import StoreApp
from contracts.builders import a_line
from orderwarden.domain import statuses
from orderwarden.domain.line import Line, Result
from orderwarden_cli.demo.processes import write_configuration
from orderwarden_cli.demo.simulated import SimulatedShop
from orderwarden_cli.demo.story import Told, problems, tell
from orderwarden_cli.demo.ticker import Ticker
from orderwarden_local.configuration import read_configuration
from rich.console import Console
from scenario import STORE, TOKEN, Scenario

RULES = Path(orderwarden_cli.demo.__file__).with_name("rules.yaml")
UNPLEASANT = Settings(
    plain_http_destinations=True,
    quota_requests=100_000,
    webhook_duplicate_probability=0.5,
    webhook_jitter_s=1.5,
    webhook_reorder_probability=0.3,
    webhook_reorder_s=2.5,
)


class InProcessShop(SimulatedShop):
    """The shop of a scenario: calls go straight in, and a pause lets everything happen."""

    def __init__(self, scenario: Scenario) -> None:
        super().__init__("http://sim", STORE, TOKEN)
        self._scenario = scenario
        self._app = StoreApp(scenario.sim)

    def pause(self) -> None:
        self._scenario.clock.advance(1.3)
        self._scenario.run()

    def _call(self, method: str, path: str, body: object | None = None) -> Any:  # noqa: ANN401  JSON
        async def call() -> httpx.Response:
            transport = httpx.ASGITransport(self._app)
            headers = {"X-Auth-Token": TOKEN, "Accept": "application/json"}
            async with httpx.AsyncClient(transport=transport, base_url=self.url) as client:
                return await client.request(method, path, json=body, headers=headers)

        return asyncio.run(call()).raise_for_status().json()


# The story


def test_the_story_comes_out_as_it_is_told(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, rules=RULES.read_text(), settings=UNPLEASANT)
    shop = InProcessShop(scenario)
    said: list[str] = []

    told = tell(shop, said.append)

    lines = [line for one in told for line in scenario.lines(one.order_id)]
    assert problems(shop, told, lines) == []
    assert len(told) == len(said) == 6
    assert [one.changes for one in told] == [1, 1, 1, 1, 0, 0]
    assert shop.count("webhooks_pending") == 0


# The check


class FinishedShop(SimulatedShop):
    """A shop in which everything has happened."""

    def __init__(self, ended: dict[int, int], writes: list[tuple[int, int, int]]) -> None:
        self._ended = ended
        self._writes = writes

    def status_of(self, order_id: int) -> int:
        return self._ended[order_id]

    def writes_through_the_api(self) -> list[tuple[int, int, int]]:
        return self._writes


TOLD = [
    Told(100, "shipped", statuses.COMPLETED, 1),
    Told(101, "unpaid", statuses.AWAITING_PAYMENT, 0),
]
LINE = a_line(result=Result.APPLIED)  # order 100, from Shipped to Completed
ENDED = {100: statuses.COMPLETED, 101: statuses.AWAITING_PAYMENT}
WRITE = (100, statuses.SHIPPED, statuses.COMPLETED)
NOT_AS_RECORDED = "the changelog is not what the store recorded"


@pytest.mark.parametrize(
    ("ended", "writes", "lines", "wrong"),
    [
        (ENDED, [WRITE], [LINE], []),
        (ENDED, [WRITE], [LINE, replace(LINE, id="l2", result=Result.BLOCKED)], []),
        (
            {**ENDED, 100: statuses.SHIPPED},
            [WRITE],
            [LINE],
            ["order 100 is Shipped, not Completed"],
        ),
        (ENDED, [WRITE, WRITE], [LINE, LINE], ["order 100 was changed 2 times, not 1"]),
        (ENDED, [], [], ["order 100 was changed 0 times, not 1"]),
        (
            ENDED,
            [WRITE, (101, 7, 7)],
            [LINE],
            ["order 101 was changed 1 times, not 0", NOT_AS_RECORDED],
        ),
        (ENDED, [WRITE], [], [NOT_AS_RECORDED]),
        (ENDED, [WRITE], [LINE, LINE], [NOT_AS_RECORDED]),
        (ENDED, [WRITE], [replace(LINE, from_status_id=11)], [NOT_AS_RECORDED]),
        (ENDED, [WRITE], [replace(LINE, result=Result.UNCONFIRMED)], [NOT_AS_RECORDED]),
    ],
)
def test_the_end_is_held_against_the_stores_own_record(
    ended: dict[int, int],
    writes: list[tuple[int, int, int]],
    lines: Sequence[Line],
    wrong: list[str],
) -> None:
    assert problems(FinishedShop(ended, writes), TOLD, lines) == wrong


# The configuration


def test_the_demos_configuration_is_one_that_the_server_reads(tmp_path: Path) -> None:
    path = write_configuration(tmp_path, "demo1", "http://127.0.0.1:9000", "tok3n", "s3cret")

    configuration = read_configuration(path)

    store = configuration.stores["demo1"]
    assert configuration.state_dir == tmp_path / "var"
    assert (store.api_url, store.access_token) == ("http://127.0.0.1:9000", "tok3n")
    assert store.client_secrets == ("s3cret",)
    assert store.rules is not None
    assert store.rules.read_text() == RULES.read_text()


# The ticker


class Followed:
    """A ticker, and what it printed."""

    def __init__(self) -> None:
        self._printed = io.StringIO()
        self.ticker = Ticker(Console(file=self._printed, width=200, highlight=False))

    def log(self, event: str, **fields: object) -> None:
        self.ticker.on_log(json.dumps({"at": "...", "event": event, **fields}) + "\n")

    def signal(self, outcome: str, **fields: object) -> None:
        self.log("signal", order_id=118, outcome=outcome, **fields)

    @property
    def printed(self) -> list[str]:
        return [line.strip() for line in self._printed.getvalue().splitlines()]


@pytest.fixture
def followed() -> Followed:
    return Followed()


def a_change(**changes: object) -> dict[str, object]:
    return {
        "line_id": "l1",
        "rule": "r",
        "action": "set_status",
        "from_status_id": 2,
        "to_status_id": 10,
        "result": "applied",
        "reason": "fully shipped",
        **changes,
    }


def test_a_hook_that_is_registered_is_told(followed: Followed) -> None:
    followed.log("hook", action="create_hook", scope="store/order/updated", result="applied")

    assert followed.printed == ["hook for store/order/updated registered"]


def test_each_change_is_one_readable_line(followed: Followed) -> None:
    first = a_change(rule="ship")
    second = a_change(rule="check", from_status_id=10, to_status_id=99, reason="[/] is no markup")

    followed.signal("applied", changes=[first, second], api_calls=4)

    assert followed.printed == [
        "order 118: Shipped → Completed by rule ship (fully shipped)",
        "order 118: Completed → status 99 by rule check ([/] is no markup)",
    ]


def test_a_note_alone_is_told_as_what_it_is(followed: Followed) -> None:
    followed.signal("applied", changes=[a_change(action="staff_note", to_status_id=None)])

    assert followed.printed == ["order 118: staff_note by rule r (fully shipped)"]


def test_an_order_that_is_left_alone_is_told_once_for_each_reason(followed: Followed) -> None:
    for reason in ("money_taken_or_authorised", "money_taken_or_authorised", "archived"):
        followed.signal("blocked", rule="cancel", reason=reason)

    assert followed.printed == [
        "order 118: left alone by rule cancel (money taken or authorised)",
        "order 118: left alone by rule cancel (archived)",
    ]


def test_what_needs_no_telling_is_only_counted(followed: Followed) -> None:
    for _ in range(3):
        followed.log("webhook", status=200, code="queued")
    followed.signal("duplicate")
    followed.signal("duplicate", api_calls=0)
    followed.signal("echo")
    followed.signal("no_match", api_calls=2)
    followed.log("stopped")

    assert followed.printed == []
    assert followed.ticker.counts == {
        "webhooks received": 3,
        "duplicates dropped": 2,
        "echoes recognised": 1,
        "API calls made": 2,
        "changes applied": 0,
    }


def test_changes_and_calls_are_counted(followed: Followed) -> None:
    first, second = a_change(line_id="l1"), a_change(line_id="l2")

    followed.signal("applied", changes=[first, second], api_calls=5)
    followed.signal("applied", changes=[second], api_calls=3)  # settled anew after a death

    assert followed.ticker.counts["changes applied"] == 2
    assert followed.ticker.counts["API calls made"] == 8


def test_what_is_no_event_is_shown_as_it_came(followed: Followed) -> None:
    followed.ticker.on_log("Traceback [/red] (most recent call last):\n")

    assert followed.printed == ["server: Traceback [/red] (most recent call last):"]
