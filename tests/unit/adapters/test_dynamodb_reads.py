"""Pages, batches that come in parts, and indexes that are behind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import aws_stand_in
import pytest
from botocore.stub import Stubber
from contracts.builders import STORE, a_line, a_parked, a_receipt, a_review, a_signal, some_rules
from dynamodb_backend import Dynamo
from fakes import NOON
from orderwarden.adapters.dynamodb_table import DynamoTable
from orderwarden.domain.line import Result
from orderwarden.domain.signal import VERSION
from orderwarden.errors import TryAgain

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


def by_twos(tables: Dynamo) -> None:
    """Let every query come in pages of two items."""
    tables.before("Query", lambda params: params.update(Limit=2))


def ids_between(tables: Dynamo, days: int) -> list[str]:
    return [line.id for line in tables.changelog.between(STORE, NOON, NOON + days * DAY)]


def test_every_page_is_read(tables: Dynamo) -> None:
    by_twos(tables)
    for number in range(5):
        at = NOON + number * SECOND
        tables.changelog.replace(a_line(f"l{number}", at=at, run_id="run-1"), None)
        tables.state.open_review(a_review(f"r{number}"))
        tables.state.park(a_parked(f"k{number}", until=at))
        tables.state.hold(STORE, 100, f"rule-{number}", "undone")
        tables.state.publish(some_rules(number + 1))

    assert len(tables.changelog.of_order(STORE, 100)) == 5
    assert len(tables.changelog.of_run(STORE, "run-1")) == 5
    assert len(ids_between(tables, 1)) == 5
    assert len(tables.state.reviews(STORE)) == 5
    assert len(tables.state.due(STORE, NOON + DAY, 9)) == 5
    assert tables.state.count_parked(STORE) == 5
    assert len(tables.state.holds(STORE, 100)) == 5
    assert len(tables.state.versions(STORE)) == 5


def test_what_a_batch_left_out_is_asked_for_again(tables: Dynamo) -> None:
    for number in range(5):
        tables.receipts.replace(a_receipt(f"k{number}"), None)
    tables.after("BatchGetItem", leave_all_but(2, aws_stand_in.RECEIPTS))

    found = tables.receipts.look_up(f"k{number}" for number in range(5))

    assert set(found) == {"k0", "k1", "k2", "k3", "k4"}
    assert len(tables.wire.sent["BatchGetItem"]) == 3


def test_a_batch_that_is_left_out_whole_is_tried_again_later(tables: Dynamo) -> None:
    tables.receipts.replace(a_receipt("k1"), None)
    tables.after("BatchGetItem", leave_all_but(0, aws_stand_in.RECEIPTS))

    with pytest.raises(TryAgain, match="aws_throttled"):
        tables.receipts.look_up(["k1"])

    assert len(tables.wire.sent["BatchGetItem"]) == 1


def leave_all_but(count: int, table: str) -> Any:  # noqa: ANN401
    def leave(answer: dict[str, Any]) -> None:
        items = answer["Responses"][table]
        left = [{"key": item["key"]} for item in items[count:]]
        answer["Responses"][table] = items[:count]
        answer["UnprocessedKeys"] = {table: {"Keys": left}} if left else {}

    return leave


def test_a_key_asked_for_twice_is_read_once(tables: Dynamo) -> None:
    tables.receipts.replace(a_receipt("k1"), None)

    assert set(tables.receipts.look_up(["k1", "k2", "k1"])) == {"k1"}


def test_no_keys_are_no_question(tables: Dynamo) -> None:
    assert tables.receipts.look_up([]) == {}
    assert tables.wire.sent == {}


def test_lines_of_several_days_come_oldest_first(tables: Dynamo) -> None:
    for days, line_id in ((2, "c"), (0, "a"), (1, "b"), (3, "d")):
        tables.changelog.replace(a_line(line_id, at=NOON + days * DAY), None)

    assert ids_between(tables, 3) == ["a", "b", "c"]


def test_the_day_of_a_line_ends_at_midnight_utc(tables: Dynamo) -> None:
    midnight = NOON.replace(hour=0) + DAY
    microsecond = timedelta(microseconds=1)
    for at, line_id in ((midnight, "next day"), (midnight - microsecond, "this day")):
        tables.changelog.replace(a_line(line_id, at=at), None)

    before = tables.changelog.between(STORE, NOON, midnight)
    after = tables.changelog.between(STORE, midnight, midnight + microsecond)

    assert [line.id for line in before] == ["this day"]
    assert [line.id for line in after] == ["next day"]


def test_a_line_written_anew_is_found_under_its_new_time_alone(tables: Dynamo) -> None:
    blocked = a_line("l1", result=Result.BLOCKED)
    tables.changelog.replace(blocked, None)
    tables.changelog.replace(a_line("l1", at=NOON + DAY), blocked)

    assert ids_between(tables, 1) == []
    assert ids_between(tables, 2) == ["l1"]


def test_an_entry_of_a_line_that_moved_meanwhile_is_left_out(tables: Dynamo) -> None:
    blocked = a_line("l1", result=Result.BLOCKED)
    tables.changelog.replace(blocked, None)
    tables.changelog.replace(a_line("l2", at=NOON + SECOND), None)

    lines = tables.changelog.between(STORE, NOON, NOON + DAY)
    tables.after(
        "Query",
        lambda _: tables.changelog.replace(a_line("l1", at=NOON - DAY), blocked),
    )

    assert [line.id for line in lines] == ["l2"]


def test_an_entry_of_a_signal_that_is_gone_meanwhile_is_left_out(tables: Dynamo) -> None:
    tables.state.park(a_parked("k1", until=NOON))
    tables.state.park(a_parked("k2", until=NOON))
    tables.after("Query", lambda _: tables.state.unpark(a_parked("k1", until=NOON)))

    due = tables.state.due(STORE, NOON, 9)

    assert [parked.signal.receipt_key for parked in due] == ["k2"]


def test_signals_that_newer_code_parked_wait_and_hold_up_no_others(tables: Dynamo) -> None:
    for number in range(3):
        newer = replace(a_signal(key=f"newer {number}"), version=VERSION + 1)
        tables.state.park(a_parked(signal=newer))
    tables.state.park(a_parked("ours", at=NOON + SECOND))

    waiting = tables.state.waiting_for(STORE, "store", 1)

    assert [parked.signal.receipt_key for parked in waiting] == ["ours"]
    assert tables.state.count_parked(STORE) == 4


def test_a_publication_that_meets_another_write_is_tried_again_later(tables: Dynamo) -> None:
    with Stubber(tables.client) as stub:
        stub.add_client_error(
            "transact_write_items",
            "TransactionCanceledException",
            modeled_fields={"CancellationReasons": [{"Code": "TransactionConflict"}]},
        )

        with pytest.raises(TryAgain, match="aws_contended"):
            tables.state.publish(some_rules(1))


def test_rules_of_which_half_is_written_are_not_there_yet(tables: Dynamo) -> None:
    tables.state.publish(some_rules(1))
    tables.state.publish(some_rules(2))
    tables.after("Query", lambda answer: answer["Items"].pop(0))

    with pytest.raises(TryAgain, match="rules_being_published"):
        tables.state.versions(STORE)
    assert tables.state.version(STORE, 1) is None


class Recorded:
    """A client that finds nothing, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []

    def __getattr__(self, _: str) -> Any:  # noqa: ANN401
        return self._answer

    def _answer(self, **asked: Any) -> dict[str, Any]:  # noqa: ANN401
        self.asked.append(asked)
        return {"Items": [], "Responses": {}, "UnprocessedKeys": {}, "Count": 0}


@pytest.mark.parametrize(
    "read",
    [
        lambda table: table.get("k", "n"),
        lambda table: list(table.get_many([("k", "n")])),
        lambda table: list(table.query("#subject = :subject", subject="k")),
        lambda table: table.count("#subject = :subject", subject="k"),
    ],
    ids=["one", "many", "partition", "count"],
)
def test_what_is_not_read_by_an_index_is_read_as_it_is_now(
    read: Callable[[DynamoTable], object],
) -> None:
    client = Recorded()

    read(DynamoTable(client, "state", "subject", "name"))  # type: ignore[arg-type]

    [asked] = client.asked
    told = asked.get("RequestItems", {}).get("state", asked)
    assert told["ConsistentRead"] is True
