"""Webhook scopes: which exist, and which scope of a hook covers which event."""

_MADE_CHANGED_GONE = ("created", "updated", "deleted")
# All that the documents name; what the simulator does not simulate never fires
_PLAIN = {
    "store/app": ("uninstalled",),
    "store/cart": (*_MADE_CHANGED_GONE, "couponApplied", "abandoned", "converted"),
    "store/cart/lineItem": _MADE_CHANGED_GONE,
    "store/category": _MADE_CHANGED_GONE,
    "store/channel": ("created", "updated"),
    "store/customer": (*_MADE_CHANGED_GONE, "payment/instrument/default/updated"),
    "store/customer/address": _MADE_CHANGED_GONE,
    "store/hook": ("deliveryException",),
    "store/information": ("updated",),
    "store/inventory/location": ("created", "updated"),
    "store/order": (
        "created",
        "updated",
        "archived",
        "statusUpdated",
        "message/created",
        "refund/created",
        "transaction/created",
        "metafield/created",
        "metafield/updated",
        "metafield/deleted",
    ),
    "store/product": (*_MADE_CHANGED_GONE, "inventory/updated", "inventory/order/updated"),
    "store/shipment": _MADE_CHANGED_GONE,
    "store/sku": (*_MADE_CHANGED_GONE, "inventory/updated", "inventory/order/updated"),
    "store/subscriber": _MADE_CHANGED_GONE,
}
_CHANNEL = (
    "order/created",
    "order/updated",
    "order/archived",
    "order/statusUpdated",
    "order/message/created",
    "order/refund/created",
    "inventory/product/stock_changed",
    "inventory/product/low_stock_reached",
    "inventory/product/out_of_stock_reached",
    "inventory/product/settings_changed",
    "inventory/product/backorder_limit_reached",
)
DELIVERY_EXCEPTION = "store/hook/deliveryException"
_KNOWN = frozenset(f"{start}/{name}" for start, names in _PLAIN.items() for name in names)


def is_known_scope(scope: str) -> bool:
    """Say whether a hook may ask for this scope: exact, `.../*`, or of a channel."""
    parts = scope.split("/")
    if parts[:2] == ["store", "channel"] and len(parts) > 3:
        return _is_channel(parts[2]) and _is_one_of("/".join(parts[3:]), frozenset(_CHANNEL))
    return _is_one_of(scope, _KNOWN)


def covers(hook_scope: str, event_scope: str) -> bool:
    """Say whether a hook with `hook_scope` gets an event of `event_scope`.

    A last `*` stands for all the rest, an earlier one for one part.
    """
    wanted, given = hook_scope.split("/"), event_scope.split("/")
    if wanted[-1] == "*":
        wanted, given = wanted[:-1], given[: len(wanted) - 1]
    elif len(wanted) != len(given):
        return False
    return len(wanted) == len(given) and all(
        part in ("*", other) for part, other in zip(wanted, given, strict=True)
    )


def _is_channel(part: str) -> bool:
    return part == "*" or (part.isascii() and part.isdigit())


def _is_one_of(scope: str, known: frozenset[str]) -> bool:
    if scope.endswith("/*"):
        return any(each.startswith(scope[:-1]) for each in known)
    return scope in known
