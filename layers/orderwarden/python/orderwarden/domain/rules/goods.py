"""Fields about what was bought: SKUs, products, coupons, and whether there is enough of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from orderwarden.domain.facts import Facts, Resource
from orderwarden.domain.order import OrderLine, whole
from orderwarden.domain.order_parts import Coupon, StockLevel, text
from orderwarden.domain.rules.readings import Reading

_PHYSICAL: Final = "physical"
_IDS: Final = ("variant_id", "product_id")
_Key = tuple[str, int]


def skus(facts: Facts) -> Reading:
    """Return the SKUs of the lines; a line whose SKU is "" has none."""
    lines = facts.fetched(Resource.PRODUCTS, OrderLine)
    if not isinstance(lines, tuple):
        return lines
    return tuple(text(line.raw, "sku") for line in lines if line.raw.get("sku") != "")


def products(facts: Facts) -> Reading:
    """Return the names of the products bought and their ids; 0 is no id."""
    lines = facts.fetched(Resource.PRODUCTS, OrderLine)
    if not isinstance(lines, tuple):
        return lines
    names = (text(line.raw, "name") for line in lines)
    ids = (whole(line.raw.get("product_id")) for line in lines)
    return (*names, *(None if each is None else str(each) for each in ids if each != 0))


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
    wanted, is_all = stock_wanted(lines), not any(map(_is_unnamed, lines))
    if not wanted:
        return False if is_all else None
    levels = facts.fetched(Resource.INVENTORY, StockLevel)
    if not isinstance(levels, tuple):
        return levels
    left = [_available(levels, *key) for key in wanted]
    if any(count is not None and count <= 0 for count in left):
        return True
    return False if is_all and None not in left else None


def stock_wanted(lines: Iterable[OrderLine]) -> tuple[_Key, ...]:
    """Return what to ask the inventory for: ("variant_id", 7), or ("product_id", 9) without one.

    Only of what is physical, from the catalogue and still to be sent.
    """
    keys = (_key(line) for line in lines if _is_to_be_sent(line))
    return tuple(dict.fromkeys(key for key in keys if key))


def _key(line: OrderLine) -> _Key | None:
    for name in _IDS:
        number = whole(line.raw.get(name))
        if number:
            return name, number
    return None


def _is_unnamed(line: OrderLine) -> bool:
    """Return whether nobody can say what a line still to be sent is; 0 is not from the catalogue.

    Such a line, with ids of 0, has no stock at all.
    """
    is_custom = whole(line.raw.get("product_id")) == 0
    return _is_to_be_sent(line) and _key(line) is None and not is_custom


def _available(levels: Iterable[StockLevel], name: str, number: int) -> int | None:
    """Return the stock of a variant, or of all variants of a product together."""
    found = [each.available for each in levels if getattr(each, name) == number]
    known = [count for count in found if count is not None]
    return sum(known) if known and len(known) == len(found) else None


def _is_physical(line: OrderLine) -> bool:
    return line.type == _PHYSICAL


def _is_to_be_sent(line: OrderLine) -> bool:
    is_open = line.quantity - line.quantity_refunded > line.quantity_shipped
    return _is_physical(line) and is_open
