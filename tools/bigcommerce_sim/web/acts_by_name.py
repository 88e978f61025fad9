"""What can be done through the control API: names, fields and how each field is read."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bigcommerce_sim.api import fields
from bigcommerce_sim.store import SimulatedStore
from bigcommerce_sim.world.amounts import read_amount

Reader = fields.Reader
_text = fields.text(255)
_AMOUNT: dict[str, Reader] = {"amount": fields.or_none(read_amount), "gateway": _text}
_MESSAGE: dict[str, Reader] = {"text": fields.text(), "subject": _text}
_ITEM_SHAPE = "a list of [sku, pieces] or [sku, pieces, kind]"
_STATUS: dict[str, Reader] = {"status": fields.text_or_number}


def _items(value: object) -> list[tuple[object, ...]]:
    if not isinstance(value, list) or not value:
        raise ValueError(_ITEM_SHAPE)
    read: list[tuple[object, ...]] = []
    for each in value:
        if not isinstance(each, list) or not 2 <= len(each) <= 3:
            raise ValueError(_ITEM_SHAPE)
        kind = map(_kind, each[2:])
        read.append((_text(each[0]), fields.whole(1, 1_000_000)(each[1]), *kind))
    return read


def _amounts(value: object) -> dict[str, object]:
    if not isinstance(value, dict):
        raise ValueError("an object of name to amount")
    return {_text(name): fields.amount(amount) for name, amount in value.items()}


def _pieces_by_line(value: object) -> dict[int, int]:
    if not isinstance(value, dict) or not all(key.isdigit() for key in value):
        raise ValueError("an object of line id to pieces")
    return {int(key[:18]): fields.whole(1)(pieces) for key, pieces in value.items()}


def _kind(value: object) -> str:
    if value not in ("physical", "digital", "giftcertificate"):
        raise ValueError("physical, digital or giftcertificate")
    return str(value)


PLACE: dict[str, Reader] = {
    **_STATUS,
    "total": read_amount,
    "items": _items,
    "customer_id": fields.whole(),
    "payment_method": _text,
    "quantity": fields.whole(1, 1_000_000),
    "kind": _kind,
    "channel_id": fields.whole(1),
    "created_at": fields.date,
    "addresses": fields.whole(1, 20),
    "is_pickup": fields.yes_or_no,
    "coupons": _amounts,
    "fees": _amounts,
    "discount": fields.amount,
    "store_credit": fields.amount,
    "gift_certificate": fields.amount,
}
STOCK: dict[str, Reader] = {
    "sku": _text,
    "on_hand": fields.whole(-1_000_000_000, 1_000_000_000),
    "location_id": fields.whole(1),
    "safety_stock": fields.whole(),
    "warning_level": fields.whole(),
    "backorder_limit": fields.whole(),
}
LOCATION: dict[str, Reader] = {"code": _text, "label": _text}
REGISTER: dict[str, Reader] = {
    "first_name": _text,
    "last_name": _text,
    "email": _text,
    "group_id": fields.whole(),
}


@dataclass(frozen=True, slots=True)
class Act:
    """Hold one act on an order: how to do it, and the fields it takes."""

    run: Callable[..., object]
    fields: Mapping[str, Reader]


def order_acts(store: SimulatedStore) -> dict[str, Act]:
    """Return the acts under `POST /_sim/orders/{id}/{act}`."""
    shopper, staff = store.shopper, store.staff
    pay: dict[str, Reader] = {
        **_AMOUNT,
        "method": _text,
        "test": fields.yes_or_no,
        "moves_status": fields.yes_or_no,
    }
    edit: dict[str, Reader] = {
        **_STATUS,
        "staff_notes": fields.text(),
        "customer_message": fields.text(),
        "payment_method": _text,
        "created_at": fields.date,
    }
    ship: dict[str, Reader] = {
        "items": _pieces_by_line,
        "pieces": fields.whole(1),
        "tracking_number": fields.text(50),
        "shipping_provider": _text,
        "tracking_carrier": _text,
    }
    return {
        "pay": Act(shopper.pay, pay),
        "authorise": Act(shopper.authorise, {**_AMOUNT, "test": fields.yes_or_no}),
        "fail-payment": Act(shopper.fail_payment, {"gateway": _text}),
        "message": Act(shopper.write_message, _MESSAGE),
        "answer": Act(staff.write_message, _MESSAGE),
        "flag-messages": Act(staff.flag_messages, {}),
        "edit": Act(staff.edit, edit),
        "archive": Act(staff.archive, {}),
        "ship": Act(staff.ship, ship),
        "delete-shipments": Act(staff.delete_shipments, {}),
        "capture": Act(staff.capture, {}),
        "void": Act(staff.void, {}),
        "refund": Act(staff.refund, {"amount": read_amount}),
        "metafield": Act(
            staff.set_metafield,
            {"namespace": fields.text(64), "key": fields.text(64), "value": fields.text()},
        ),
    }


def read_fields(body: Mapping[str, object], readers: Mapping[str, Reader]) -> dict[str, object]:
    """Read a body.

    Raises:
        ValueError: an unknown field, or a value that cannot be read.
    """
    read = {}
    for name, value in body.items():
        if name not in readers:
            raise ValueError(f"{name}: no such field; there are {', '.join(readers) or 'none'}")
        try:
            read[name] = readers[name](value)
        except ValueError as problem:
            raise ValueError(f"{name}: {problem}") from None
    return read
