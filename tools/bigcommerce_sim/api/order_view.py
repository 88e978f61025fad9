"""What the API shows of an order and its parts in v2."""

from dataclasses import fields
from decimal import Decimal

from bigcommerce_sim.world import statuses
from bigcommerce_sim.world.amounts import ZERO
from bigcommerce_sim.world.amounts import four_decimals as money
from bigcommerce_sim.world.dates import rfc2822
from bigcommerce_sim.world.order import Address, Fee, Line, Order, ShippingAddress
from bigcommerce_sim.world.world import World

Body = dict[str, object]
_NO_MONEY = money(ZERO)
_RATE = "1.0000000000"
_DIRECT = (
    "customer_id",
    "payment_method",
    "payment_provider_id",
    "payment_status",
    "order_is_digital",
    "ip_address",
    "ip_address_v6",
    "geoip_country",
    "geoip_country_iso2",
    "staff_notes",
    "customer_message",
    "is_deleted",
    "ebay_order_id",
    "cart_id",
    "order_source",
    "channel_id",
    "external_source",
    "external_merchant_id",
    "customer_locale",
    "external_order_id",
)
_ADDRESS = tuple(each.name for each in fields(Address))
_LINKS = {
    "products": "products",
    "shipping_addresses": "shippingaddresses",
    "coupons": "coupons",
    "consignments": "consignments",
    "fees": "fees",
}


def order_body(world: World, order: Order) -> Body:
    """Return an order as `GET /v2/orders/{id}` shows it."""
    name = statuses.BY_ID[order.status_id].name
    return {
        "id": order.id,
        "date_created": rfc2822(order.date_created),
        "date_modified": rfc2822(order.date_modified),
        "date_shipped": rfc2822(order.date_shipped),
        "status_id": order.status_id,
        "status": name,
        "custom_status": world.custom_labels.get(order.status_id, name),
        **_totals(order),
        "items_total": order.items_total,
        "items_shipped": order.items_shipped,
        **{key: getattr(order, key) for key in _DIRECT},
        "refunded_amount": _NO_MONEY,  # documented as always 0
        "store_credit_amount": money(order.store_credit_amount),
        "gift_certificate_amount": money(order.gift_certificate_amount),
        **_currency(order),
        "discount_amount": money(order.discount_amount),
        "coupon_discount": money(order.coupon_discount),
        "shipping_address_count": len(order.addresses),
        "billing_address": {**address_body(order.billing_address), "form_fields": []},
        "is_email_opt_in": False,
        "credit_card_type": None,
        "external_id": None,
        "tax_provider_id": "BasicTaxProvider",
        "is_tax_inclusive_pricing": False,
        **{key: link(world, order.id, part) for key, part in _LINKS.items()},
    }


def link(world: World, order_id: int, part: str) -> Body:
    """Return a link to a part of an order."""
    resource = f"/orders/{order_id}/{part}"
    url = f"https://api.bigcommerce.com/stores/{world.identity.hash}/v2{resource}"
    return {"url": url, "resource": resource}


def address_body(address: Address) -> Body:
    """Return an address."""
    return {name: getattr(address, name) for name in _ADDRESS}


def line_body(order: Order, line: Line) -> Body:
    """Return an order line as `/orders/{id}/products` shows it."""
    ex, inc, count = line.price_ex_tax, line.price_inc_tax, line.quantity
    body: Body = {
        "id": line.id,
        "order_id": order.id,
        "product_id": line.product_id,
        "variant_id": line.variant_id,
        "order_pickup_method_id": line.order_pickup_method_id,
        "order_address_id": line.order_address_id,
        "name": line.name,
        "name_customer": line.name,
        "name_merchant": line.name,
        "sku": line.sku,
        "upc": "",
        "type": line.type,
        "base_price": money(ex),
        "price_ex_tax": money(ex),
        "price_inc_tax": money(inc),
        "price_tax": money(inc - ex),
        "base_total": money(ex * count),
        "total_ex_tax": money(ex * count),
        "total_inc_tax": money(inc * count),
        "total_tax": money((inc - ex) * count),
        "discounted_total_inc_tax": money(inc * count - line.discount),
        "quantity": count,
        "quantity_shipped": line.quantity_shipped,
        "quantity_refunded": line.quantity_refunded,
        "is_refunded": 0 < count <= line.quantity_refunded,
        **_line_rest(line),
    }
    if line.quantity_backordered:  # absent on stores without backorders
        body["quantity_backordered"] = line.quantity_backordered
    return body


def shipping_address_body(world: World, order: Order, place: ShippingAddress) -> Body:
    """Return a shipping address as `/orders/{id}/shipping_addresses` shows it."""
    lines = [line for line in order.lines if line.order_address_id == place.id]
    is_first = order.addresses[0].id == place.id
    ex = order.shipping_cost_ex_tax if is_first else ZERO
    inc = order.shipping_cost_inc_tax if is_first else ZERO
    return {
        "id": place.id,
        "order_id": order.id,
        **address_body(place.address),
        "items_total": sum(line.quantity for line in lines),
        "items_shipped": sum(line.quantity_shipped for line in lines),
        "shipping_method": place.shipping_method,
        "base_cost": money(ex),
        **_cost("cost", ex, inc, 2),
        "base_handling_cost": _NO_MONEY,
        **_cost("handling_cost", ZERO, ZERO, 2),
        "shipping_zone_id": 1,
        "shipping_zone_name": "United States",
        "shipping_quotes": link(world, order.id, f"shippingaddresses/{place.id}/shippingquotes"),
        "form_fields": [],
    }


def fee_body(fee: Fee) -> Body:
    """Return an order-level fee."""
    return {
        "id": fee.id,
        "type": "custom_fee",
        "display_name_customer": fee.name,
        "display_name_merchant": fee.merchant_name or fee.name,
        "source": fee.source,
        "base_cost": money(fee.cost_ex_tax),
        "cost_ex_tax": money(fee.cost_ex_tax),
        "cost_inc_tax": money(fee.cost_inc_tax),
        "cost_tax": money(fee.cost_inc_tax - fee.cost_ex_tax),
        "tax_class_id": fee.tax_class_id,
    }


def _totals(order: Order) -> Body:
    subtotal_tax = order.subtotal_inc_tax - order.subtotal_ex_tax
    return {
        "subtotal_ex_tax": money(order.subtotal_ex_tax),
        "subtotal_inc_tax": money(order.subtotal_inc_tax),
        "subtotal_tax": money(subtotal_tax),
        "total_ex_tax": money(order.total_ex_tax),
        "total_inc_tax": money(order.total_inc_tax),
        "total_tax": money(order.total_inc_tax - order.total_ex_tax),
        "base_shipping_cost": money(order.base_shipping_cost),
        **_cost("shipping_cost", order.shipping_cost_ex_tax, order.shipping_cost_inc_tax, 0),
        "base_handling_cost": money(order.base_handling_cost),
        **_cost("handling_cost", order.handling_cost_ex_tax, order.handling_cost_inc_tax, 0),
        "base_wrapping_cost": money(order.base_wrapping_cost),
        **_cost("wrapping_cost", order.wrapping_cost_ex_tax, order.wrapping_cost_inc_tax, 0),
    }


def _cost(name: str, ex_tax: Decimal, inc_tax: Decimal, tax_class_id: int) -> Body:
    return {
        f"{name}_ex_tax": money(ex_tax),
        f"{name}_inc_tax": money(inc_tax),
        f"{name}_tax": money(inc_tax - ex_tax),
        f"{name}_tax_class_id": tax_class_id,
    }


def _currency(order: Order) -> Body:
    return {
        "currency_id": 1,
        "currency_code": order.currency_code,
        "currency_exchange_rate": _RATE,
        "default_currency_id": 1,
        "default_currency_code": order.default_currency_code,
        "store_default_currency_code": order.currency_code,
        "store_default_to_transactional_exchange_rate": _RATE,
    }


def _line_rest(line: Line) -> Body:
    taxed = ("cost_price_ex_tax", "cost_price_inc_tax", "cost_price_tax", "base_cost_price")
    wrapping = ("base_wrapping_cost", "wrapping_cost_ex_tax", "wrapping_cost_inc_tax")
    return {
        **dict.fromkeys((*taxed, *wrapping, "wrapping_cost_tax"), _NO_MONEY),
        "refund_amount": _NO_MONEY,  # documented as always 0
        "return_id": 0,
        "wrapping_id": 0,
        "wrapping_name": "",
        "wrapping_message": "",
        "weight": "1.0000",
        "width": _NO_MONEY,
        "height": _NO_MONEY,
        "depth": _NO_MONEY,
        "event_name": None,
        "event_date": None,
        "fixed_shipping_cost": _NO_MONEY,
        "ebay_item_id": "",
        "ebay_transaction_id": "",
        "option_set_id": None,
        "parent_order_product_id": None,
        "is_bundled_product": False,
        "bin_picking_number": "",
        "external_id": None,
        "brand": "",
        "gift_certificate_id": None,
        "applied_discounts": [],
        "product_options": [
            {
                "id": option.id,
                "option_id": option.id,
                "order_product_id": line.id,
                "product_option_id": option.id,
                "display_name": option.name,
                "display_value": option.value,
                "value": option.value,
                "type": "Multiple choice",
                "name": option.name,
                "display_style": "Pick list",
                "display_name_customer": option.name,
                "display_name_merchant": option.name,
                "display_value_customer": option.value,
                "display_value_merchant": option.value,
            }
            for option in line.options
        ],
        "configurable_fields": [],
    }
