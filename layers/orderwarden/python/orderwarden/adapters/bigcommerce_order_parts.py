"""What belongs to orders: `ports.OrderParts`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Final, TypeVar

from orderwarden.adapters import bigcommerce_parse as parse
from orderwarden.adapters.bigcommerce_call import Call, Reply
from orderwarden.adapters.bigcommerce_pages import Listing, all_v2, all_v3, each_by_ids
from orderwarden.adapters.bigcommerce_way import HasWay, order_path, v3_order_path
from orderwarden.domain.order import Json, OrderLine, Shipment, Transaction, date
from orderwarden.domain.order_details import Consignments, Fee, Message, Tax
from orderwarden.domain.order_parts import Coupon, Metafield, Refund, ShippingAddress, text
from orderwarden.domain.refunding import RefundFilter
from orderwarden.errors import OutsideWindow, Rejected
from orderwarden.ports import Answer

Part = TypeVar("Part")

CONSIGNMENTS: Final = frozenset({"pickups", "shipping", "downloads", "email"})

MOST_MARKED: Final = 1000
"""Pages of one metafield of all orders; at fifty rows each, fifty thousand orders."""


class ReadsOrderParts(HasWay):
    """The parts of one order; every list is read whole."""

    def transactions(self, order_id: int) -> Answer[tuple[Transaction, ...]]:
        """Read every transaction of an order."""
        path = v3_order_path(order_id, "/transactions")
        wanted = Listing(path, partial(parse.transaction, order_id=order_id))
        return all_v3(self._http, wanted)

    def products(self, order_id: int) -> Answer[tuple[OrderLine, ...]]:
        """Read every line of an order."""
        return self._all(order_id, "/products", partial(parse.order_line, order_id=order_id))

    def shipments(self, order_id: int) -> Answer[tuple[Shipment, ...]]:
        """Read every shipment of an order."""
        return self._all(order_id, "/shipments", partial(parse.shipment, order_id=order_id))

    def shipping_addresses(self, order_id: int) -> Answer[tuple[ShippingAddress, ...]]:
        """Read every shipping address of an order; none where nothing is shipped."""
        return self._all(order_id, "/shipping_addresses", ShippingAddress.from_json)

    def coupons(self, order_id: int) -> Answer[tuple[Coupon, ...]]:
        """Read every coupon of an order."""
        return self._all(order_id, "/coupons", Coupon.from_json)

    def messages(self, order_id: int) -> Answer[tuple[Message, ...]]:
        """Read every message about an order."""
        return self._all(order_id, "/messages", _message)

    def taxes(self, order_id: int) -> Answer[tuple[Tax, ...]]:
        """Read every tax of an order."""
        return self._all(order_id, "/taxes", _tax)

    def fees(self, order_id: int) -> Answer[tuple[Fee, ...]]:
        """Read every fee of an order."""
        return self._http.answer(Call("GET", order_path(order_id, "/fees")), _fees)

    def consignments(self, order_id: int) -> Answer[Consignments]:
        """Read how the parts of an order reach the shopper."""
        call = Call("GET", order_path(order_id, "/consignments"))
        return self._http.answer(call, _consignments)

    def refunds(self, order_id: int) -> Answer[tuple[Refund, ...]]:
        """Read every refund of an order."""
        path = v3_order_path(order_id, "/payment_actions/refunds")
        wanted = Listing(path, _of_order(order_id, Refund.from_json))
        return all_v3(self._http, wanted)

    def every_refund(self, wanted: RefundFilter) -> Iterator[Refund]:
        """Read the refunds of all orders, a page at a time."""
        given = {
            "created:min": _instant(wanted.created_from),
            "created:max": _instant(wanted.created_to),
            "transaction_id": wanted.transaction_id,
        }
        query = {name: value for name, value in given.items() if value is not None}
        listing = Listing("/v3/orders/payment_actions/refunds", Refund.from_json, query=query)
        for refund in each_by_ids(self._http, listing, "order_id:in", wanted.order_ids):
            if not wanted.admits(refund.order_id, refund.created_at):
                raise OutsideWindow(self._http.store, refund.order_id or 0)
            yield refund

    def metafields(
        self, order_id: int, *, namespace: str | None = None, key: str | None = None
    ) -> Answer[tuple[Metafield, ...]]:
        """Read the metafields of one order, all or those of a namespace and key."""
        return _named(self._listed(order_id, namespace, key), namespace, key)

    def order_metafields(self, namespace: str, key: str) -> Answer[tuple[Metafield, ...]]:
        """Read one metafield of all orders."""
        path, query = "/v3/orders/metafields", {"namespace": namespace, "key": key}
        wanted = Listing(path, Metafield.from_json, query=query, most_pages=MOST_MARKED)
        return _named(all_v3(self._http, wanted), namespace, key)

    def _listed(
        self, order_id: int, namespace: str | None, key: str | None
    ) -> Answer[tuple[Metafield, ...]]:
        """Read what the store takes for those of a namespace and key."""
        given = {"namespace": namespace, "key": key}
        query = {name: value for name, value in given.items() if value is not None}
        path = v3_order_path(order_id, "/metafields")
        return all_v3(
            self._http, Listing(path, partial(_metafield, order_id=order_id), query=query)
        )

    def _all(
        self, order_id: int, part: str, read: Callable[[Json], Part]
    ) -> Answer[tuple[Part, ...]]:
        path = order_path(order_id, part)
        return all_v2(self._http, Listing(path, _of_order(order_id, read)))


def _of_order(order_id: int, read: Callable[[Json], Part]) -> Callable[[Json], Part]:
    def checked(row: Json) -> Part:
        parse.check_order(row, order_id)
        return read(row)

    return checked


def _instant(at: datetime | None) -> str | None:
    return None if at is None else f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _named(
    found: Answer[tuple[Metafield, ...]], namespace: str | None, key: str | None
) -> Answer[tuple[Metafield, ...]]:
    """Return those of a name; the store may think that upper and lower case are one."""
    named = (
        each
        for each in found.value
        if namespace in (None, each.namespace) and key in (None, each.key)
    )
    return Answer(tuple(named), found.at)


def _metafield(row: Json, order_id: int) -> Metafield:
    found = Metafield.from_json(row)
    if found.order_id not in (None, order_id):
        raise Rejected("metafield_of_another_order")
    return found


def _message(row: Json) -> Message:
    created_at = date(row.get("date_created"))
    return Message(parse.number(row, "id"), row.get("is_flagged") is True, created_at, row)


def _tax(row: Json) -> Tax:
    return Tax(parse.number(row, "id"), text(row, "name"), row)


def _fees(reply: Reply) -> tuple[Fee, ...]:
    """Read fees; the documents show them as an object with a list, elsewhere as a bare list."""
    body = reply.json
    if isinstance(body, Mapping):
        body = body.get("fees", [body])
    listed = parse.rows(body) if reply.http_status != 204 else []
    return tuple(
        Fee(parse.number(row, "id"), text(row, "display_name_customer"), row) for row in listed
    )


def _consignments(reply: Reply) -> Consignments:
    body: Json = {"pickups": []} if reply.http_status == 204 else parse.whole_object(reply)
    if body.keys().isdisjoint(CONSIGNMENTS):
        raise Rejected("no_consignments")
    email = body.get("email")
    certificates = email.get("gift_certificates") if isinstance(email, Mapping) else None
    return Consignments(
        pickups=parse.objects(body.get("pickups")),
        shipping=parse.objects(body.get("shipping")),
        downloads=parse.objects(body.get("downloads")),
        gift_certificates=parse.objects(certificates),
        raw=body,
    )
