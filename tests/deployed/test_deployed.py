"""The template, deployed on a stand-in: the main job, through its functions, end to end."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator

import pytest
from bigcommerce_sim import RealClock, Request, Settings, SimulatedStore
from bigcommerce_sim.web.server import running
from deployed.gateway import gateway
from deployed.source import EventSource
from deployed.stack import CLIENT_SECRET, NOT_CREATED, STORE, TOKEN, Stack, standing
from functions.handlers import event
from orderwarden.adapters.dynamodb_changelog import DynamoChangelog
from orderwarden.adapters.dynamodb_state import DynamoState
from orderwarden.adapters.system_clock import SystemClock
from orderwarden.domain.line import Line
from orderwarden.services.publish import publish
from orderwarden_cli.rules_yaml import read_rules
from scenario import COMPLETE
from template.translated import STEMS, properties, translated

pytestmark = [pytest.mark.xdist_group("deployed"), pytest.mark.timeout(180)]

WITHIN_S = 60.0


class Deployed:
    """A store, the stack, and the ways between them."""

    def __init__(self, stack: Stack, sim: SimulatedStore, clock: RealClock) -> None:
        self.clock = clock
        self.stack = stack
        self.sim = sim
        self.source = EventSource(stack)
        outputs, dynamodb = stack.outputs, stack.client("dynamodb")
        self.state = DynamoState(dynamodb, outputs["StateTable"])
        self.changelog = DynamoChangelog(dynamodb, outputs["ChangelogTable"])
        rules = read_rules(COMPLETE, "rules.yaml")
        publish(self.state, SystemClock(), STORE, rules, source=COMPLETE, author="test")

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


@pytest.fixture(scope="module")
def deployed() -> Iterator[Deployed]:
    settings = Settings(plain_http_destinations=True, quota_requests=100_000)
    clock = RealClock()
    sim = SimulatedStore(
        STORE, settings=settings, clock=clock, token=TOKEN, client_secret=CLIENT_SECRET
    )
    with running(sim) as api_url, standing(api_url) as stack:
        yield Deployed(stack, sim, clock)


def test_what_the_stand_in_does_not_create_is_known(deployed: Deployed) -> None:
    wanted = {
        resource["Type"]
        for resource in translated()["Resources"].values()
        if "Condition" not in resource
    }

    assert wanted - deployed.stack.types == NOT_CREATED.keys()


@pytest.mark.parametrize("stem", STEMS)
def test_a_function_has_the_variables_of_the_template_and_no_other(
    deployed: Deployed, stem: str
) -> None:
    variables = properties(f"{stem.title()}Function")["Environment"]["Variables"]

    environment = deployed.stack.functions[stem].environment

    assert environment.keys() == variables.keys()
    assert all(environment.values())
    assert environment["ORDERWARDEN_QUEUE_URL"] == deployed.stack.outputs["QueueUrl"]


def test_a_shipped_order_is_completed_once(deployed: Deployed) -> None:
    sim = deployed.sim
    with gateway(deployed.stack.functions["ingest"]) as url:
        deployed.hook(url)

        order = sim.shopper.place(total="20.00")
        sim.shopper.pay(order)
        sim.staff.ship(order)
        deployed.work_until(lambda: sim.order(order).status_id == 10)
        deployed.work_until(lambda: queue_is_empty(deployed))

        assert deployed.writes(order) == [(2, 10)]
        assert deployed.changes(order) == [("applied", 2, 10)]


def test_an_order_whose_webhooks_were_lost_is_found_and_completed(deployed: Deployed) -> None:
    sim = deployed.sim
    order = sim.shopper.place(total="30.00")
    sim.shopper.pay(order)
    sim.staff.ship(order)
    deployed.clock.turn(61)  # what was modified just now is left to the next run

    def found() -> bool:
        deployed.stack.functions["reconcile"].invoke(event("reconcile-schedule"))
        deployed.source.poll()
        return sim.order(order).status_id == 10

    deployed.work_until(found)

    assert deployed.writes(order) == [(2, 10)]


def queue_is_empty(deployed: Deployed) -> bool:
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    counts = deployed.stack.client("sqs").get_queue_attributes(
        QueueUrl=deployed.stack.outputs["QueueUrl"], AttributeNames=names
    )["Attributes"]
    return all(counts[name] == "0" for name in names)
