"""Ids: seeded things have ids worked out from their order's, new things get higher ones."""

_FIRST_ORDER = 100
_PARTS_OF_AN_ORDER = 10  # ids of parts that every order may use


class Numbers:
    """Hand out ids, each kind from its own row."""

    def __init__(self) -> None:
        self._next: dict[str, int] = {}
        self._last_order = _FIRST_ORDER - 1

    def start_after(self, last_order_id: int) -> None:
        """Begin above the ids of the seeded orders and their parts."""
        self._last_order = max(last_order_id, self._last_order)

    def next(self, kind: str) -> int:
        """Return the next id of a kind: `order`, `line`, `address`, `shipment`, ..."""
        if kind not in self._next:
            self._next[kind] = self._first(kind)
        self._next[kind] += 1
        return self._next[kind]

    def _first(self, kind: str) -> int:
        if kind == "order":
            return self._last_order
        return part_id(kind, self._last_order + 1, 0)


_OFFSETS = {
    "line": 2_000,
    "address": 5_000_000,
    "shipment": 1_000,
    "transaction": 80_000_000,
    "fee": 9_000,
}


def part_id(kind: str, order_id: int, index: int) -> int:
    """Return the id of a part of a seeded order; `index` is below 10.

    The kinds start at different numbers, so that mixing them up is noticed.
    """
    if kind not in _OFFSETS:
        return index
    return _OFFSETS[kind] + order_id * _PARTS_OF_AN_ORDER + index
