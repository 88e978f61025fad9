"""What truly happened to each order, from the simulator's own record."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Final

from bigcommerce_sim import SimulatedStore
from bigcommerce_sim.world.journal import Write
from fakes import NOON
from rulebook import AWAITING_PAYMENT, CANCELLED, State, Wish, state_of, wish

LOST: Final = frozenset({"lost", "given_up", "dropped"})


class Witness:
    """Keeps every state that an order was in.

    Attributes:
        orders: The orders of the story: number to id.
        states: Per order, (moment by the store's clock, state), oldest first.
        was_deaf: Whether hooks were switched off for a while.
        moved_at: When an order last changed, by our clock.
    """

    def __init__(
        self,
        sim: SimulatedStore,
        tell: Callable[[str], None],
        now: Callable[[], datetime],
        *,
        is_swept: bool,
    ) -> None:
        self.orders: dict[int, int] = {}
        self.states: dict[int, list[tuple[datetime, State]]] = {}
        self.was_deaf = False
        self.moved_at = now()
        self._now = now
        self._sim = sim
        self._tell = tell
        self._is_swept = is_swept
        self._told = len(sim.journal.writes)
        sim.world.subscribe(lambda _event: self.look())

    def state(self, order_id: int) -> State:
        """Return an order as it really is."""
        order = self._sim.world.orders.get(order_id)
        assert order is not None
        transactions = self._sim.world.transactions_of(order_id)
        stands = any(each.status == "ok" for each in transactions.of(order_id))
        taken = transactions.taken(order_id)
        return state_of(order, taken, has_money=stands, is_swept=self._is_swept)

    def taken(self, order_id: int) -> Decimal:
        """Return the money taken for an order."""
        return self._sim.world.transactions_of(order_id).taken(order_id)

    def wish(self, order_id: int) -> Wish | None:
        """Return the status that the rules want for an order now."""
        return wish(self.state(order_id), self._sim.world.now())

    def writes(self, order_id: int) -> list[Write]:
        """Return everybody's changes of an order."""
        return self._sim.journal.writes_of(order_id)

    def our_writes(self, order_id: int) -> list[Write]:
        """Return the changes of an order that came through the API and changed something."""
        return [w for w in self.writes(order_id) if w.actor.startswith("api:") and w.changes]

    def all_our_writes(self) -> list[Write]:
        """Return the same of every order."""
        return [write for order_id in self.orders.values() for write in self.our_writes(order_id)]

    def states_between(
        self, order_id: int, start: datetime | None, end: datetime
    ) -> list[tuple[datetime, State]]:
        """Return the states an order had in a span, the one it began with included."""
        states = [each for each in self.states.get(order_id, []) if each[0] <= end]
        if start is None:
            return states
        earlier = [each for each in states if each[0] < start][-1:]
        return earlier + [each for each in states if each[0] >= start]

    def has_lost_webhooks(self) -> bool:
        """Return whether the store lost a webhook: only a reconciliation finds what it told."""
        return self.was_deaf or any(each.outcome in LOST for each in self._sim.attempts)

    def has_lost_money(self) -> bool:
        """Return whether money may have come of which nothing but a late look tells."""
        attempts = self._sim.attempts if self.has_lost_webhooks() else ()
        lost = (each for each in attempts if each.outcome in LOST)
        return self.was_deaf or any("transaction" in each.attempt.scope for each in lost)

    def is_left_cancelled(self, order_id: int) -> bool:
        """Return whether money stands on an order that we cancelled; an archived one is left."""
        state = self.state(order_id)
        if state.status_id != CANCELLED or not state.has_money or state.is_archived:
            return False
        changes = [
            write
            for write in self.writes(order_id)
            if write.after_status == CANCELLED and write.before_status != CANCELLED
        ]
        return bool(changes) and changes[-1].actor.startswith("api:")

    def last_due_at(self) -> datetime:
        """Return when the last order will have waited too long for its money, by its clock."""
        states = [self.state(order_id) for order_id in self.orders.values()]
        waiting = (state for state in states if state.status_id == AWAITING_PAYMENT)
        return max((state.due_at for state in waiting if state.due_at), default=NOON)

    def look(self) -> None:
        """Note every state that is new."""
        writes = list(self._sim.journal.writes)
        for write in writes[self._told :]:
            self._tell(f"   STORE {told(write)}")
        self._told = len(writes)
        for order_id in self.orders.values():
            states, state = self.states.setdefault(order_id, []), self.state(order_id)
            if not states or states[-1][1] != state:
                states.append((self._sim.world.now(), state))
                self.moved_at = self._now()


def told(write: Write) -> str:
    """Return a write in one line."""
    who = write.actor.partition(":")[0]
    change = f"{write.before_status}→{write.after_status}"
    return f"{write.moment:%H:%M:%S} {who} {write.order_id} {change} {dict(write.changes)}"
