"""The table of all paths; each module of endpoints brings its own rows."""

from bigcommerce_sim.api import (
    v2_order_parts,
    v2_orders,
    v2_shipments,
    v2_store,
    v3_customers,
    v3_hooks,
    v3_inventory,
    v3_metafield_batches,
    v3_metafields,
    v3_payment_actions,
    v3_pickups,
    v3_settings,
    v3_transactions,
)
from bigcommerce_sim.api.routing import Route

_MODULES = (
    v2_orders,
    v2_order_parts,
    v2_shipments,
    v2_store,
    v3_transactions,
    v3_payment_actions,
    v3_metafields,
    v3_metafield_batches,
    v3_pickups,
    v3_hooks,
    v3_inventory,
    v3_customers,
    v3_settings,
)
TABLE: tuple[Route, ...] = tuple(row for module in _MODULES for row in module.ROUTES)


def find_route(method: str, path: str) -> tuple[Route | None, tuple[int, ...], bool]:
    """Find who answers.

    Returns:
        The route, the numbers in the path, and whether the path exists for any method.
    """
    exists = False
    for row in TABLE:
        match = row.pattern.fullmatch(path)
        if match is None:
            continue
        exists = True
        if row.method == method:
            return row, tuple(int(number) for number in match.groups()), True
    return None, (), exists
