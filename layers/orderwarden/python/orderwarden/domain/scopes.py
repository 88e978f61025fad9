"""The scopes of BigCommerce's webhooks: what each means to us, and where its data names things.

Source: the official callback schemas and samples; docs/bigcommerce.md, "Webhooks".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from orderwarden.domain.signal import Trigger


@dataclass(frozen=True, slots=True)
class Shape:
    """What one scope means, and where its `data` keeps what we need.

    Attributes:
        trigger: What it means to us.
        subject: Path of the order id; for `stock_changed` of the product id.
        resource: Path of the shipment, refund, transaction or message; empty for none.
        may_be_text: Whether the subject comes as text.
    """

    trigger: Trigger
    subject: str = "id"
    resource: str = ""
    may_be_text: bool = False


_MESSAGE: Final = "message.order_message_id"
_REFUND: Final = "refund.refund_id"
_METAFIELD: Final = Shape(Trigger.ORDER_UPDATED, "resource_id", may_be_text=True)
_STOCK_OF_CHANNEL: Final = Shape(Trigger.STOCK_CHANGED, "product_id")

SHAPES: Final[Mapping[str, Shape]] = {
    "store/order/created": Shape(Trigger.ORDER_CREATED),
    "store/order/updated": Shape(Trigger.ORDER_UPDATED),
    "store/order/archived": Shape(Trigger.ORDER_ARCHIVED),
    "store/order/statusUpdated": Shape(Trigger.STATUS_UPDATED),
    "store/order/message/created": Shape(Trigger.MESSAGE_CREATED, resource=_MESSAGE),
    "store/order/refund/created": Shape(Trigger.REFUND_CREATED, resource=_REFUND),
    "store/order/transaction/created": Shape(
        Trigger.TRANSACTION_CREATED, "order_id", "transaction_id", may_be_text=True
    ),
    "store/order/metafield/created": _METAFIELD,
    "store/order/metafield/updated": _METAFIELD,
    "store/order/metafield/deleted": _METAFIELD,
    "store/shipment/created": Shape(Trigger.SHIPMENT_CREATED, "orderId", "id"),
    "store/shipment/updated": Shape(Trigger.SHIPMENT_UPDATED, "orderId", "id"),
    "store/shipment/deleted": Shape(Trigger.SHIPMENT_UPDATED, "orderId", "id"),
    "store/product/inventory/updated": Shape(Trigger.STOCK_CHANGED),
    "store/product/inventory/order/updated": Shape(Trigger.STOCK_CHANGED),
    "store/sku/inventory/updated": Shape(Trigger.STOCK_CHANGED, "inventory.product_id"),
    "store/sku/inventory/order/updated": Shape(Trigger.STOCK_CHANGED, "inventory.product_id"),
    "store/channel/*/order/created": Shape(Trigger.ORDER_CREATED, "order_id"),
    "store/channel/*/order/updated": Shape(Trigger.ORDER_UPDATED, "order_id"),
    "store/channel/*/order/archived": Shape(Trigger.ORDER_ARCHIVED, "order_id"),
    "store/channel/*/order/statusUpdated": Shape(Trigger.STATUS_UPDATED, "order_id"),
    "store/channel/*/order/message/created": Shape(Trigger.MESSAGE_CREATED, "order_id", _MESSAGE),
    "store/channel/*/order/refund/created": Shape(Trigger.REFUND_CREATED, "order_id", _REFUND),
    "store/channel/*/inventory/product/stock_changed": _STOCK_OF_CHANNEL,
    "store/channel/*/inventory/product/low_stock_reached": _STOCK_OF_CHANNEL,
    "store/channel/*/inventory/product/out_of_stock_reached": _STOCK_OF_CHANNEL,
}
"""Every scope that becomes a signal; `*` stands for a channel's id."""

WANTED_SCOPES: Final[Mapping[str, Trigger]] = {
    scope: shape.trigger for scope, shape in SHAPES.items() if "*" not in scope
}
"""What to register hooks for; the channels' scopes would only tell the same once more."""

EXCEPTION_SCOPE: Final = "store/hook/deliveryException"

DELIVERY_FAULTS: Final[Mapping[int, str]] = {
    90001: "delivery_failing",  # it will retry
    90002: "hook_given_up",  # no retry is left: the hook is being switched off
    90003: "domain_blocked",  # nothing comes for three minutes
}
"""What a deliveryException tells, by its error code."""

IGNORED_SCOPES: Final = frozenset(
    {
        EXCEPTION_SCOPE,  # has a path of its own
        "store/app/uninstalled",
        "store/cart/converted",  # `store/order/created` tells of the order
        "store/channel/*/inventory/product/settings_changed",
        "store/information/updated",
        "store/inventory/location/created",
        "store/inventory/location/updated",
    }
)
"""Known, and of no use to us."""
