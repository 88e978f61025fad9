"""The fields of an order that `update_order` writes: from a rule's texts to a PUT, and back."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from orderwarden.domain.order import Order, amount
from orderwarden.domain.order_changes import Address, OrderChanges, TaxedAmount
from orderwarden.domain.rules.effects import ADDRESS, MONEY_FIELDS

_EX, _INC = "_ex_tax", "_inc_tax"
_PREFIX: Final = f"{ADDRESS}."


def order_changes(
    fields: Mapping[str, str], order: Order, *, status_id: int, staff_notes: str | None
) -> OrderChanges:
    """Return one PUT with these fields.

    Args:
        fields: Name and value; amounts as text, a part of an address such as
            `billing_address.city`.
        order: As read last; its ZIP code goes along with every part of its billing address.
        status_id: Sent with every PUT.
        staff_notes: The whole text; None leaves it alone.
    """
    written: dict[str, Any] = {}
    for name, value in fields.items():
        if name.startswith(_PREFIX) or name.endswith(_INC):
            continue
        if name.endswith(_EX):
            pair = name.removesuffix(_EX)
            written[pair] = TaxedAmount(Decimal(value), Decimal(fields[pair + _INC]))
        else:
            written[name] = Decimal(value) if name in MONEY_FIELDS else value
    parts = {name.removeprefix(_PREFIX): fields[name] for name in fields if _PREFIX in name}
    if parts:
        written[ADDRESS] = Address(**{"zip": _address_part(order, "zip") or "", **parts})
    return OrderChanges(status_id=status_id, staff_notes=staff_notes, **written)


def has_written(order: Order, fields: Mapping[str, str]) -> bool:
    """Return whether the order shows every one of these values."""
    return all(_shows(order, name, value) for name, value in fields.items())


def _shows(order: Order, name: str, value: str) -> bool:
    if name in MONEY_FIELDS:
        return order.money(name) == amount(value)
    if not name.startswith(_PREFIX):
        return order.text(name) == value
    return _address_part(order, name.removeprefix(_PREFIX)) == value


def _address_part(order: Order, name: str) -> str | None:
    address = order.raw.get(ADDRESS)
    part = address.get(name) if isinstance(address, Mapping) else None
    return part if isinstance(part, str) else None
