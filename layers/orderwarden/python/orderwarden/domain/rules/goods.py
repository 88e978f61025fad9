"""Fields about what was bought: SKUs, products, coupons, and whether there is enough of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from orderwarden.domain.facts import Facts, Resource
from orderwarden.domain.order import OrderLine, whole
from orderwarden.domain.order_parts import Coupon, StockLevel, text
from orderwarden.domain.rules.readings import Reading

_PHYSICAL: Final = "physical"
_Key = tuple[str, int]


def skus(facts: Facts) -> Reading:
    """Return the SKUs of the lines; a line whose SKU is "" has none."""
    lines = facts.fetched(Resource.PRODUCTS, OrderLine)
    if not isinstance(lines, tuple):
        return lines
    return tuple(text(line.raw, "sku") for line in lines if line.raw.get("sku") != "")


def products(facts: Facts) -> Reading:
    """Return the names of the products bought and their ids."""
    lines = facts.fetched(Resource.PRODUCTS, OrderLine)
    if not isinstance(lines, tuple):
        return lines
    ids = (whole(line.raw.get("product_id")) for line in lines)
    found = [text(line.raw, "name") for line in lines]
    return (*found, *(str(each) for each in ids if each))


def coupons(facts: Facts) -> Reading:
    """Return the codes of the coupons used."""
    fetched = facts.fetched(Resource.COUPONS, Coupon)
    return tuple(each.code for each in fetched) if isinstance(fetched, tuple) else fetched


def backordered(facts: Facts) -> Reading:
    """Return whether some line is backordered; unknown where lines do not tell.

    Source: `quantity_backordered`, absent on stores without backorders; docs/bigcommerce.md,
    "Inventory".
    """
    lines = facts.fetched(Resource.PRODUCTS, OrderLine)
    if not isinstance(lines, tuple):
        return lines
    counts = [whole(line.raw.get("quantity_backordered")) for line in lines if _is_physical(line)]
    if any(counts):
        return True
    return None if None in counts else False


def out_of_stock(facts: Facts) -> Reading:
    """Return whether something still to be sent has no stock left, at all locations together.

    Zero counts as none left: the order itself has been taken off the stock already, and a store
    that does not oversell stays at zero. So the order that took the last one is told, too.
    """
    lines = facts.fetched(Resource.PRODUCTS, OrderLine)
    if not isinstance(lines, tuple):
        return lines
    wanted = stock_wanted(lines)
    if not wanted:
        return False
    levels = facts.fetched(Resource.INVENTORY, StockLevel)
    if not isinstance(levels, tuple):
        return levels
    available = _available(levels)
    left = [available.get(key) for key in wanted]
    if any(count is not None and count <= 0 for count in left):
        return True
    return None if None in left else False


def stock_wanted(lines: Iterable[OrderLine]) -> tuple[_Key, ...]:
    """Return what to ask the inventory for: ("variant_id", 7), or ("product_id", 9) without one.

    Only of what is physical, from the catalogue and still to be sent.
    """
    keys = (_key(line) for line in lines if _is_physical(line) and _is_open(line))
    return tuple(dict.fromkeys(key for key in keys if key))


def _key(line: OrderLine) -> _Key | None:
    for name in ("variant_id", "product_id"):
        number = whole(line.raw.get(name))
        if number:  # 0 on a line that is not from the catalogue
            return name, number
    return None


def _available(levels: Iterable[StockLevel]) -> Mapping[_Key, int | None]:
    found: dict[_Key, int | None] = {}
    for level in levels:
        for name, number in (("variant_id", level.variant_id), ("product_id", level.product_id)):
            if number:
                found[name, number] = level.available
    return found


def _is_physical(line: OrderLine) -> bool:
    return line.type == _PHYSICAL


def _is_open(line: OrderLine) -> bool:
    return line.quantity - line.quantity_refunded > line.quantity_shipped
