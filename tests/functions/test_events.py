"""The files of `events/` are what AWS sends: what can be checked in them adds up."""

from __future__ import annotations

import base64
import hashlib
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from functions.handlers import CLIENT_SECRET, ROOT, event
from orderwarden.domain.authenticity import Keys, judge
from template.translated import properties

NAMES = sorted(path.stem for path in (ROOT / "events").glob("*.json"))
WEBHOOKS = [name for name in NAMES if name.startswith("ingest-")]
RECORDS = [
    record for name in NAMES if name.startswith("process-") for record in event(name)["Records"]
]
TEXTS = ("application/json", "text/")


@pytest.mark.parametrize("name", WEBHOOKS)
def test_a_webhook_was_signed_when_it_was_sent(name: str) -> None:
    sent = event(name)
    text = sent["body"]
    body = base64.b64decode(text) if sent["isBase64Encoded"] else text.encode()
    at = datetime.fromtimestamp(sent["requestContext"]["timeEpoch"] / 1000, UTC)

    verdict = judge(sent["headers"], body, Keys((CLIENT_SECRET.encode(),), (), False), at)

    assert verdict.fault == ""
    assert int(sent["headers"]["content-length"]) == len(body)


@pytest.mark.parametrize("name", WEBHOOKS)
def test_only_what_does_not_say_that_it_is_text_is_encoded(name: str) -> None:
    sent = event(name)

    says_text = sent["headers"]["content-type"].startswith(TEXTS)

    assert sent["isBase64Encoded"] is not says_text


@pytest.mark.parametrize("record", RECORDS)
def test_a_record_has_its_digest_and_comes_from_the_queue_of_the_template(
    record: dict[str, Any],
) -> None:
    queue = properties("SignalQueue")["QueueName"]["Fn::Sub"]
    name = queue.replace("${AWS::StackName}", "orderwarden")

    assert record["md5OfBody"] == hashlib.md5(record["body"].encode()).hexdigest()  # noqa: S324
    assert record["eventSourceARN"].split(":")[-1] == name


@pytest.mark.parametrize("stem", ["sweep", "reconcile"])
def test_a_schedule_is_one_of_the_template_and_its_detail_is_a_text(stem: str) -> None:
    sent = event(f"{stem}-schedule")

    [resource] = sent["resources"]

    assert resource.split(":")[-1].startswith(f"schedule/orderwarden/orderwarden-{stem.title()}S")
    assert (sent["source"], json.loads(sent["detail"])) == ("aws.scheduler", {})


def test_no_two_events_have_one_id() -> None:
    ids = [event(f"{stem}-schedule")["id"] for stem in ("sweep", "reconcile")]

    assert len(set(ids)) == 2
