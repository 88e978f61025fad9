"""The timer of reconciliations."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from fakes import NOON
from orderwarden.domain.order import Order
from orderwarden.domain.order_filter import OrderFilter
from orderwarden.errors import OrderwardenError, StoreUnauthorised, TryAgain
from orderwarden.ports import Answer
from orderwarden.services.publish import publish
from orderwarden_cli.rules_yaml import read_rules
from orderwarden_local.catching_up import CatchingUp
from orderwarden_local.structured_log import StructuredLog
from unit.machines import STORE, FakeReader, LogLines, a_machine

OTHER = "xyz789"
RULES = """version: 1
mode: live
time_zone: UTC
rules:
  - {name: complete, on: status_updated, when: {status: Shipped}, do: [set_status: Completed]}
"""


class FakeList(FakeReader):
    """A store with these orders, or with an error in their place."""

    def __init__(self, listed: tuple[Order, ...] | OrderwardenError = ()) -> None:
        super().__init__()
        self.listed = listed
        self.windows: list[datetime | None] = []
        self.calls_granted = 1000

    def order_pages(self, wanted: OrderFilter) -> Iterator[Answer[tuple[Order, ...]]]:
        self.windows.append(wanted.modified_from)
        if isinstance(self.listed, OrderwardenError):
            raise self.listed
        if self.listed:
            yield Answer(self.listed, NOON)

    def allowance(self, seconds: float) -> int | None:  # noqa: ARG002
        return self.calls_granted


class Rig:
    """Two stores with rules, and their timer."""

    def __init__(self, folder: Path) -> None:
        self.readers = {STORE: FakeList(), OTHER: FakeList()}
        self.machine = a_machine(folder, self.readers)
        self.log = LogLines()
        rules = read_rules(RULES, "rules.yaml")
        for store in self.readers:
            state, clock = self.machine.state, self.machine.clock
            publish(state, clock, store, rules, source=RULES, author="test")
        structured = StructuredLog(self.machine.clock, self.log)
        self.catching_up = CatchingUp(self.machine, structured, look_every_s=0.01)

    def looks(self, seconds: int) -> list[int]:
        """Let time pass, a round every 15 s; return after how many seconds the store was asked."""
        asked_at = []
        for second in range(0, seconds, 15):
            before = len(self.readers[STORE].windows)
            self.catching_up.run_round()
            if len(self.readers[STORE].windows) > before:
                asked_at.append(second)
            self.machine.clock.wait(15)
        return asked_at


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    return Rig(tmp_path)


def test_every_store_is_reconciled_at_the_start_and_then_every_quarter_of_an_hour(
    rig: Rig,
) -> None:
    assert rig.looks(2000) == [0, 900, 1800]
    assert len(rig.readers[OTHER].windows) == 3
    told = rig.log.events("reconciled")
    assert len(told) == 6
    assert (told[0]["store"], told[0]["ended"], told[0]["orders"]) == (STORE, "complete", 0)


def test_a_store_out_of_reach_is_asked_again_after_a_minute_and_keeps_no_other_waiting(
    rig: Rig,
) -> None:
    rig.readers[STORE].listed = TryAgain("timeout")

    assert rig.looks(150) == [0, 60, 120]
    assert len(rig.readers[OTHER].windows) == 1


def test_a_store_may_ask_for_more_patience(rig: Rig) -> None:
    rig.readers[STORE].listed = TryAgain("throttled", 300.0)

    assert rig.looks(700) == [0, 300, 600]


def test_a_full_queue_is_topped_up_every_minute(rig: Rig) -> None:
    raw = {
        "id": 118,
        "status_id": 2,
        "date_created": "Sat, 21 Nov 2026 09:00:00 +0000",
        "date_modified": "Sat, 21 Nov 2026 11:00:00 +0000",
    }
    rig.readers[STORE].listed = (Order.from_json(raw),)
    rig.readers[STORE].calls_granted = 0

    assert rig.looks(150) == [0, 60, 120]
    assert rig.machine.queue.depth().queued == 0


def test_a_stopped_store_is_caught_up_once_it_runs_again(rig: Rig) -> None:
    rig.readers[STORE].listed = StoreUnauthorised(STORE, 401)

    while_refused = rig.looks(600)
    rig.readers[STORE].listed = ()
    rig.machine.state.resume(STORE)

    assert while_refused == [0]
    assert rig.looks(900) == [0]
    assert [notice["kind"] for notice in rig.log.events("notice")] == ["store_stopped"]


def test_the_thread_begins_at_once_and_ends_when_it_is_told_to(rig: Rig) -> None:
    rig.catching_up.start()
    rig.log.wait_for("reconciled", 2)

    rig.catching_up.stop()

    assert len(rig.readers[STORE].windows) == 1
