"""Which rules a signal asks, and what an event alone rules out."""

from __future__ import annotations

from dataclasses import replace

import pytest
from builders import a_signal, a_status_event, at, seen
from orderwarden.domain.relevance import adds_nothing, asks_every_rule, may_match, rules_asked
from orderwarden.domain.rules.model import Rule
from orderwarden.domain.rules.repeat import Repeat
from orderwarden.domain.signal import Trigger
from orderwarden_cli.rules_yaml import read_rules


def rule(on: str, when: str = "{status: Shipped}", to: str = "Completed") -> Rule:
    entry = f"{{name: r, on: {on}, when: {when}, do: [{{set_status: {to}}}]}}"
    text = f"version: 1\nmode: live\ntime_zone: UTC\nrules:\n  - {entry}\n"
    return read_rules(text, "rules.yaml").rules[0]


SWEEP = rule("sweep", "{status: Awaiting Payment, age: {at_least: 12h}}", "Disputed")


def test_every_webhook_asks_the_rules_of_all_webhook_triggers() -> None:
    shipment = rule("shipment_created")

    assert rules_asked(a_signal(), [shipment, SWEEP], was_seen=True) == (shipment,)


@pytest.mark.parametrize("on", ["order_archived", "stock_changed"])
def test_no_webhook_asks_a_rule_on_nothing_but_what_nothing_asks(on: str) -> None:
    never = rule(on, "{status: Awaiting Shipment}")

    assert rules_asked(a_signal(), [never], was_seen=False) == ()
    assert rules_asked(a_signal(Trigger.RECONCILE), [never], was_seen=False) == ()


def test_what_nothing_asks_does_not_widen_a_rule_on_creation() -> None:
    on_creation = rule("[order_created, order_archived]")

    assert rules_asked(a_signal(), [on_creation], was_seen=True) == ()


def test_a_sweep_asks_the_sweep_rules_alone() -> None:
    signal = a_signal(Trigger.SWEEP)

    assert rules_asked(signal, [rule("order_updated"), SWEEP], was_seen=True) == (SWEEP,)


def test_a_rule_on_creation_alone_counts_on_creation_or_while_nothing_was_seen() -> None:
    on_creation = rule("order_created")

    assert rules_asked(a_signal(), [on_creation], was_seen=True) == ()
    assert rules_asked(a_signal(), [on_creation], was_seen=False) == (on_creation,)
    created = a_signal(Trigger.ORDER_CREATED)
    assert rules_asked(created, [on_creation], was_seen=True) == (on_creation,)


def test_a_young_status_event_excludes_rules_on_other_statuses() -> None:
    event = a_status_event("Shipped", "Disputed")

    assert not may_match(event, [rule("order_updated")], None, at(1))
    assert may_match(event, [rule("order_updated", "{status: Disputed}")], None, at(1))
    assert may_match(event, [rule("order_updated", "{total: {over: 1}}")], None, at(1))


def test_an_event_older_than_ten_minutes_excludes_nothing() -> None:
    event = a_status_event("Shipped", "Disputed")

    assert may_match(event, [rule("order_updated")], None, at(600))


@pytest.mark.parametrize(
    ("modified", "status", "excludes"),
    [(-1, "Shipped", True), (0, "Disputed", True), (0, "Shipped", False), (1, "Shipped", False)],
)
def test_only_news_exclude(modified: float, status: str, excludes: bool) -> None:
    event = a_status_event("Shipped", "Disputed")
    known = seen(modified=modified, read=modified, status=status)

    assert may_match(event, [rule("order_updated")], known, at(1)) is not excludes


def test_a_rule_that_asks_where_the_order_came_from_needs_an_event_that_says_so() -> None:
    asking = rule("status_updated", "{previous_status: Awaiting Payment}")

    assert may_match(a_status_event("Awaiting Payment", "Shipped"), [asking], None, at(1))
    assert not may_match(a_status_event("Pending", "Shipped"), [asking], None, at(1))
    assert not may_match(a_signal(), [asking], None, at(1))


@pytest.mark.parametrize(
    ("trigger", "when", "expected"),
    [
        (Trigger.ORDER_UPDATED, "{status: Shipped}", True),
        (Trigger.SHIPMENT_CREATED, "{status: Shipped}", True),
        (Trigger.STATUS_UPDATED, "{status: Shipped}", True),
        (Trigger.STATUS_UPDATED, "{not: {previous_status: Pending}}", False),
        (Trigger.TRANSACTION_CREATED, "{status: Shipped}", True),
        (Trigger.TRANSACTION_CREATED, "{paid: true}", False),
        (Trigger.REFUND_CREATED, "{status: Shipped}", False),
        (Trigger.ORDER_CREATED, "{status: Shipped}", False),
    ],
)
def test_what_an_event_adds_to_a_body_that_was_seen(
    trigger: Trigger, when: str, expected: bool
) -> None:
    assert adds_nothing(a_signal(trigger), [rule("order_updated", when)]) is expected


def test_a_payment_always_says_something_to_a_dangerous_rule() -> None:
    dangerous = rule("order_updated", "{status: Shipped}", "Cancelled")

    assert not adds_nothing(a_signal(Trigger.TRANSACTION_CREATED), [dangerous])


def test_a_rule_may_leave_out_what_reconciliation_finds() -> None:
    live_only = replace(rule("order_updated"), catches_up=False)
    found = a_signal(Trigger.RECONCILE)

    assert rules_asked(found, [live_only, rule("order_updated")], was_seen=True) == (
        rule("order_updated"),
    )
    assert rules_asked(a_signal(), [live_only], was_seen=True) == (live_only,)


@pytest.mark.parametrize(
    ("trigger", "repeat", "expected"),
    [
        (Trigger.SHIPMENT_CREATED, Repeat.EACH_SHIPMENT, False),
        (Trigger.SHIPMENT_CREATED, Repeat.EACH_EVENT, False),
        (Trigger.SHIPMENT_CREATED, Repeat.EACH_MESSAGE, True),
        (Trigger.TRANSACTION_CREATED, Repeat.EACH_TRANSACTION, False),
        (Trigger.TRANSACTION_CREATED, Repeat.EACH_REFUND, True),
        (Trigger.ORDER_UPDATED, Repeat.EACH_EVENT, True),
    ],
)
def test_an_event_names_what_a_rule_repeats_for(
    trigger: Trigger, repeat: Repeat, expected: bool
) -> None:
    repeating = replace(rule("shipment_created"), repeat=repeat)

    assert adds_nothing(a_signal(trigger), [repeating]) is expected


def test_a_body_counts_as_seen_only_where_every_rule_was_asked() -> None:
    deaf = [replace(rule("status_updated"), catches_up=False)]

    assert asks_every_rule(Trigger.ORDER_UPDATED, deaf)
    assert asks_every_rule(Trigger.RECONCILE, [])
    assert not asks_every_rule(Trigger.RECONCILE, deaf)
    assert not asks_every_rule(Trigger.SWEEP, [])
