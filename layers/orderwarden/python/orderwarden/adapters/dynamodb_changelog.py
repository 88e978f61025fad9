"""The changelog in DynamoDB: an attribute for each fact of a line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from orderwarden.adapters.dynamodb_items import Item, Shape, item_of, time_text
from orderwarden.adapters.dynamodb_table import DynamoTable
from orderwarden.domain.line import Line, Result

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_SHAPE: Final = Shape(Line)
_IS_ABSENT: Final = "attribute_not_exists(#id)"
_STANDS: Final = "#result = :result AND #attempt = :attempt"
_GRAIN: Final = timedelta(microseconds=1)


class DynamoChangelog:
    """`ports.Changelog`: keys `order` (store#order) and `id`.

    Two indexes hold keys only: `by_day` (`day`: store#date in UTC, `at`) and `by_run` (`run`:
    store#run, `at`), which has entries for lines of a run alone. They follow within a second
    or so: a line just written may be missing in `between` and `of_run`.
    """

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        """Work on a table."""
        self._table = DynamoTable(client, table, "order", "id")

    def replace(self, line: Line, expected: Line | None) -> Line | None:
        """Store it if what is stored has `expected`'s result and attempt; else return that."""
        if expected is None:
            refusal = self._table.put(_item(line), _IS_ABSENT)
        else:
            standing = {"result": expected.result.value, "attempt": expected.attempt}
            refusal = self._table.put(_item(line), _STANDS, **standing)
        if refusal is None:
            return None
        return _SHAPE.unpack(refusal.item) if refusal.item else expected

    def settle(self, line: Line) -> bool:
        """Store it over the intended line of its id and attempt; return whether that stood."""
        standing = {"result": Result.INTENDED.value, "attempt": line.attempt}
        return self._table.put(_item(line), _STANDS, **standing) is None

    def mark_undone(self, store: str, order_id: int, line_id: str, undone_by: str) -> None:
        """Write on a line which other line took it back; its result stays."""
        key = (_order(store, order_id), line_id)
        change = "SET #undone_by = :undone_by"
        self._table.update(key, change, "attribute_exists(#id)", undone_by=undone_by)

    def of_order(self, store: str, order_id: int) -> Sequence[Line]:
        """Return every line of an order, oldest first."""
        items = self._table.query("#order = :order", order=_order(store, order_id))
        return sorted(map(_SHAPE.unpack, items), key=lambda line: (line.at, line.id))

    def between(self, store: str, start: datetime, end: datetime) -> Iterator[Line]:
        """Return the lines intended in [start, end), oldest first; read page by page.

        Costs a query for each day (UTC) of the span, lines or none, and a read for each line.
        """
        if start >= end:
            return
        first, last = start.astimezone(UTC), end.astimezone(UTC) - _GRAIN
        for number in range((last.date() - first.date()).days + 1):
            day = f"{store}#{first.date() + timedelta(days=number)}"
            items = self._table.query_index(
                "by_day",
                "#day = :day AND #at BETWEEN :first AND :last",
                day=day,
                first=first,
                last=last,
            )
            yield from map(_SHAPE.unpack, items)

    def of_run(self, store: str, run_id: str) -> Sequence[Line]:
        """Return the lines of one run, oldest first; costs a read for each."""
        items = self._table.query_index("by_run", "#run = :run", run=_run(store, run_id))
        return tuple(map(_SHAPE.unpack, items))

    def every_line(self, store: str) -> Iterator[Line]:
        """Return every line of a store, in no order; reads the whole table."""
        yield from map(_SHAPE.unpack, self._table.scan("#store = :store", store=store))


def _item(line: Line) -> Item:
    keys = item_of(
        order=_order(line.store, line.order_id),
        day=f"{line.store}#{time_text(line.at)[:10]}",
        run=None if line.run_id is None else _run(line.store, line.run_id),
    )
    return {**keys, **_SHAPE.pack(line)}


def _order(store: str, order_id: int) -> str:
    return f"{store}#{order_id}"


def _run(store: str, run_id: str) -> str:
    return f"{store}#{run_id}"
