"""Lengths of time as a merchant writes them, in whole seconds."""

from __future__ import annotations

import re
from typing import Final

MINUTE: Final = 60
HOUR: Final = 3_600
DAY: Final = 86_400
WEEK: Final = 7 * DAY
LONGEST: Final = 3_650 * DAY
"""Ten years: longer is a slip of the pen."""

_UNITS: Final = ((WEEK, "w"), (DAY, "d"), (HOUR, "h"), (MINUTE, "m"), (1, "s"))
# Not compiled here: only the compiler of rule files parses, and everybody imports this.
_WRITTEN: Final = (
    r"(?:(\d{1,9}) ?(?:w|weeks?))? ?(?:(\d{1,9}) ?(?:d|days?))? ?(?:(\d{1,9}) ?(?:h|hours?))?"
    r" ?(?:(\d{1,9}) ?(?:m|min|minutes?))? ?(?:(\d{1,9}) ?(?:s|sec|seconds?))?"
)
_BUSINESS_DAYS: Final = r"(\d{1,9}) ?business days?"
_LONGEST_TEXT: Final = 60


def parse(text: str) -> int | None:
    """Return the seconds of `90m`, `12h`, `3d`, `1d 12h` or `2 weeks`; None for anything else."""
    tidy = " ".join(text.casefold().split())
    if not 0 < len(tidy) <= _LONGEST_TEXT:
        return None
    written = re.fullmatch(_WRITTEN, tidy, re.ASCII)
    if written is None:
        return None
    counts = (int(count or 0) for count in written.groups())
    seconds = sum(count * unit for count, (unit, _) in zip(counts, _UNITS, strict=True))
    return seconds if seconds <= LONGEST else None


def parse_business_days(text: str) -> int | None:
    """Return the seconds of `2 business days`, 86400 to each; None for anything else."""
    written = re.fullmatch(_BUSINESS_DAYS, " ".join(text.casefold().split()), re.ASCII)
    seconds = int(written[1]) * DAY if written else None
    return seconds if seconds is not None and seconds <= LONGEST else None


def to_text(seconds: int) -> str:
    """Return the shortest text that `parse` reads as so many seconds, such as `1d 12h`."""
    parts = []
    for unit, letter in _UNITS:
        count, seconds = divmod(seconds, unit)
        if count:
            parts.append(f"{count}{letter}")
    return " ".join(parts) or "0s"


def in_words(seconds: int) -> str:
    """Return a duration for a person, not to the second: `3 d 2 h`, `13 h`, `20 min`, `5 s`."""
    seconds = max(seconds, 0)  # the store's clock may be a little behind its own dates
    days, hours = seconds // DAY, seconds % DAY // HOUR
    if days:
        return f"{days} d {hours} h" if hours else f"{days} d"
    if hours:
        return f"{hours} h"
    return f"{seconds // MINUTE} min" if seconds >= MINUTE else f"{seconds} s"
