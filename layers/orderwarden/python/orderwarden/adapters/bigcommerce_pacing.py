"""One store's request budget, shared by all threads: it waits for the quota instead of flooding.

All apps of a store share its quota, so only the headers of the answers tell what is left; between
answers we count our own calls. Source: docs/bigcommerce.md, "Rate limits".
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from orderwarden.adapters.bigcommerce_rates import rates_of, retry_after_s
from orderwarden.adapters.bigcommerce_window import MARGIN, Stretch, Window
from orderwarden.errors import TryAgain
from orderwarden.ports import Clock

PATIENCE_S: Final = 20.0
"""How long one call, or all calls of one invocation, may wait for the quota."""

BACK_OFF_S: Final = 2.0
MOST_BACK_OFF_S: Final = 60.0
"""Pauses after 429s that do not say how long: 2, 4, 8, ... 60 s, of which half is random."""


@dataclass(frozen=True, slots=True)
class Grant:
    """The leave to make one call: which window it counts in, which pauses it knew of."""

    window_number: int
    pause_number: int


class Pacer:
    """The request budget of one store.

    Thread-safe; never holds its lock while it waits; lets time pass only through the clock.

    Attributes:
        reserve: Share of the quota left to the merchant's other apps, 0 to 1; may be set anytime.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        reserve: float = 0.2,
        patience_s: float = PATIENCE_S,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        """Begin knowing nothing: calls are free until an answer tells of a quota.

        `jitter` returns a number from 0 up to 1.
        """
        self.reserve = reserve
        self._clock = clock
        self._patience_s = patience_s
        self._jitter = jitter
        self._shared = threading.local()
        self._lock = threading.Lock()
        self._in_flight = 0
        self._window: Window | None = None
        self._pause: Stretch | None = None
        self._pause_number = 0
        self._unexplained = 0

    @contextmanager
    def patience(self, seconds: float) -> Iterator[None]:
        """Let all calls that this thread makes inside share so many seconds of waiting."""
        outer_s = getattr(self._shared, "left_s", None)
        self._shared.left_s = seconds
        try:
            yield
        finally:
            self._shared.left_s = outer_s

    @contextmanager
    def call(self, at_most_s: float | None = None) -> Iterator[Grant]:
        """Wait until the store grants one more call; it is in flight while inside.

        Args:
            at_most_s: Seconds that this call may wait, if less than it might anyway.

        Raises:
            TryAgain: `quota`: it would wait too long, so nothing is sent.
        """
        grant = self._granted(at_most_s)
        try:
            yield grant
        finally:
            with self._lock:
                self._in_flight -= 1

    def allowance(self, seconds: float) -> int | None:
        """Return how many calls the quota holds in so many seconds, its reserve left alone.

        None as long as no answer told of a quota.
        """
        with self._lock:
            return self._window.allowance(seconds, self.reserve) if self._window else None

    def learn(self, grant: Grant, http_status: int, headers: Mapping[str, str]) -> float | None:
        """Take in an answer, while its call is still in flight.

        Returns:
            Seconds after which the store wants to be asked again, None where it does not say.
        """
        rates, told_s = rates_of(headers), retry_after_s(headers)
        with self._lock:
            now = self._clock.now()
            if rates:
                self._window = self._window or Window(rates)
                self._window.roll(now, self._in_flight)
                if self._window.number == grant.window_number:
                    self._window.learn(rates, now, self._in_flight - 1)
            if http_status == 429:
                reset_s = rates.reset_s if rates else 0.0
                return self._pause_for(max(told_s or 0.0, reset_s), grant, now)
            if grant.pause_number == self._pause_number:
                self._unexplained = 0
            return told_s

    def _pause_for(self, told_s: float, grant: Grant, now: datetime) -> float:
        """Pause all calls; 429s of calls that were in flight together back off only once."""
        if grant.pause_number == self._pause_number:
            self._pause_number += 1
            if not told_s:
                told_s = self._back_off_s()
        pause = Stretch(now, now + timedelta(seconds=told_s) + MARGIN)
        if not self._pause or self._pause.left_s(now) < pause.left_s(now):
            self._pause = pause
        return self._pause.left_s(now)

    def _back_off_s(self) -> float:
        longest_s = min(BACK_OFF_S * 2.0 ** min(self._unexplained, 10), MOST_BACK_OFF_S)
        self._unexplained += 1
        return longest_s * (1 + self._jitter()) / 2

    def _granted(self, at_most_s: float | None) -> Grant:
        shared_s: float | None = getattr(self._shared, "left_s", None)
        left_s = self._patience_s if shared_s is None else shared_s
        if at_most_s is not None:
            left_s = min(left_s, at_most_s)
        while not isinstance(found := self._grant_or_wait_s(), Grant):
            if found > left_s:
                raise TryAgain("quota", retry_after_s=found, backs_off=False)
            self._clock.wait(found)
            left_s -= found
            if shared_s is not None:
                self._shared.left_s -= found
        return found

    def _grant_or_wait_s(self) -> Grant | float:
        with self._lock:
            now = self._clock.now()
            if self._pause and (pause_s := self._pause.left_s(now)):
                return pause_s
            if self._window:
                self._window.roll(now, self._in_flight)
                if not self._window.has_room(self.reserve):
                    return self._window.refills_in_s(now)
                self._window.take()
            self._in_flight += 1
            return Grant(self._window.number if self._window else 0, self._pause_number)
