"""What a rule wants: its actions, each with what it needs to know, fit to be stored as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from orderwarden.domain.decision import SET_STATUS, STAFF_NOTE
from orderwarden.domain.rules.operators import Scalar
from orderwarden.domain.statuses import DANGEROUS

if TYPE_CHECKING:
    from orderwarden.domain.metafield_changes import PermissionSet

METAFIELD: Final = "metafield"
CREATE_SHIPMENT: Final = "create_shipment"
UPDATE_ORDER: Final = "update_order"
CAPTURE: Final = "capture"
VOID: Final = "void"
REFUND: Final = "refund"
NOTIFY: Final = "notify"
HOLD: Final = "hold"

KINDS: Final = (
    SET_STATUS, STAFF_NOTE, METAFIELD, CREATE_SHIPMENT, UPDATE_ORDER, CAPTURE, VOID, REFUND,
    NOTIFY, HOLD,
)  # fmt: skip

PAYMENT_ACTIONS: Final = frozenset({CAPTURE, VOID, REFUND})
"""What moves money: tried once per order, for ever, and only where the file allows it."""

MONEY_FIELDS: Final = (
    "discount_amount", "base_shipping_cost", "base_handling_cost", "base_wrapping_cost",
    "shipping_cost_ex_tax", "shipping_cost_inc_tax",
    "handling_cost_ex_tax", "handling_cost_inc_tax",
    "wrapping_cost_ex_tax", "wrapping_cost_inc_tax",
    "subtotal_ex_tax", "subtotal_inc_tax",
    "total_ex_tax", "total_inc_tax",
)  # fmt: skip
"""Amounts that a rule may write; of a pair, both or none. Source: orders.v2 `PUT`."""

ADDRESS: Final = "billing_address"
ADDRESS_FIELDS: Final = (
    "first_name", "last_name", "company", "street_1", "street_2", "city", "state", "zip",
    "country", "country_iso2", "phone", "email",
)  # fmt: skip
TEXT_FIELDS: Final = (
    "customer_message", "payment_method", "external_order_id", "external_merchant_id",
    "external_source", "customer_locale",
)  # fmt: skip
"""Texts of an order that a rule may write. Source: orders.v2 `PUT`."""


@dataclass(frozen=True, slots=True)
class MetafieldWanted:
    """Create or change one metafield of the order; `value` is a template."""

    namespace: str
    key: str
    value: str
    description: str = ""
    permission_set: PermissionSet = "app_only"


@dataclass(frozen=True, slots=True)
class ShipmentWanted:
    """Send what is left to send, one parcel for each shipping address.

    Attributes:
        skus: Only lines with one of these SKUs; empty for all.
        tracking_number: A template; so are `tracking_link` and `comments`.
        shipping_provider: As documented, or empty.
        tracking_carrier: As documented, or empty.
    """

    skus: tuple[str, ...] = ()
    tracking_number: str = ""
    tracking_link: str = ""
    shipping_provider: str = ""
    tracking_carrier: str = ""
    shipping_method: str = ""
    comments: str = ""


@dataclass(frozen=True, slots=True)
class FieldsWanted:
    """Write fields of the order.

    Attributes:
        fields: Name and value, sorted; amounts as text; a part of an address under such as
            `billing_address.city`.
    """

    fields: tuple[tuple[str, str], ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of what is written; the values may be personal."""
        return tuple(name for name, _ in self.fields)

    @property
    def is_dangerous(self) -> bool:
        """Return whether money or an address is written."""
        return any(n in MONEY_FIELDS or n.startswith(f"{ADDRESS}.") for n in self.names)


@dataclass(frozen=True, slots=True)
class RefundWanted:
    """Refund by quote.

    Attributes:
        skus: Only lines with one of these SKUs.
        amount: Only so much, of the order as a whole; empty for everything that is left.
        currency: Of the amount; empty for the order's own. Another currency: do nothing.
        reason: A template.
    """

    skus: tuple[str, ...] = ()
    amount: str = ""
    currency: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """Tell a person or another system; `text` is a template.

    Attributes:
        topic: What receivers choose by.
    """

    text: str
    topic: str = ""


Parameters = MetafieldWanted | ShipmentWanted | FieldsWanted | RefundWanted | Notice

PARAMETERS: Final[Mapping[str, type[Parameters]]] = {
    METAFIELD: MetafieldWanted,
    CREATE_SHIPMENT: ShipmentWanted,
    UPDATE_ORDER: FieldsWanted,
    REFUND: RefundWanted,
    NOTIFY: Notice,
}


@dataclass(frozen=True, slots=True)
class Action:
    """One thing a rule wants.

    Attributes:
        value: `set_status`: status id. `staff_note`: template. `hold`: why, a template.
            `capture` and `void`: True. All others: their parameters.
    """

    kind: str
    value: Scalar | Parameters

    @property
    def is_dangerous(self) -> bool:
        """Return whether it could lose a sale, hide an order or move money."""
        if isinstance(self.value, FieldsWanted):
            return self.value.is_dangerous
        sets_dangerous = self.kind == SET_STATUS and self.value in DANGEROUS
        return sets_dangerous or self.kind in PAYMENT_ACTIONS

    @property
    def templates(self) -> tuple[str, ...]:
        """Return the texts in it that may have placeholders."""
        match self.value:
            case MetafieldWanted(value=text) | Notice(text=text) | RefundWanted(reason=text):
                return (text,)
            case ShipmentWanted() as shipment:
                return shipment.tracking_number, shipment.tracking_link, shipment.comments
            case str(text):
                return (text,)
            case _:
                return ()
