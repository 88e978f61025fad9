"""What every part of the client is made of: the way to the store."""

from __future__ import annotations

from orderwarden.adapters.bigcommerce_http import StoreHttp


class HasWay:
    """A part of the client; the whole one keeps the way."""

    _http: StoreHttp


def order_path(order_id: int, part: str = "") -> str:
    """Return the path of an order in v2, or of a part of it."""
    return f"/v2/orders/{order_id:d}{part}"


def v3_order_path(order_id: int, part: str) -> str:
    """Return the path of a part of an order in v3."""
    return f"/v3/orders/{order_id:d}{part}"
