"""A simulated BigCommerce store: its API, its webhooks, and most of what goes wrong there."""

from bigcommerce_sim.accounts import EVERY_SCOPE, Account
from bigcommerce_sim.clock import Clock, RealClock, TurnableClock
from bigcommerce_sim.exchange import Ending, Request, Response
from bigcommerce_sim.faults import Answer, Effect, FaultRule
from bigcommerce_sim.settings import Settings, unpleasant_settings
from bigcommerce_sim.store import SimulatedStore
from bigcommerce_sim.webhooks.deliveries import Attempt, AttemptRecord
from bigcommerce_sim.world.refusal import Refusal

__all__ = [
    "EVERY_SCOPE",
    "Account",
    "Answer",
    "Attempt",
    "AttemptRecord",
    "Clock",
    "Effect",
    "Ending",
    "FaultRule",
    "RealClock",
    "Refusal",
    "Request",
    "Response",
    "Settings",
    "SimulatedStore",
    "TurnableClock",
    "unpleasant_settings",
]
