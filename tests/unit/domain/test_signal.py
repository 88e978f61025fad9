"""A signal on its way through the queue, and what cannot be one."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from builders import a_signal
from orderwarden.domain.signal import VERSION, Signal
from orderwarden.errors import Rejected, TryAgain


def changed(**fields: object) -> str:
    return json.dumps(json.loads(a_signal().to_json()) | fields)


def test_a_signal_comes_out_as_it_went_in() -> None:
    assert Signal.from_json(a_signal().to_json()) == a_signal()


def test_a_signal_of_a_newer_version_waits_for_newer_code() -> None:
    with pytest.raises(TryAgain, match="unknown_version"):
        Signal.from_json(changed(version=VERSION + 1, order_id="not even a number"))


@pytest.mark.parametrize(
    "fields",
    [
        {"occurred_at": "2026-11-21T12:00:00"},
        {"occurred_at": None},
        {"order_id": "118"},
        {"order_id": True},
        {"trigger": "no_such_trigger"},
        {"store": None},
        {"version": None},
    ],
)
def test_what_is_no_signal_is_rejected(fields: dict[str, object]) -> None:
    with pytest.raises(Rejected, match="not_a_signal"):
        Signal.from_json(changed(**fields))


def test_signals_of_one_order_go_one_after_the_other() -> None:
    first, second = a_signal(), replace(a_signal(occurred=9.0), receipt_key="wh-2")

    assert first.group == second.group
    assert first.group != replace(first, order_id=119).group
    assert first.group != replace(first, store="def456").group
