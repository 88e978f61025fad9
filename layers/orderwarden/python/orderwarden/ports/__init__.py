"""What services need of the world, each as small as its users allow.

Every method may raise `TryAgain` when the technology behind it is out of reach or throttled.
Conditional writes return what they found instead of raising, so that a caller can compare: a
write whose answer was lost finds its own token, attempt or revision.
"""

from orderwarden.ports.answer import Answer
from orderwarden.ports.changelog import Changelog
from orderwarden.ports.clock import Clock
from orderwarden.ports.controls import Controls, Counters, StoreControls
from orderwarden.ports.hooks import HookReader, HookWriter
from orderwarden.ports.metafields import MetafieldWrites
from orderwarden.ports.notifier import Notifier
from orderwarden.ports.order_parts import OrderParts
from orderwarden.ports.order_reads import OrderReads, StatusReader
from orderwarden.ports.order_writes import OrderWrites
from orderwarden.ports.orders import Hold, Holds, SeenOrders
from orderwarden.ports.parked import Parked, ParkedSignals
from orderwarden.ports.payments import Payments
from orderwarden.ports.queue import Depth, Queue
from orderwarden.ports.receipts import Receipts
from orderwarden.ports.reviews import Review, Reviews
from orderwarden.ports.rules import PublishedRules, Rules
from orderwarden.ports.runs import Bookmarks, Run, Runs
from orderwarden.ports.secrets import HookSecrets, Rotations, Secrets
from orderwarden.ports.shop import Shop
from orderwarden.ports.state import State
from orderwarden.ports.store import Store, StoreReader

__all__ = [
    "Answer",
    "Bookmarks",
    "Changelog",
    "Clock",
    "Controls",
    "Counters",
    "Depth",
    "Hold",
    "Holds",
    "HookReader",
    "HookSecrets",
    "HookWriter",
    "MetafieldWrites",
    "Notifier",
    "OrderParts",
    "OrderReads",
    "OrderWrites",
    "Parked",
    "ParkedSignals",
    "Payments",
    "PublishedRules",
    "Queue",
    "Receipts",
    "Review",
    "Reviews",
    "Rotations",
    "Rules",
    "Run",
    "Runs",
    "Secrets",
    "SeenOrders",
    "Shop",
    "State",
    "StatusReader",
    "Store",
    "StoreControls",
    "StoreReader",
]
