"""One DynamoDB table: the calls that our adapters make, and what their answers mean.

In expressions `#name` stands for an attribute, and `:name` for a value given beside them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from orderwarden.adapters.aws_errors import (
    THROTTLED_RETRY_S,
    codes_of,
    in_our_words,
    was_sent_again,
)
from orderwarden.adapters.dynamodb_items import Item, Value, attribute, item_of, size_of
from orderwarden.errors import Rejected, TryAgain

if TYPE_CHECKING:
    from botocore.exceptions import ClientError
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import QueryOutputTypeDef

BATCH_GET_MAX: Final = 100
ITEM_BYTES_MAX: Final = 400 * 1024
KEY_BYTES_MAX: Final = (2048, 1024)
"""Of the partition key and of the sort key. Source: DynamoDB Developer Guide, "Quotas"."""

Key = tuple[str, ...]
"""The values of a table's key attributes: one or two."""

_ATTRIBUTE: Final = re.compile(r"#(\w+)")


@dataclass(frozen=True, slots=True)
class Refusal:
    """A conditional write that was not made.

    Attributes:
        item: What stands there; None: nothing.
        was_sent_again: An earlier sending of the same write may have been made: what stands
            there may be its work.
    """

    item: Item | None
    was_sent_again: bool


class DynamoTable:
    """Items by key; every read but that of an index is consistent.

    Any method may raise what `in_our_words` raises.
    """

    def __init__(self, client: DynamoDBClient, name: str, *key_names: str) -> None:
        """Work on a table whose key attributes, texts all, have these names."""
        self._client = client
        self._name = name
        self._key_names = key_names
        self._place = f"table {name}"

    def get(self, *key: str) -> Item | None:
        """Return one item."""
        with in_our_words(self._place):
            answer = self._client.get_item(
                TableName=self._name, Key=self._key(key), ConsistentRead=True
            )
        return answer.get("Item")

    def get_many(self, keys: Iterable[Key]) -> Iterator[Item]:
        """Return the items that exist, in the order of their keys."""
        waiting = iter(dict.fromkeys(keys))
        while batch := list(islice(waiting, BATCH_GET_MAX)):
            found = self._get_batch(batch)
            yield from (found[key] for key in batch if key in found)

    def query(
        self, which: str, /, *, is_newest_first: bool = False, page: int = 0, **values: Value
    ) -> Iterator[Item]:
        """Return the items of a partition in the order of their sort keys.

        They are read page by page: so many at a time; 0: as many as a megabyte holds.
        """
        arguments = _expressions(values, KeyConditionExpression=which)
        arguments |= {"ConsistentRead": True, "ScanIndexForward": not is_newest_first}
        return self._queried(arguments, page)

    def query_index(
        self,
        index: str,
        which: str,
        /,
        *,
        is_newest_first: bool = False,
        page: int = BATCH_GET_MAX,
        **values: Value,
    ) -> Iterator[Item]:
        """Return whole items in the order of an index that holds keys only.

        The index follows within a second or so: an item just written may be missing, one that
        was changed or deleted meanwhile is left out.
        """
        arguments = _expressions(values, KeyConditionExpression=which, IndexName=index)
        arguments["ScanIndexForward"] = not is_newest_first
        entries = self._queried(arguments, page)
        while some := {self.key_of(entry): entry for entry in islice(entries, page)}:
            for item in self.get_many(some):
                if some[self.key_of(item)].items() <= item.items():
                    yield item

    def scan(self, which: str, /, **values: Value) -> Iterator[Item]:
        """Return the items for which a condition holds, in no order; reads the whole table.

        A million items of 300 bytes are 75,000 read units and a minute: for people only.
        """
        arguments = _expressions(values, FilterExpression=which)
        arguments["ConsistentRead"] = True
        while True:
            with in_our_words(self._place):
                answer = self._client.scan(TableName=self._name, **arguments)
            yield from answer["Items"]
            if "LastEvaluatedKey" not in answer:
                return
            arguments = arguments | {"ExclusiveStartKey": answer["LastEvaluatedKey"]}

    def count(self, which: str, /, **values: Value) -> int:
        """Return how many items a partition has; costs a read of them all."""
        arguments = _expressions(values, KeyConditionExpression=which, Select="COUNT")
        return sum(
            answer["Count"] for answer in self._answers(arguments | {"ConsistentRead": True})
        )

    def put(self, item: Item, condition: str = "", /, **values: Value) -> Refusal | None:
        """Store an item over whatever has its key, if the condition holds for that.

        Returns:
            None if it was stored, be it by an earlier sending whose answer was lost.

        Raises:
            Rejected: `item_size` or `key_size`: more than DynamoDB takes, or an empty key.
        """
        self._check_size(item)
        with in_our_words(self._place):
            try:
                self._client.put_item(
                    TableName=self._name, Item=item, **_condition(condition, values)
                )
            except self._client.exceptions.ConditionalCheckFailedException as error:
                refusal = _refusal(error)
                is_ours = refusal.was_sent_again and refusal.item == item
                return None if is_ours else refusal
        return None

    def update(
        self, key: Key, change: str, condition: str = "", /, **values: Value
    ) -> Refusal | None:
        """Change an item if the condition holds; make it where there is none.

        Returns:
            None if it was changed.
        """
        arguments = _condition(condition, values, UpdateExpression=change)
        with in_our_words(self._place):
            try:
                self._client.update_item(TableName=self._name, Key=self._key(key), **arguments)
            except self._client.exceptions.ConditionalCheckFailedException as error:
                return _refusal(error)
        return None

    def delete(self, key: Key, condition: str = "", /, **values: Value) -> None:
        """Delete an item, if it is there and the condition holds for it."""
        arguments = _condition(condition, values)
        with in_our_words(self._place):
            try:
                self._client.delete_item(TableName=self._name, Key=self._key(key), **arguments)
            except self._client.exceptions.ConditionalCheckFailedException:
                return

    def put_new_together(self, items: Sequence[Item]) -> bool:
        """Store items of which none exists, all or none; return whether they were stored."""
        for item in items:
            self._check_size(item)
        is_new = _condition(f"attribute_not_exists(#{self._key_names[0]})", {})
        puts: list[Any] = [
            {"Put": {"TableName": self._name, "Item": item, **is_new}} for item in items
        ]
        with in_our_words(self._place):
            try:
                # botocore adds a token by which a second sending finds the work of the first.
                self._client.transact_write_items(TransactItems=puts)
            except self._client.exceptions.TransactionCanceledException as error:
                if "ConditionalCheckFailed" in codes_of(error):
                    return False
                raise
        return True

    def key_of(self, item: Item) -> Key:
        """Return the key of an item, or of an index's entry."""
        return tuple(item[name]["S"] for name in self._key_names)

    def _queried(self, arguments: dict[str, Any], page: int) -> Iterator[Item]:
        for answer in self._answers(arguments | ({"Limit": page} if page else {})):
            yield from answer["Items"]

    def _answers(self, arguments: dict[str, Any]) -> Iterator[QueryOutputTypeDef]:
        while True:
            with in_our_words(self._place):
                answer = self._client.query(TableName=self._name, **arguments)
            yield answer
            if "LastEvaluatedKey" not in answer:
                return
            arguments = arguments | {"ExclusiveStartKey": answer["LastEvaluatedKey"]}

    def _get_batch(self, keys: Sequence[Key]) -> Mapping[Key, Item]:
        found: dict[Key, Item] = {}
        waiting: Sequence[Item] = [self._key(key) for key in keys]
        while waiting:
            with in_our_words(self._place):
                answer = self._client.batch_get_item(
                    RequestItems={self._name: {"Keys": waiting, "ConsistentRead": True}}
                )
            items = answer["Responses"].get(self._name, [])
            found |= {self.key_of(item): item for item in items}
            unprocessed = answer["UnprocessedKeys"].get(self._name)
            left = unprocessed["Keys"] if unprocessed else []
            if len(left) == len(waiting):  # as long as some are read, the rest may follow at once
                raise TryAgain("aws_throttled", THROTTLED_RETRY_S)
            waiting = left
        return found

    def _key(self, key: Key) -> Item:
        return item_of(**dict(zip(self._key_names, key, strict=True)))

    def _check_size(self, item: Item) -> None:
        if size_of(item) > ITEM_BYTES_MAX:
            raise Rejected("item_size")
        for text, most in zip(self.key_of(item), KEY_BYTES_MAX, strict=False):
            if not 1 <= len(text.encode()) <= most:
                raise Rejected("key_size")


def _refusal(error: ClientError) -> Refusal:
    item: Any = error.response.get("Item")
    return Refusal(item, was_sent_again(error))


def _condition(condition: str, values: Mapping[str, Value], **more: str) -> dict[str, Any]:
    """Return the arguments of a write; where it is refused, the answer shows what stands."""
    arguments = _expressions(values, ConditionExpression=condition, **more)
    return arguments | ({"ReturnValuesOnConditionCheckFailure": "ALL_OLD"} if condition else {})


def _expressions(values: Mapping[str, Value], **texts: str) -> dict[str, Any]:
    """Return expressions with the names and values that they speak of; no empty argument."""
    names = _ATTRIBUTE.findall(" ".join(texts.values()))
    arguments = {
        **texts,
        "ExpressionAttributeNames": {f"#{name}": name for name in names},
        "ExpressionAttributeValues": {f":{name}": attribute(values[name]) for name in values},
    }
    return {name: argument for name, argument in arguments.items() if argument}
