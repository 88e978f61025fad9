"""All orders: quick to list, and able to show how things stood a moment ago."""

from bisect import bisect_left, insort
from collections import deque
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Protocol

from bigcommerce_sim.world.heads import Head, head_of
from bigcommerce_sim.world.order import Order

_ALWAYS = datetime.min.replace(tzinfo=UTC)
_VERSIONS_KEPT = 20  # of each order; only lagging reads look further back than one


class OrderSource(Protocol):
    """Make the orders that were there from the beginning, when somebody asks."""

    def heads(self) -> Iterable[Head]:
        """Return the heads, by ascending id."""
        ...

    def order(self, head: Head) -> Order:
        """Return the whole order, always the same for the same head."""
        ...


class OrderBook:
    """Keep orders by id; an order that nobody changed is kept as its head alone."""

    def __init__(self) -> None:
        self._heads: dict[int, Head] = {}
        self._ids: list[int] = []
        self._by_status: dict[int, list[int]] = {}
        self._versions: dict[int, list[tuple[datetime, Order]]] = {}
        self._placed_at: dict[int, datetime] = {}
        self._recent: deque[tuple[datetime, int]] = deque()
        self._source: OrderSource | None = None

    def __len__(self) -> int:
        return len(self._ids)

    def fill_from(self, source: OrderSource) -> None:
        """Start with the orders of a source; only possible while the book is empty."""
        if self._ids:
            raise ValueError("the order book is not empty")
        self._source = source
        for head in source.heads():
            self._heads[head.id] = head
            self._ids.append(head.id)
            self._by_status.setdefault(head.status_id, []).append(head.id)

    def save(self, order: Order, now: datetime) -> None:
        """Keep a new or changed order."""
        known = self._heads.get(order.id)
        if known is None:
            insort(self._ids, order.id)
            self._placed_at[order.id] = now
            self._versions[order.id] = []
        elif order.id not in self._versions:
            self._versions[order.id] = [(_ALWAYS, self._make(known))]
        versions = self._versions[order.id]
        versions.append((now, order))
        del versions[:-_VERSIONS_KEPT]
        self._recent.append((now, order.id))
        self._file(order, known)

    def get(self, order_id: int) -> Order | None:
        """Return the order as it is."""
        versions = self._versions.get(order_id)
        if versions:
            return versions[-1][1]
        head = self._heads.get(order_id)
        return None if head is None else self._make(head)

    def get_as_of(self, order_id: int, moment: datetime) -> Order | None:
        """Return the order as it was at `moment`; its first version if it was made later."""
        versions = self._versions.get(order_id)
        if not versions:
            return self.get(order_id)
        older = [order for saved_at, order in versions if saved_at <= moment]
        return older[-1] if older else versions[0][1]

    def is_hidden(self, order_id: int, placed_after: datetime) -> bool:
        """Say whether the order was placed later than a moment, so cannot be read yet."""
        placed_at = self._placed_at.get(order_id)
        return placed_at is not None and placed_at > placed_after

    def heads(
        self,
        now: datetime,
        lag: timedelta,
        hidden_for: timedelta,
        *,
        min_id: int = 0,
        status_id: int | None = None,
    ) -> Iterator[Head]:
        """Return heads by ascending id, as a reader sees them.

        `status_id` only narrows what is looked at; the caller still filters.
        """
        seen_otherwise = self._seen_otherwise(now, lag, hidden_for)
        if seen_otherwise:
            ids = self._ids[bisect_left(self._ids, min_id) :]
            seen = (seen_otherwise.get(each, self._heads[each]) for each in ids)
            return (head for head in seen if head is not None)
        ids = self._ids if status_id is None else self._by_status.get(status_id, [])
        return map(self._heads.__getitem__, islice(ids, bisect_left(ids, min_id), None))

    def newest_ids(self, count: int, before_id: int | None = None) -> list[int]:
        """Return the highest ids, descending, below `before_id`."""
        end = len(self._ids) if before_id is None else bisect_left(self._ids, before_id)
        return self._ids[max(end - count, 0) : end][::-1]

    def _seen_otherwise(
        self, now: datetime, lag: timedelta, hidden_for: timedelta
    ) -> dict[int, Head | None]:
        longest = max(lag, hidden_for)
        while self._recent and self._recent[0][0] <= now - longest:
            self._recent.popleft()
        seen: dict[int, Head | None] = {}
        for _, order_id in self._recent:
            order = self.get_as_of(order_id, now - lag)
            hidden = self.is_hidden(order_id, now - hidden_for)
            seen[order_id] = None if hidden or order is None else head_of(order)
        return seen

    def _file(self, order: Order, known: Head | None) -> None:
        head = head_of(order)
        self._heads[order.id] = head
        if known is not None and known.status_id == head.status_id:
            return
        if known is not None:
            ids = self._by_status[known.status_id]
            del ids[bisect_left(ids, order.id)]
        insort(self._by_status.setdefault(head.status_id, []), order.id)

    def _make(self, head: Head) -> Order:
        if self._source is None:
            raise LookupError(f"order {head.id} has neither a version nor a source")
        return self._source.order(head)
