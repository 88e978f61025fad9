"""Domains that get no webhooks for a while because too many failed."""

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta

_WINDOW = timedelta(minutes=2)
_BLOCK = timedelta(minutes=3)
_FEWEST = 100
_LEAST_SUCCESS = 0.9

Key = tuple[str, str]  # client id and domain


@dataclass(slots=True)
class _Record:
    results: deque[tuple[datetime, bool]] = field(default_factory=deque)
    failures: int = 0
    blocked_until: datetime | None = None
    blocked_failures: int = 0


@dataclass(frozen=True, slots=True)
class BlockedDomain:
    """Hold a block as `/v3/hooks/admin` shows it."""

    client_id: str
    domain: str
    blocked_until: datetime
    failures: int


class Blocklist:
    """Watch the share of successes per client and domain over two minutes."""

    def __init__(self) -> None:
        self._records: dict[Key, _Record] = {}

    def is_blocked(self, key: Key, now: datetime) -> bool:
        """Say whether nothing may be sent now."""
        record = self._records.get(key)
        return (
            record is not None and record.blocked_until is not None and now < record.blocked_until
        )

    def note(self, key: Key, now: datetime, *, was_ok: bool) -> bool:
        """Count a result; True when it is the one that begins a block."""
        record = self._records.setdefault(key, _Record())
        record.results.append((now, was_ok))
        record.failures += not was_ok
        while record.results[0][0] <= now - _WINDOW:
            record.failures -= not record.results.popleft()[1]
        total = len(record.results)
        if total < _FEWEST or (total - record.failures) / total >= _LEAST_SUCCESS:
            return False
        record.blocked_until = now + _BLOCK
        record.blocked_failures = record.failures
        record.results.clear()
        record.failures = 0
        return True

    def blocked(self, now: datetime) -> list[BlockedDomain]:
        """Return the blocks that stand."""
        return [
            BlockedDomain(client_id, domain, record.blocked_until, record.blocked_failures)
            for (client_id, domain), record in self._records.items()
            if record.blocked_until is not None and now < record.blocked_until
        ]
