"""Every call that the client can make, each with all that can be said in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from orderwarden.adapters.bigcommerce_store import BigCommerceStore
from orderwarden.domain.hook import HookChanges, NewHook
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
from orderwarden.domain.order_filter import OrderFilter
from orderwarden.domain.refunding import (
    RefundAmount,
    RefundFilter,
    RefundOverride,
    RefundPayment,
    RefundUnits,
    TaxAdjustment,
)
from orderwarden.domain.shipment_changes import NewShipment, ShipmentChanges
from orderwarden.domain.shop import LogFilter
from orderwarden.domain.stock import InventoryFilter


@dataclass(frozen=True)
class Ids:
    """What the calls are about."""

    order_id: int = 218
    line_id: int = 240
    address_id: int = 151
    shipment_id: int = 11
    metafield_id: int = 6
    hook_id: int = 18048287
    product_id: int = 111
    variant_id: int = 74
    customer_id: int = 11


Call = Callable[[BigCommerceStore, Ids], Any]

NOON = datetime(2026, 11, 20, 12, 0, 0, 250_000, tzinfo=UTC)
PRICE = TaxedAmount(ex_tax=Decimal("9.25"), inc_tax=Decimal("10"))
ADDRESS = Address(
    first_name="Jane",
    last_name="Doe",
    company="Example",
    street_1="555 East Street",
    street_2="Floor 2",
    city="Austin",
    state="Texas",
    zip="78108",
    country="United States",
    country_iso2="US",
    phone="1234567890",
    email="janedoe@example.com",
)
EVERY_FILTER = OrderFilter(
    status_id=7,
    min_id=1,
    max_id=900_000,
    created_from=NOON,
    created_to=NOON,
    modified_from=NOON,
    modified_to=NOON,
    min_total=Decimal("12.50"),
    max_total=Decimal("9000"),
    customer_id=11,
    channel_id=1,
    payment_method="Credit Card",
    cart_id="7e48f7ef-2e88-4817-aea4-b0ed01490114",
    external_order_id="ERP-17",
    email="janedoe@example.com",
    limit=50,
    include=("consignments", "consignments.line_items", "fees"),
)
EVERY_CHANGE = OrderChanges(
    status_id=11,
    staff_notes="Why.",
    customer_message="Please ring.",
    customer_id=11,
    channel_id=1,
    billing_address=ADDRESS,
    shipping_addresses=(ShipTo(ADDRESS, id=151, shipping_method="Flat Rate"),),
    payment_method="Cash",
    discount_amount=Decimal("5"),
    base_shipping_cost=Decimal("12.0000"),
    base_handling_cost=Decimal("0"),
    base_wrapping_cost=Decimal("0"),
    shipping_cost=PRICE,
    handling_cost=PRICE,
    wrapping_cost=PRICE,
    subtotal=PRICE,
    total=PRICE,
    external_order_id="ERP-17",
    external_merchant_id="M-17",
    external_source="POS",
    customer_locale="en",
    payment_provider_id="ch_1",
    order_is_digital=False,
    ebay_order_id="0",
)
EVERY_PARCEL_FIELD = ShipmentChanges(
    tracking_number="EJ958083578US",
    tracking_link="https://track.example.com/EJ958083578US",
    shipping_provider="usps",
    tracking_carrier="usps",
    shipping_method="Flat Rate",
    merchant_shipping_cost=Decimal("4.50"),
    comments="Two boxes.",
)
MARK = NewMetafield("orderwarden", "keep_until", "2026-12-24", description="By hand.")
PAYMENT = RefundPayment("braintree", Decimal("10.21"), is_offline=False)
OVERRIDE = RefundOverride(total=Decimal("10.21"), tax=Decimal("0"))
TAX = TaxAdjustment(Decimal("1.99"))


LINES = (
    CatalogLine(111, 2, variant_id=74, options=((120, "69"),), price=PRICE),
    CustomLine("Engraving", 1, PRICE, sku="ENG"),
)
"""A line of each kind."""
FEE = NewFee("Gift box", PRICE, merchant_name="Box", source="APP", tax_class_id=1)
PICKUP = Pickup(
    method_id=3,
    method_name="In store",
    instructions="Ring.",
    time_description="Within a day",
    place=PickupPlace(
        name="Shop",
        code="EAST",
        address_line_1="555 East Street",
        address_line_2="Floor 2",
        city="Austin",
        state="Texas",
        postal_code="78108",
        country_alpha2="US",
        email="shop@example.com",
        phone="1234567890",
    ),
)


def new_order(_ids: Ids) -> NewOrder:
    """Return an order of a line of each kind, to be shipped."""
    changes = OrderChanges(
        **{
            name: getattr(EVERY_CHANGE, name)
            for name in EVERY_CHANGE.__dataclass_fields__
            if name not in ("billing_address", "shipping_addresses")
        },
        shipping_addresses=(ShipTo(ADDRESS, shipping_method="Flat Rate"),),
    )
    return NewOrder(
        ADDRESS,
        LINES,
        changes,
        fees=(FEE,),
        created_at=NOON,
        currency_code="EUR",
        ip_address="192.0.2.7",
    )


def every_refund_item(ids: Ids) -> list[RefundUnits | RefundAmount]:
    """Return an item of each kind."""
    ten = Decimal("10.21")
    return [
        RefundUnits(ids.line_id, 1, reason="Broken"),
        RefundUnits(ids.line_id, 1, "GIFT_WRAPPING"),
        RefundAmount(ids.address_id, ten, "SHIPPING", reason="Late"),
        RefundAmount(ids.address_id, ten, "HANDLING"),
        RefundAmount(ids.order_id, ten, "ORDER"),
        RefundAmount(ids.order_id, ten, "TAX"),
        RefundAmount(ids.order_id, ten, "FEE"),
    ]


CALLS: Mapping[str, Call] = {
    "order": lambda store, ids: store.order(ids.order_id, include=EVERY_FILTER.include),
    "orders": lambda store, _: store.orders(EVERY_FILTER),
    "order_pages": lambda store, _: list(store.order_pages(EVERY_FILTER)),
    "every_order": lambda store, _: list(store.every_order(EVERY_FILTER)),
    "count_orders": lambda store, _: store.count_orders(EVERY_FILTER),
    "statuses": lambda store, _: store.statuses(),
    "transactions": lambda store, ids: store.transactions(ids.order_id),
    "products": lambda store, ids: store.products(ids.order_id),
    "shipments": lambda store, ids: store.shipments(ids.order_id),
    "shipping_addresses": lambda store, ids: store.shipping_addresses(ids.order_id),
    "consignments": lambda store, ids: store.consignments(ids.order_id),
    "coupons": lambda store, ids: store.coupons(ids.order_id),
    "messages": lambda store, ids: store.messages(ids.order_id),
    "taxes": lambda store, ids: store.taxes(ids.order_id),
    "fees": lambda store, ids: store.fees(ids.order_id),
    "refunds": lambda store, ids: store.refunds(ids.order_id),
    "every_refund": lambda store, ids: list(
        store.every_refund(RefundFilter((ids.order_id, 219), NOON, NOON, transaction_id="1234"))
    ),
    "metafields": lambda store, ids: store.metafields(
        ids.order_id, namespace="orderwarden", key="keep_until"
    ),
    "order_metafields": lambda store, _: store.order_metafields("orderwarden", "keep_until"),
    "customers": lambda store, ids: store.customers([ids.customer_id, 0, 12]),
    "customer_groups": lambda store, _: store.customer_groups(),
    "inventory_items": lambda store, ids: store.inventory_items(
        InventoryFilter(
            variant_ids=(ids.variant_id, 75),
            product_ids=(ids.product_id, 112),
            skus=("SM13", "SM14"),
            location_ids=(1, 2),
            location_codes=("EAST", "WEST"),
        )
    ),
    "locations": lambda store, _: store.locations(),
    "inventory_settings": lambda store, _: store.inventory_settings(1),
    "store_information": lambda store, _: store.store_information(),
    "time": lambda store, _: store.time(),
    "system_log": lambda store, _: list(
        store.system_log(LogFilter(type="general", module="order status", severity=1))
    ),
    "hooks": lambda store, _: store.hooks(),
    "hooks_admin": lambda store, _: store.hooks_admin(),
    "put_order": lambda store, ids: store.put_order(
        ids.order_id, status_id=11, staff_notes="Why."
    ),
    "update_order": lambda store, ids: store.update_order(ids.order_id, EVERY_CHANGE),
    "create_order": lambda store, ids: store.create_order(new_order(ids)),
    "create_shipment": lambda store, ids: store.create_shipment(
        ids.order_id, NewShipment(ids.address_id, {ids.line_id: 1}, EVERY_PARCEL_FIELD)
    ),
    "update_shipment": lambda store, ids: store.update_shipment(
        ids.order_id, ids.shipment_id, EVERY_PARCEL_FIELD
    ),
    "write_metafield": lambda store, ids: store.write_metafield(ids.order_id, MARK),
    "delete_metafield": lambda store, ids: store.delete_metafield(ids.order_id, ids.metafield_id),
    "create_metafields": lambda store, ids: store.create_metafields([(ids.order_id, MARK)]),
    "update_metafields": lambda store, ids: store.update_metafields({ids.metafield_id: MARK}),
    "delete_metafields": lambda store, ids: store.delete_metafields([ids.metafield_id]),
    "refund_quote": lambda store, ids: store.refund_quote(ids.order_id, every_refund_item(ids)),
    "refund": lambda store, ids: store.refund(
        ids.order_id, every_refund_item(ids), [PAYMENT], OVERRIDE
    ),
    "capture": lambda store, ids: store.capture(ids.order_id),
    "void": lambda store, ids: store.void(ids.order_id),
    "create_hook": lambda store, _: store.create_hook(
        NewHook("store/order/*", "https://hooks.example.com/in", headers={"X-Secret": "s3"})
    ),
    "update_hook": lambda store, ids: store.update_hook(
        ids.hook_id,
        HookChanges("store/shipment/*", "https://hooks.example.com/in", True, {"X-Secret": "s4"}),
    ),
    "delete_hook": lambda store, ids: store.delete_hook(ids.hook_id),
    "set_hook_emails": lambda store, _: store.set_hook_emails(["ops@example.com"]),
}

OTHER_CALLS: Mapping[str, Call] = {
    "orders, newest first": lambda store, _: store.orders(
        OrderFilter(sort="date_modified", is_descending=True)
    ),
    "create_order, to be picked up": lambda store, _: store.create_order(
        NewOrder(ADDRESS, LINES, pickup=PICKUP, ip_address="2001:db8::1")
    ),
    "inventory_items, of a location": lambda store, _: store.inventory_items(
        InventoryFilter(location_ids=(1,))
    ),
    "refund_quote, of tax": lambda store, ids: store.refund_quote(ids.order_id, TAX),
    "refund, of tax": lambda store, ids: store.refund(ids.order_id, TAX, [], OVERRIDE),
    "every_refund, of all orders": lambda store, _: list(store.every_refund(RefundFilter())),
}
"""What else some of these methods can send."""

ALL_CALLS: Mapping[str, Call] = {**CALLS, **OTHER_CALLS}
