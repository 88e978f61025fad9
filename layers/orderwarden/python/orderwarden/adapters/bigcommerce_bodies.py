"""What we write, in the store's words: only fields that can be written have a line here.

v2 takes money as text, v3 as numbers. Source: docs/bigcommerce.md, "Writes".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import UTC
from decimal import Decimal
from email.utils import format_datetime
from typing import Final

from orderwarden.domain.metafield_changes import NewMetafield
from orderwarden.domain.new_order import (
    CatalogLine,
    CustomLine,
    NewFee,
    NewOrder,
    Pickup,
    PickupPlace,
)
from orderwarden.domain.order_changes import Address, OrderChanges, ShipTo, TaxedAmount
from orderwarden.domain.refunding import (
    RefundCause,
    RefundItem,
    RefundOverride,
    RefundPayment,
    RefundUnits,
    TaxAdjustment,
)
from orderwarden.domain.shipment_changes import NewShipment, ShipmentChanges

Body = dict[str, object]

PLAIN: Final = (
    "status_id", "staff_notes", "customer_message", "customer_id", "channel_id", "payment_method",
    "external_order_id", "external_merchant_id", "external_source", "customer_locale",
    "payment_provider_id", "order_is_digital", "ebay_order_id",
)  # fmt: skip
AMOUNTS: Final = (
    "discount_amount", "base_shipping_cost", "base_handling_cost", "base_wrapping_cost",
)  # fmt: skip
PAIRS: Final = ("shipping_cost", "handling_cost", "wrapping_cost", "subtotal", "total")


def order_body(changes: OrderChanges) -> Body:
    """Return the fields of an order that are given."""
    body: Body = {name: getattr(changes, name) for name in PLAIN}
    body |= {name: _text_of(getattr(changes, name)) for name in AMOUNTS}
    for name in PAIRS:
        pair: TaxedAmount | None = getattr(changes, name)
        if pair is not None:
            body[f"{name}_ex_tax"] = _text_of(pair.ex_tax)
            body[f"{name}_inc_tax"] = _text_of(pair.inc_tax)
    if changes.billing_address is not None:
        body["billing_address"] = _fields_of(changes.billing_address)
    if changes.shipping_addresses is not None:
        body["shipping_addresses"] = [_ship_to(each) for each in changes.shipping_addresses]
    return _given(body)


def new_order_body(new: NewOrder) -> Body:
    """Return a whole new order; what is picked up is no product of its own."""
    body = order_body(new.details)
    body["billing_address"] = _fields_of(new.billing_address)
    lines = [_line(line) for line in new.lines]
    if new.pickup is None:
        body["products"] = lines
    else:
        body["consignments"] = {"pickups": [{**_pickup(new.pickup), "line_items": lines}]}
    if new.fees:
        body["fees"] = [_fee(fee) for fee in new.fees]
    if new.created_at is not None:
        body["date_created"] = format_datetime(new.created_at.astimezone(UTC))
    if new.ip_address is not None:
        version = "ip_address_v6" if ":" in new.ip_address else "ip_address"
        body[version] = new.ip_address
    return _given({**body, "default_currency_code": new.currency_code})


def shipment_body(changes: ShipmentChanges) -> Body:
    """Return the fields of a shipment that are given."""
    body: Body = {field.name: getattr(changes, field.name) for field in fields(changes)}
    return _given({**body, "merchant_shipping_cost": _text_of(changes.merchant_shipping_cost)})


def new_shipment_body(new: NewShipment) -> Body:
    """Return a whole new shipment."""
    return {
        "order_address_id": new.order_address_id,
        "items": [
            {"order_product_id": line_id, "quantity": quantity}
            for line_id, quantity in new.quantities.items()
        ],
        "shipping_provider": "",
        **shipment_body(new.details),
    }


def metafield_body(new: NewMetafield) -> Body:
    """Return a whole new metafield."""
    return _fields_of(new)


def refund_body(cause: RefundCause) -> Body:
    """Return what money is to be given back for."""
    if isinstance(cause, TaxAdjustment):
        return {"tax_adjustment_amount": _number_of(cause.amount)}
    return {"items": [_refund_item(item) for item in cause]}


def override_body(override: RefundOverride) -> Body:
    """Return the merchant's own sums for a refund."""
    return {
        "total_amount": _number_of(override.total),
        "total_tax": _number_of(override.tax),
    }


def _refund_item(item: RefundItem) -> Body:
    body: Body = {"item_type": item.item_type, "item_id": item.item_id, "reason": item.reason}
    if isinstance(item, RefundUnits):
        body["quantity"] = item.quantity
    else:
        body["amount"] = _number_of(item.amount)
    return _given(body)


def refund_payment_body(payment: RefundPayment) -> Body:
    """Return one payment of a refund."""
    return {
        "provider_id": payment.provider_id,
        "amount": _number_of(payment.amount),
        "offline": payment.is_offline,
    }


def _line(line: CatalogLine | CustomLine) -> Body:
    body: Body = {"quantity": line.quantity}
    if line.price is not None:
        body["price_ex_tax"] = _number_of(line.price.ex_tax)
        body["price_inc_tax"] = _number_of(line.price.inc_tax)
    if isinstance(line, CustomLine):
        return _given({**body, "name": line.name, "sku": line.sku})
    options = [{"id": option_id, "value": value} for option_id, value in line.options]
    own = {"product_id": line.product_id, "variant_id": line.variant_id}
    return _given({**body, **own, "product_options": options or None})


def _fee(fee: NewFee) -> Body:
    body: Body = {
        "type": "custom_fee",
        "display_name_customer": fee.name,
        "display_name_merchant": fee.merchant_name or fee.name,
        "cost_ex_tax": _text_of(fee.cost.ex_tax),
        "cost_inc_tax": _text_of(fee.cost.inc_tax),
        "source": fee.source,
        "tax_class_id": fee.tax_class_id,
    }
    return _given(body)


def _pickup(pickup: Pickup) -> Body:
    place = pickup.place
    body: Body = {
        "pickup_method_id": pickup.method_id,
        "pickup_method_display_name": pickup.method_name,
        "collection_instructions": pickup.instructions,
        "collection_time_description": pickup.time_description,
        "location": None if place is None else _fields_of(place),
    }
    return _given(body)


def _ship_to(target: ShipTo) -> Body:
    own = {"id": target.id, "shipping_method": target.shipping_method}
    return {**_fields_of(target.address), **_given(own)}


def _fields_of(given: Address | PickupPlace | NewMetafield) -> Body:
    """Return the fields that are given, of what names them as the store does."""
    return _given({field.name: getattr(given, field.name) for field in fields(given)})


def _given(body: Mapping[str, object]) -> Body:
    return {name: value for name, value in body.items() if value is not None}


def _text_of(amount: Decimal | None) -> str | None:
    if amount is None:
        return None
    return f"{_finite(amount):f}"


def _number_of(amount: Decimal) -> float:
    """Return an amount as a JSON number that says the same.

    Raises:
        ValueError: No JSON number of ours does, as it has more than 15 digits or so.
    """
    number = float(_finite(amount))
    if Decimal(str(number)) != amount:
        raise ValueError("an amount with too many digits")
    return number


def _finite(amount: Decimal) -> Decimal:
    if not amount.is_finite():
        raise ValueError("not an amount")
    return amount
