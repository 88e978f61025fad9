"""One window of the store's request quota: what was told, less what we asked for since."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from orderwarden.adapters.bigcommerce_rates import Rates

MARGIN: Final = timedelta(milliseconds=50)
"""The headers count in whole milliseconds, and clocks tick; better a moment late than early."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of our clock's time; also over once the clock was set back before it."""

    began_at: datetime
    ends_at: datetime

    def left_s(self, now: datetime) -> float:
        """Return the seconds that remain of it, 0.0 when it is over."""
        return (self.ends_at - now).total_seconds() if self.began_at <= now < self.ends_at else 0.0


class Window:
    """How many calls the store still grants, and until when; not thread-safe.

    Attributes:
        number: Grows with every refill; tells answers of an earlier window apart.
    """

    def __init__(self, rates: Rates) -> None:
        """Begin full; `learn` says what is really left."""
        self.number = 0
        self._rates = rates
        self._left = rates.quota
        self._stretch: Stretch | None = None

    def roll(self, now: datetime, in_flight: int) -> None:
        """Refill it if its time is over; at the latest a whole window later it is full again."""
        if self._stretch and not self._stretch.left_s(now):
            self.number += 1
            self._left = self._rates.quota - in_flight
            self._stretch = Stretch(now, now + timedelta(seconds=self._rates.window_s))

    def has_room(self, reserve: float) -> bool:
        """Return whether one more call leaves the reserve alone, a share of the quota.

        A full window always has room: a tiny quota or a reserve of all would else grant nothing.
        """
        quota = self._rates.quota
        return self._left == quota or self._left - 1 >= quota * reserve

    def allowance(self, seconds: float, reserve: float) -> int:
        """Return how many calls all windows within so many seconds hold, less the reserve."""
        return int(self._rates.quota * (1 - reserve) * seconds / self._rates.window_s)

    def take(self) -> None:
        """Count one call of ours."""
        self._left -= 1

    def refills_in_s(self, now: datetime) -> float:
        """Return the seconds until the refill."""
        return self._stretch.left_s(now) if self._stretch else 0.0

    def learn(self, rates: Rates, now: datetime, in_flight: int) -> None:
        """Believe an answer of this window; calls still in flight may not be counted in it."""
        self._rates = rates
        self._left = min(self._left, rates.left - in_flight)
        ends_at = now + timedelta(seconds=rates.reset_s) + MARGIN
        if self._stretch and self._stretch.left_s(now):
            ends_at = min(ends_at, self._stretch.ends_at)  # answers travel: each estimate is late
        self._stretch = Stretch(now, ends_at)
