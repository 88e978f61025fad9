"""What the client writes: the fields that are given, in the store's own forms, and no other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

import pytest
from contracts.store.client_calls import ADDRESS, EVERY_CHANGE, PRICE
from contracts.store.store_doubles import (
    Canned,
    InProcess,
    a_store,
    an_order,
    answering,
    body_of,
    of_json,
    written,
)
from orderwarden.domain.hook import HookChanges, NewHook
from orderwarden.domain.new_order import (
    CatalogLine,
    CustomLine,
    NewFee,
    NewOrder,
    Pickup,
    PickupPlace,
)
from orderwarden.domain.order_changes import Address, OrderChanges, ShipTo
from orderwarden.domain.shipment_changes import NewShipment, ShipmentChanges
from orderwarden.errors import AnswerLost, Refused

A_SHIPMENT = {"id": 11, "order_id": 218, "items": [{"order_product_id": 240, "quantity": 1}]}
A_HOOK = {"id": 9, "scope": "store/order/*", "destination": "https://hooks.example.com/in"}
READ_ONLY = {
    "id", "status", "date_modified", "date_shipped", "cart_id", "subtotal_tax", "total_tax",
    "shipping_cost_tax", "shipping_cost_tax_class_id", "handling_cost_tax", "wrapping_cost_tax",
    "payment_status", "currency_id", "currency_code", "default_currency_id", "coupon_discount",
    "store_credit_amount", "gift_certificate_amount", "shipping_address_count", "coupons",
    "is_email_opt_in", "external_id", "tax_provider_id", "items_shipped", "refunded_amount",
    "is_deleted", "products", "fees",
}  # fmt: skip
"""What fails a whole PUT, what has no meaning in one, and what would do harm."""


# --- orders


def test_an_update_sends_the_given_fields_and_never_another() -> None:
    changes = OrderChanges(status_id=11, customer_message="Ring twice.")

    request = written(lambda store: store.update_order(218, changes), an_order(status_id=11))

    assert request.method == "PUT"
    assert urlsplit(str(request.url)).path == "/stores/abc123/v2/orders/218"
    assert body_of(request) == {"status_id": 11, "customer_message": "Ring twice."}


def test_no_field_that_cannot_be_written_has_a_name_among_the_changes() -> None:
    request = written(lambda store: store.update_order(218, EVERY_CHANGE), an_order())

    assert READ_ONLY.isdisjoint(body_of(request))
    assert READ_ONLY.isdisjoint(field.name for field in fields(OrderChanges))


def test_every_change_that_can_be_named_is_sent() -> None:
    assert all(getattr(EVERY_CHANGE, field.name) is not None for field in fields(OrderChanges))

    request = written(lambda store: store.update_order(218, EVERY_CHANGE), an_order())

    names = {field.name for field in fields(OrderChanges)}
    pairs = {"shipping_cost", "handling_cost", "wrapping_cost", "subtotal", "total"}
    twins = {f"{name}_{form}_tax" for name in pairs for form in ("ex", "inc")}
    assert set(body_of(request)) == names - pairs | twins


def test_money_is_sent_as_text_and_always_with_its_twin() -> None:
    changes = OrderChanges(status_id=7, total=PRICE, discount_amount=Decimal("1E+1"))

    request = written(lambda store: store.update_order(218, changes), an_order())

    assert body_of(request) == {
        "status_id": 7,
        "discount_amount": "10",
        "total_ex_tax": "9.25",
        "total_inc_tax": "10",
    }


def test_an_address_is_sent_in_parts_and_named_by_its_id() -> None:
    changes = OrderChanges(
        status_id=7,
        billing_address=Address(zip="78108", city="Austin"),
        shipping_addresses=(ShipTo(Address(street_1="555 East Street"), id=151),),
    )

    request = written(lambda store: store.update_order(218, changes), an_order())

    assert body_of(request) == {
        "status_id": 7,
        "billing_address": {"city": "Austin", "zip": "78108"},
        "shipping_addresses": [{"id": 151, "street_1": "555 East Street"}],
    }


def test_a_billing_address_without_its_zip_cannot_be_named() -> None:
    with pytest.raises(ValueError, match="a billing address without zip"):
        OrderChanges(status_id=7, billing_address=Address(city="Austin"))
    with pytest.raises(ValueError, match="a billing address without zip"):
        NewOrder(Address(country_iso2="US"), (CatalogLine(111, 1),))


@pytest.mark.parametrize("amount", ["NaN", "Infinity"])
def test_what_is_no_amount_is_never_sent(amount: str) -> None:
    with pytest.raises(ValueError, match="not an amount"):
        answering(Canned()).update_order(218, OrderChanges(discount_amount=Decimal(amount)))


@pytest.mark.parametrize(
    "act",
    [
        lambda store: store.create_metafields([]),
        lambda store: store.update_metafields({}),
        lambda store: store.delete_metafields([]),
        lambda store: store.update_hook(9, HookChanges()),
        lambda store: store.update_shipment(218, 11, ShipmentChanges()),
        lambda store: store.update_order(218, OrderChanges()),
    ],
)
def test_a_write_of_nothing_is_never_sent(act: Callable[[Any], object]) -> None:
    adapter = InProcess(lambda _request: Canned(500))

    with pytest.raises(ValueError, match="nothing to write"):
        act(a_store(adapter))

    assert adapter.requests == []


def test_an_address_does_not_show_itself() -> None:
    assert repr(ADDRESS) == "Address(country_iso2='US')"


@pytest.mark.parametrize("status", [200, 201])
def test_a_new_order_has_lines_and_a_billing_address(status: int) -> None:
    lines = (
        CatalogLine(111, 2, variant_id=74, options=((120, "69"),)),
        CatalogLine(112, 1, price=PRICE),
        CustomLine("Engraving", 1, PRICE),
    )
    new = NewOrder(Address(zip="78108", country_iso2="US"), lines, OrderChanges(status_id=11))

    request = written(lambda store: store.create_order(new), an_order(500), status)

    assert request.method == "POST"
    assert urlsplit(str(request.url)).path == "/stores/abc123/v2/orders"
    assert body_of(request) == {
        "status_id": 11,
        "billing_address": {"zip": "78108", "country_iso2": "US"},
        "products": [
            {
                "product_id": 111,
                "quantity": 2,
                "variant_id": 74,
                "product_options": [{"id": 120, "value": "69"}],
            },
            {"product_id": 112, "quantity": 1, "price_ex_tax": 9.25, "price_inc_tax": 10.0},
            {"name": "Engraving", "quantity": 1, "price_ex_tax": 9.25, "price_inc_tax": 10.0},
        ],
    }


def test_a_new_order_may_be_old_foreign_and_have_fees() -> None:
    vienna = datetime(2012, 11, 20, 1, 0, tzinfo=timezone(timedelta(hours=1)))
    fees = (NewFee("Gift box", PRICE), NewFee("Eco", PRICE, "Tax", source="APP", tax_class_id=2))
    new = NewOrder(
        Address(zip="78108"),
        (CatalogLine(111, 1),),
        fees=fees,
        created_at=vienna,
        currency_code="EUR",
        ip_address="192.0.2.7",
    )

    request = written(lambda store: store.create_order(new), an_order(500))

    assert body_of(request) == {
        "billing_address": {"zip": "78108"},
        "products": [{"product_id": 111, "quantity": 1}],
        "fees": [
            {
                "type": "custom_fee",
                "display_name_customer": "Gift box",
                "display_name_merchant": "Gift box",
                "cost_ex_tax": "9.25",
                "cost_inc_tax": "10",
            },
            {
                "type": "custom_fee",
                "display_name_customer": "Eco",
                "display_name_merchant": "Tax",
                "cost_ex_tax": "9.25",
                "cost_inc_tax": "10",
                "source": "APP",
                "tax_class_id": 2,
            },
        ],
        "date_created": "Tue, 20 Nov 2012 00:00:00 +0000",
        "default_currency_code": "EUR",
        "ip_address": "192.0.2.7",
    }


def test_what_is_picked_up_is_a_consignment_and_no_product() -> None:
    pickup = Pickup(3, instructions="Ring.", place=PickupPlace(code="EAST", city="Austin"))
    lines = (CatalogLine(111, 1), CustomLine("Engraving", 1, PRICE))
    new = NewOrder(Address(zip="78108"), lines, pickup=pickup, ip_address="2001:db8::1")

    request = written(lambda store: store.create_order(new), an_order(500))

    assert body_of(request) == {
        "billing_address": {"zip": "78108"},
        "ip_address_v6": "2001:db8::1",
        "consignments": {
            "pickups": [
                {
                    "pickup_method_id": 3,
                    "collection_instructions": "Ring.",
                    "location": {"code": "EAST", "city": "Austin"},
                    "line_items": [
                        {"product_id": 111, "quantity": 1},
                        {
                            "name": "Engraving",
                            "quantity": 1,
                            "price_ex_tax": 9.25,
                            "price_inc_tax": 10.0,
                        },
                    ],
                }
            ]
        },
    }


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"lines": ()}, "without lines"),
        (
            {"pickup": Pickup(3), "details": OrderChanges(shipping_addresses=(ShipTo(ADDRESS),))},
            "picked up or shipped, not both",
        ),
        ({"created_at": datetime(2026, 11, 20)}, "a date without zone"),  # noqa: DTZ001
    ],
)
def test_an_order_that_the_store_would_refuse_cannot_be_named(
    given: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        NewOrder(**{"billing_address": ADDRESS, "lines": (CatalogLine(111, 1),), **given})


def test_an_address_of_the_network_does_not_show_itself() -> None:
    new = NewOrder(ADDRESS, (CatalogLine(111, 1),), ip_address="192.0.2.7")

    assert "192.0.2.7" not in repr(new)


def test_goods_that_are_out_of_stock_refuse_an_order_in_the_stores_words() -> None:
    body = [
        {"status": 409, "message": "Out of stock.", "details": {"errors": [{"message": "74"}]}}
    ]
    new = NewOrder(ADDRESS, (CatalogLine(111, 2),))

    with pytest.raises(Refused) as raised:
        answering(of_json(body, 409)).create_order(new)

    assert (raised.value.http_status, raised.value.message) == (409, "Out of stock. / 74")


# --- shipments


def test_a_shipment_says_what_is_in_it_and_has_a_provider_even_if_none() -> None:
    new = NewShipment(151, {240: 1, 241: 3})

    request = written(lambda store: store.create_shipment(218, new), A_SHIPMENT, 201)

    assert request.method == "POST"
    assert urlsplit(str(request.url)).path == "/stores/abc123/v2/orders/218/shipments"
    assert body_of(request) == {
        "order_address_id": 151,
        "items": [
            {"order_product_id": 240, "quantity": 1},
            {"order_product_id": 241, "quantity": 3},
        ],
        "shipping_provider": "",
    }


def test_a_shipment_that_is_changed_never_says_what_is_in_it() -> None:
    changes = ShipmentChanges(tracking_number="EJ1", merchant_shipping_cost=Decimal("4.5"))

    request = written(lambda store: store.update_shipment(218, 11, changes), A_SHIPMENT)

    assert request.method == "PUT"
    assert urlsplit(str(request.url)).path == "/stores/abc123/v2/orders/218/shipments/11"
    assert body_of(request) == {"tracking_number": "EJ1", "merchant_shipping_cost": "4.5"}


def test_the_shipment_of_another_order_leaves_open_what_was_made() -> None:
    with pytest.raises(AnswerLost):
        answering(of_json({**A_SHIPMENT, "order_id": 219}, 201)).create_shipment(
            218, NewShipment(151, {240: 1})
        )


# --- hooks


def test_a_hook_is_registered_with_its_headers() -> None:
    new = NewHook("store/order/*", "https://hooks.example.com/in", headers={"X-Secret": "s3"})

    request = written(lambda store: store.create_hook(new), {"data": A_HOOK, "meta": {}})

    assert (request.method, urlsplit(str(request.url)).path) == ("POST", "/stores/abc123/v3/hooks")
    assert body_of(request) == {
        "scope": "store/order/*",
        "destination": "https://hooks.example.com/in",
        "is_active": True,
        "headers": {"X-Secret": "s3"},
    }


@pytest.mark.parametrize(
    ("changes", "body"),
    [
        (HookChanges(is_active=True), {"is_active": True}),
        (HookChanges(headers={}), {"headers": {}}),
        (HookChanges(scope="store/shipment/*"), {"scope": "store/shipment/*"}),
    ],
)
def test_a_hook_is_changed_in_what_is_given(changes: HookChanges, body: object) -> None:
    request = written(lambda store: store.update_hook(9, changes), {"data": A_HOOK})

    assert (request.method, urlsplit(str(request.url)).path) == (
        "PUT",
        "/stores/abc123/v3/hooks/9",
    )
    assert body_of(request) == body


def test_hooks_do_not_show_their_secrets() -> None:
    row = {**A_HOOK, "headers": {"X-Secret": "s3cr3t"}}

    hook = answering(of_json({"data": row})).update_hook(9, HookChanges(is_active=True)).value

    assert hook.headers == {"X-Secret": "s3cr3t"}
    shown = repr(
        [hook, NewHook("s", "d", headers=hook.headers), HookChanges(headers=hook.headers)]
    )
    assert "s3cr3t" not in shown
