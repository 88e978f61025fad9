"""The template, deployed on a stand-in: the main job, through its functions, end to end."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from bigcommerce_sim import SimulatedStore
from deployed.gateway import gateway
from deployed.shop import Command, Deployed, deployed_shop
from deployed.stack import CLIENT_SECRET, NOT_CREATED, STORE, Function
from functions.handlers import event, webhook
from orderwarden.adapters.sqs_queue import SqsQueue
from orderwarden.adapters.system_clock import SystemClock
from orderwarden.domain.signal import Signal, Trigger
from orderwarden.ports import Review
from scenario import COMPLETE
from template.translated import STEMS, properties, translated

pytestmark = [pytest.mark.xdist_group("deployed"), pytest.mark.timeout(180)]


@pytest.fixture(scope="module")
def deployed() -> Iterator[Deployed]:
    with deployed_shop() as shop:
        shop.publish(COMPLETE)
        yield shop


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


def test_a_signal_that_must_wait_keeps_no_other_of_its_batch_waiting(deployed: Deployed) -> None:
    sim = deployed.sim
    deployed.work_until(lambda: queue_is_empty(deployed))
    order = shipped(sim)
    absent = order + 1  # the store says 404 of it for now
    put(deployed, absent, order)

    deployed.source.poll()

    assert len(deployed.source.batches[-1]) == 2
    assert sim.order(order).status_id == 10
    assert not queue_is_empty(deployed)
    assert shipped(sim) == absent
    deployed.work_until(lambda: sim.order(absent).status_id == 10)
    deployed.work_until(lambda: queue_is_empty(deployed))
    assert deployed.writes(order) == deployed.writes(absent) == [(2, 10)]


def test_what_was_received_too_often_is_given_up_and_done_once_it_is_put_back(
    deployed: Deployed, command: Command
) -> None:
    sim = deployed.sim
    order = shipped(sim)
    put(deployed, order)
    for _ in range(101):  # a function that dies each time, and nobody waits out its visibility
        deployed.stack.client("sqs").receive_message(
            QueueUrl=deployed.stack.outputs["QueueUrl"], VisibilityTimeout=0, WaitTimeSeconds=0
        )

    listed = command.json("dead-letters", "list")
    assert queue_is_empty(deployed)
    assert [json.loads(letter["body"])["order_id"] for letter in listed] == [order]
    assert command("dead-letters", "retry", "--all")[0] == 0
    deployed.work_until(lambda: sim.order(order).status_id == 10)

    assert deployed.writes(order) == [(2, 10)]
    assert command.json("dead-letters", "list") == []


def test_a_rotated_secret_proves_webhooks_within_half_a_minute_without_a_deploy(
    deployed: Deployed,
) -> None:
    ingest = deployed.stack.functions["ingest"]
    secret = {"client_secrets": ["the-new-one", CLIENT_SECRET]}
    deployed.stack.client("secretsmanager").put_secret_value(
        SecretId=f"orderwarden/stores/{STORE}/hooks", SecretString=json.dumps(secret)
    )

    deployed.work_until(lambda: _answer(ingest, "the-new-one") == 200)

    assert [_answer(ingest, each) for each in (CLIENT_SECRET, "forged")] == [200, 401]


def _answer(ingest: Function, secret: str) -> int:
    """Return what a webhook that is of no use to us is answered with."""
    answer = ingest.invoke(webhook("ingest-delivery-exception", secret=secret))
    code: int = answer["statusCode"]
    return code


def shipped(sim: SimulatedStore) -> int:
    """Return an order that is paid and shipped, and to be completed."""
    order = sim.shopper.place(total="20.00")
    sim.shopper.pay(order)
    sim.staff.ship(order)
    return order


def put(deployed: Deployed, *orders: int) -> None:
    """Queue a shipment of each order, as ingest does."""
    queue = SqsQueue(deployed.stack.client("sqs"), deployed.stack.outputs["QueueUrl"])
    for order in orders:
        trigger, now = Trigger.SHIPMENT_CREATED, SystemClock().now()
        queue.put(Signal(STORE, order, trigger, now, f"wh-{order}", resource_id="1"))


def queue_is_empty(deployed: Deployed) -> bool:
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    counts = deployed.stack.client("sqs").get_queue_attributes(
        QueueUrl=deployed.stack.outputs["QueueUrl"], AttributeNames=names
    )["Attributes"]
    return all(counts[name] == "0" for name in names)


# The command, with the same ports


@pytest.fixture
def command(deployed: Deployed, monkeypatch: pytest.MonkeyPatch) -> Command:
    return Command(deployed.stack, monkeypatch)


def test_rules_are_published_and_listed(command: Command, tmp_path: Path) -> None:
    rules = tmp_path / "rules.yaml"
    rules.write_text(COMPLETE.replace("complete-when-shipped", "complete"))

    published = command("rules", "publish", str(rules), "--json")
    listed = command("rules", "list", "--json")

    assert (published[0], json.loads(published[1])["version"]) == (0, 2)
    assert [version["version"] for version in json.loads(listed[1])] == [1, 2]


def test_the_changelog_is_listed(command: Command, deployed: Deployed) -> None:
    order = deployed.sim.shopper.place(total="20.00")

    code, output = command("changelog", "list", "--order", str(order), "--json")

    assert (code, json.loads(output)) == (0, [])


def test_a_store_is_paused_and_runs_again(command: Command, deployed: Deployed) -> None:
    paused = command("pause")
    stopped = deployed.state.controls(STORE).stopped
    resumed = command("resume")

    assert (paused[0], stopped, resumed[0]) == (0, "paused_by_hand", 0)
    assert deployed.state.controls(STORE).stopped == ""


def test_reviews_are_listed_and_closed(command: Command, deployed: Deployed) -> None:
    review = Review("refused-1", STORE, "refused", SystemClock().now(), "it was not taken")
    deployed.state.open_review(review)

    listed = command("reviews", "list", "--json")
    approved = command("reviews", "approve", "refused-1")

    assert [each["id"] for each in json.loads(listed[1])] == ["refused-1"]
    assert approved[0] == 0
    assert not deployed.state.reviews(STORE)


def test_dead_letters_are_listed_and_retried(command: Command, deployed: Deployed) -> None:
    deployed.stack.client("sqs").send_message(
        QueueUrl=deployed.stack.outputs["DeadLettersUrl"],
        MessageBody="no signal",
        MessageGroupId="g",
        MessageDeduplicationId="1",
    )

    code, output = command("dead-letters", "list", "--json")
    retried = command("dead-letters", "retry", "--all")

    assert [letter["body"] for letter in json.loads(output)] == ["no signal"]
    assert (code, retried[0]) == (0, 0)
    assert "Put back on the queue: 1." in retried[1]


def test_the_status_is_shown(command: Command) -> None:
    code, output = command("status", "--json")

    assert code == 0
    assert [store["store"] for store in json.loads(output)["stores"]] == [STORE]


def test_a_stack_that_is_not_there_is_named(command: Command) -> None:
    code, output = command("status", stack="nobody")

    assert (code, "stack nobody" in output) == (3, True)


def test_config_and_stack_together_are_refused(command: Command) -> None:
    code, output = command("status", "--config", "orderwarden.toml")

    assert (code, "give one of them" in output) == (2, True)
