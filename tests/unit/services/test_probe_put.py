"""Whether a PUT without a status keeps it: tried on one order, which is as before afterwards."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from orderwarden.errors import AnswerLost, Rejected
from orderwarden.services.probe_put import PUT_KEEPS, PutProbe
from scenario import STORE
from unit.services.hook_rig import HookRig


class Rig(HookRig):
    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        ids = count(1)
        self.probe = PutProbe(
            self.api, self.changelog, self.state, self.clock, lambda: f"{next(ids):032x}"
        )
        self.order_id = self.sim.shopper.place(total="20.00")

    def status_id(self) -> int:
        return self.sim.order(self.order_id).status_id

    def results(self) -> list[tuple[str, str]]:
        lines = self.changelog.of_order(STORE, self.order_id)
        return [(line.action, line.result.value) for line in lines]


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    rig = Rig(tmp_path)
    yield rig
    rig.database.close()


def test_a_store_that_keeps_the_status_is_known_for_it(rig: Rig) -> None:
    probed = rig.probe.run(STORE, rig.order_id)

    assert (probed.keeps, rig.status_id()) == (True, 7)
    assert rig.results() == [("update_order", "applied")]
    assert json.loads(rig.state.bookmark(STORE, PUT_KEEPS) or "")["keeps"] is True


def test_a_status_that_was_lost_is_put_back_with_a_line_of_its_own(rig: Rig) -> None:
    rig.sim.settings.put_without_status = "pending"

    probed = rig.probe.run(STORE, rig.order_id)

    assert (probed.before_status_id, probed.after_status_id, probed.keeps) == (7, 1, False)
    assert rig.status_id() == 7
    assert sorted(rig.results()) == [("set_status", "applied"), ("update_order", "applied")]
    assert json.loads(rig.state.bookmark(STORE, PUT_KEEPS) or "")["keeps"] is False


@pytest.mark.parametrize("status", ["Pending", "Incomplete"])
def test_an_order_that_would_tell_nothing_is_left_alone(rig: Rig, status: str) -> None:
    rig.sim.staff.edit(rig.order_id, status=status)
    before = len(rig.sim.journal.writes)

    with pytest.raises(Rejected, match="order_tells_nothing"):
        rig.probe.run(STORE, rig.order_id)

    assert len(rig.sim.journal.writes) == before


@pytest.mark.parametrize(
    ("effect", "lines"),
    [
        ("none", [("update_order", "unconfirmed")]),
        ("done", [("set_status", "applied"), ("update_order", "unconfirmed")]),
    ],
)
def test_a_lost_answer_leaves_no_line_open_and_no_status_lost(
    rig: Rig, effect: str, lines: list[tuple[str, str]]
) -> None:
    rig.sim.settings.put_without_status = "pending"
    rig.fault("timeout", effect, method="PUT", path="/v2/orders/*", times=1)

    with pytest.raises(AnswerLost):
        rig.probe.run(STORE, rig.order_id)

    assert rig.status_id() == 7
    assert sorted(rig.results()) == lines
    assert rig.state.bookmark(STORE, PUT_KEEPS) is None


def test_the_order_is_written_only_once_a_line_says_so(rig: Rig) -> None:
    rig.sim.settings.put_without_status = "pending"
    before: list[list[tuple[str, str]]] = []
    rig.adapter.before = lambda method, _: (
        before.append(rig.results()) if method == "PUT" else None
    )

    rig.probe.run(STORE, rig.order_id)

    assert before[0] == [("update_order", "intended")]
    assert ("set_status", "intended") in before[1]
