"""Times as we write them: aware, UTC, ISO 8601."""

from __future__ import annotations

from datetime import UTC, datetime


def to_text(at: datetime) -> str:
    """Return an aware time as ISO 8601 in UTC, e.g. ``2026-11-21T20:47:05.250000+00:00``."""
    return at.astimezone(UTC).isoformat()


def from_text(text: str) -> datetime:
    """Return the aware time that `to_text` wrote."""
    return datetime.fromisoformat(text)


def second_of(at: datetime) -> datetime:
    """Return the second a time lies in; the store's dates have no finer grain."""
    return at.replace(microsecond=0)
