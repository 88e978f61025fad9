"""Try again what is throttled or busy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeVar

from orderwarden.errors import TryAgain
from orderwarden.ports import Clock

ATTEMPTS: Final = 8
WAITS_AT_MOST_S: Final = 10.0

T = TypeVar("T")


def patiently(clock: Clock, call: Callable[[], T]) -> T:
    """Return what a call returns; where that is throttled or busy, it is tried again."""
    for _ in range(ATTEMPTS - 1):
        try:
            return call()
        except TryAgain as again:
            clock.wait(min(again.retry_after_s or 1.0, WAITS_AT_MOST_S))
    return call()
