"""Put the sweep together on AWS."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Final

from orderwarden.services.heartbeat import beat
from orderwarden.services.scheduled import Round, put_back_parked, rounds, sweep_store
from orderwarden.services.sweep import SweepPorts, Target
from orderwarden.services.sweep_run import EVERY_S, SweepRun, run_id_of

if TYPE_CHECKING:
    from orderwarden.installation import Installation

PATIENCE_S: Final = 150.0
"""For so long all calls of one run may wait for quotas; half of the function's time."""


def sweeps(
    here: Installation, new_id: Callable[[], str]
) -> Callable[[Callable[[], bool]], Iterator[Round]]:
    """Return what sweeps every store, as long as its argument says to go on."""
    tables = (here.receipts, here.changelog, here.state)
    ports = SweepPorts(here.clock, *tables, here.queue, here.notifier)

    def work(store: str, go_on: Callable[[], bool]) -> Round:
        beat(here.state, here.clock, store)
        rules = here.rules(store)
        if rules is None or here.state.controls(store).stopped:
            return put_back_parked(here.state, here.queue, here.clock, store)
        run_id = run_id_of(here.clock.now(), new_id())
        target = Target(store, here.reader(store), rules, run_id, EVERY_S)
        with here.pacer(store).patience(PATIENCE_S / len(here.settings.stores)):
            return sweep_store(SweepRun(ports, target, is_asked_for=False), here.state, go_on)

    stores = here.settings.stores

    def run(go_on: Callable[[], bool]) -> Iterator[Round]:
        turn = int(here.clock.now().timestamp() // EVERY_S)
        return rounds(stores, turn, lambda store: work(store, go_on), go_on)

    return run
