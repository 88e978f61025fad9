"""How many write units DynamoDB would charge, by its documentation: moto charges by the call.

Source: DynamoDB Developer Guide, "Item sizes and formats", "Write requests", "Using global
secondary indexes": one unit for each kilobyte begun, of the larger of the item before and after;
a refused write is charged too. An index's entry is written when it appears, disappears or
changes, and is moved by two writes; a transaction costs twice.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import aws_stand_in

if TYPE_CHECKING:
    from botocore.model import OperationModel
    from mypy_boto3_dynamodb import DynamoDBClient

Item = Mapping[str, Any]
WRITES = ("PutItem", "UpdateItem", "DeleteItem")


@dataclass
class WriteUnits:
    """Counts what a client writes from now on.

    Attributes:
        writes: Table, operation, units of the table and units of its indexes of every write.
    """

    client: DynamoDBClient
    writes: list[tuple[str, str, int, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._reader = aws_stand_in.dynamodb()
        self._before: Item = {}
        for operation in WRITES:
            events = self.client.meta.events
            events.register(f"provide-client-params.dynamodb.{operation}", self._begin)
            events.register(f"after-call.dynamodb.{operation}", self._end)
        self.client.meta.events.register("provide-client-params.dynamodb.*", _refuse_others)

    @property
    def total(self) -> int:
        """Return all units so far."""
        return sum(own + indexes for _, _, own, indexes in self.writes)

    def _begin(self, params: dict[str, Any], **_: object) -> None:
        self._params = params
        self._before = self._stored()

    def _end(self, model: OperationModel, **_: object) -> None:
        after = self._stored()
        own = max(kilobytes(self._before), kilobytes(after), 1)
        indexes = sum(
            _entry_units(self._before, after, (*key, *names))
            for table, key, indexes in aws_stand_in.TABLES
            if table == self._params["TableName"]
            for names in indexes.values()
        )
        self.writes.append((self._params["TableName"], model.name, own, indexes))

    def _stored(self) -> Item:
        table = self._params["TableName"]
        [key_names] = (key for name, key, _ in aws_stand_in.TABLES if name == table)
        holder = self._params.get("Item") or self._params["Key"]
        key = {name: holder[name] for name in key_names}
        return self._reader.get_item(TableName=table, Key=key).get("Item", {})


def kilobytes(item: Item) -> int:
    """Return how many kilobytes an item has begun; none: it is not there."""
    return math.ceil(sum(len(name.encode()) + size(value) for name, value in item.items()) / 1024)


def size(value: Mapping[str, Any]) -> int:
    """Return the size of one attribute's value in bytes."""
    [(kind, plain)] = value.items()
    match kind:
        case "S":
            return len(plain.encode())
        case "N":
            return math.ceil(len(Decimal(plain).normalize().as_tuple().digits) / 2) + 1
        case "BOOL" | "NULL":
            return 1
        case "L":
            return 3 + sum(1 + size(each) for each in plain)
        case "SS":
            return sum(len(each.encode()) for each in plain)
        case "B":
            return len(plain)
    raise AssertionError(f"we never write {kind}")


def _entry_units(before: Item, after: Item, names: tuple[str, ...]) -> int:
    old, new = ({name: item.get(name) for name in names} for item in (before, after))
    if old == new:
        return 0
    return sum(all(entry.values()) for entry in (old, new))


def _refuse_others(model: OperationModel, **_: object) -> None:
    reads = {"GetItem", "BatchGetItem", "Query"}
    assert model.name in {*WRITES, *reads}, f"{model.name} is not counted"
