"""`ports.State` in DynamoDB: everything that is neither queue, receipt nor line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orderwarden.adapters.dynamodb_bookmarks import DynamoBookmarks
from orderwarden.adapters.dynamodb_controls import DynamoStoreControls
from orderwarden.adapters.dynamodb_counters import DynamoCounters
from orderwarden.adapters.dynamodb_orders import DynamoHolds, DynamoSeenOrders
from orderwarden.adapters.dynamodb_parked import DynamoParkedSignals
from orderwarden.adapters.dynamodb_reviews import DynamoReviews
from orderwarden.adapters.dynamodb_rules import DynamoRules
from orderwarden.adapters.dynamodb_runs import DynamoRuns
from orderwarden.adapters.dynamodb_table import DynamoTable

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class DynamoState(
    DynamoRules,
    DynamoSeenOrders,
    DynamoParkedSignals,
    DynamoReviews,
    DynamoCounters,
    DynamoStoreControls,
    DynamoHolds,
    DynamoBookmarks,
    DynamoRuns,
):
    """Every part on one table: keys `subject` (store#kind) and `name`."""

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        """Work on a table."""
        self._table = DynamoTable(client, table, "subject", "name")
