"""What holds for every test: the network is closed but for loopback."""

from __future__ import annotations

import sys
from ipaddress import ip_address

import pytest
from reporting import summary


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


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what the fault tests did, however many processes they ran in."""
    reports = (report for found in terminalreporter.stats.values() for report in found)
    calls = (each for each in reports if getattr(each, "when", "") == "call")
    for line in summary(pair for each in calls for pair in each.user_properties):
        terminalreporter.write_line(f"faults: {line}")
