"""Dates: aware `datetime` inside, RFC 2822 in v2, ISO 8601 in v3."""

from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from functools import lru_cache


def whole_second(moment: datetime) -> datetime:
    """Cut to the second, which is all that BigCommerce keeps."""
    return moment.replace(microsecond=0)


@lru_cache(maxsize=4096)
def rfc2822(moment: datetime | None) -> str:
    """Write a date as v2 does; no date is an empty string."""
    return "" if moment is None else format_datetime(moment.astimezone(UTC))


def http_date(moment: datetime) -> str:
    """Write a `Date` header."""
    return format_datetime(moment.astimezone(UTC), usegmt=True)


def iso8601(moment: datetime) -> str:
    """Write a date as v3 does, in whole seconds."""
    return whole_second(moment).astimezone(UTC).isoformat()


def read_date(text: str) -> datetime | None:
    """Read an RFC 2822 or ISO 8601 date; None where it is neither."""
    for reader in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            moment = reader(text.strip())
            return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
        except (ValueError, TypeError, OverflowError, IndexError):
            continue
    return None
