"""Domains that get no webhooks for a while because too many failed."""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

_WINDOW = timedelta(minutes=2)
_BLOCK = timedelta(minutes=3)
_FEWEST = 100
_LEAST_SUCCESS = 0.9

Key = tuple[str, str]  # client id and domain
Result = tuple[datetime, str | None]  # when, and what went wrong


@dataclass(frozen=True, slots=True)
class Reason:
    """Hold one kind of failure that led to a block: how often, and when it last happened."""

    failure: str
    count: int
    last_at: datetime


@dataclass(frozen=True, slots=True)
class BlockedDomain:
    """Hold a block as `/v3/hooks/admin` shows it."""

    client_id: str
    domain: str
    until: datetime
    reasons: tuple[Reason, ...]


@dataclass(slots=True)
class _Record:
    results: deque[Result] = field(default_factory=deque)
    failures: int = 0
    block: BlockedDomain | None = None


class Blocklist:
    """Watch the share of successes per client and domain over two minutes."""

    def __init__(self) -> None:
        self._records: dict[Key, _Record] = {}

    def is_blocked(self, key: Key, now: datetime) -> bool:
        """Say whether nothing may be sent now."""
        record = self._records.get(key)
        return record is not None and record.block is not None and now < record.block.until

    def note(self, key: Key, now: datetime, failure: str | None) -> bool:
        """Count a result; True when it is the one that begins a block.

        Results that come in while the domain is blocked belong to the past and do not count.
        """
        if self.is_blocked(key, now):
            return False
        record = self._records.setdefault(key, _Record())
        record.results.append((now, failure))
        record.failures += failure is not None
        while record.results[0][0] <= now - _WINDOW:
            record.failures -= record.results.popleft()[1] is not None
        total = len(record.results)
        if total < _FEWEST or (total - record.failures) / total >= _LEAST_SUCCESS:
            return False
        self.block(key, now)
        return True

    def block(self, key: Key, now: datetime) -> None:
        """Block a domain, whatever came of the deliveries to it."""
        record = self._records.setdefault(key, _Record())
        record.block = BlockedDomain(*key, now + _BLOCK, _reasons(record.results))
        record.results.clear()
        record.failures = 0

    def blocked(self, now: datetime) -> list[BlockedDomain]:
        """Return the blocks that stand."""
        blocks = (record.block for record in self._records.values())
        return [block for block in blocks if block is not None and now < block.until]


def _reasons(results: Iterable[Result]) -> tuple[Reason, ...]:
    found: dict[str, Reason] = {}
    for moment, failure in results:
        if failure is not None:
            count = found[failure].count + 1 if failure in found else 1
            found[failure] = Reason(failure, count, moment)
    return tuple(found.values())
