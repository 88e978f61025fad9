"""When hooks are looked after on one machine, and when they are left alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from bigcommerce_sim import Answer, FaultRule, Settings, SimulatedStore
from fakes import TurnableClock
from in_process import InProcessAdapter
from orderwarden.adapters.bigcommerce_pacing import Pacer
from orderwarden.adapters.bigcommerce_store import BigCommerceStore
from orderwarden.errors import TryAgain
from orderwarden.services.keep_hooks import Kept, kept, note_kept
from orderwarden.services.publish import publish
from orderwarden_cli.rules_yaml import read_rules
from orderwarden_local.hook_keeper import HookKeeper
from orderwarden_local.structured_log import LoggingNotifier, StructuredLog
from scenario import FollowingClock
from unit.machines import STORE, FakeReader, LogLines, a_machine

RULES = """version: 1
rules:
  - name: note-new
    on: order_created
    when: {total: {over: 5}}
    do: [{staff_note: x}]
"""


class Rig:
    """One machine whose store is simulated, and its keeper of hooks."""

    def __init__(self, folder: Path, public_url: str = "https://hooks.example.com") -> None:
        self.clock = TurnableClock()
        token = "tok3n-never-shown"
        self.sim = SimulatedStore(
            STORE, clock=FollowingClock(self.clock), settings=Settings(), token=token
        )
        bare = a_machine(folder, {STORE: FakeReader()}, self.clock)
        api = BigCommerceStore(
            STORE,
            token,
            "https://api.example.com",
            Pacer(self.clock),
            self.clock,
            adapter=InProcessAdapter(self.sim),
        )
        configuration = replace(bare.configuration, public_url=public_url)
        self.machine = replace(bare, configuration=configuration, stores={STORE: api})
        self.lines = LogLines()
        log = StructuredLog(self.clock, self.lines)
        self.keeper = HookKeeper(self.machine, LoggingNotifier(log), log)

    def publish(self, rules: str = RULES) -> None:
        compiled = read_rules(rules, "rules.yaml")
        publish(self.machine.state, self.clock, STORE, compiled, source=rules, author="test")

    def rounds(self, count: int = 1, every_s: float = 15.0) -> int:
        """Let housekeeping come by; return how often the store was asked meanwhile."""
        before = len(self.sim.journal.requests)
        for _ in range(count):
            self.keeper.look_after(STORE)
            self.clock.advance(every_s)
        return len(self.sim.journal.requests) - before

    def scopes(self) -> list[str]:
        return sorted(hook.scope for hook in self.sim.hooks)

    def left_alone(self) -> list[str]:
        return [line["reason"] for line in self.lines.events("hooks_left_alone")]


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    rig = Rig(tmp_path)
    yield rig
    rig.machine.close()


def test_hooks_are_made_as_soon_as_there_are_rules(rig: Rig) -> None:
    assert rig.rounds(3) == 0

    rig.publish()
    rig.rounds()

    assert rig.scopes() == ["store/hook/deliveryException", "store/order/created"]
    assert [line["scope"] for line in rig.lines.events("hook")] == rig.scopes()[::-1]


def test_hooks_are_looked_at_every_fifteen_minutes(rig: Rig) -> None:
    rig.publish()
    rig.rounds()

    assert rig.rounds(59) == 0
    assert rig.rounds(1) == 2


def test_newly_published_rules_are_followed_at_once(rig: Rig) -> None:
    rig.publish()
    rig.rounds()

    rig.publish(RULES.replace("order_created", "order_updated"))
    rig.rounds()

    assert rig.scopes() == ["store/hook/deliveryException", "store/order/updated"]


@pytest.mark.parametrize(
    ("error_code", "kind"),
    [(90001, "delivery_failing"), (90002, "hook_given_up"), (90003, "domain_blocked")],
)
def test_a_delivery_exception_is_told_once_and_makes_it_look_at_once(
    rig: Rig, error_code: int, kind: str
) -> None:
    rig.publish()
    rig.rounds()

    for _ in range(2):
        rig.keeper.heed_exception(STORE, error_code)

    assert rig.rounds() == 2
    [notice] = rig.lines.events("notice")
    assert (notice["store"], notice["kind"]) == (STORE, kind)
    assert notice["detail"] == {"error_code": error_code}


def test_a_store_out_of_reach_is_asked_again_after_a_minute(rig: Rig) -> None:
    rig.publish()
    rig.sim.faults.add(FaultRule(Answer("reset"), times=1))

    with pytest.raises(TryAgain):
        rig.rounds()

    assert rig.rounds(2, every_s=29.0) == 0
    assert rig.rounds(2, every_s=29.0) > 0
    assert len(rig.scopes()) == 2


@pytest.mark.parametrize(
    ("public_url", "reason"),
    [("", "no_public_url"), ("http://127.0.0.1:8080", "not_reachable_from_outside")],
)
def test_a_machine_that_nobody_reaches_makes_no_hooks_and_says_so_once(
    tmp_path: Path, public_url: str, reason: str
) -> None:
    rig = Rig(tmp_path, public_url)
    rig.publish()

    assert rig.rounds(10) == 0
    assert rig.left_alone() == [reason]
    rig.machine.close()


def test_hooks_that_a_person_removed_stay_removed_until_they_are_asked_for(rig: Rig) -> None:
    rig.publish()
    removed = Kept(rig.clock.now(), 1, is_removed=True)
    note_kept(rig.machine.state, STORE, removed, by_person=True)

    assert rig.rounds(5) == 0
    assert rig.left_alone() == ["removed_by_hand"]

    note_kept(rig.machine.state, STORE, Kept(rig.clock.now(), 1), by_person=True)
    rig.rounds()
    assert len(rig.scopes()) == 2


def test_a_store_that_refuses_our_token_is_not_asked_until_it_runs_again(rig: Rig) -> None:
    rig.publish()
    rig.machine.state.stop(STORE, "unauthorised_401")
    assert rig.rounds(3) == 0

    rig.machine.state.resume(STORE)

    assert rig.rounds() > 0
    assert kept(rig.machine.state, STORE) is not None


def test_a_store_that_a_person_stopped_keeps_its_hooks(rig: Rig) -> None:
    rig.publish()
    rig.machine.state.stop(STORE, "paused_by_hand")

    rig.rounds()

    assert len(rig.scopes()) == 2
