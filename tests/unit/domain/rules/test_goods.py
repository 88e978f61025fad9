"""Fields about what was bought: SKUs, products, coupons, stock."""

from __future__ import annotations

import pytest
from orderwarden.domain.facts import UNREADABLE, Resource
from orderwarden.domain.order import OrderLine
from orderwarden.domain.order_parts import Coupon, StockLevel
from orderwarden.domain.rules.fields import FIELDS
from orderwarden.domain.rules.goods import stock_wanted
from rule_builders import a_line, some_facts

SHIRT = a_line(1, sku="SHIRT-M", name="T-Shirt", product_id=201, variant_id=477)
MUG = a_line(2, sku=" MUG ", name="Mug", product_id=202, variant_id=478)
CUSTOM = a_line(1, sku="", name="Engraving", product_id=0, variant_id=0)
BARE = a_line(1)


def read(field: str, *lines: OrderLine, **more: object) -> object:
    return FIELDS[field].read(some_facts(products=lines, **more))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([SHIRT, MUG], ("SHIRT-M", "MUG")),
        ([SHIRT, CUSTOM], ("SHIRT-M",)),
        ([CUSTOM], ()),
        ([SHIRT, BARE], ("SHIRT-M", None)),
        ([a_line(1, sku=None)], (None,)),
        ([a_line(1, sku={})], (None,)),
        ([], ()),
    ],
)
def test_skus_are_those_of_the_lines(lines: list[OrderLine], expected: object) -> None:
    assert read("skus", *lines) == expected


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([SHIRT, MUG], ("T-Shirt", "Mug", "201", "202")),
        ([CUSTOM], ("Engraving",)),
        ([BARE], (None, None)),
        ([a_line(1, name="Mug", product_id="202")], ("Mug", "202")),
        ([a_line(1, name="Mug")], ("Mug", None)),
    ],
)
def test_products_have_names_and_ids(lines: list[OrderLine], expected: object) -> None:
    assert read("products", *lines) == expected


def test_coupons_are_codes() -> None:
    coupons = (Coupon(1, "SAVE10", {}), Coupon(2, None, {}))

    assert FIELDS["coupons"].read(some_facts(coupons=coupons)) == ("SAVE10", None)
    assert FIELDS["coupons"].read(some_facts(coupons=())) == ()
    assert FIELDS["coupons"].read(some_facts(coupons=UNREADABLE)) is UNREADABLE
    assert FIELDS["coupons"].read(some_facts()) is Resource.COUPONS


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([a_line(2, quantity_backordered=1)], True),
        ([a_line(2, quantity_backordered=0)], False),
        ([a_line(2, quantity_backordered=0), a_line(2, quantity_backordered=2)], True),
        ([a_line(2, quantity_backordered=0), a_line(2)], None),
        ([a_line(2), a_line(2, quantity_backordered=2)], True),
        ([a_line(2)], None),
        ([a_line(2, quantity_backordered=None)], None),
        ([a_line(2, line_type="digital")], False),
    ],
)
def test_a_line_says_whether_it_is_backordered(
    lines: list[OrderLine], expected: bool | None
) -> None:
    assert read("backordered", *lines) is expected


def level(variant_id: int | None, available: int | None, product_id: int = 9) -> StockLevel:
    return StockLevel(variant_id, product_id, available, raw={})


@pytest.mark.parametrize(
    ("levels", "expected"),
    [
        ([level(477, 3), level(478, 1)], False),
        ([level(477, 3), level(478, 0)], True),
        ([level(477, 3), level(478, -2)], True),
        ([level(477, 3)], None),
        ([level(477, 3), level(478, None)], None),
        ([level(477, 0)], True),
        ([], None),
    ],
)
def test_out_of_stock_is_what_has_none_left(
    levels: list[StockLevel], expected: bool | None
) -> None:
    assert read("out_of_stock", SHIRT, MUG, inventory=tuple(levels)) is expected


def test_stock_is_asked_for_after_the_lines_and_only_if_something_needs_it() -> None:
    sent = a_line(2, 2, variant_id=478)
    refunded = a_line(2, refunded=2, variant_id=478)
    digital = a_line(1, line_type="digital", variant_id=478)

    assert FIELDS["out_of_stock"].read(some_facts()) is Resource.PRODUCTS
    assert read("out_of_stock", SHIRT) is Resource.INVENTORY
    assert read("out_of_stock", sent, refunded, digital, CUSTOM) is False
    assert read("out_of_stock", SHIRT, inventory=UNREADABLE) is UNREADABLE


def test_what_nobody_can_name_may_be_out_of_stock() -> None:
    assert read("out_of_stock", BARE) is None
    assert read("out_of_stock", SHIRT, BARE, inventory=(level(477, 3),)) is None
    assert read("out_of_stock", SHIRT, BARE, inventory=(level(477, 0),)) is True
    assert read("out_of_stock", SHIRT, CUSTOM, inventory=(level(477, 3),)) is False


def test_a_product_without_variants_is_asked_for_by_its_own_id() -> None:
    plain = a_line(1, product_id=111, variant_id=0)
    stock = (StockLevel(74, 111, 0, raw={}),)

    assert stock_wanted([plain, SHIRT, SHIRT]) == (("product_id", 111), ("variant_id", 477))
    assert read("out_of_stock", plain, inventory=stock) is True
