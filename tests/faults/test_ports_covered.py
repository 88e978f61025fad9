"""Every method of every port is a boundary that some story crosses, or it is said why not."""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

import orderwarden
import pytest
from core_scenarios import SCENARIOS
from one_fault import calm
from orderwarden import ports
from orderwarden_local.sqlite_queue import SqliteQueue
from plans import draw
from simulation import running

PORTS: Final = {
    "changelog": ports.Changelog,
    "notifier": ports.Notifier,
    "rotations": ports.Rotations,
    "queue": SqliteQueue,  # with what workers and operators need of it
    "receipts": ports.Receipts,
    "secrets": ports.Secrets,
    "state": ports.State,
    "store": ports.Store,
}
"""Name in the boundaries, and what stands behind it."""

PARTS: Final = {
    *("Counters", "StoreControls", "Holds", "SeenOrders", "ParkedSignals", "Reviews", "Rules"),
    *("Bookmarks", "Runs"),
    *("HookReader", "HookWriter", "MetafieldWrites", "OrderParts", "OrderReads", "OrderWrites"),
    *("Payments", "Shop", "StatusReader", "StoreReader"),
}
"""Protocols that `State` and `Store` are made of."""

NOT_DRIVEN: Final = {
    "Clock": "no input or output; the simulation's clock is turned instead",
}
"""Protocols that no story crosses, and why."""

BY_COMMANDS: Final = "only commands call it; nothing of a signal hangs on it"
READ_ALIKE: Final = "read like the transactions, in one place, when a rule asks; none here does"
NOT_BY_PROCESS: Final = "nothing on a signal's way calls it"
BY_ROTATION: Final = "writes only while a secret is replaced: test_keep_hooks.py"
BY_ACTS: Final = "broken at every boundary by test_every_act.py"


def _for(port: str, reason: str, names: str) -> Mapping[str, str]:
    return {f"{port}.{name}": reason for name in names.split()}


BEYOND: Final[Mapping[str, str]] = {
    "queue.next_visible_at": "tells the tests how far to turn the clock",
    "queue.put_body": "what `put` calls; by itself only tests use it",
    **dict.fromkeys(("store.allowance", "store.telling"), "makes no call by itself"),
    **_for("changelog", BY_COMMANDS, "every_line of_run"),
    **_for("queue", BY_COMMANDS, "count_of dead_letters oldest_at retry_dead_letters"),
    **_for("receipts", BY_COMMANDS, "of_order"),
    **_for("rotations", BY_ROTATION, "configured replace_rotation"),
    **_for("state", BY_COMMANDS, "close_review count_parked counted lift version versions"),
    **_for("state", BY_COMMANDS, "every_count every_hold every_parked every_seen raise_to"),
    **_for("state", BY_COMMANDS, "run runs"),
    **_for("state", BY_ACTS, "hold"),
    **_for("store", BY_ACTS, "capture create_shipment refund refund_quote refunds"),
    **_for("store", BY_ACTS, "shipments update_order void write_metafield"),
    **_for("store", READ_ALIKE, "coupons customer_groups customers inventory_items"),
    **_for("store", READ_ALIKE, "shipping_addresses"),
    **_for("store", NOT_BY_PROCESS, "consignments count_orders create_metafields create_order"),
    **_for("store", NOT_BY_PROCESS, "delete_metafield delete_metafields every_order fees time"),
    **_for("store", NOT_BY_PROCESS, "every_refund locations messages set_hook_emails taxes"),
    **_for("store", NOT_BY_PROCESS, "store_information system_log update_metafields"),
    **_for("store", NOT_BY_PROCESS, "update_shipment"),
    "store.orders": "the same call as `order_pages`, when hooks are silent",
}
"""Methods that no story crosses, and why."""

SERVICES: Final = Path(orderwarden.__file__).parent / "services" / "process_steps"
SEEDS: Final = 10


def methods(protocol: type) -> list[str]:
    """Return the names of a protocol's own methods."""
    found = inspect.getmembers(protocol, inspect.isfunction)
    return [name for name, _ in found if not name.startswith("_")]


@cache
def crossed() -> frozenset[str]:
    """Return every boundary that the stories cross, and a few of what seeds draw."""
    names: set[str] = set()
    for name in SCENARIOS:
        if name != "the store down for 3 days":  # long, and nothing new in it
            names |= set(calm(name).crossed)
    for seed in range(SEEDS):
        with running(draw(seed)) as simulation:
            names |= {each.name for each in simulation.boundaries.crossed}
    return frozenset(names)


def test_every_port_is_known_here() -> None:
    found = {
        name
        for name, port in vars(ports).items()
        if inspect.isclass(port) and getattr(port, "_is_protocol", False)
    }

    known = {port.__name__ for port in PORTS.values()} | PARTS | set(NOT_DRIVEN) | {"Queue"}

    assert found == known - {"SqliteQueue"}


@pytest.mark.parametrize("port", PORTS)
def test_every_method_of_a_port_is_a_boundary_where_things_go_wrong(port: str) -> None:
    names = {f"{port}.{name}" for name in methods(PORTS[port])}

    assert {name for name in names if name not in crossed() and name not in BEYOND} == set()


def test_nothing_is_excused_that_a_story_crosses_or_no_port_has() -> None:
    every = {f"{port}.{name}" for port, of in PORTS.items() for name in methods(of)}

    assert set(BEYOND) - every == set()
    assert set(BEYOND) & crossed() == set()


def test_what_is_said_to_be_called_by_nothing_on_a_signals_way_is_not() -> None:
    text = "\n".join(path.read_text("utf-8") for path in SERVICES.rglob("*.py"))

    excused = [name for name, reason in BEYOND.items() if reason == NOT_BY_PROCESS]

    called = set(re.findall(r"store\.[a-z_]+(?=\()", text))
    assert [name for name in excused if name in called] == []
