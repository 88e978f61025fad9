"""What an auditor reads: every request, write, event and e-mail, in order."""

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, TypeVar

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class RequestRecord:
    """Hold one API call and its fate.

    `fault` names the injected fault, if any. `effect` is `done`, `none` (the call did
    not reach the store) or `late` (it is carried out after the client gave up).
    """

    seq: int
    moment: datetime
    method: str
    path: str
    query: str
    body: str
    client_id: str | None
    status: int
    ending: str
    fault: str | None
    effect: str


@dataclass(frozen=True, slots=True)
class Write:
    """Hold one change of the store that took place.

    `actor` is `api:<client_id>`, `shopper`, `staff`, `gateway` or `platform`;
    `request` is the `seq` of the API call that caused it, if one did.
    """

    seq: int
    moment: datetime
    actor: str
    action: str
    order_id: int | None
    before_status: int | None
    after_status: int | None
    changes: Mapping[str, object]
    request: int | None


@dataclass(frozen=True, slots=True)
class Email:
    """Hold an e-mail that the store would have sent."""

    seq: int
    moment: datetime
    to: str
    kind: str
    order_id: int | None = None
    status_id: int | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """Hold something that happened and that hooks may have asked for."""

    seq: int
    moment: datetime
    scope: str
    data: Mapping[str, object] = field(default_factory=dict)


class Ledger(Generic[Row]):
    """Keep rows in order, the newest `limit` of them."""

    def __init__(self, limit: int | None) -> None:
        self._rows: deque[Row] = deque(maxlen=limit)
        self._count = 0

    def next_seq(self) -> int:
        """Number the next row; numbers start at 1 and never come back."""
        self._count += 1
        return self._count

    def append(self, row: Row) -> Row:
        """Keep a row."""
        self._rows.append(row)
        return row

    def clear(self) -> None:
        """Forget the rows, but not the numbering."""
        self._rows.clear()

    def __iter__(self) -> Iterator[Row]:
        return iter(list(self._rows))

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, index: int) -> Row:
        return self._rows[index]


class Journal:
    """Hold the four ledgers."""

    def __init__(self, limit: int | None = None) -> None:
        self.requests: Ledger[RequestRecord] = Ledger(limit)
        self.writes: Ledger[Write] = Ledger(limit)
        self.emails: Ledger[Email] = Ledger(limit)
        self.events: Ledger[Event] = Ledger(limit)

    def writes_of(self, order_id: int) -> list[Write]:
        """Return the writes to one order, oldest first."""
        return [write for write in self.writes if write.order_id == order_id]
