"""Hooks are made what they should be: against the simulated store, crashes and others included."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from orderwarden.errors import AnswerLost
from orderwarden.services.repair_hooks import HookRepairs
from orderwarden_cli.rules_yaml import read_rules
from scenario import STORE
from unit.services.hook_rig import EXCEPTIONS, PLACE, RULES, HookRig


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[HookRig]:
    rig = HookRig(tmp_path)
    yield rig
    rig.database.close()


WANTED = [EXCEPTIONS, "store/order/created", "store/shipment/created"]


def test_a_store_without_hooks_gets_what_its_rules_need(rig: HookRig) -> None:
    done = rig.sync()

    assert done == [
        ("create_hook", "store/order/created", "applied"),
        ("create_hook", "store/shipment/created", "applied"),
        ("create_hook", EXCEPTIONS, "applied"),
    ]
    assert rig.scopes() == WANTED
    assert {hook.headers["X-Orderwarden-Secret"] for hook in rig.hooks()} == {"s3cret"}
    assert rig.sync() == []


def test_every_change_of_a_hook_is_a_line_under_the_stores_hooks(rig: HookRig) -> None:
    rig.sync()

    first, *_ = rig.lines()
    assert len(rig.lines()) == 3
    assert (first.order_id, first.rule, first.actor, first.result.value) == (
        0,
        "hooks",
        "hooks",
        "applied",
    )
    assert {line.reason for line in rig.lines()} == {f"{scope} missing" for scope in WANTED}


def test_a_hook_that_was_switched_off_is_revived_with_an_alarm_since_when(rig: HookRig) -> None:
    rig.sync()
    hook = rig.hooks()[0]
    rig.clock.advance(3600)
    rig.sim.hooks.deactivate(hook.id, rig.sim.clock.now())
    rig.clock.advance(7200)

    assert rig.sync() == [("update_hook", hook.scope, "applied")]

    assert all(each.is_active for each in rig.hooks())
    [(kind, notice_id, detail)] = rig.notices.told
    since = "2026-11-21T13:00:00+00:00"
    assert (kind, notice_id) == ("hook_was_off", f"hook_was_off-{hook.id}-{since}")
    assert detail == {"scope": hook.scope, "hook_id": hook.id, "since": since}
    assert rig.sync() == []


def test_hooks_that_lead_elsewhere_are_never_touched(rig: HookRig) -> None:
    theirs = rig.add("store/order/created", "https://erp.example.com/webhooks/abc123")
    rig.sim.hooks.deactivate(theirs, rig.sim.clock.now())
    before = rig.sim.hooks.get(theirs)

    rig.sync()

    assert rig.sim.hooks.get(theirs) == before
    assert [hook.id for hook in rig.look().others] == [theirs]


def test_delivery_exceptions_that_go_elsewhere_stay_there(rig: HookRig) -> None:
    rig.add(EXCEPTIONS, "https://erp.example.com/exceptions")

    seen = rig.look()
    rig.sync()

    assert seen.exceptions_go_elsewhere
    assert [hook.scope for hook in rig.look().ours] == WANTED[1:]


def test_hooks_follow_the_rules(rig: HookRig) -> None:
    rig.sync()
    rig.rules = read_rules(RULES.replace("order_created", "order_updated"), "rules.yaml")

    assert rig.sync() == [
        ("create_hook", "store/order/updated", "applied"),
        ("delete_hook", "store/order/created", "applied"),
    ]


def test_what_still_delivers_stays_while_its_successor_is_refused(rig: HookRig) -> None:
    rig.add("store/order/*", PLACE)
    rig.fault("status", status=422, method="POST", path="/v3/hooks", times=1)

    done = rig.sync()

    assert done[0] == ("create_hook", "store/order/created", "failed")
    assert "store/order/*" in rig.scopes()
    assert [kind for kind, _, _ in rig.notices.told] == ["hook_refused"]
    assert "store/order/*" not in (rig.sync(), rig.scopes())[1]


def test_what_is_refused_again_and_again_is_one_line_and_one_alarm(rig: HookRig) -> None:
    rig.fault("status", status=422, method="POST", path="/v3/hooks")

    for _ in range(3):
        rig.sync()
        rig.clock.advance(900)

    assert len(rig.lines()) == 3
    assert {line.result.value for line in rig.lines()} == {"failed"}
    assert len(rig.notices.told) == 3


# Crashes, and others at the same work


@pytest.mark.parametrize(("effect", "result"), [("done", "recovered"), ("none", "applied")])
def test_a_lost_answer_is_settled_by_what_the_store_shows(
    rig: HookRig, effect: str, result: str
) -> None:
    rig.fault("timeout", effect, method="POST", path="/v3/hooks", times=1)
    with pytest.raises(AnswerLost):
        rig.sync()
    assert [line.result.value for line in rig.lines()] == ["intended"]

    rig.clock.advance(900)
    rig.sync()

    assert rig.scopes() == WANTED
    assert sorted(line.result.value for line in rig.lines()) == sorted([result, *["applied"] * 2])


def test_two_at_once_leave_one_hook_of_each(rig: HookRig) -> None:
    first, second = rig.look(), rig.look()
    rig.carry_out(first)
    rig.clock.advance(1)

    done = rig.carry_out(replace(second, at=second.at + timedelta(seconds=1)))

    assert {(each.result.value, each.detail) for each in done} == {
        ("not_applied", "somebody else made it")
    }
    assert rig.scopes() == WANTED
    assert rig.sync() == []


def test_a_double_that_somebody_else_deleted_is_no_failure(rig: HookRig) -> None:
    rig.sync()
    extra = rig.add("store/order/archived", PLACE)
    seen = rig.look()
    rig.sim.hooks.delete(extra)

    [done] = rig.carry_out(seen)

    assert (done.result.value, done.detail) == ("not_applied", "the hook is gone")


def test_a_line_that_was_taken_for_abandoned_tells_the_truth_in_the_end(rig: HookRig) -> None:
    seen = rig.look()

    def somebody_else_tidies_up() -> None:
        rig.clock.advance(120)
        later = rig.look()
        HookRepairs(
            rig.ports, STORE, rules_version=1, actor="hooks", trigger="reconcile"
        ).carry_out((), later.ours, later.at)

    rig.adapter.once_before("POST", somebody_else_tidies_up)

    rig.carry_out(seen)

    assert {line.result.value for line in rig.lines()} == {"applied"}


# Blocked domains


def test_a_blocked_domain_is_told_once_an_hour(rig: HookRig) -> None:
    rig.sync()
    client = rig.hooks()[0].client_id
    for _ in range(100):
        now = rig.sim.clock.now()
        rig.sim.dispatcher.blocklist.note((client, "hooks.example.com"), now, "timed out")

    for _ in range(2):
        rig.sync()

    assert [each.left_s for each in rig.look().blocked] == [180]
    assert [(kind, detail["destination"]) for kind, _, detail in rig.notices.told] == [
        ("domain_blocked", "hooks.example.com")
    ]


def test_a_store_that_does_not_tell_what_is_blocked_is_looked_after_all_the_same(
    rig: HookRig,
) -> None:
    rig.fault("status", status=403, method="GET", path="/v3/hooks/admin")

    assert len(rig.sync()) == 3
    assert rig.look().blocked == ()


def test_reading_costs_two_calls(rig: HookRig) -> None:
    rig.sync()
    before = len(rig.sim.journal.requests)

    rig.sync()

    assert len(rig.sim.journal.requests) - before == 2
