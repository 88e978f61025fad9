"""What holds for every test: the network is closed, and `no_cover` measures nothing."""

from __future__ import annotations

import sys
from collections.abc import Generator
from ipaddress import ip_address

import pytest
from coverage import Coverage
from reporting import summary
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling


def _refuse_the_outside(event: str, arguments: tuple[object, ...]) -> None:
    if event != "socket.connect":
        return
    address = arguments[1]
    if isinstance(address, tuple) and not _is_loopback(str(address[0])):
        raise PermissionError(f"a test tried to reach {address[0]}")


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


sys.addaudithook(_refuse_the_outside)


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Measure nothing where a test says `no_cover`.

    In a worker of xdist two measurements run, and pytest-cov itself pauses one of them only.
    Tracing then slows thousands of runs down, and threads that begin at once may die of it.
    """
    if item.get_closest_marker("no_cover") is None:
        return (yield)
    paused = []
    while (measuring := Coverage.current()) is not None:
        measuring.stop()
        paused.append(measuring)
    try:
        return (yield)
    finally:
        for measuring in reversed(paused):
            measuring.start()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what the fault tests did, however many processes they ran in."""
    reports = (report for found in terminalreporter.stats.values() for report in found)
    calls = (each for each in reports if getattr(each, "when", "") == "call")
    for line in summary(pair for each in calls for pair in each.user_properties):
        terminalreporter.write_line(f"faults: {line}")


class ByStack(LoadScopeScheduling):  # type: ignore[misc]
    """Gives every test to whoever is free, but those of one deployed stack to one worker.

    They build on each other, and a stack takes long to create.
    """

    def _split_scope(self, nodeid: str) -> str:
        path = nodeid.partition("::")[0]
        return path if path.startswith("tests/deployed/") else nodeid


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByStack:
    """Return how tests are shared out: pytest 9 hides the groups that xdist goes by itself."""
    return ByStack(config, log)
