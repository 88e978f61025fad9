"""The store's system log, which the panel shows and `/v3/store/systemlogs` reads."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class LogRow:
    """Hold one row; `severity` is 1 success, 2 notice, 3 warning, 4 error."""

    id: int
    type: str
    module: str
    severity: int
    summary: str
    message: str
    created_at: datetime


class SystemLog:
    """Keep the rows, oldest first."""

    def __init__(self) -> None:
        self._rows: list[LogRow] = []

    def add(
        self, now: datetime, module: str, summary: str, message: str, severity: int = 1
    ) -> LogRow:
        """Write a row."""
        row = LogRow(len(self._rows) + 1, "general", module, severity, summary, message, now)
        self._rows.append(row)
        return row

    def __iter__(self) -> Iterator[LogRow]:
        return iter(list(self._rows))
