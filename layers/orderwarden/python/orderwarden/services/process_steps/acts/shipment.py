"""`create_shipment`: send what is left to send, one parcel for each shipping address."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, Final

from orderwarden.domain.decision import Write
from orderwarden.domain.line import Line
from orderwarden.domain.order import OrderLine, Shipment, date, whole
from orderwarden.domain.order_parts import text
from orderwarden.domain.rules.effects import ShipmentWanted
from orderwarden.domain.rules.fulfilment import left_to_send
from orderwarden.domain.safeguards import Blocked
from orderwarden.domain.settlement import Shown, fits
from orderwarden.domain.shipment_changes import NewShipment, ShipmentChanges
from orderwarden.services.process_steps.acts.act import PART, Act, Part, Wanted
from orderwarden.services.process_steps.case import Case

TEMPLATES: Final = ("tracking_number", "tracking_link", "comments")
SETTINGS: Final = ("shipping_provider", "tracking_carrier", "shipping_method")
LONGEST: Final = {"tracking_number": 50, "tracking_link": 500, "comments": 65_535}
"""Characters that the store takes; docs/bigcommerce.md, "Shipments"."""


class Ships(Act):
    """Makes one parcel a call; the store tells the customer and moves the status itself."""

    def parts(self, wanted: Wanted) -> tuple[Part, ...] | Blocked:
        """Return one write for each address that something is left to send to."""
        asked = wanted.action.value
        assert isinstance(asked, ShipmentWanted)  # noqa: S101  # as compiled
        lines = wanted.order_lines()
        if isinstance(lines, Blocked):
            return lines
        details = {name: wanted.text(getattr(asked, name)) for name in TEMPLATES}
        details |= {name: getattr(asked, name) for name in SETTINGS}
        if any(len(details[name]) > longest for name, longest in LONGEST.items()):
            return Blocked("text_too_long")
        return tuple(
            Part({"address": address, "quantities": quantities, **details}, f"{PART}{address}")
            for address, quantities in sorted(_parcels(lines, asked.skus).items())
        )

    def do(self, case: Case, write: Write, line: Line) -> None:  # noqa: ARG002
        """Make the parcel."""
        content = write.content
        details = {name: content[name] or None for name in (*TEMPLATES, *SETTINGS)}
        parcel = NewShipment(content["address"], _quantities(write), ShipmentChanges(**details))
        case.store.create_shipment(case.order_id, parcel)

    def shown(self, case: Case, write: Write, line: Line) -> Shown:
        """Return whether a parcel to this address, of that moment, has just these goods."""
        found = case.store.shipments(case.order_id).value
        return Shown.WANTED if any(_is_ours(x, write, line) for x in found) else Shown.AS_BEFORE


def _parcels(lines: Iterable[OrderLine], skus: tuple[str, ...]) -> Mapping[int, dict[str, int]]:
    """Return what is left to send: address id to order line id to quantity."""
    parcels: dict[int, dict[str, int]] = defaultdict(dict)
    for line in lines:
        address, left = whole(line.raw.get("order_address_id")), left_to_send(line)
        if address and left > 0 and (not skus or text(line.raw, "sku") in skus):
            parcels[address][str(line.id)] = left
    return parcels


def _quantities(write: Write) -> dict[int, int]:
    quantities: Mapping[str, Any] = write.content["quantities"]
    return {int(line): int(quantity) for line, quantity in quantities.items()}


def _is_ours(found: Shipment, write: Write, line: Line) -> bool:
    has_number = found.tracking_number == write.content["tracking_number"]
    is_to = whole(found.raw.get("order_address_id")) == write.content["address"]
    has_goods = dict(found.quantities) == _quantities(write)
    return has_number and is_to and has_goods and fits(line, date(found.raw.get("date_created")))
