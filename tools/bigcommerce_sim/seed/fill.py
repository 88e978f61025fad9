"""What a new store begins with."""

from bigcommerce_sim.seed.goods import add_goods
from bigcommerce_sim.seed.people import add_customers
from bigcommerce_sim.seed.seeded_orders import SeededOrders
from bigcommerce_sim.seed.traces import add_traces
from bigcommerce_sim.world.dates import whole_second
from bigcommerce_sim.world.world import World


def fill(world: World, orders: int) -> None:
    """Give a new store goods, customers and, if asked, orders."""
    now = whole_second(world.now())
    add_goods(world.inventory, now)
    add_customers(world.customers, now)
    if orders:
        world.fill_from(SeededOrders(world.seed, orders, now, list(world.inventory)))
        add_traces(world)
