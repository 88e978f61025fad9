"""Every I/O boundary of `process`, counted, and one fault put at any of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from orderwarden.errors import TryAgain
from requests.exceptions import ConnectTimeout, ReadTimeout
from scenario import Died, Scenario

PORTS = ("receipts", "changelog", "state", "queue")


class Fault(StrEnum):
    """What happens at a boundary."""

    DIE_BEFORE = "die_before"
    DIE_AFTER = "die_after"
    TIME_OUT_BEFORE = "time_out_before"
    TIME_OUT_AFTER = "time_out_after"


@dataclass
class Faults:
    """Counts boundaries; at the chosen ones something goes wrong."""

    at: dict[int, Fault] = field(default_factory=dict)
    passed: list[str] = field(default_factory=list)
    fired: list[str] = field(default_factory=list)
    is_armed: bool = False

    def around(
        self, name: str, act: Callable[[], object], out_before: Exception, out_after: Exception
    ) -> object:
        """Do something that crosses a boundary."""
        if not self.is_armed:
            return act()
        number = len(self.passed)
        self.passed.append(name)
        fault = self.at.get(number)
        if fault is None:
            return act()
        self.fired.append(f"{number} {name} {fault}")
        if fault is Fault.DIE_BEFORE:
            raise Died
        if fault is Fault.TIME_OUT_BEFORE:
            raise out_before
        result = act()
        if fault is Fault.DIE_AFTER:
            raise Died
        raise out_after if result is not Died else Died


class Crossing:
    """A port whose every call is a boundary."""

    def __init__(self, name: str, target: object, faults: Faults) -> None:
        self._name = name
        self._target = target
        self._faults = faults

    def __getattr__(self, method: str) -> object:
        real = getattr(self._target, method)
        if not callable(real):
            return real

        def crossing(*args: object, **kwargs: object) -> object:
            lost = TryAgain("injected", 1.0)
            name = f"{self._name}.{method}"
            return self._faults.around(name, lambda: real(*args, **kwargs), lost, lost)

        return crossing


def instrument(scenario: Scenario, faults: Faults) -> None:
    """Put every port and the API behind boundaries."""
    for port in PORTS:
        setattr(scenario, port, Crossing(port, getattr(scenario, port), faults))
    send = scenario.adapter.send

    def crossing_send(request: object, *args: object, **kwargs: object) -> object:
        name = f"store.{request.method}"  # type: ignore[attr-defined]
        act = lambda: send(request, *args, **kwargs)  # type: ignore[arg-type]  # noqa: E731
        return faults.around(name, act, ConnectTimeout("injected"), ReadTimeout("injected"))

    scenario.adapter.send = crossing_send  # type: ignore[method-assign,assignment]
    scenario.process = scenario.new_process()


def run_through(scenario: Scenario, faults: Faults) -> None:
    """Run until quiet; a process that dies is started anew."""
    faults.is_armed = True
    for _ in range(20):
        try:
            scenario.run()
        except Died:
            scenario.process = scenario.new_process()
        except TryAgain:
            continue  # the queue itself was out of reach: the worker loop comes back
        else:
            faults.is_armed = False
            return
    raise AssertionError("never quiet")
