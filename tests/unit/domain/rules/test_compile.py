"""From a rule file to a rule set; the language as the merchant meets it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from orderwarden.domain.rules.canonical import from_json, to_json
from orderwarden.domain.rules.fields import FIELDS
from orderwarden.domain.rules.model import (
    Action,
    All,
    AnyOf,
    Condition,
    Limits,
    Not,
    Rule,
    RuleSet,
)
from orderwarden.domain.rules.model import Test as FieldTest
from orderwarden.domain.rules.repeat import Repeat
from orderwarden.domain.signal import Trigger
from orderwarden.domain.statuses import PROTECTED
from orderwarden.errors import ConfigurationError
from orderwarden_cli.rules_yaml import read_file, read_rules


def read(text: str) -> RuleSet:
    return read_rules(text, "rules.yaml")


def one_rule(
    when: str = "{status: Shipped}",
    do: str = "[set_status: Completed]",
    on: str = "status_updated",
    more: str = "",
) -> Rule:
    (rule,) = read(
        f"version: 1\nrules:\n  - {{name: r, on: {on}, when: {when}, do: {do}{more}}}\n"
    ).rules
    return rule


def when(text: str) -> Condition:
    return one_rule(when=text).when


def problems(text: str) -> tuple[str, ...]:
    with pytest.raises(ConfigurationError) as raised:
        read(text)
    return raised.value.problems


def test_a_whole_file_becomes_a_rule_set() -> None:
    rules = read("""
        version: 1
        mode: live
        time_zone: America/New_York
        store:
          reserve: 35%
          offline_methods: [Wire, NO]
          protected_statuses: [Manual Verification Required]
          holidays: [2026-12-25, "2027-01-01"]
        rules:
          - name: complete-when-shipped
            on: [shipment_created, status_updated]
            when:
              status: [Awaiting Shipment, Shipped]
              fully_shipped: true
            do:
              - set_status: Completed
              - staff_note: "Done by {rule}"
    """)

    assert rules.version == 0
    assert len(rules.digest) == 64
    assert rules.time_zone == "America/New_York"
    assert rules.reserve == Decimal("0.35")
    assert rules.offline_methods == {"Wire", "NO"}
    assert rules.protected_statuses == PROTECTED | {12}
    assert rules.holidays == {date(2026, 12, 25), date(2027, 1, 1)}
    (rule,) = rules.rules
    assert rule.name == "complete-when-shipped"
    assert rule.on == {Trigger.SHIPMENT_CREATED, Trigger.STATUS_UPDATED}
    assert rule.when == All(
        (FieldTest("fully_shipped", "is", (True,)), FieldTest("status", "in", (9, 2)))
    )
    assert rule.actions == (Action("set_status", 10), Action("staff_note", "Done by {rule}"))
    assert rule.is_live
    assert len(rule.fingerprint) == 32


def test_what_is_left_out_has_its_default() -> None:
    rules = read("version: 1\nrules: []")

    assert rules.rules == ()
    assert rules.time_zone == "UTC"
    assert rules.reserve == Decimal("0.2")
    assert rules.protected_statuses == PROTECTED
    assert not one_rule().is_live


@pytest.mark.parametrize(
    ("file_mode", "rule_mode", "is_live"),
    [
        ("", "", False),
        ("mode: live", "", True),
        ("mode: shadow", "", False),
        ("mode: live", "mode: shadow", False),
        ("mode: shadow", "mode: live", True),
        ("mode: Live", "", True),
    ],
)
def test_a_rules_own_mode_goes_before_the_files(
    file_mode: str, rule_mode: str, is_live: bool
) -> None:
    rules = read(f"""
version: 1
{file_mode}
rules:
  - name: r
    on: sweep
    when: {{status: Awaiting Payment}}
    do: [set_status: Cancelled]
    {rule_mode}
""")

    assert rules.rules[0].is_live is is_live


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{status: Shipped}", FieldTest("status", "is", (2,))),
        ("{status: awaiting payment}", FieldTest("status", "is", (7,))),
        ("{status: 7}", FieldTest("status", "is", (7,))),
        ("{status: [Shipped, 10]}", FieldTest("status", "in", (2, 10))),
        ("{status: {not_in: [Shipped]}}", FieldTest("status", "not_in", (2,))),
        ("{previous_status: {is_not: Incomplete}}", FieldTest("previous_status", "is_not", (0,))),
        ("{age: {at_least: 12h}}", FieldTest("age", "at_least", (43_200,))),
        ("{age: {between: [3d, 30 days]}}", FieldTest("age", "between", (259_200, 2_592_000))),
        ("{total: {over: 500}}", FieldTest("total", "over", (Decimal(500),))),
        ('{total: {over: "49.90"}}', FieldTest("total", "over", (Decimal("49.9"),))),
        ("{total: 0}", FieldTest("total", "is", (Decimal(0),))),
        ("{items: {at_most: 3}}", FieldTest("items", "at_most", (3,))),
        ("{paid: NO}", FieldTest("paid", "is", (False,))),
        ("{paid: 'true'}", FieldTest("paid", "is", (True,))),
        ("{currency: NO}", FieldTest("currency", "is", ("NO",))),
        ("{payment_method: 1:30}", FieldTest("payment_method", "is", ("1:30",))),
        ("{payment_method: 0x10}", FieldTest("payment_method", "is", ("0x10",))),
        ("{payment_method: 'null'}", FieldTest("payment_method", "is", ("null",))),
        (
            "{payment_method: {contains: Card}}",
            FieldTest("payment_method", "contains", ("Card",)),
        ),
        (
            "{payment_method: {starts_with: Pay}}",
            FieldTest("payment_method", "starts_with", ("Pay",)),
        ),
        ("{payment_method: {exists: no}}", FieldTest("payment_method", "exists", (False,))),
        ("{payment_status: CAPTURED}", FieldTest("payment_status", "is", ("captured",))),
        ("{payment_status: ''}", FieldTest("payment_status", "is", ("",))),
        (
            "{age: {at_least: 2 business days}}",
            FieldTest("age", "at_least", (172_800,), "business days"),
        ),
        ("{total: {over: 500 USD}}", FieldTest("total", "over", (Decimal(500),), "USD")),
        (
            "{total: {between: [5 eur, 10.00 EUR]}}",
            FieldTest("total", "between", (Decimal(5), Decimal(10)), "EUR"),
        ),
        ("{balance_due: 0}", FieldTest("balance_due", "is", (Decimal(0),))),
        ("{channel: 1}", FieldTest("channel", "is", (1,))),
        ("{channel: {not_in: [1, 2]}}", FieldTest("channel", "not_in", (1, 2))),
        ("{weekday: saturday}", FieldTest("weekday", "is", ("Saturday",))),
        (
            "{weekday: [Saturday, Sunday]}",
            FieldTest("weekday", "in", ("Saturday", "Sunday")),
        ),
        (
            "{time_of_day: {between: [9:00, 17:30]}}",
            FieldTest("time_of_day", "between", (32_400, 63_000)),
        ),
        (
            "{time_of_day: {between: [22:00, 06:00]}}",
            FieldTest("time_of_day", "between", (79_200, 21_600)),
        ),
        ("{time_of_day: {under: 24:00}}", FieldTest("time_of_day", "under", (86_400,))),
        ("{shipped_by: status}", FieldTest("shipped_by", "is", ("status",))),
        ("{billing_country: [NO, US]}", FieldTest("billing_country", "in", ("NO", "US"))),
        ("{customer_group: 4}", FieldTest("customer_group", "is", ("4",))),
        ("{coupons: {exists: false}}", FieldTest("coupons", "exists", (False,))),
        ("{meta.erp.state: done}", FieldTest("meta.erp.state", "is", ("done",))),
        (
            "{meta.com.example.x: {exists: yes}}",
            FieldTest("meta.com.example.x", "exists", (True,)),
        ),
        (
            "{payment_status: {contains: refund}}",
            FieldTest("payment_status", "contains", ("refund",)),
        ),
    ],
)
def test_a_test_is_read_by_the_type_of_its_field(text: str, expected: Condition) -> None:
    assert when(text) == expected


def test_several_tests_in_one_mapping_must_all_be_true() -> None:
    over, under = (
        FieldTest("total", "over", (Decimal(5),)),
        FieldTest("total", "under", (Decimal(9),)),
    )

    assert when("{total: {over: 5, under: 9}}") == All((over, under))
    assert when("{status: Shipped, total: {over: 5}}") == All(
        (FieldTest("status", "is", (2,)), over)
    )


def test_all_any_and_not_nest() -> None:
    found = when("{any: [{not: {status: Shipped}}, {all: [{paid: true}, {digital: true}]}]}")

    shipped = FieldTest("status", "is", (2,))
    both = All((FieldTest("paid", "is", (True,)), FieldTest("digital", "is", (True,))))
    assert found == AnyOf((Not(shipped), both))


@pytest.mark.parametrize(
    ("do", "more", "expected"),
    [
        ("[set_status: Cancelled]", "", Limits(25, 200)),
        ("[set_status: Pending]", "", Limits(25, 200)),
        ("[set_status: Completed]", "", Limits(None, 1_000)),
        ("[staff_note: hi]", "", Limits(None, 1_000)),
        ("[set_status: Cancelled]", ", limit: {per_hour: 7}", Limits(25, 7)),
        ("[set_status: Cancelled]", ", limit: {approve_after: none}", Limits(None, 200)),
        ("[staff_note: hi]", ", limit: {approve_after: 0, per_hour: NONE}", Limits(0, None)),
    ],
)
def test_limits_follow_the_danger_unless_the_rule_says_otherwise(
    do: str, more: str, expected: Limits
) -> None:
    assert one_rule(do=do, more=more).limits == expected


@pytest.mark.parametrize("trigger", ["sweep", "order_created", "[message_created, sweep]"])
def test_a_rule_listens_to_one_trigger_or_several(trigger: str) -> None:
    rule = one_rule(on=trigger, when="{status: Awaiting Payment}")

    assert rule.on == {Trigger(name) for name in trigger.strip("[]").split(", ")}


A = """
version: 1
rules:
  - name: a
    on: [order_created, order_updated]
    when: {status: Shipped, total: {over: 5, under: 9}}
    do: [set_status: Completed]
"""
A_OTHERWISE = """# the same, written by somebody else
rules:
- when:
    total:
      under: "9.00"   # quoted
      over: 5.0
    status: 2
  do:
  - set_status: completed
  on:
  - order_updated
  - order_created
  name: a
version: 1
mode: shadow
"""


def test_the_digest_depends_on_what_is_said_not_on_how() -> None:
    assert read(A).digest == read(A_OTHERWISE).digest
    assert read(A).digest != read(A.replace("5", "6")).digest
    assert read(A).digest != read(A.replace("name: a", "name: b")).digest


def test_the_fingerprint_of_a_rule_changes_only_with_the_rule() -> None:
    two = A + A.partition("rules:\n")[2].replace("name: a", "name: b")

    first, second = read(two).rules

    assert first.fingerprint == read(A).rules[0].fingerprint
    assert second.fingerprint != first.fingerprint


def test_compiled_rules_survive_being_stored() -> None:
    rules = read(A)

    assert from_json(to_json(rules), 0) == rules


def test_every_operator_of_every_field_compiles() -> None:
    values = {
        "status": "Shipped",
        "money": "5",
        "count": "5",
        "id": "5",
        "duration": "5m",
        "time_of_day": "09:30",
        "text": "captured",
        "flag": "true",
    }
    for field in FIELDS.values():
        value = values[field.kind] if field.kind != "word" else field.choices[0]
        for operator in field.operators:
            several = operator in {"in", "not_in", "between"}
            operand = f"[{value}, {value}]" if several else value
            operand = "true" if operator == "exists" else operand

            found = when(f"{{{field.name}: {{{operator}: {operand}}}}}")

            assert isinstance(found, FieldTest)
            assert (found.field, found.operator) == (field.name, operator)


def test_the_rules_keep_the_order_of_the_file() -> None:
    entry = "  - {{name: r{}, on: sweep, when: {{status: Pending}}, do: [set_status: Declined]}}\n"
    text = "version: 1\nrules:\n" + "".join(entry.format(9 - n) for n in range(5))

    assert [rule.name for rule in read(text).rules] == ["r9", "r8", "r7", "r6", "r5"]


def test_five_hundred_rules_are_enough() -> None:
    entry = "  - {{name: r{}, on: sweep, when: {{status: Pending}}, do: [set_status: Declined]}}\n"
    text = "version: 1\nrules:\n" + "".join(entry.format(n) for n in range(501))

    assert problems(text) == ("rules.yaml:3:3: rules: 501 rules; write at most 500",)
    assert len(read(text[: text.rindex("  - ")]).rules) == 500


def test_what_a_rule_does_not_say_has_its_default() -> None:
    rule = one_rule()

    assert (rule.goes_on, rule.catches_up, rule.repeat) == (False, True, None)


@pytest.mark.parametrize(
    ("more", "attribute", "expected"),
    [
        (", continue: true", "goes_on", True),
        (", continue: no", "goes_on", False),
        (", catch_up: false", "catches_up", False),
    ],
)
def test_a_rule_may_say_more(more: str, attribute: str, expected: object) -> None:
    assert getattr(one_rule(more=more), attribute) == expected


@pytest.mark.parametrize(
    ("trigger", "repeat"),
    [
        ("shipment_created", "each_shipment"),
        ("[status_updated, shipment_updated]", "each_shipment"),
        ("refund_created", "each_refund"),
        ("transaction_created", "each_transaction"),
        ("message_created", "Each_Message"),
        ("message_created", "each_event"),
    ],
)
def test_a_rule_may_repeat_for_what_its_events_name(trigger: str, repeat: str) -> None:
    rule = one_rule(on=trigger, do="[notify: hi]", more=f", repeat: {repeat}")

    assert rule.repeat == Repeat(repeat.casefold())


def test_keys_that_say_the_default_change_no_fingerprint() -> None:
    plain = one_rule(do="[staff_note: hi]", on="message_created")
    said = one_rule(
        do="[staff_note: hi]", on="message_created", more=", continue: no, catch_up: yes"
    )
    other = one_rule(do="[staff_note: hi]", on="message_created", more=", repeat: each_message")

    assert said.fingerprint == plain.fingerprint
    assert other.fingerprint != plain.fingerprint


def test_a_stock_rule_may_name_the_orders_it_is_about() -> None:
    rule = one_rule(on="stock_changed", when="{status: Awaiting Fulfillment, out_of_stock: no}")

    assert rule.on == {Trigger.STOCK_CHANGED}


LABELS = {11: "Picking", 9: "Packed", 2: "Sent", 10: "Shipped"}


def labelled(status: str) -> RuleSet:
    text = f"{{name: r, on: order_created, when: {{status: {status}}}, do: [staff_note: hi]}}"
    return read_file(f"version: 1\nrules: [{text}]", "rules.yaml", LABELS).rules


@pytest.mark.parametrize(
    ("text", "status_id"),
    [("Picking", 11), ("packed", 9), ("Awaiting Fulfillment", 11), ("11", 11), ("Sent", 2)],
)
def test_a_status_may_be_called_as_the_store_calls_it(text: str, status_id: int) -> None:
    assert labelled(text).rules[0].when == FieldTest("status", "is", (status_id,))


def test_a_name_that_two_statuses_have_is_refused() -> None:
    with pytest.raises(ConfigurationError) as raised:
        labelled("Shipped")

    assert raised.value.problems == (
        (
            "rules.yaml:2:53: rules[r].when.status: `Shipped`: two statuses of this store are "
            "called so; write `2` or `10`"
        ),
    )


def test_the_nearest_name_may_be_one_of_the_stores_own() -> None:
    with pytest.raises(ConfigurationError, match="`Piking`: no such status; did you mean `Picki"):
        labelled("Piking")


def test_payment_actions_are_allowed_by_the_file() -> None:
    rules = read("""
        version: 1
        allow_payment_actions: true
        rules:
          - {name: r, on: status_updated, when: {status: Cancelled}, do: [void]}
    """)

    assert rules.allows_payment_actions
    assert rules.rules[0].limits == Limits(25, 200)
    assert from_json(to_json(rules), 0) == rules
