"""What belongs to an order, read from bodies as the API shows them, holes included."""

from __future__ import annotations

from decimal import Decimal

import pytest
from orderwarden.domain.order_parts import (
    Coupon,
    Customer,
    Metafield,
    Refund,
    ShippingAddress,
    StockLevel,
)
from orderwarden.errors import Rejected

ODD: list[object] = [None, "", " ", {}, [], 5, True]


@pytest.mark.parametrize("odd", ODD)
def test_an_address_that_says_nothing_says_none(odd: object) -> None:
    address = ShippingAddress.from_json(
        {"id": 1, "country": odd, "country_iso2": odd, "shipping_method": odd}
    )

    assert (address.country, address.country_iso2, address.method) == (None, None, None)


def test_an_address_is_read() -> None:
    address = ShippingAddress.from_json(
        {"id": 131, "country": "Norway", "country_iso2": "NO ", "shipping_method": "Flat Rate"}
    )

    assert address.id == 131
    assert (address.country, address.country_iso2) == ("Norway", "NO")
    assert address.method == "Flat Rate"
    assert address.raw["country"] == "Norway"


def test_a_coupon_is_read() -> None:
    assert Coupon.from_json({"id": 1, "code": "SAVE10", "type": 1}).code == "SAVE10"
    assert Coupon.from_json({"id": 1, "code": ""}).code is None


@pytest.mark.parametrize(
    ("group_id", "expected"),
    [
        (4, (4, "Wholesale")),
        ("4", (4, "Wholesale")),
        (5, (5, None)),
        (0, (0, None)),
        (None, (None, None)),
        ({}, (None, None)),
    ],
)
def test_a_customers_group_gets_its_name_from_the_stores_list(
    group_id: object, expected: tuple[int | None, str | None]
) -> None:
    customer = Customer.from_json({"id": 11, "customer_group_id": group_id}, {4: "Wholesale"})

    assert (customer.group_id, customer.group_name) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"total_amount": 20.83}, "20.83"),
        ({"total_amount": 20.83, "payments": [{"amount": 20.83, "is_declined": False}]}, "20.83"),
        ({"total_amount": 20.83, "payments": [{"amount": 20.83, "is_declined": True}]}, "0"),
        (
            {
                "total_amount": 30,
                "payments": [{"amount": 10}, {"amount": 20, "is_declined": True}],
            },
            "10",
        ),
        ({"total_amount": 30, "payments": []}, "30"),
        ({"total_amount": None}, None),
        ({"total_amount": 30, "payments": [{"amount": None}]}, None),
        ({}, None),
    ],
)
def test_a_refund_is_what_was_not_declined(body: dict[str, object], expected: str | None) -> None:
    refund = Refund.from_json({"id": 3, **body})

    assert refund.amount == (None if expected is None else Decimal(expected))


def test_a_metafield_is_read() -> None:
    field = Metafield.from_json({"id": 6, "namespace": "erp", "key": "state", "value": "done"})

    assert (field.id, field.namespace, field.key, field.value) == (6, "erp", "state", "done")


@pytest.mark.parametrize("missing", ["namespace", "key", "value"])
def test_a_metafield_without_name_or_value_is_none(missing: str) -> None:
    body = {"id": 6, "namespace": "erp", "key": "state", "value": "done", missing: None}

    with pytest.raises(Rejected):
        Metafield.from_json(body)


@pytest.mark.parametrize("odd", [None, "x", -1, True, {}])
def test_a_part_without_an_id_is_none(odd: object) -> None:
    with pytest.raises(Rejected):
        Coupon.from_json({"id": odd, "code": "SAVE10"})


def stock(*locations: dict[str, object]) -> int | None:
    identity = {"sku": "SM13", "sku_id": 461, "variant_id": 74, "product_id": 111}
    level = StockLevel.from_json({"identity": identity, "locations": list(locations)})
    assert (level.variant_id, level.product_id) == (74, 111)
    return level.available


@pytest.mark.parametrize(
    ("locations", "expected"),
    [
        ([{"available_to_sell": 10, "location_enabled": True}], 10),
        ([{"available_to_sell": 10}, {"available_to_sell": -3}], 7),
        ([{"available_to_sell": 1}, {"available_to_sell": 9, "location_enabled": False}], 1),
        ([{"available_to_sell": 1}, {"available_to_sell": None}], None),
        ([{"location_enabled": False, "available_to_sell": 1}], None),
        ([], None),
    ],
)
def test_stock_is_counted_at_all_enabled_locations(
    locations: list[dict[str, object]], expected: int | None
) -> None:
    assert stock(*locations) == expected


def test_stock_of_nothing_in_particular_has_no_ids() -> None:
    level = StockLevel.from_json({"identity": None, "locations": "?"})

    assert (level.variant_id, level.product_id, level.available) == (None, None, None)
