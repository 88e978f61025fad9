"""What the headers of an answer say about the store's request quota; nonsense says nothing.

Source: docs/bigcommerce.md, "Rate limits".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

MOST_WINDOW_S: Final = 120.0
"""BigCommerce's window is 30 s; what claims to be more than four of them is no window."""

MOST_RETRY_AFTER_S: Final = 3600.0
"""Quotas are sold by the hour; nobody is asked to wait longer."""

_NUMBER: Final = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Rates:
    """The four rate headers of one answer, all there and sensible.

    Attributes:
        quota: Requests granted in one window, at least 1.
        left: Requests that remain in this window; never more than the quota.
        reset_s: Seconds until the window refills.
        window_s: Length of a window.
    """

    quota: int
    left: int
    reset_s: float
    window_s: float


def rates_of(headers: Mapping[str, str]) -> Rates | None:
    """Return what the headers say, or None where one is missing or makes no sense.

    Args:
        headers: Response headers; names in any case.
    """
    quota = _number(headers, "X-Rate-Limit-Requests-Quota")
    left = _number(headers, "X-Rate-Limit-Requests-Left")
    reset_s = _milliseconds(headers, "X-Rate-Limit-Time-Reset-Ms")
    window_s = _milliseconds(headers, "X-Rate-Limit-Time-Window-Ms")
    if quota is None or left is None or reset_s is None or window_s is None:
        return None
    if quota < 1 or window_s == 0:
        return None
    return Rates(int(quota), int(min(left, quota)), reset_s, window_s)


def retry_after_s(headers: Mapping[str, str]) -> float | None:
    """Return the seconds of `X-Retry-After`, or None where it is missing or makes no sense."""
    seconds = _number(headers, "X-Retry-After")
    return seconds if seconds is not None and 0 < seconds <= MOST_RETRY_AFTER_S else None


def _milliseconds(headers: Mapping[str, str], name: str) -> float | None:
    milliseconds = _number(headers, name)
    if milliseconds is None or milliseconds > MOST_WINDOW_S * 1000:
        return None
    return milliseconds / 1000


def _number(headers: Mapping[str, str], name: str) -> float | None:
    text = headers.get(name, "").strip()
    return float(text) if _NUMBER.fullmatch(text) else None
