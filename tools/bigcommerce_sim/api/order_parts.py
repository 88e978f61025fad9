"""Addresses and fees in the body of a POST or PUT of an order."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from bigcommerce_sim.api import fields
from bigcommerce_sim.world.amounts import read_amount
from bigcommerce_sim.world.order import Address, Fee, Order, ShippingAddress
from bigcommerce_sim.world.refusal import invalid, unsupported
from bigcommerce_sim.world.world import World

_name = fields.text(255)
_FEE_KEYS = frozenset(
    {
        "id",
        "type",
        "display_name_customer",
        "display_name_merchant",
        "source",
        "base_cost",
        "cost_ex_tax",
        "cost_exc_tax",  # so misspelt in the official examples; it does nothing
        "cost_inc_tax",
        "cost_tax",
        "tax_class_id",
    }
)


def objects(name: str, value: object) -> list[dict[str, object]]:
    """Return a list of objects.

    Raises:
        Refusal: 400 where it is something else.
    """
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        raise invalid(name)
    return value


def read_address(name: str, value: object, known: Address | None = None) -> Address:
    """Read an address; fields that are not given stay as they are.

    Raises:
        Refusal: 400.
    """
    try:
        return replace(known or Address(), **fields.address(value))
    except ValueError:
        raise invalid(name) from None


def read_billing(value: object, known: Address | None = None) -> Address:
    """Read a billing address, whose `zip` and country are required.

    Of one that is `known`, the `zip` must be said again, as the document has it.

    Raises:
        Refusal: 400.
    """
    address = read_address("billing_address", value, known)
    if len(address.zip) < 2 or not (isinstance(value, dict) and "zip" in value):
        raise invalid("billing_address.zip")
    if not (address.country or address.country_iso2):
        raise invalid("billing_address.country")
    return address


def patched_addresses(world: World, order: Order, value: object) -> tuple[ShippingAddress, ...]:
    """Return the shipping addresses as `shipping_addresses` in a PUT leaves them.

    An entry without `id` adds an address, one with it changes that address.

    Raises:
        Refusal: 400 for an `id` that is not the order's own.
    """
    places = {place.id: place for place in order.addresses}
    for given in objects("shipping_addresses", value):
        place_id = given.get("id", None)
        known = places.get(place_id) if isinstance(place_id, int) else None
        if "id" in given and known is None:
            raise invalid("shipping_addresses.id")
        if known is None:
            known = ShippingAddress(world.numbers.next("address"), Address())
        rest = {key: each for key, each in given.items() if key not in ("id", "shipping_method")}
        address = read_address("shipping_addresses", rest, known.address)
        places[known.id] = replace(known, address=address)
    return tuple(places.values())


def read_fees(world: World, value: object, known: Sequence[Fee] = ()) -> tuple[Fee, ...]:
    """Return the fees, which replace all that were there; an `id` is one of the known ones.

    Raises:
        Refusal: 400.
    """
    known_ids = [fee.id for fee in known]
    fees = []
    for given in objects("fees", value):
        check_keys(given, _FEE_KEYS)
        if "id" in given and given["id"] not in known_ids:
            raise invalid("fees.id")
        try:
            fees.append(_fee(world, given))
        except ValueError:
            raise invalid("fees") from None
    return tuple(fees)


def _fee(world: World, given: dict[str, object]) -> Fee:
    if given.get("type", "custom_fee") != "custom_fee":
        raise ValueError("the only type is custom_fee")
    merchant_name = _name(given.get("display_name_merchant", ""))
    return Fee(
        id=fields.whole(1)(given["id"]) if "id" in given else world.numbers.next("fee"),
        name=_name(given.get("display_name_customer", merchant_name)),
        cost_ex_tax=_cost(given, "cost_ex_tax", "cost_inc_tax"),
        cost_inc_tax=_cost(given, "cost_inc_tax", "cost_ex_tax"),
        source=_name(given.get("source", "")),
        tax_class_id=fields.or_none(fields.whole())(given.get("tax_class_id")),
        merchant_name=merchant_name,
    )


def check_keys(given: dict[str, object], known: frozenset[str]) -> None:
    """Refuse an object with a key that is not known.

    Raises:
        Refusal: 400.
    """
    for name in given:
        if name not in known:
            raise unsupported(name)


def _cost(given: dict[str, object], first: str, second: str) -> Decimal:
    return read_amount(given.get(first, given.get(second, 0)))
