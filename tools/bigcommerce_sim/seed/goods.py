"""The catalog: forty variants of twenty-five invented products."""

from datetime import datetime
from decimal import Decimal

from bigcommerce_sim.world.inventory import Inventory, Stock, Variant

_THINGS = ("Mug", "Lamp", "Chair", "Kettle", "Notebook")
_STYLES = ("Plain", "Striped", "Dotted", "Tall", "Small")
_COLOURS = ("Red", "Blue", "Green", "Black")
PLENTY = 1_000_000


def add_goods(inventory: Inventory, now: datetime) -> None:
    """Add the catalog; every fifth product comes in four colours."""
    for index in range(25):
        product_id = 201 + index
        name = f"{_STYLES[index // 5]} {_THINGS[index % 5]}"
        price = Decimal(500 + 730 * index % 9000) / 100
        colours = _COLOURS if index % 5 == 0 else ("",)
        for place, colour in enumerate(colours):
            variant = Variant(
                id=4000 + index * 4 + place,
                product_id=product_id,
                sku=f"SKU-{product_id}" + (f"-{colour.upper()}" if colour else ""),
                name=f"{name} {colour}".strip(),
                price=price,
                has_siblings=bool(colour),
            )
            inventory.add_variant(variant, Stock(PLENTY, warning_level=5), now)
