"""The few facts of each order that lists are filtered by, small enough for 100,000 of them."""

from dataclasses import dataclass

from bigcommerce_sim.world.order import Order


@dataclass(slots=True)
class Head:
    """Hold what filters and sorting read; times are epoch seconds."""

    id: int
    status_id: int
    created_s: int
    modified_s: int
    customer_id: int
    total: float
    channel_id: int
    payment_method: str
    email: str
    cart_id: str = ""
    external_order_id: str = ""
    is_deleted: bool = False


def head_of(order: Order) -> Head:
    """Return the head of an order."""
    return Head(
        id=order.id,
        status_id=order.status_id,
        created_s=int(order.date_created.timestamp()),
        modified_s=int(order.date_modified.timestamp()),
        customer_id=order.customer_id,
        total=float(order.total_inc_tax),
        channel_id=order.channel_id,
        payment_method=order.payment_method,
        email=order.billing_address.email,
        cart_id=order.cart_id,
        external_order_id=order.external_order_id,
        is_deleted=order.is_deleted,
    )
