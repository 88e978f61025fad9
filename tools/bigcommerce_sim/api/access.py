"""Which OAuth scopes open which resources."""


def _reads(*names: str) -> frozenset[str]:
    return frozenset({*names, *(f"{name}_read_only" for name in names)})


NOBODY_ASKS: frozenset[str] = frozenset()
READ_ORDERS = _reads("store_v2_orders")
WRITE_ORDERS = frozenset({"store_v2_orders"})
READ_TRANSACTIONS = _reads("store_v2_transactions")
MOVE_MONEY = frozenset({"store_v2_orders", "store_v2_transactions"})
READ_REFUNDS = _reads("store_v2_orders", "store_v2_transactions")
READ_INFORMATION = _reads("store_v2_information")
READ_CUSTOMERS = _reads("store_v2_customers")
READ_INVENTORY = _reads("store_inventory")
WRITE_INVENTORY = frozenset({"store_inventory"})
READ_LOCATIONS = _reads("store_locations")
READ_LOGS = frozenset({"store_logs_read_only"})
READ_FULFILMENT = _reads("store_order_fulfillment")
WRITE_FULFILMENT = frozenset({"store_order_fulfillment"})
WRITE_FOREIGN_METAFIELDS = frozenset({"store_metafield_write_all"})
