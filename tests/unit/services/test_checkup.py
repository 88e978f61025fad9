"""What `doctor` finds: of the store's API, of what waits, of secrets and payment methods."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from fakes import NOON
from orderwarden.domain.hook_secrets import HookSecrets
from orderwarden.domain.rotation import Rotation
from orderwarden.errors import TryAgain
from orderwarden.ports import Depth
from orderwarden.services.checkup.finding import Finding, Level, looked
from orderwarden.services.checkup.hooks import check_hooks, check_secrets
from orderwarden.services.checkup.payments import check_methods, recent_orders
from orderwarden.services.checkup.remedies import on_aws
from orderwarden.services.checkup.store_api import check_api, check_scopes
from orderwarden.services.checkup.work import (
    check_alarms,
    check_queue,
    check_rules,
    check_store_work,
)
from orderwarden.services.heartbeat import beat
from orderwarden_cli.rules_yaml import read_rules
from rule_builders import an_order
from scenario import STORE
from unit.services.hook_rig import RULES, HookRig

OK, WARNING, BROKEN = Level.OK, Level.WARNING, Level.BROKEN
CANCELS = """version: 1
mode: live
rules:
  - name: cancel
    on: order_updated
    when: {status: Awaiting Payment}
    do: [{set_status: Cancelled}]
"""


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[HookRig]:
    rig = HookRig(tmp_path)
    yield rig
    rig.database.close()


def levels(findings: Iterator[Finding]) -> list[tuple[str, Level]]:
    found = list(findings)
    assert all(each.remedy for each in found if each.level is not OK)
    return [(each.check, each.level) for each in found]


# The API


def test_a_healthy_api_is_in_order(rig: HookRig) -> None:
    assert levels(check_api(rig.api, rig.clock)) == [
        ("token", OK),
        ("statuses", OK),
        ("clock", OK),
        ("quota", OK),
    ]


def test_the_quota_that_the_headers_name_is_told_by_the_hour(rig: HookRig) -> None:
    [*_, quota] = check_api(rig.api, rig.clock)

    assert quota.told == "the store grants us 9,600,000 calls an hour beside the reserve"


@pytest.mark.parametrize(
    ("status", "told"), [(401, "the API answers 401"), (503, "the API is out of reach")]
)
def test_an_api_that_does_not_answer_is_broken_and_nothing_else_is_asked(
    rig: HookRig, status: int, told: str
) -> None:
    rig.fault("status", status=status)

    [finding] = check_api(rig.api, rig.clock)

    assert (finding.check, finding.level) == ("token", BROKEN)
    assert finding.told.startswith(told)


@pytest.mark.parametrize(
    ("off_s", "level"),
    [(29, OK), (-29, OK), (33, WARNING), (-33, WARNING), (400, BROKEN), (-400, BROKEN)],
)
def test_a_clock_that_is_off_is_found_whichever_way(
    rig: HookRig, off_s: float, level: Level
) -> None:
    rig.clock.advance(off_s)
    rig.sim.clock.ahead = timedelta(seconds=-off_s)  # type: ignore[attr-defined]

    assert ("clock", level) in levels(check_api(rig.api, rig.clock))


# Scopes


def test_whatever_rules_read_is_tried_by_reading(rig: HookRig) -> None:
    rig.sim.shopper.place(total="20.00")
    before = len(rig.sim.journal.writes)
    rules = read_rules(RULES.replace("total: {over: 5}", "customer_group: VIP"), "r")

    found = list(check_scopes(rig.api, rules, recent_orders(rig.api, rig.clock)))

    assert [(each.level, each.told) for each in found] == [
        (OK, "the token may read orders, customer, transactions")
    ]
    assert len(rig.sim.journal.writes) == before


@pytest.mark.parametrize(("rules", "level"), [(RULES, WARNING), (CANCELS, BROKEN)])
def test_transactions_that_cannot_be_read_are_bad_where_a_rule_cancels(
    rig: HookRig, rules: str, level: Level
) -> None:
    rig.sim.shopper.place(total="20.00")
    rig.fault("status", status=403, path="/v3/orders/*/transactions")

    [missing, rest] = check_scopes(
        rig.api, read_rules(rules, "r"), recent_orders(rig.api, rig.clock)
    )

    assert (missing.level, rest.told) == (level, "the token may read orders")
    assert "store_v2_transactions_read_only" in missing.remedy


def test_a_store_without_recent_orders_is_no_proof(rig: HookRig) -> None:
    assert levels(check_scopes(rig.api, None, ())) == [("scopes", WARNING)]


# Payment methods


def test_a_payment_method_on_no_list_is_named_with_its_count() -> None:
    methods = ["Barter", "PayPal", "Barter", "Check", "Wire", ""]
    orders = [an_order(payment_method=method) for method in methods]

    assert check_methods(orders, ["wire", "barter"]).level is OK
    found = check_methods(orders, ["wire"])
    assert (found.level, found.told.partition(";")[0]) == (WARNING, "on no list: Barter (2)")


# Hooks and secrets


def test_hooks_that_are_missing_are_broken_and_come_in_order(rig: HookRig) -> None:
    assert levels(check_hooks(rig.look())) == [("hooks", BROKEN)] * 3

    rig.sync()
    [finding] = check_hooks(rig.look())

    assert (finding.level, finding.told) == (OK, "all 3 are there, active and right")


@pytest.mark.parametrize(
    ("client", "hook", "level"),
    [
        (("c",), ("h",), OK),
        (("c",), (), WARNING),
        ((), ("h",), WARNING),
        ((), (), BROKEN),
    ],
)
def test_both_proofs_are_better_than_one(
    client: tuple[str, ...], hook: tuple[str, ...], level: Level
) -> None:
    known = HookSecrets(client, hook, needs_both=False, fetched_at=NOON)

    assert levels(check_secrets(known, hook, None)) == [("secrets", level)]


def test_a_retired_secret_that_is_still_configured_is_found() -> None:
    known = HookSecrets(("c",), ("new",), needs_both=False, fetched_at=NOON)

    found = check_secrets(known, ("old",), Rotation("new", NOON, ended_at=NOON))

    assert levels(found) == [("secrets", OK), ("secrets", WARNING)]


# What is at work


def test_rules_in_force_are_counted_and_none_is_broken() -> None:
    assert levels(check_rules(None)) == [("rules", BROKEN)]
    assert levels(check_rules(read_rules(CANCELS, "r"))) == [("rules", OK)]
    shadow = read_rules(CANCELS.replace("live", "shadow"), "r")
    assert levels(check_rules(shadow)) == [("rules", WARNING)]


def test_a_server_that_stopped_looking_is_found(rig: HookRig) -> None:
    assert levels(check_store_work(rig.state, rig.clock, STORE)) == [("schedule", BROKEN)]

    beat(rig.state, rig.clock, STORE)
    rig.clock.advance(15 * 60)
    assert levels(check_store_work(rig.state, rig.clock, STORE)) == [("schedule", OK)]

    rig.clock.advance(1)
    assert levels(check_store_work(rig.state, rig.clock, STORE)) == [("schedule", BROKEN)]


def test_a_stopped_store_and_a_paused_rule_are_told(rig: HookRig) -> None:
    beat(rig.state, rig.clock, STORE)
    rig.state.stop(STORE, "paused_by_hand")
    rig.state.pause_rule(STORE, "cancel")

    assert levels(check_store_work(rig.state, rig.clock, STORE)) == [
        ("work", BROKEN),
        ("work", WARNING),
        ("schedule", OK),
    ]


@pytest.mark.parametrize(("minutes", "level"), [(0, OK), (10, OK), (11, WARNING), (91, BROKEN)])
def test_a_queue_whose_oldest_signal_grows_old_is_found(minutes: int, level: Level) -> None:
    found = check_queue(Depth(2, 0, 0), NOON - timedelta(minutes=minutes), NOON)

    assert levels(found) == [("queue", level), ("dead_letters", OK)]


def test_dead_letters_need_a_look() -> None:
    assert levels(check_queue(Depth(0, 0, 3), None, NOON))[1] == ("dead_letters", WARNING)


def test_a_queue_that_tells_no_ages_is_told_by_its_depth_alone() -> None:
    found = next(check_queue(Depth(2, 0, 0), None, NOON))

    assert (found.level, found.told) == (OK, "2 signals wait")


# On AWS


def test_an_alarm_that_rings_is_broken_and_silence_is_in_order() -> None:
    ringing = ["shop-OldestSignalAlarm-1", "shop-DeadLettersAlarm-2"]

    assert [found.told for found in check_alarms(ringing, on_aws("shop"))] == [
        "shop-DeadLettersAlarm-2 rings",
        "shop-OldestSignalAlarm-1 rings",
    ]
    assert levels(check_alarms(ringing, on_aws("shop"))) == [("alarms", BROKEN)] * 2
    assert levels(check_alarms([], on_aws("shop"))) == [("alarms", OK)]


def test_remedies_are_those_of_the_host(rig: HookRig) -> None:
    rig.fault("status", status=401)
    [token] = check_api(rig.api, rig.clock, on_aws("shop"))
    *_, schedule = check_store_work(rig.state, rig.clock, STORE, on_aws("shop"))

    assert "orderwarden init --stack shop --replace" in token.remedy
    assert "SweepFunction" in schedule.remedy


def test_a_check_that_fails_is_a_finding_itself() -> None:
    def fails() -> Iterator[Finding]:
        yield Finding("a", OK, "fine so far")
        raise TryAgain("database_busy")

    first, second = looked("queue", fails)

    assert (first.check, second.check, second.level) == ("a", "queue", BROKEN)
