"""Looking once more for money after a cancellation, whatever room there is on the queue."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from contracts.builders import STORE, a_line
from orderwarden.domain.line import Line, Result
from orderwarden.domain.signal import Signal
from orderwarden.services.late_money import LateLooks
from scenario import Scenario


@pytest.fixture
def scenario(tmp_path: Path) -> Scenario:
    return Scenario(tmp_path)


def cancelled(scenario: Scenario, number: int, **more: object) -> None:
    at = scenario.clock.now() - timedelta(minutes=70 - number)
    fields = {"at": at, "is_dangerous": True, "to_status_id": 5, "result": Result.APPLIED}
    line: Line = a_line(f"line-{number}", **(fields | more))
    scenario.changelog.replace(line, None)


def looked_at(scenario: Scenario, room: int) -> list[str]:
    """Return the receipt keys of what is looked at while there is so much room."""
    keys: list[str] = []

    def put(signal: Signal) -> bool:
        if len(keys) == room:
            return False
        keys.append(signal.receipt_key)
        return True

    LateLooks(scenario.clock, scenario.changelog, scenario.state, STORE).queue_due("run-1", put)
    return keys


def test_what_found_no_room_is_looked_at_the_next_time(scenario: Scenario) -> None:
    cancelled(scenario, 1)
    cancelled(scenario, 2)

    looks = [looked_at(scenario, 1), looked_at(scenario, 9), looked_at(scenario, 9)]

    assert looks == [["late-1h-line-1"], ["late-1h-line-2"], []]


def test_only_a_cancellation_that_stands_is_looked_at(scenario: Scenario) -> None:
    cancelled(scenario, 1, undone_by="line-9")
    cancelled(scenario, 2, result=Result.BLOCKED)
    cancelled(scenario, 3, is_dangerous=False)
    cancelled(scenario, 4, result=Result.UNCONFIRMED)

    assert looked_at(scenario, 9) == ["late-1h-line-4"]
