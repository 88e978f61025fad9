"""Several workers on one turned clock: one runs at a time, and one seed decides who.

Every actor is a thread that waits for the baton. It gives the baton back where it pauses, so
what happens between two pauses is never torn apart, and the same seed gives the same order.
"""

from __future__ import annotations

import heapq
import sys
import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Final

from fakes import TurnableClock

DueAt = Callable[[], datetime | None]


MOST_STEPS: Final = 30_000
STUCK_AFTER_S: Final = 60
"""Of true time: an honest step takes milliseconds, also on a machine with too much to do."""


class Runaway(Exception):
    """Something goes on and on: no honest run takes so many steps."""


class Stuck(Exception):
    """Somebody took the baton and never gives it back: it waits for something, or goes in circles.

    The message is where it stands.
    """


class Stopped(BaseException):
    """The run is over; ends an actor wherever it stands."""


class Baton:
    """Handed over once and taken once: to hand it over twice is an error, never a loss.

    A bare lock, as it goes round a million times.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._lock.acquire()

    def give(self) -> None:
        """Hand it to whoever waits for it, or is about to.

        Raises:
            RuntimeError: It was given before, and nobody took it yet.
        """
        self._lock.release()

    def take(self, within_s: float = -1.0) -> bool:
        """Wait for it; return whether it came in time."""
        return self._lock.acquire(timeout=within_s)


class Actor(threading.Thread):
    """Somebody who acts in turn.

    Attributes:
        go: What it waits for before each step.
        error: What ended it; the scheduler raises it where it is seen.
    """

    def __init__(self, name: str, act: Callable[[], None], back: Baton) -> None:
        super().__init__(name=name, daemon=True)
        self.go = Baton()
        self.error: BaseException | None = None
        self._act = act
        self._back = back

    def run(self) -> None:
        self.go.take()
        try:
            self._act()
        except Stopped:
            return  # nobody waits for the baton any more
        except BaseException as error:  # noqa: BLE001  told by the scheduler
            self.error = error
        self._back.give()


@dataclass(order=True)
class Waking:
    """Something that is to happen at its moment."""

    at: datetime
    tie: float
    number: int
    act: Callable[[], None] = field(compare=False)
    is_background: bool = field(compare=False)


class Scheduler:
    """Hands the baton round; time passes only here."""

    def __init__(
        self, clock: TurnableClock, dice: Random, stuck_after_s: int = STUCK_AFTER_S
    ) -> None:
        self._clock = clock
        self._stuck_after_s = stuck_after_s
        self._dice = dice
        self._back = Baton()
        self._actors: list[Actor] = []
        self._waking: list[Waking] = []
        self._idle: dict[str, tuple[DueAt, list[Actor]]] = {}
        self._count = 0
        self._busy = 0
        self._steps = 0
        self._running: Actor | None = None
        self._is_over = False

    @property
    def running(self) -> str:
        """Return who has the baton; empty for the scheduler itself."""
        return self._running.name if self._running else ""

    def spawn(self, name: str, act: Callable[[], None]) -> None:
        """Let somebody begin to act, now."""
        actor = Actor(name, act, self._back)
        self._actors.append(actor)
        actor.start()
        self._wake(actor, 0.0, is_background=False)

    def after(self, seconds: float, act: Callable[[], None], *, background: bool = False) -> None:
        """Have something done in one go; a background act alone keeps nothing awake."""
        at = self._clock.now() + timedelta(seconds=seconds)
        self._push(at, act, is_background=background)

    def pause(self, seconds: float, *, background: bool = False) -> None:
        """Give the baton back and come back after so long; nothing outside an actor."""
        actor = self._running
        if actor is None:
            self._clock.advance(seconds)
            return
        self._wake(actor, seconds, is_background=background)
        self._hand_back(actor)

    def idle(self, group: str, due_at: DueAt) -> None:
        """Give the baton back until there is something to do for this group of actors."""
        actor = self._running
        assert actor is not None
        self._idle.setdefault(group, (due_at, []))[1].append(actor)
        self._hand_back(actor)

    def run(self, for_s: float, *, is_patient: bool = False) -> bool:
        """Go on until all is quiet or so much time has passed; return whether it is quiet.

        A patient run lets all the time pass, and background acts happen, though all is quiet.
        """
        end = self._clock.now() + timedelta(seconds=for_s)
        while True:
            self._steps += 1
            if self._steps > MOST_STEPS:
                raise Runaway
            now = self._clock.now()
            group, idle_at = self._next_idle(now)
            next_at = self._waking[0].at if self._waking else None
            if not is_patient and self._busy == 0 and (idle_at is None or idle_at > end):
                return idle_at is None
            if idle_at is not None and (next_at is None or idle_at <= next_at):
                if idle_at > end:
                    self._turn_to(end)
                    return False
                self._turn_to(idle_at)
                self._resume(self._draw(self._idle[group][1]))
                continue
            if next_at is None or next_at > end:
                self._turn_to(end)
                return self._busy == 0
            self._turn_to(next_at)
            waking = heapq.heappop(self._waking)
            self._busy -= not waking.is_background
            waking.act()

    def close(self) -> None:
        """End every actor where it stands, one after the other.

        Raises:
            Stuck: One will not end.
        """
        self._is_over = True
        for actor in self._actors:
            if actor.is_alive():
                self._running = actor
                actor.go.give()
                actor.join(self._stuck_after_s)
                if actor.is_alive():
                    raise Stuck(_where(actor))
        self._running = None

    def _next_idle(self, now: datetime) -> tuple[str, datetime | None]:
        """Return the group that has something to do first, and when."""
        best: tuple[str, datetime | None] = ("", None)
        for group, (due_at, actors) in self._idle.items():
            at = due_at() if actors else None
            if at is not None and (best[1] is None or max(at, now) < best[1]):
                best = (group, max(at, now))
        return best

    def _draw(self, actors: list[Actor]) -> Actor:
        return actors.pop(self._dice.randrange(len(actors)) if len(actors) > 1 else 0)

    def _wake(self, actor: Actor, seconds: float, *, is_background: bool) -> None:
        at = self._clock.now() + timedelta(seconds=seconds)
        self._push(at, lambda: self._resume(actor), is_background=is_background)

    def _push(self, at: datetime, act: Callable[[], None], *, is_background: bool) -> None:
        self._count += 1
        self._busy += not is_background
        waking = Waking(at, self._dice.random(), self._count, act, is_background)
        heapq.heappush(self._waking, waking)

    def _turn_to(self, at: datetime) -> None:
        left_s = (at - self._clock.now()).total_seconds()
        if left_s > 0:
            self._clock.advance(left_s)

    def _resume(self, actor: Actor) -> None:
        self._running = actor
        actor.go.give()
        self._await_from(actor)
        self._running = None
        if actor.error is not None:
            raise actor.error

    def _await_from(self, actor: Actor) -> None:
        """Wait until somebody gives the baton back; a thread may also die before it does."""
        for _ in range(self._stuck_after_s):
            was_alive = actor.is_alive()
            if self._back.take(1.0):
                return
            if not was_alive:
                raise Stuck(f"{actor.name} died before it gave the baton back")
        raise Stuck(_where(actor))

    def _hand_back(self, actor: Actor) -> None:
        if threading.current_thread() is not actor:
            raise AssertionError(f"{actor.name} has the baton, and somebody else hands it back")
        if not self._is_over:
            self._back.give()
            actor.go.take()
        if self._is_over:
            raise Stopped


def _where(actor: Actor) -> str:
    """Return where somebody stands."""
    frame = sys._current_frames().get(actor.ident or 0)
    stack = "".join(traceback.format_stack(frame)) if frame else "it has just ended"
    return f"{actor.name} does not give the baton back:\n{stack}"
