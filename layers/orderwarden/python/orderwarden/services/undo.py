"""Which changes a person may take back, and the signals that ask for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from orderwarden.domain.line import Line
from orderwarden.domain.undo import may_be_undone, undo_signal
from orderwarden.ports import Changelog, Clock, Queue

SEARCHED: Final = timedelta(days=400)
"""How far back a line is searched by its id alone."""

CANNOT: Final = (
    "E-mails that the store sent to shoppers stay sent.",
    "Stock that the store moved for a status is moved again as its settings say.",
    "Staff notes stay; money is not touched.",
)


@dataclass(frozen=True, slots=True)
class UndoPorts:
    """What undoing works with."""

    clock: Clock
    changelog: Changelog
    queue: Queue


def changes_of_run(changelog: Changelog, store: str, run_id: str) -> Sequence[Line]:
    """Return the changes of a run that stand, the latest first."""
    lines = changelog.of_run(store, run_id)
    return tuple(reversed([line for line in lines if may_be_undone(line)]))


def change_of_line(ports: UndoPorts, store: str, line_id: str) -> Sequence[Line]:
    """Return the change of one line, if it stands; searches the changelog, the newest last."""
    now = ports.clock.now()
    lines = ports.changelog.between(store, now - SEARCHED, now + timedelta(days=1))
    return tuple(line for line in lines if line.id == line_id and may_be_undone(line))


def ask_to_undo(ports: UndoPorts, lines: Sequence[Line], run_id: str) -> Sequence[str]:
    """Queue a signal for each change; return their receipt keys, in the same order."""
    signals = [undo_signal(line, run_id, ports.clock.now()) for line in lines]
    for signal in signals:
        ports.queue.put(signal)
    return [signal.receipt_key for signal in signals]
