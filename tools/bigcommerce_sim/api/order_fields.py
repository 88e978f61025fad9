"""Which fields of an order can be written, and how each is read."""

from bigcommerce_sim.api import fields
from bigcommerce_sim.api.call import JsonObject
from bigcommerce_sim.world.refusal import Refusal, invalid, read_only, unsupported

_COSTS = tuple(
    f"{start}{kind}_cost{end}"
    for kind in ("shipping", "handling", "wrapping")
    for start, end in (("base_", ""), ("", "_ex_tax"), ("", "_inc_tax"))
)
PAIRS = (("subtotal_ex_tax", "subtotal_inc_tax"), ("total_ex_tax", "total_inc_tax"))
TOTALS = frozenset(name for pair in PAIRS for name in pair)

WRITABLE: dict[str, fields.Reader] = {
    "status_id": fields.whole(0, 14),
    "customer_id": fields.whole(),
    "staff_notes": fields.text(),
    "customer_message": fields.text(),
    "discount_amount": fields.amount,
    "payment_method": fields.text(255),
    "payment_provider_id": fields.text_or_number,
    "channel_id": fields.whole(1),
    "date_created": fields.date,
    "order_is_digital": fields.yes_or_no,
    "order_source": fields.text(255),
    "external_source": fields.or_none(fields.text(255)),
    "external_order_id": fields.or_none(fields.text(255)),
    "external_merchant_id": fields.or_none(fields.text(255)),
    "ebay_order_id": fields.text(255),
    "customer_locale": fields.text(64),
    "ip_address": fields.text(30),
    "ip_address_v6": fields.text(39),
    "geoip_country": fields.text(255),
    "geoip_country_iso2": fields.text(2),
    "default_currency_code": fields.text(3),
    "is_deleted": fields.yes_or_no,
    **dict.fromkeys(_COSTS, fields.amount),
    **dict.fromkeys(TOTALS, fields.amount),
}
PARTS = frozenset({"billing_address", "shipping_addresses", "products", "consignments", "fees"})
IGNORED = frozenset({"tax_provider_id", "items_total", "items_shipped", "refunded_amount"})
READ_ONLY = frozenset(
    {
        "id",
        "status",
        "custom_status",
        "date_modified",
        "date_shipped",
        "cart_id",
        "total_tax",
        "subtotal_tax",
        "payment_status",
        "currency_id",
        "currency_code",
        "currency_exchange_rate",
        "default_currency_id",
        "store_default_currency_code",
        "store_default_to_transactional_exchange_rate",
        "coupon_discount",
        "store_credit_amount",
        "gift_certificate_amount",
        "shipping_address_count",
        "coupons",
        "is_email_opt_in",
        "is_tax_inclusive_pricing",
        "external_id",
        "credit_card_type",
        *(f"{kind}_cost_tax" for kind in ("shipping", "handling", "wrapping")),
        *(f"{kind}_cost_tax_class_id" for kind in ("shipping", "handling", "wrapping")),
    }
)
# Touching one of these has the totals worked out anew
MOVES_TOTALS = frozenset({*_COSTS, "discount_amount", *(PARTS - {"consignments"})})


def check_names(body: JsonObject) -> None:
    """Refuse a body with a field that cannot be written; nothing of it is taken.

    Raises:
        Refusal: 400.
    """
    for name in body:
        if name in READ_ONLY:
            raise read_only(name)
        if name not in WRITABLE and name not in PARTS and name not in IGNORED:
            raise unsupported(name)
    for pair in PAIRS:
        if len(body.keys() & set(pair)) == 1:
            raise Refusal(400, f"The fields '{pair[0]}' and '{pair[1]}' must be sent together.")


def read_plain(body: JsonObject) -> dict[str, object]:
    """Read the plain fields of a body.

    Raises:
        Refusal: 400 naming the first field whose value cannot be taken.
    """
    changes: dict[str, object] = {}
    for name, value in body.items():
        if name in WRITABLE:
            try:
                changes[name] = WRITABLE[name](value)
            except ValueError:
                raise invalid(name) from None
    if changes.get("external_order_id", "") is None:
        changes["external_order_id"] = ""
    for name, other in (("ip_address", "ip_address_v6"), ("ip_address_v6", "ip_address")):
        if changes.get(name) and other not in changes:
            changes[other] = ""
    return changes
