"""The command against a simulated store that listens on this machine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bigcommerce_sim import Settings, SimulatedStore
from bigcommerce_sim.web.server import running
from unit.cli.command_line import STORE, CommandLine


@contextmanager
def a_shop(folder: Path) -> Iterator[tuple[CommandLine, SimulatedStore]]:
    """Open a store, and the command that is configured for it."""
    sim = SimulatedStore(STORE, token="tok3n", settings=Settings(quota_requests=100_000))
    with running(sim) as url:
        yield CommandLine(folder, url, STORE), sim


def methods(sim: SimulatedStore) -> set[str]:
    """Return the methods of every request that the store received."""
    return {request.method for request in sim.journal.requests}
