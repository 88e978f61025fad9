"""What lies in the tables, as a person sees it in the console; and what does not fit."""

from __future__ import annotations

import gzip
from dataclasses import replace
from datetime import timedelta

import aws_stand_in
import pytest
from contracts.builders import STORE, a_line, a_parked, a_receipt, a_review, a_seen, some_rules
from dynamodb_backend import Dynamo
from fakes import NOON
from orderwarden.adapters.dynamodb_items import Shape
from orderwarden.domain.line import Result
from orderwarden.domain.receipt import ReceiptState
from orderwarden.domain.seen import Seen
from orderwarden.errors import ConfigurationError, Rejected

NOON_TEXT = "2026-11-21T12:00:00.000000+00:00"


def test_an_operator_reads_a_receipt(tables: Dynamo) -> None:
    expires_at = NOON + timedelta(days=21, microseconds=1)
    receipt = a_receipt(state=ReceiptState.DONE, outcome="applied", expires_at=expires_at)
    tables.receipts.replace(receipt, None)

    assert tables.items(aws_stand_in.RECEIPTS) == [
        {
            "key": "k1",
            "store": "abc123",
            "order_id": "100",
            "trigger": "status_updated",
            "state": "done",
            "outcome": "applied",
            "first_at": NOON_TEXT,
            "revision": "1",
            "token": "t1",
            "decision": "",
            "deaths": "0",
            "failures": "0",
            "expires_at": "2026-12-12T12:00:00.000001+00:00",
            "expires_at_epoch": "1797076801",
        }
    ]


def test_a_receipt_that_has_not_ended_has_no_expiry(tables: Dynamo) -> None:
    tables.receipts.replace(a_receipt(), None)

    [item] = tables.items(aws_stand_in.RECEIPTS)

    assert "expires_at_epoch" not in item


def test_an_operator_reads_a_line(tables: Dynamo) -> None:
    line = a_line(also=("staff_note",), path=("first", "second"), run_id="run-1")
    tables.changelog.replace(line, None)

    assert tables.items(aws_stand_in.CHANGELOG) == [
        {
            "order": "abc123#100",
            "id": "l1",
            "day": "abc123#2026-11-21",
            "run": "abc123#run-1",
            "at": NOON_TEXT,
            "store": "abc123",
            "order_id": "100",
            "trigger": "status_updated",
            "rule": "complete-when-shipped",
            "rules_version": "3",
            "action": "set_status",
            "also": [{"S": "staff_note"}],
            "from_status_id": "2",
            "to_status_id": "10",
            "result": "intended",
            "reason": "fully shipped",
            "actor": "rule",
            "run_id": "run-1",
            "path": [{"S": "first"}, {"S": "second"}],
            "attempt": "a1",
            "occasion": "",
            "is_dangerous": False,
            "is_counted": False,
        }
    ]


def test_an_operator_finds_everything_else_by_its_subject(tables: Dynamo) -> None:
    state = tables.state
    state.publish(some_rules())
    state.replace_seen(a_seen(), None)
    state.hold(STORE, 100, "cancel-unpaid", "undone by ann")
    state.park(a_parked())
    state.open_review(a_review())
    state.take(STORE, "changes:cancel-unpaid", 9)
    state.pause_rule(STORE, "cancel-unpaid")

    items = tables.items(aws_stand_in.STATE)

    assert sorted((item["subject"], item["name"]) for item in items) == [
        ("abc123#controls", "controls"),
        ("abc123#counters", "changes:cancel-unpaid"),
        ("abc123#order#100", "hold#cancel-unpaid"),
        ("abc123#order#100", "seen"),
        ("abc123#parked", "k1"),
        ("abc123#reviews", "r1"),
        ("abc123#rules", "version#0000000001#compiled"),
        ("abc123#rules", "version#0000000001#source"),
    ]


def test_controls_lie_in_one_item(tables: Dynamo) -> None:
    tables.state.stop(STORE, "by ann")
    tables.state.pause_rule(STORE, "b")
    tables.state.pause_rule(STORE, "a")
    tables.state.approve(STORE, "a", "f1")

    [item] = tables.items(aws_stand_in.STATE)
    assert item == {
        "subject": "abc123#controls",
        "name": "controls",
        "stopped": "by ann",
        "paused_rules": item["paused_rules"],
        "approved": ["a:f1"],
    }
    assert sorted(item["paused_rules"]) == ["a", "b"]


def test_rules_are_kept_gzipped(tables: Dynamo) -> None:
    tables.state.publish(some_rules(compiled='{"rules": []}', source="rules: []"))

    compiled, source = sorted(tables.items(aws_stand_in.STATE), key=lambda item: item["name"])

    assert gzip.decompress(compiled["compiled_gzip"]) == b'{"rules": []}'
    assert gzip.decompress(source["source_gzip"]) == b"rules: []"


def test_an_attribute_that_older_code_did_not_write_has_its_default() -> None:
    shape = Shape(Seen)
    item = {name: value for name, value in shape.pack(a_seen()).items() if name != "revision"}

    assert shape.unpack(item) == a_seen(revision=1)


def test_an_attribute_that_newer_code_wrote_is_left_alone() -> None:
    shape = Shape(Seen)

    assert shape.unpack({**shape.pack(a_seen()), "new_in_version_2": {"S": "x"}}) == a_seen()


def test_what_does_not_fit_an_item_is_rejected(tables: Dynamo) -> None:
    fits = a_receipt("k1", decision="x" * 400_000)
    does_not = a_receipt("k2", decision="x" * 409_600)

    tables.receipts.replace(fits, None)
    with pytest.raises(Rejected, match="item_size"):
        tables.receipts.replace(does_not, None)

    assert set(tables.receipts.look_up(["k1", "k2"])) == {"k1"}


@pytest.mark.parametrize("key", ["", "ä" * 1025])
def test_a_key_that_dynamodb_does_not_take_is_rejected(tables: Dynamo, key: str) -> None:
    with pytest.raises(Rejected, match="key_size"):
        tables.receipts.replace(a_receipt(key), None)


def test_a_sort_key_has_half_as_much_room(tables: Dynamo) -> None:
    tables.changelog.replace(a_line("x" * 1024), None)

    with pytest.raises(Rejected, match="key_size"):
        tables.changelog.replace(a_line("x" * 1025), None)


def test_a_source_above_300_kb_gzipped_is_refused_too(tables: Dynamo) -> None:
    noise = "".join(chr(0x4E00 + number * 7919 % 20_000) for number in range(400_000))

    with pytest.raises(ConfigurationError, match=r"307,200 are allowed"):
        tables.state.publish(some_rules(source=noise))

    assert tables.state.current(STORE) is None


def test_a_settled_line_replaces_the_intended_one_whole(tables: Dynamo) -> None:
    line = a_line(read_modified=NOON)
    tables.changelog.replace(line, None)

    tables.changelog.settle(replace(line, result=Result.FAILED, read_modified=None))

    [item] = tables.items(aws_stand_in.CHANGELOG)
    assert item["result"] == "failed"
    assert "read_modified" not in item
