"""What is odd about rules that compile: whom it concerns, why, and how sure that is."""

from __future__ import annotations

import pytest
from orderwarden.domain.rules.lint import MOST, Finding, Schedule, Severity, lint
from orderwarden_cli.rules_yaml import read_rules

EVERY_5_MINUTES = Schedule()


def found(*entries: str, **labels: str) -> list[tuple[tuple[str, ...], str, str]]:
    body = "".join(f"  - {{{entry}}}\n" for entry in entries)
    rules = read_rules(f"version: 1\nmode: live\nrules:\n{body}", "rules.yaml")
    names = {int(key.removeprefix("status_")): label for key, label in labels.items()}
    findings = lint(rules, EVERY_5_MINUTES, names)
    return [(each.rules, each.reason, each.severity.value) for each in findings]


def rule(name: str, when: str, to: str, more: str = "", on: str = "status_updated") -> str:
    return f"name: {name}, on: {on}, when: {{{when}}}, do: [set_status: {to}]{more}"


def test_sensible_rules_have_no_findings() -> None:
    assert not found(
        rule("a", "status: Awaiting Payment, paid: true", "Awaiting Fulfillment"),
        rule("b", "status: Shipped, fully_shipped: true", "Completed"),
        rule("c", "status: Awaiting Payment, age: {at_least: 12h}", "Cancelled", on="sweep"),
    )


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        (
            rule("r", "total: {over: 5, under: 5}", "Completed"),
            "its tests contradict each other",
        ),
        (
            rule("r", "status: Shipped, all: [{status: Pending}]", "Completed"),
            "its tests contradict each other",
        ),
        (
            rule("r", "status: Pending, previous_status: Incomplete", "Declined", on="sweep"),
            "no event tells previous_status in a sweep, and what is unknown never fires",
        ),
        (
            rule("r", "status: Shipped", "Shipped"),
            "it sets Shipped, and is true of no order in another status",
        ),
        (
            rule("r", "any: [{status: Completed}, {status: Disputed}]", "Shipped"),
            "Completed, Disputed: protected, unless status names it at the top of `when`",
        ),
        (
            rule("r", "status: Awaiting Payment, paid: true", "Cancelled"),
            "paid is true: no order with money is set to Cancelled",
        ),
        (
            rule("r", "status: Pending, payment_status: [captured, authorized]", "Declined"),
            "payment_status in captured, authorized: no order with money is set to Declined",
        ),
        (
            rule("r", "status: Pending, amount_paid: {over: 0}", "Declined"),
            "amount_paid over 0: no order with money is set to Declined",
        ),
    ],
)
def test_a_dead_rule_is_told_with_its_reason(entry: str, reason: str) -> None:
    assert found(entry) == [(("r",), f"it never acts: {reason}", "warning")]


@pytest.mark.parametrize(
    "entry",
    [
        rule("r", "status: Shipped", "Completed"),
        "name: r, on: status_updated, when: {status: Shipped}, do: [set_status: Shipped, hold]",
        rule("r", "status: [Completed, Disputed]", "Shipped"),
        rule("r", "status: Awaiting Payment, paid: false", "Cancelled"),
        rule("r", "status: Pending, payment_status: [captured, '']", "Declined"),
        rule("r", "previous_status: Incomplete", "Shipped", on="[status_updated, sweep]").replace(
            "previous_status", "status: Pending, previous_status"
        ),
    ],
)
def test_a_rule_that_may_act_is_not_called_dead(entry: str) -> None:
    assert not [reason for _, reason, _ in found(entry) if "never acts" in reason]


BROAD = rule("broad", "status: Awaiting Payment, age: {over: 1h}", "Disputed")
NARROW = rule("narrow", "status: Awaiting Payment, age: {over: 2h}, total: 5", "Declined")
HIDDEN = (
    ("narrow", "broad"),
    "it never acts: whenever it is true, broad above it is true, too",
    "warning",
)


def test_a_rule_below_a_broader_one_never_wins() -> None:
    note = (
        "name: narrow, on: order_updated, do: [hold], "
        "when: {status: Awaiting Payment, age: {over: 2h}}"
    )

    assert found(BROAD, NARROW) == [HIDDEN]
    assert found(BROAD, note) == [HIDDEN]
    assert not found(NARROW, BROAD)


@pytest.mark.parametrize(
    "broad",
    [
        BROAD + ", continue: true",
        BROAD + ", mode: shadow",
        BROAD.replace("status_updated", "order_created"),
        BROAD.replace("status_updated", "sweep"),
        BROAD.replace("Awaiting Payment", "[Awaiting Payment, Disputed]"),
        BROAD.replace("set_status: Disputed", "hold"),
    ],
)
def test_a_broader_rule_that_lets_others_by_hides_none(broad: str) -> None:
    narrow = NARROW.replace("status: Awaiting Payment", "status: [Awaiting Payment, Disputed]")

    assert HIDDEN not in found(broad, narrow if "[" in broad else NARROW)


def test_a_broader_rule_that_nothing_asks_hides_none() -> None:
    assert not found(
        rule("archived", "status: Shipped", "Completed", on="order_archived"),
        rule("narrow", "status: Shipped, total: {over: 5}", "Completed"),
    )


def test_rules_that_may_both_be_true_are_told() -> None:
    overlap = "both may be true of one order and want different statuses; the first wins"
    first = rule("first", "status: Shipped, total: {over: 5}", "Completed")

    assert found(first, rule("second", "status: Shipped, items: 1", "Disputed")) == [
        (("first", "second"), overlap, "note")
    ]
    assert not found(first, rule("second", "status: Shipped, total: 5", "Disputed"))
    assert not found(first, rule("second", "status: Shipped", "Disputed"))
    assert not found(first, rule("second", "status: Shipped, items: 1", "Completed"))
    assert not found(first, rule("second", "status: Pending, items: 1", "Disputed"))


def test_rules_that_lead_round_in_a_circle_are_told() -> None:
    there = rule("there", "status: Awaiting Fulfillment", "Awaiting Shipment")
    on = rule("on", "status: Awaiting Shipment, digital: false", "Awaiting Pickup")
    back = rule("back", "status: Awaiting Pickup", "Awaiting Fulfillment")
    told = (
        "an order may go round and round: Awaiting Shipment, then Awaiting Pickup, "
        "then Awaiting Fulfillment; the safeguards stop it after two rounds"
    )

    assert found(there, on, back) == [(("there", "on", "back"), told, "warning")]
    assert not found(there, on)
    assert not found(there, on, back.replace("Pickup}", "Pickup, digital: true}"))


def test_a_time_in_a_status_does_not_break_a_circle_but_an_age_does() -> None:
    there = "status: Awaiting Fulfillment, {}: {{over: 2d}}"
    back = rule("back", "status: Awaiting Shipment, {}: {{under: 1d}}", "Awaiting Fulfillment")

    def circle(field: str) -> bool:
        first = rule("there", there.format(field), "Awaiting Shipment")
        return bool(found(first, back.replace("{}", field).replace("{{", "{").replace("}}", "}")))

    assert circle("status_for")
    assert circle("unchanged_for")
    assert not circle("age")


@pytest.mark.parametrize(
    ("test", "reason", "severity"),
    [
        (
            "age: {at_least: 4m}",
            "age at_least 4m: sweeps are 5m apart, so it acts later",
            "note",
        ),
        (
            "age: {between: [1h, 1h 4m]}",
            "age between 1h, 1h 4m: sweeps are 5m apart, so orders may slip through",
            "warning",
        ),
        ("age: {at_least: 5m}", None, None),
        ("age: {under: 4m}", None, None),
        ("age: {between: [1h, 1h 5m]}", None, None),
        ("age: {at_least: 1 business day}", None, None),
    ],
)
def test_an_age_shorter_than_the_schedule_is_told(
    test: str, reason: str | None, severity: str | None
) -> None:
    entry = rule("r", f"status: Awaiting Payment, {test}", "Cancelled", on="sweep")

    assert found(entry) == ([(("r",), reason, severity)] if reason else [])
    assert not found(entry.replace("sweep", "status_updated"))


def test_what_a_costly_sweep_costs_is_told() -> None:
    when = "status: Awaiting Payment, age: {at_least: 12h}, customer_group: {not_in: [Wholesale]}"
    told = (
        "customer_group may cost a call for each order found, once in 1d; "
        "an upper bound of age makes them fewer"
    )

    assert found(rule("r", when, "Cancelled", on="sweep")) == [(("r",), told, "note")]
    bounded = when.replace("at_least: 12h", "between: [12h, 9d]")
    assert not found(rule("r", bounded, "Cancelled", on="sweep"))


def test_a_status_that_the_store_renamed_is_told() -> None:
    entry = rule("r", "status: Awaiting Fulfillment", "Shipped")

    assert found(entry, status_11="Picking", status_2="Shipped", status_7="Open") == [
        (("r",), "Awaiting Fulfillment is called Picking in this store", "note")
    ]


def test_so_many_findings_are_told_at_most() -> None:
    entries = [rule(f"r{n}", "total: {over: 5, under: 5}", "Completed") for n in range(MOST + 1)]

    assert len(found(*entries)) == MOST


def test_a_finding_is_a_plain_value() -> None:
    assert Finding(("r",), "why", Severity.NOTE) == Finding(("r",), "why", Severity("note"))
