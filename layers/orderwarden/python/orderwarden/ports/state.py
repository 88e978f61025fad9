"""All of the state, as one table holds it."""

from __future__ import annotations

from typing import Protocol

from orderwarden.ports.controls import Counters, StoreControls
from orderwarden.ports.orders import Holds, SeenOrders
from orderwarden.ports.parked import ParkedSignals
from orderwarden.ports.reviews import Reviews
from orderwarden.ports.rules import Rules
from orderwarden.ports.runs import Bookmarks, Runs


class State(
    Rules,
    SeenOrders,
    ParkedSignals,
    Reviews,
    Counters,
    StoreControls,
    Holds,
    Bookmarks,
    Runs,
    Protocol,
):
    """Everything that is neither queue, receipt nor line: one table behind it."""
