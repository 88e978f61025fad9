"""Lines in the body of a POST or PUT of an order."""

from dataclasses import replace
from decimal import Decimal

from bigcommerce_sim.api import fields
from bigcommerce_sim.api.order_parts import check_keys, objects
from bigcommerce_sim.world.amounts import ZERO, read_amount
from bigcommerce_sim.world.inventory import Variant
from bigcommerce_sim.world.order import Line, LineOption, Order
from bigcommerce_sim.world.placing import Wanted, new_line
from bigcommerce_sim.world.refusal import Refusal, invalid
from bigcommerce_sim.world.world import World

_MOST_PIECES = 1_000_000
_quantity = fields.whole(0, _MOST_PIECES)
_name = fields.text(255)
_LINE_KEYS = frozenset(
    {
        "id",
        "product_id",
        "variant_id",
        "product_options",
        "quantity",
        "quantity_backordered",
        "name",
        "name_customer",
        "name_merchant",
        "sku",
        "upc",
        "price_ex_tax",
        "price_inc_tax",
        "wrapping_id",
        "wrapping_name",
        "wrapping_message",
        "wrapping_cost_ex_tax",
        "wrapping_cost_inc_tax",
    }
)


def read_wanted(world: World, given: dict[str, object]) -> Wanted:
    """Read a new line: of a product in the catalog (one piece unless told), or a custom one.

    Raises:
        Refusal: 400.
    """
    check_keys(given, _LINE_KEYS)
    is_custom = not given.get("product_id")
    try:
        wanted = Wanted(
            quantity=fields.whole(1, _MOST_PIECES)(
                given.get("quantity", None if is_custom else 1)
            ),
            name=_name(given.get("name", "")),
            price_ex_tax=_price(given, "price_ex_tax"),
            price_inc_tax=_price(given, "price_inc_tax"),
            sku=_name(given.get("sku", "")),
            options=_options(given.get("product_options", [])),
        )
    except ValueError:
        raise invalid("products") from None
    if not is_custom:
        return replace(wanted, variant=_variant(world, given))
    if not wanted.name or wanted.price_ex_tax is None or wanted.price_inc_tax is None:
        raise Refusal(400, "A custom product needs a name, price_ex_tax and price_inc_tax.")
    return wanted


def _price(given: dict[str, object], name: str) -> Decimal | None:
    return read_amount(given[name]) if name in given else None


def _options(value: object) -> tuple[LineOption, ...]:
    return tuple(
        LineOption(
            number := fields.whole(1)(row.get("id")),
            f"Option {number}",
            str(fields.text_or_number(row.get("value"))),
        )
        for row in objects("product_options", value)
    )


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
        check_keys(given, _LINE_KEYS)
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
