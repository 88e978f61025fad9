"""What truly happened to each order, from the simulator's own record."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal

from bigcommerce_sim import SimulatedStore
from bigcommerce_sim.world.journal import Write
from rulebook import State, Wish, state_of, wish


class Witness:
    """Keeps every state that an order was in.

    Attributes:
        orders: The orders of the story: number to id.
        states: Per order, (moment by the store's clock, state), oldest first.
    """

    def __init__(self, sim: SimulatedStore, tell: Callable[[str], None]) -> None:
        self.orders: dict[int, int] = {}
        self.states: dict[int, list[tuple[datetime, State]]] = {}
        self._sim = sim
        self._tell = tell
        self._told = len(sim.journal.writes)
        sim.world.subscribe(lambda _event: self.look())

    def state(self, order_id: int) -> State:
        """Return an order as it really is."""
        order = self._sim.world.orders.get(order_id)
        assert order is not None
        transactions = self._sim.world.transactions_of(order_id)
        stands = any(each.status == "ok" for each in transactions.of(order_id))
        return state_of(order, transactions.taken(order_id), has_money=stands)

    def taken(self, order_id: int) -> Decimal:
        """Return the money taken for an order."""
        return self._sim.world.transactions_of(order_id).taken(order_id)

    def wish(self, order_id: int) -> Wish | None:
        """Return the status that the rules want for an order now."""
        return wish(self.state(order_id))

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
        return any(each.outcome in {"lost", "given_up"} for each in self._sim.attempts)

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


def told(write: Write) -> str:
    """Return a write in one line."""
    who = write.actor.partition(":")[0]
    change = f"{write.before_status}→{write.after_status}"
    return f"{write.moment:%H:%M:%S} {who} {write.order_id} {change} {dict(write.changes)}"
