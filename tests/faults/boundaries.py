"""Every call across a port or to the store's API is a boundary; this is what goes wrong there."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final, TypeVar

from bigcommerce_sim import Answer, Effect, FaultRule, SimulatedStore
from in_process import InProcessAdapter
from orderwarden.errors import TryAgain
from requests import PreparedRequest, Response
from requests.exceptions import ConnectionError as ConnectionFailed
from scenario import Died
from urllib3.connection import HTTPConnection
from urllib3.connectionpool import HTTPConnectionPool
from urllib3.exceptions import MaxRetryError, NewConnectionError

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
    COMMIT_LATE = "commit_late"
    NO_CONNECTION = "no_connection"
    NONSENSE_AFTER = "nonsense_after"
    STALE = "stale"


EVERYWHERE: Final = (
    Fault.DIE_BEFORE,
    Fault.DIE_AFTER,
    Fault.TIME_OUT_BEFORE,
    Fault.TIME_OUT_AFTER,
    Fault.THROTTLE,
    Fault.FAIL_ONCE,
    Fault.FAIL_FOR_AN_HOUR,
    Fault.FREEZE_BEFORE,
    Fault.FREEZE_AFTER,
    Fault.SLOW,
)
IN_THE_STORE: Final = frozenset(
    {Fault.COMMIT_LATE, Fault.NO_CONNECTION, Fault.NONSENSE_AFTER, Fault.STALE}
)
"""Only calls of the store's API go wrong like this; anywhere else they are left out."""

FROZEN_S: Final = 100.0
"""Longer than every lease of the embedded backend: the machine comes back to find it lost."""

SLOW_S: Final = 20.0
"""Within a lease of 30 s, and its renewal comes through."""

PORT_TIMEOUT_S: Final = 2.5
API_TIMEOUT_S: Final = 8.0
OUTAGE: Final = timedelta(hours=1)

API_CALLS: Final = (
    ("GET", r"/v2/orders/\d+", "order"),
    ("PUT", r"/v2/orders/\d+", "put_order"),
    ("GET", r"/v2/orders/\d+/products", "products"),
    ("GET", r"/v2/orders/\d+/shipments", "shipments"),
    ("GET", r"/v3/orders/\d+/transactions", "transactions"),
    ("GET", r"/v2/order_statuses", "statuses"),
)
"""Method and path of each call of the API, and the method of `ports.Store` it belongs to."""


def fits(fault: Fault, name: str) -> bool:
    """Return whether such a thing goes wrong at a boundary of this name."""
    if fault in (Fault.COMMIT_LATE, Fault.NONSENSE_AFTER):
        return name == "store.put_order"
    if fault is Fault.STALE:
        return name.startswith("store.") and name != "store.put_order"
    return fault is not Fault.NO_CONNECTION or name.startswith("store.")


class Unexpected(Exception):
    """An error that no adapter of ours announces."""


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
        fired: How often each fault took place.
        crossed: Every boundary so far.
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
        self.fired: Counter[Fault] = Counter()
        self.crossed: list[Crossed] = []
        self.is_armed = False
        self._plan = dict(plan)
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
        if fault is Fault.FAIL_FOR_AN_HOUR:
            self._outages[name] = self._now() + OUTAGE
        if fault is None and self._now() < self._outages.get(name, self._now()):
            fault = Fault.FAIL_FOR_AN_HOUR
        self.crossed.append(Crossed(number, actor, name, fault))
        if fault is not None:
            self.fired[fault] += 1
            self._tell(f"!! {fault} at {number} {name}")
        act = self._acts.get(number)
        if act is not None:
            act()
        self._pause(self._latency(name))
        return fault

    def _due(self, number: int, name: str) -> Fault | None:
        """Return the first fault of the plan whose time has come and that fits here."""
        for at, fault in self._plan.items():
            if at <= number and fits(fault, name):
                del self._plan[at]
                return fault
        return None

    def leave(self, name: str) -> None:
        """Let the answer come back."""
        if self.is_armed:
            self._pause(self._latency(name))

    def before(self, fault: Fault | None) -> None:
        """Do what a fault does before the call, alike for ports and for the API."""
        if fault is Fault.DIE_BEFORE:
            raise Died
        if fault is Fault.FREEZE_BEFORE:
            self._pause(FROZEN_S)
        if fault is Fault.SLOW:
            self._pause(SLOW_S)

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
        if fault is Fault.TIME_OUT_BEFORE:
            self._pause(PORT_TIMEOUT_S)
            raise TryAgain("injected_timeout", 1.0)
        if fault in (Fault.THROTTLE, Fault.FAIL_FOR_AN_HOUR):
            raise TryAgain(f"injected_{fault}", 1.0)
        if fault is Fault.FAIL_ONCE:
            raise Unexpected(name)
        result = act()
        self.after(fault)
        if fault is Fault.TIME_OUT_AFTER:
            self._pause(PORT_TIMEOUT_S)
            raise TryAgain("injected_timeout", 1.0)
        self.leave(name)
        return result


class Crossing:
    """A port every call of which is a boundary."""

    def __init__(self, actor: str, port: str, target: object, boundaries: Boundaries) -> None:
        self._actor = actor
        self._port = port
        self._target = target
        self._boundaries = boundaries

    def __getattr__(self, method: str) -> Any:  # noqa: ANN401  whatever the port's method is
        real = getattr(self._target, method)

        def crossing(*args: object, **kwargs: object) -> object:
            name = f"{self._port}.{method}"
            return self._boundaries.through_port(self._actor, name, lambda: real(*args, **kwargs))

        return crossing


class CrossingAdapter(InProcessAdapter):
    """The way to the store's API, every call of which is a boundary."""

    def __init__(
        self,
        actor: str,
        sim: SimulatedStore,
        boundaries: Boundaries,
        pause: Callable[[float], None],
        draw: Callable[[float, float], float],
    ) -> None:
        super().__init__(sim)
        self._actor = actor
        self._boundaries = boundaries
        self._pause = pause
        self._draw = draw

    def send(self, request: PreparedRequest, *_: object, **__: object) -> Response:
        name = api_call_of(str(request.method), str(request.url))
        fault = self._boundaries.meet(self._actor, name)
        self._boundaries.before(fault)
        response = self._spoilt(fault, lambda: InProcessAdapter.send(self, request))
        self._boundaries.after(fault)
        self._boundaries.leave(name)
        return response

    def _spoilt(self, fault: Fault | None, send: Callable[[], Response]) -> Response:
        if fault is Fault.NO_CONNECTION:
            raise no_connection()
        if fault is Fault.STALE:
            return self._stale(send)
        rule = self._rule(fault)
        if rule is None:
            return send()
        added = self._sim.faults.add(rule)
        if rule.answer is Answer.TIMEOUT:
            self._pause(API_TIMEOUT_S / 2)
        try:
            return send()
        finally:
            self._sim.faults.remove(added)
            if rule.answer is Answer.TIMEOUT:
                self._pause(API_TIMEOUT_S / 2)

    def _stale(self, send: Callable[[], Response]) -> Response:
        settings = self._sim.settings
        usual_s, settings.read_lag_s = settings.read_lag_s, self._draw(0.5, 8.0)
        try:
            return send()
        finally:
            settings.read_lag_s = usual_s

    def _rule(self, fault: Fault | None) -> FaultRule | None:
        if fault is Fault.COMMIT_LATE:
            late_s = self._draw(API_TIMEOUT_S / 2, 20.0)
            return FaultRule(Answer.TIMEOUT, effect=Effect.LATE, late_s=late_s)
        if fault is Fault.THROTTLE:
            kinds = (Answer.THROTTLED, Answer.BARE_THROTTLED, Answer.ODD_THROTTLED)
            return FaultRule(kinds[int(self._draw(0, 2.999))])
        return _RULES.get(fault) if fault else None


_RULES: Final = {
    Fault.TIME_OUT_BEFORE: FaultRule(Answer.TIMEOUT),
    Fault.TIME_OUT_AFTER: FaultRule(Answer.TIMEOUT, effect=Effect.DONE),
    Fault.FAIL_ONCE: FaultRule(Answer.HTML, status=502),
    Fault.FAIL_FOR_AN_HOUR: FaultRule(Answer.STATUS, status=503),
    Fault.NONSENSE_AFTER: FaultRule(Answer.HALF_JSON),
}


def api_call_of(method: str, url: str) -> str:
    """Return the boundary's name for one call of the API."""
    path = url.partition("?")[0].partition("/stores/")[2].partition("/")[2]
    for known_method, pattern, name in API_CALLS:
        if method == known_method and re.fullmatch(pattern, f"/{path}"):
            return f"store.{name}"
    raise AssertionError(f"no boundary is named for {method} {path}")


def no_connection() -> ConnectionFailed:
    """Return what `requests` raises where nothing was ever sent."""
    connection = HTTPConnection("api.example.com")
    refused = NewConnectionError(connection, "refused")
    pool = HTTPConnectionPool("api.example.com")
    return ConnectionFailed(MaxRetryError(pool, "/", refused))
