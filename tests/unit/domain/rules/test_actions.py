"""Actions as merchants write them, and what is wrong with some."""

from __future__ import annotations

import pytest
from orderwarden.domain.rules.canonical import from_json, to_json
from orderwarden.domain.rules.effects import (
    Action,
    FieldsWanted,
    MetafieldWanted,
    Notice,
    RefundWanted,
    ShipmentWanted,
)
from orderwarden.domain.rules.model import RuleSet
from orderwarden.errors import ConfigurationError
from orderwarden_cli.rules_yaml import read_rules


def read(do: str, when: str = "{status: Awaiting Shipment}") -> RuleSet:
    return read_rules(
        "version: 1\nallow_payment_actions: true\nrules:\n"
        f"  - name: r\n    on: order_updated\n    when: {when}\n    do: {do}\n",
        "rules.yaml",
    )


def problems(do: str, when: str = "{status: Awaiting Shipment}") -> list[str]:
    with pytest.raises(ConfigurationError) as raised:
        read(do, when)
    return [each.partition(" rules[r].")[2] for each in raised.value.problems]


ADDRESS = "{city: Oslo, country_iso2: 'NO'}"
GOOD = [
    ("set_status: Completed", Action("set_status", 10)),
    ("staff_note: 'Hi {total}'", Action("staff_note", "Hi {total}")),
    (
        "metafield: {namespace: erp, key: state, value: 'for {order}'}",
        Action("metafield", MetafieldWanted("erp", "state", "for {order}")),
    ),
    (
        (
            "metafield: {namespace: erp, key: state, value: x, description: y, "
            "permission_set: Read}"
        ),
        Action("metafield", MetafieldWanted("erp", "state", "x", "y", "read")),
    ),
    ("create_shipment", Action("create_shipment", ShipmentWanted())),
    ("create_shipment: all", Action("create_shipment", ShipmentWanted())),
    (
        "create_shipment: {skus: [A, B], tracking_number: 1Z, shipping_provider: ups}",
        Action(
            "create_shipment",
            ShipmentWanted(("A", "B"), tracking_number="1Z", shipping_provider="ups"),
        ),
    ),
    (
        "create_shipment: {tracking_carrier: dhl, shipping_provider: carrier_17, skus: A}",
        Action(
            "create_shipment",
            ShipmentWanted(("A",), tracking_carrier="dhl", shipping_provider="carrier_17"),
        ),
    ),
    (
        "update_order: {customer_message: Soon, external_order_id: ERP-1}",
        Action(
            "update_order",
            FieldsWanted((("customer_message", "Soon"), ("external_order_id", "ERP-1"))),
        ),
    ),
    (
        "update_order: {total_ex_tax: 10.50, total_inc_tax: '12'}",
        Action("update_order", FieldsWanted((("total_ex_tax", "10.5"), ("total_inc_tax", "12")))),
    ),
    (
        f"update_order: {{billing_address: {ADDRESS}}}",
        Action(
            "update_order",
            FieldsWanted(
                (("billing_address.city", "Oslo"), ("billing_address.country_iso2", "NO"))
            ),
        ),
    ),
    ("capture", Action("capture", True)),
    ("capture: yes", Action("capture", True)),
    ("void: true", Action("void", True)),
    ("refund: All", Action("refund", RefundWanted())),
    ("refund: {skus: A}", Action("refund", RefundWanted(("A",)))),
    (
        "refund: {amount: 10.50 USD, reason: 'Late, {age}'}",
        Action("refund", RefundWanted(amount="10.5", currency="USD", reason="Late, {age}")),
    ),
    ("notify: 'Order {order}'", Action("notify", Notice("Order {order}"))),
    (
        "notify: {text: 'Order {order}', topic: warehouse}",
        Action("notify", Notice("Order {order}", "warehouse")),
    ),
    ("hold", Action("hold", "")),
    ("hold: 'Look at {order}'", Action("hold", "Look at {order}")),
]


@pytest.mark.parametrize(("text", "expected"), GOOD)
def test_an_action_is_read(text: str, expected: Action) -> None:
    assert read(f"[{text}]").rules[0].actions == (expected,)


@pytest.mark.parametrize(("text", "expected"), GOOD)
def test_an_action_survives_being_stored(text: str, expected: Action) -> None:
    rules = read(f"[{text}]")

    stored = from_json(to_json(rules), 0)

    assert stored == rules
    assert stored.rules[0].actions == (expected,)


@pytest.mark.parametrize(
    ("text", "is_dangerous"),
    [
        ("set_status: Cancelled", True),
        ("set_status: Completed", False),
        ("capture", True),
        ("void", True),
        ("refund: all", True),
        ("update_order: {discount_amount: 5}", True),
        (f"update_order: {{billing_address: {ADDRESS}}}", True),
        ("update_order: {customer_message: Soon}", False),
        ("create_shipment", False),
        ("hold", False),
    ],
)
def test_what_loses_sales_or_moves_money_is_dangerous(text: str, is_dangerous: bool) -> None:
    rule = read(f"[{text}]").rules[0]

    assert rule.actions[0].is_dangerous is is_dangerous
    assert (rule.limits.approve_after == 25) is is_dangerous


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("metafield: {key: a, value: b}", "do[1].metafield: `namespace` is missing"),
        (
            "metafield: {namespace: n, key: k, value: ''}",
            "do[1].metafield.value: 0 characters; write 1 to 1000",
        ),
        (
            f"metafield: {{namespace: {'n' * 65}, key: k, value: v}}",
            "do[1].metafield.namespace: 65 characters; write 1 to 64",
        ),
        (
            "metafield: {namespace: n, key: k, value: v, permission_set: all}",
            (
                "do[1].metafield.permission_set: `all`: no such value; write `app_only`, `read`, "
                "`write`, `read_and_sf_access` or `write_and_sf_access`"
            ),
        ),
        (
            "metafield: {namespace: orderwarden, key: keep_until, value: v}",
            (
                "do[1].metafield: orderwarden.keep_until is for people; "
                "use `hold` to keep rules off an order"
            ),
        ),
        (
            "create_shipment: some",
            ("do[1].create_shipment: `some`; write settings, such as `skus: ...`"),
        ),
        (
            "create_shipment: {shipping_provider: upps}",
            (
                "do[1].create_shipment.shipping_provider: `upps`: no such shipping provider; "
                "did you mean `ups`?"
            ),
        ),
        (
            "create_shipment: {tracking_carrier: austrlia-post}",
            (
                "do[1].create_shipment.tracking_carrier: `austrlia-post`: no such tracking "
                "carrier; did you mean `australia-post`?"
            ),
        ),
        (
            f"create_shipment: {{tracking_number: {'1' * 51}}}",
            "do[1].create_shipment.tracking_number: 51 characters; write 1 to 50",
        ),
        (
            "create_shipment: {skus: []}",
            "do[1].create_shipment.skus: an empty list; write a SKU or a list of them",
        ),
        ("update_order: {}", "do[1].update_order: no field; write at least one"),
        (
            "update_order: {discont_amount: 5}",
            "do[1].update_order: `discont_amount`: no such field; did you mean `discount_amount`?",
        ),
        (
            "update_order: {total_ex_tax: 5}",
            (
                "do[1].update_order: `total_ex_tax` without `total_inc_tax`; "
                "BigCommerce takes both or none"
            ),
        ),
        (
            "update_order: {discount_amount: free}",
            (
                "do[1].update_order.discount_amount: `free`: "
                "write an amount such as 500, 49.90 or 500 USD"
            ),
        ),
        (
            "update_order: {discount_amount: 5 USD}",
            (
                "do[1].update_order.discount_amount: `5 USD`; "
                "write it without a currency, in the order's own"
            ),
        ),
        ("capture: hold", "do[1].capture: `hold`: write true or false"),
        ("capture: no", "do[1].capture: `false`; leave the action out instead"),
        ("capture: all", "do[1].capture: `all`: write true or false"),
        ("refund", "do[1]: `refund`; write actions, such as `set_status: ...`"),
        ("refund: half", "do[1].refund: `half`: no such refund; write `all`"),
        (
            "refund: {skus: A, amount: 5}",
            "do[1].refund: `skus` and `amount`; write one of them",
        ),
        (
            "refund: {amount: 0}",
            "do[1].refund.amount: an amount of nothing; write more than 0",
        ),
        ("refund: {}", "do[1].refund: no setting; write all for whatever is left to refund"),
        (
            "notify: '{customer}'",
            (
                "do[1].notify: `{customer}`: no such placeholder; "
                "write `order`, `rule`, `age`, `from`, `to` or `total`"
            ),
        ),
        ("notify: {topic: t}", "do[1].notify: `text` is missing"),
        ("hold: ", "do[1].hold: nothing; write why, for whoever looks at it"),
    ],
)
def test_a_mistake_in_an_action_is_explained(text: str, problem: str) -> None:
    assert problems(f"[{text}]") == [problem]


def test_a_metafield_may_stand_in_a_text_if_the_rule_is_sure_to_know_it() -> None:
    do = "[create_shipment: {tracking_number: '{meta.erp.tracking}'}]"
    advice = "not sure to be known; add meta.erp.tracking: {exists: true} under when"

    assert read(do, "{status: Awaiting Shipment, meta.erp.tracking: {exists: true}}").rules
    assert read(do, "{meta.erp.tracking: {is_not: none}}").rules
    for when in (
        "{status: Shipped}",
        "{meta.erp.tracking: {exists: false}}",
        "{any: [{meta.erp.tracking: {exists: true}}, {status: Shipped}]}",
    ):
        assert problems(do, when) == [f"do: `{{meta.erp.tracking}}`: {advice}"]
