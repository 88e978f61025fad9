"""Which hooks should exist, and what is to be done until they do."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from orderwarden.domain.hook import Hook, HookChanges
from orderwarden.domain.hooks_wanted import (
    HookAction,
    destinations,
    is_ours,
    tasks,
    wanted_hooks,
    wanted_scopes,
)
from orderwarden.domain.rules.model import RuleSet
from orderwarden_cli.rules_yaml import read_rules

URL = "https://hooks.example.com"
STORE = "abc123"
PLACE = f"{URL}/webhooks/{STORE}"
EXCEPTIONS = f"{PLACE}/exceptions"
SECRET = {"X-Orderwarden-Secret": "s3cret"}
AT = datetime(2026, 1, 5, 9, tzinfo=UTC)

CREATED = "store/order/created"
STATUS = "store/order/statusUpdated"
TRANSACTION = "store/order/transaction/created"


def rules(*entries: str, mode: str = "live") -> RuleSet:
    text = "".join(f"  - name: r{n}\n{entry}" for n, entry in enumerate(entries))
    return read_rules(f"version: 1\nmode: {mode}\nrules:\n{text}", "rules.yaml")


def a_rule(on: str, when: str = "{status: Pending}", do: str = "{staff_note: x}") -> str:
    return f"    on: {on}\n    when: {when}\n    do: [{do}]\n"


def a_hook(hook_id: int = 1, scope: str = CREATED, destination: str = PLACE) -> Hook:
    return Hook(hook_id, scope, destination, True, AT, AT, headers=SECRET)


WANTED = wanted_hooks(rules(a_rule("order_created")), URL, STORE, "s3cret")
RIGHT = (a_hook(1), a_hook(2, "store/hook/deliveryException", EXCEPTIONS))


# Scopes


@pytest.mark.parametrize(
    ("on", "scopes"),
    [
        ("order_created", {CREATED}),
        ("[order_created, order_updated]", {CREATED, "store/order/updated"}),
        ("shipment_updated", {"store/shipment/updated", "store/shipment/deleted"}),
        ("message_created", {"store/order/message/created"}),
        ("refund_created", {"store/order/refund/created"}),
        ("sweep", set[str]()),
    ],
)
def test_rules_ask_for_the_scopes_of_their_triggers(on: str, scopes: set[str]) -> None:
    when = "{status: Pending, age: {between: [1h, 2d]}}"

    assert wanted_scopes(rules(a_rule(on, when))) == scopes


def test_a_shadow_rule_needs_its_webhooks_as_well() -> None:
    assert wanted_scopes(rules(a_rule("order_created"), mode="shadow")) == {CREATED}


def test_metafield_events_are_asked_for_only_where_a_rule_reads_metafields() -> None:
    reading = rules(a_rule("order_updated", "{meta.erp.state: done}"))

    assert wanted_scopes(reading) == {
        "store/order/updated",
        "store/order/metafield/created",
        "store/order/metafield/updated",
        "store/order/metafield/deleted",
    }


CANCELS = a_rule("sweep", "{status: Awaiting Payment, age: {between: [1h, 9d]}}", "set_status: 5")
CANCELS = CANCELS.replace("set_status: 5", "{set_status: Cancelled}")


def test_a_live_rule_that_cancels_makes_us_listen_for_money_that_comes_late() -> None:
    assert wanted_scopes(rules(CANCELS)) == {STATUS, TRANSACTION}
    assert wanted_scopes(rules(CANCELS, mode="shadow")) == set()


@pytest.mark.parametrize("when", ["{status_for: {at_least: 2h}}", "{previous_status: Pending}"])
def test_a_rule_that_asks_where_an_order_came_from_needs_status_events(when: str) -> None:
    assert wanted_scopes(rules(a_rule("order_created", when))) == {CREATED, STATUS}


def test_delivery_exceptions_are_asked_for_at_a_place_of_their_own() -> None:
    found = {(hook.scope, hook.destination) for hook in WANTED}

    assert found == {(CREATED, PLACE), ("store/hook/deliveryException", EXCEPTIONS)}
    assert destinations(URL, STORE) == (PLACE, EXCEPTIONS)


# What is ours


@pytest.mark.parametrize(
    "destination",
    [
        PLACE,
        EXCEPTIONS,
        f"{PLACE}/",
        "https://HOOKS.Example.com/webhooks/abc123",
        "HTTPS://hooks.example.com:443/webhooks/abc123",
        "https://hooks.example.com./webhooks/abc123",
    ],
)
def test_a_hook_that_leads_to_us_is_ours_however_it_is_spelled(destination: str) -> None:
    assert is_ours(a_hook(destination=destination), URL, STORE)


@pytest.mark.parametrize(
    "destination",
    [
        "https://hooks.example.com/webhooks/abc1234",
        "https://hooks.example.com/webhooks/ABC123",
        "https://hooks.example.com/webhooks/abc123/other",
        "https://hooks.example.com/webhooks/abc123?x=1",
        "https://hooks.example.com:8443/webhooks/abc123",
        "http://hooks.example.com/webhooks/abc123",
        "https://user@hooks.example.com/webhooks/abc123",
        "https://hooks.example.com.evil.example/webhooks/abc123",
        "https://[::1/webhooks/abc123",
        "https://hooks.example.com:port/webhooks/abc123",
        "",
    ],
)
def test_a_hook_that_leads_elsewhere_is_not_ours(destination: str) -> None:
    assert not is_ours(a_hook(destination=destination), URL, STORE)


# What is to be done


def test_nothing_is_to_be_done_where_all_is_right() -> None:
    assert tasks(RIGHT, WANTED) == ()


def test_what_is_missing_is_created_with_our_secret() -> None:
    task = tasks(RIGHT[1:], WANTED)[0]

    assert (task.action, task.scope, task.reasons) == (HookAction.CREATE, CREATED, ("missing",))
    assert (task.new().destination, task.new().is_active) == (PLACE, True)
    assert task.new().headers == SECRET


def test_a_hook_that_is_off_is_revived_and_told_since_when() -> None:
    [task] = tasks((replace(RIGHT[0], is_active=False), RIGHT[1]), WANTED)

    assert (task.action, task.reasons, task.off_since) == (HookAction.UPDATE, ("off",), AT)
    assert task.changes() == HookChanges(is_active=True)


def test_a_wrong_secret_is_replaced_and_other_headers_stay() -> None:
    stale = replace(RIGHT[0], headers={"x-orderwarden-secret": "old", "X-Proxy": "p"})

    [task] = tasks((stale, RIGHT[1]), WANTED)

    assert task.changes() == HookChanges(headers={"X-Proxy": "p", **SECRET})


def test_headers_are_left_alone_where_signatures_alone_prove_webhooks() -> None:
    unproved = wanted_hooks(rules(a_rule("order_created")), URL, STORE, None)

    assert tasks(RIGHT, unproved) == ()


def test_a_destination_that_our_server_would_not_know_is_corrected() -> None:
    slashed = replace(RIGHT[0], destination=f"{PLACE}/")

    [task] = tasks((slashed, RIGHT[1]), WANTED)

    assert (task.reasons, task.changes().destination) == (("other_spelling",), PLACE)


def test_of_doubles_the_oldest_stays() -> None:
    doubles = (a_hook(9), replace(a_hook(3), is_active=False), *RIGHT[1:])

    first, second = tasks(doubles, WANTED)

    assert (first.action, first.hook and first.hook.id) == (HookAction.UPDATE, 3)
    assert (second.action, second.hook and second.hook.id) == (HookAction.DELETE, 9)
    assert second.reasons == ("double",)


def test_a_wildcard_gives_way_to_what_is_needed_and_goes_last() -> None:
    wildcard = a_hook(5, "store/order/*")

    first, last = tasks((wildcard, RIGHT[1]), WANTED)

    assert (first.action, first.scope) == (HookAction.CREATE, CREATED)
    assert (last.action, last.scope, last.reasons) == (
        HookAction.DELETE,
        "store/order/*",
        ("not_needed",),
    )


def test_a_hook_at_the_wrong_one_of_our_places_is_too_much() -> None:
    misplaced = a_hook(7, CREATED, EXCEPTIONS)

    [task] = tasks((*RIGHT, misplaced), WANTED)

    assert (task.action, task.hook and task.hook.id) == (HookAction.DELETE, 7)
