"""Our lines held against the store's own record of what our calls changed: one to one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bigcommerce_sim.world.journal import Write
from boundaries import Fault
from orderwarden.domain.instants import second_of
from orderwarden.domain.line import Line, Result
from orderwarden.domain.settlement import BEFORE
from simulation import Simulation
from store_faults import LONGEST_LAG_S

WRITTEN: Final = frozenset({Result.APPLIED, Result.RECOVERED})
LATEST: Final = timedelta(seconds=32)
"""A late commit may come so long after the attempt."""

LOOKED_S: Final = 3.0
"""So long before it is intended a write was last looked for, at most."""


@dataclass(frozen=True, slots=True)
class Matched:
    """How lines and writes of one order go together.

    Attributes:
        pairs: A line and the write it stands for.
        free: Writes that no line stands for.
        lone: Lines that say, or do not deny, that there was a write, and there is none.
    """

    pairs: tuple[tuple[Line, Write], ...]
    free: tuple[Write, ...]
    lone: tuple[Line, ...]


def match(simulation: Simulation, order_id: int) -> Matched:
    """Pair the lines of an order with the store's writes, by what, when and to where."""
    writes = list(simulation.witness.our_writes(order_id))
    claims = WRITTEN | {Result.UNCONFIRMED}
    lines = [line for line in simulation.lines(order_id) if line.result in claims]
    lines.sort(key=lambda line: (line.result is Result.UNCONFIRMED, line.at))
    pairs, lone = [], []
    for line in lines:
        found = next(
            (
                write
                for write in writes
                if _fits(line, write, is_noted=_was_noted(simulation, line, write))
            ),
            None,
        )
        if found is None:
            lone.append(line)
        else:
            writes.remove(found)
            pairs.append((line, found))
    return Matched(tuple(pairs), tuple(writes), tuple(lone))


def _fits(line: Line, write: Write, *, is_noted: bool) -> bool:
    """Return whether a write may be what a line stands for; a note that stands is not added."""
    if not line.at - timedelta(seconds=3) <= second_of(write.moment) <= _until(line):
        return False
    return write.after_status == sent_status(line) and (
        "staff_notes" in write.changes or line.also == () or is_noted
    )


def _until(line: Line) -> datetime:
    """Return when its write was made at the latest."""
    return max(line.settled_at or line.at, line.at + LATEST)


def _was_noted(simulation: Simulation, line: Line, write: Write) -> bool:
    """Return whether the rule's note stood in the order before a write."""
    states = simulation.witness.states.get(line.order_id, [])
    before = [state for at, state in states if at < write.moment]
    return bool(before) and f" by {line.rule}." in before[-1].staff_notes


def sent_status(line: Line) -> int:
    """Return the status of a line's PUT: a note alone repeats the one that was read."""
    return line.from_status_id if line.to_status_id is None else line.to_status_id


def made_by_another(simulation: Simulation, line: Line) -> bool:
    """Return whether somebody else made the very change in the moment of our write.

    "Recovered" says that the order shows the change after an attempt whose answer was lost. One
    that was answered changed nothing where somebody was quicker than it, and after our last look;
    that may lag behind.
    """
    lag_s = LONGEST_LAG_S if Fault.STALE in simulation.boundaries.fired else 0.0
    lag_s = max(lag_s, float(simulation.plan.chances.get("read_lag_s", 0)))
    earliest = line.at - timedelta(seconds=lag_s + LOOKED_S)
    return any(
        write.after_status == line.to_status_id
        and (line.result is Result.RECOVERED or earliest <= write.moment <= _until(line))
        for write in others_meanwhile(simulation, line)
    )


def looks_like_another(simulation: Simulation, line: Line, write: Write) -> bool:
    """Return whether the event of a write is that of another of our changes, by all it tells."""
    made = (write.before_status, write.after_status)
    return any(
        other.id != line.id
        and (other.from_status_id, other.to_status_id) == made
        and abs(other.at - write.moment) <= BEFORE + timedelta(seconds=1)
        for other in simulation.lines(line.order_id)
    )


def done_by_hand_too(simulation: Simulation, line: Line) -> bool:
    """Return whether somebody else gave the order the same status in the same moment."""
    return any(
        write.after_status == sent_status(line) and write.before_status != write.after_status
        for write in others_meanwhile(simulation, line)
    )


def others_meanwhile(simulation: Simulation, line: Line) -> list[Write]:
    """Return what others changed around the moment of a line."""
    return [
        write
        for write in simulation.witness.writes(line.order_id)
        if not write.actor.startswith("api:") and abs(write.moment - line.at) <= LATEST
    ]
