"""Lines, addresses and fees in the body of a POST or PUT of an order."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from bigcommerce_sim.api import fields
from bigcommerce_sim.world.amounts import ZERO, read_amount
from bigcommerce_sim.world.inventory import Variant
from bigcommerce_sim.world.order import Address, Fee, Line, Order, ShippingAddress
from bigcommerce_sim.world.placing import Wanted, new_line
from bigcommerce_sim.world.refusal import Refusal, invalid, unsupported
from bigcommerce_sim.world.world import World

_MOST_PIECES = 1_000_000
_quantity = fields.whole(0, _MOST_PIECES)
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

    Raises:
        Refusal: 400.
    """
    address = read_address("billing_address", value, known)
    if len(address.zip) < 2:
        raise invalid("billing_address.zip")
    if not (address.country or address.country_iso2):
        raise invalid("billing_address.country")
    return address


def read_wanted(world: World, given: dict[str, object]) -> Wanted:
    """Read a new line: of a product in the catalog, or a custom one.

    Raises:
        Refusal: 400.
    """
    try:
        quantity = fields.whole(1, _MOST_PIECES)(given.get("quantity"))
        name = fields.text(255)(given.get("name", ""))
        sku = fields.text(255)(given.get("sku", ""))
        ex_tax, inc_tax = (
            read_amount(given[key]) if key in given else None
            for key in ("price_ex_tax", "price_inc_tax")
        )
    except ValueError:
        raise invalid("products") from None
    if given.get("product_id"):
        return Wanted(quantity, _variant(world, given), name, ex_tax, inc_tax, sku)
    if not name or ex_tax is None or inc_tax is None:
        raise Refusal(400, "A custom product needs a name, price_ex_tax and price_inc_tax.")
    return Wanted(quantity, None, name, ex_tax, inc_tax, sku)


def patched_lines(world: World, order: Order, value: object) -> tuple[Line, ...]:
    """Return the order's lines as `products` in a PUT leaves them.

    An entry without `id` adds a line, one with it changes that line, and quantity 0
    removes it. A line that is changed loses its discount.

    Raises:
        Refusal: 400.
    """
    lines = {line.id: line for line in order.lines}
    address_ids = [place.id for place in order.addresses] or [0]
    for given in objects("products", value):
        if "id" not in given:
            line = new_line(world, read_wanted(world, given), address_ids)
            lines[line.id] = line
            continue
        known = lines.get(given["id"]) if isinstance(given["id"], int) else None
        if known is None:
            raise invalid("products.id")
        changed = _changed_line(known, given)
        if changed.quantity == 0:
            del lines[known.id]
        else:
            lines[known.id] = changed
    return tuple(lines.values())


def patched_addresses(order: Order, value: object) -> tuple[ShippingAddress, ...]:
    """Return the shipping addresses as `shipping_addresses` in a PUT leaves them.

    Raises:
        Refusal: 400 where an entry has no `id` of the order's own.
    """
    places = {place.id: place for place in order.addresses}
    for given in objects("shipping_addresses", value):
        known = places.get(given["id"]) if isinstance(given.get("id"), int) else None  # type: ignore[call-overload]
        if known is None:
            raise invalid("shipping_addresses.id")
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
        _check_keys(given, _FEE_KEYS)
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


def _check_keys(given: dict[str, object], known: frozenset[str]) -> None:
    for name in given:
        if name not in known:
            raise unsupported(name)


def _cost(given: dict[str, object], first: str, second: str) -> Decimal:
    return read_amount(given.get(first, given.get(second, 0)))


def _changed_line(line: Line, given: dict[str, object]) -> Line:
    try:
        changes: dict[str, object] = {"discount": ZERO}
        if "quantity" in given:
            changes["quantity"] = _quantity(given["quantity"])
        if "name" in given:
            changes["name"] = fields.text(255)(given["name"])
        for key in ("price_ex_tax", "price_inc_tax"):
            if key in given:
                changes[key] = read_amount(given[key])
        if "quantity_backordered" in given:
            changes["quantity_backordered"] = _quantity(given["quantity_backordered"])
    except ValueError:
        raise invalid("products") from None
    return replace(line, **changes)  # type: ignore[arg-type]


def _variant(world: World, given: dict[str, object]) -> Variant:
    variant_id, product_id = given.get("variant_id"), given["product_id"]
    found = None
    if isinstance(variant_id, int):
        found = world.inventory.variants.get(variant_id)
    elif isinstance(product_id, int):
        found = world.inventory.of_product(product_id)
    if found is None or found.product_id != product_id:
        raise invalid("products.product_id")
    return found
