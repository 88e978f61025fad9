"""Every call across a port or to the store's API is a boundary; this is what goes wrong there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final, TypeVar

from orderwarden.errors import TryAgain
from scenario import Died

T = TypeVar("T")


class Fault(StrEnum):
    """What goes wrong at a boundary."""

    DIE_BEFORE = "die_before"
    DIE_AFTER = "die_after"
    TIME_OUT_BEFORE = "time_out_before"
    TIME_OUT_AFTER = "time_out_after"
    THROTTLE = "throttle"
    FAIL_ONCE = "fail_once"
    FAIL_FOR_AN_HOUR = "fail_for_an_hour"
    FREEZE_BEFORE = "freeze_before"
    FREEZE_AFTER = "freeze_after"
    SLOW = "slow"
    NO_CONNECTION = "no_connection"
    UNAUTHORISED = "unauthorised"
    MISSING = "missing"
    STALE = "stale"
    COMMIT_LATE = "commit_late"
    NONSENSE_AFTER = "nonsense_after"
    SENT_TWICE = "sent_twice"


SINGLE: Final = (
    Fault.DIE_BEFORE,
    Fault.DIE_AFTER,
    Fault.TIME_OUT_BEFORE,
    Fault.TIME_OUT_AFTER,
    Fault.THROTTLE,
    Fault.FAIL_ONCE,
    Fault.FAIL_FOR_AN_HOUR,
)
"""What is made to go wrong at every boundary of a story."""

ANYWHERE: Final = (*SINGLE, Fault.FREEZE_BEFORE, Fault.FREEZE_AFTER, Fault.SLOW)
CONDITIONAL: Final = frozenset({"receipts.replace", "changelog.replace"})
"""Calls that a library may send again by itself, and whose callers then find their own."""

OF_WRITES: Final = frozenset({Fault.COMMIT_LATE, Fault.NONSENSE_AFTER})
WRITES: Final = frozenset(
    f"store.{name}"
    for name in (
        *("put_order", "create_shipment", "write_metafield", "refund", "capture", "void"),
        *("create_hook", "update_hook", "delete_hook"),
    )
)
GOES_MISSING: Final = frozenset({"store.order", "store.update_hook", "store.delete_hook"})

FROZEN_S: Final = 100.0
"""Longer than every lease of the embedded backend: the machine comes back to find it lost."""

SLOW_S: Final = 20.0
"""Within a lease of 30 s, and its renewal comes through."""

PORT_TIMEOUT_S: Final = 2.5
OUTAGE: Final = timedelta(hours=1)


class Unexpected(Exception):
    """An error that no adapter of ours announces."""


def fits(fault: Fault, name: str) -> bool:
    """Return whether such a thing goes wrong at a boundary of this name."""
    if fault in OF_WRITES:
        return name == "store.put_order"
    if fault is Fault.SENT_TWICE:
        return name in CONDITIONAL
    if fault is Fault.MISSING:
        return name in GOES_MISSING
    if fault is Fault.STALE:
        return name.startswith("store.") and name not in WRITES
    return fault in ANYWHERE or name.startswith("store.")


@dataclass(frozen=True, slots=True)
class Crossed:
    """One boundary that was crossed: by whom, what, and what went wrong."""

    number: int
    actor: str
    name: str
    fault: Fault | None


class Boundaries:
    """Counts what is crossed, and lets go wrong what the plan says.

    Attributes:
        crossed: Every boundary so far.
        fired: How often each fault took place; an outage counts once.
    """

    def __init__(
        self,
        plan: Mapping[int, Fault],
        acts: Mapping[int, Callable[[], None]],
        *,
        now: Callable[[], datetime],
        pause: Callable[[float], None],
        latency: Callable[[str], float],
        tell: Callable[[str], None],
    ) -> None:
        """Count from now on.

        Args:
            plan: A fault strikes at the first boundary from its number on where it fits.
            acts: What people do just before a boundary.
            now: The time.
            pause: Lets others act meanwhile.
            latency: Seconds that a call takes each way.
            tell: Writes to the history.
        """
        self.crossed: list[Crossed] = []
        self.fired: Counter[Fault] = Counter()
        self.is_armed = False
        self._plan = dict(sorted(plan.items()))
        self._acts = acts
        self._now = now
        self._pause = pause
        self._latency = latency
        self._tell = tell
        self._outages: dict[str, datetime] = {}

    def meet(self, actor: str, name: str) -> Fault | None:
        """Come to a boundary; return what is to go wrong there."""
        if not self.is_armed:
            return None
        number = len(self.crossed)
        fault = self._due(number, name)
        self.crossed.append(Crossed(number, actor, name, fault))
        if fault is not None:
            self._tell(f"!! {fault} at {number} {name}")
        if number in self._acts:
            self._acts[number]()
        self._pause(self._latency(name))
        return fault

    def leave(self, name: str) -> None:
        """Let the answer come back."""
        if self.is_armed:
            self._pause(self._latency(name))

    def before(self, fault: Fault | None) -> None:
        """Do what a fault does before the call, alike for ports and for the API."""
        if fault is Fault.DIE_BEFORE:
            raise Died
        if fault in (Fault.FREEZE_BEFORE, Fault.SLOW):
            self._pause(FROZEN_S if fault is Fault.FREEZE_BEFORE else SLOW_S)

    def after(self, fault: Fault | None) -> None:
        """Do what a fault does after the call, alike for ports and for the API."""
        if fault is Fault.DIE_AFTER:
            raise Died
        if fault is Fault.FREEZE_AFTER:
            self._pause(FROZEN_S)

    def through_port(self, actor: str, name: str, act: Callable[[], T]) -> T:
        """Make a call of a port."""
        fault = self.meet(actor, name)
        self.before(fault)
        if fault in (Fault.TIME_OUT_BEFORE, Fault.THROTTLE, Fault.FAIL_FOR_AN_HOUR):
            self._pause(PORT_TIMEOUT_S if fault is Fault.TIME_OUT_BEFORE else 0.0)
            raise TryAgain(f"injected_{fault}", 1.0)
        if fault is Fault.FAIL_ONCE:
            raise Unexpected(name)
        if fault is Fault.SENT_TWICE:
            act()
        result = act()
        self.after(fault)
        if fault is Fault.TIME_OUT_AFTER:
            self._pause(PORT_TIMEOUT_S)
            raise TryAgain("injected_timeout", 1.0)
        self.leave(name)
        return result

    def _due(self, number: int, name: str) -> Fault | None:
        """Return the first fault whose time has come and that fits here, or an outage."""
        for at, fault in self._plan.items():
            if at <= number and fits(fault, name):
                del self._plan[at]
                self.fired[fault] += 1
                if fault is Fault.FAIL_FOR_AN_HOUR:
                    self._outages[name] = self._now() + OUTAGE
                return fault
        is_out = name in self._outages and self._now() < self._outages[name]
        return Fault.FAIL_FOR_AN_HOUR if is_out else None


class Crossing:
    """A port every call of which is a boundary."""

    def __init__(self, actor: str, port: str, target: object, boundaries: Boundaries) -> None:
        self._actor = actor
        self._port = port
        self._target = target
        self._boundaries = boundaries

    def __getattr__(self, method: str) -> Any:  # noqa: ANN401  whatever the port's method is
        real = getattr(self._target, method)
        name = f"{self._port}.{method}"

        def crossing(*args: object, **kwargs: object) -> object:
            call = lambda: real(*args, **kwargs)  # noqa: E731
            return self._boundaries.through_port(self._actor, name, call)

        return crossing
