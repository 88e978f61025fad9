"""What our side does by the clock: sweeps, reconciliations, and the keeper of what is parked.

Sweeps and reconciliations are put together as on AWS, where nothing keeps two from overlapping.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any, Final, cast

from boundaries import Crossing, Unexpected
from machines import (
    API_URL,
    RULES_KEPT_S,
    BothSecrets,
    MachineClock,
    client,
)
from orderwarden.bootstrap_hooks import see_to_hooks
from orderwarden.bootstrap_sweep import sweeps
from orderwarden.domain.rotation import Rotation
from orderwarden.domain.rules.model import RuleSet
from orderwarden.errors import OrderwardenError
from orderwarden.ports import Rotations
from orderwarden.services.probe import UNAUTHORISED, probe
from orderwarden.services.reconcile import Wanted, reconcile
from orderwarden.services.reconcile_rows import ReconcilePorts
from orderwarden.services.rules_in_force import RulesInForce
from orderwarden.services.scheduled import Round, look_after
from orderwarden.services.unpark import unpark_due
from orderwarden.settings import Settings
from scenario import STORE, Died

if TYPE_CHECKING:
    from orderwarden.adapters.bigcommerce_pacing import Pacer
    from orderwarden.adapters.bigcommerce_store import BigCommerceStore
    from simulation import Simulation

PUBLIC_URL: Final = "https://hooks.example.com"
BY_CLOCK: Final = "@"
"""What the names of those begin with who make rounds by the clock."""

ALWAYS: Final = lambda: True  # noqa: E731


class NoRotation:
    """The rotations of a store whose hooks carry no secret of ours."""

    def configured(self, store: str) -> tuple[str, ...]:  # noqa: ARG002
        return ()

    def rotation(self, store: str) -> Rotation | None:  # noqa: ARG002
        return None

    def replace_rotation(
        self,
        store: str,  # noqa: ARG002
        new: Rotation,  # noqa: ARG002
        before: Rotation | None,  # noqa: ARG002
    ) -> bool:
        return False

    def unsettled_s(self, store: str, secret: str | None) -> float:  # noqa: ARG002
        return 0.0


class Here:
    """One process that makes rounds: an `Installation` every port of which is a boundary."""

    def __init__(self, simulation: Simulation, name: str, off_s: float) -> None:
        cross = partial(Crossing, name, boundaries=simulation.boundaries)
        clock = MachineClock(simulation.clock, simulation.scheduler, off_s)
        secrets = BothSecrets(clock)
        state = cast("Any", cross("state", simulation.state))
        self.clock = clock
        self.settings = Settings((STORE,), "", api_url=API_URL, public_url=PUBLIC_URL)
        self.queue = cast("Any", cross("queue", simulation.queue))
        self.receipts = cast("Any", cross("receipts", simulation.receipts_by(clock)))
        self.changelog = cast("Any", cross("changelog", simulation.changelog))
        self.state = state
        self.notifier = cast("Any", cross("notifier", simulation.notices))
        self.secrets = cast("Any", cross("secrets", secrets))
        none: Rotations = NoRotation()
        self.rotations = cast("Any", cross("rotations", none))
        self._client, self._pacer = client(simulation, name, clock)
        self._in_force = RulesInForce(state, clock, RULES_KEPT_S)

    def rules(self, store: str) -> RuleSet | None:
        return self._in_force.of(store)

    def store(self, store: str) -> BigCommerceStore:  # noqa: ARG002
        return self._client

    reader = store

    def pacer(self, store: str) -> Pacer:  # noqa: ARG002
        return self._pacer

    def reconcile_ports(self, new_id: Callable[[], str]) -> ReconcilePorts:
        """Return what a reconciliation works with."""
        return ReconcilePorts(
            clock=self.clock,
            state=self.state,
            receipts=self.receipts,
            changelog=self.changelog,
            queue=self.queue,
            notifier=self.notifier,
            rules=self.rules,
            new_id=new_id,
        )


Go = Callable[[], bool]
"""Makes one round; returns whether it went through to the end."""


def free_parked(_: Simulation, here: Here) -> Go:
    """Return the round that puts back what was parked, and lets a stopped store run again."""

    def go() -> bool:
        if probe(here.state, here.queue, STORE, here.reader(STORE), 100):
            unpark_due(here.state, here.queue, here.clock, STORE, 100)
        return True

    return go


def sweep(simulation: Simulation, here: Here) -> Go:
    """Return the round that queues what time has made due."""
    sweep_all = sweeps(cast("Any", here), simulation.new_id)

    return lambda: all(_is_whole(simulation, each) for each in sweep_all(ALWAYS))


def catch_up(simulation: Simulation, here: Here) -> Go:
    """Return the round that mends hooks and finds what no webhook told of."""
    ports = here.reconcile_ports(simulation.new_id)

    def go() -> bool:
        hooks = partial(see_to_hooks, cast("Any", here), STORE, simulation.new_id)
        made = look_after(ports, STORE, here.reader(STORE), ALWAYS, hooks)
        return _is_whole(simulation, made) and "hooks_failed" not in made.facts

    return go


def _is_whole(simulation: Simulation, made: Round) -> bool:
    """Return whether a round went through, or the store is stopped until somebody acts."""
    if not made.facts:  # an error ended it
        return False
    ended = made.facts.get("ended", "stopped")  # where nothing was swept, it is stopped
    if ended == "stopped":
        why = made.facts.get("stopped") or made.facts.get("why")
        return why != UNAUTHORISED or simulation.operators.is_revoked
    return not made.error and ended == "complete"


def reconcile_since(simulation: Simulation, since: datetime) -> str:
    """Look at every order changed since then, as a person may ask for; return how it ended."""
    here = Here(simulation, "person", 0.0)
    wanted = Wanted(is_asked_for=True, since=since)
    return reconcile(
        here.reconcile_ports(simulation.new_id), STORE, here.reader(STORE), wanted
    ).ended


KINDS: Final[dict[str, tuple[float, Callable[[Simulation, Here], Go]]]] = {
    "keeper": (300.0, free_parked),
    "sweeper": (300.0, sweep),
    "reconciler": (900.0, catch_up),
}
"""Name to seconds between two rounds, and what makes them."""


class Rounds:
    """The rounds that one process makes; started anew when it dies.

    Attributes:
        kind: Of `KINDS`.
        name: Of the process.
        made: How many were begun.
    """

    def __init__(self, simulation: Simulation, kind: str, name: str, off_s: float = 0.0) -> None:
        self.kind = kind
        self.made = 0
        self._whole_since: datetime | None = None
        self._simulation = simulation
        self.name = name
        self._off_s = off_s
        self._every_s, self._prepare = KINDS[kind]
        self._go = self._begin()

    def by_the_clock(self) -> None:
        """Make a round every so often, for ever; what goes wrong is tried again by the next."""
        while True:
            self._simulation.scheduler.pause(self._every_s, background=True)
            self.make_one()

    def make_one(self) -> None:
        """Make a round now."""
        began_at = self._simulation.clock.now()
        self.made += 1
        try:
            is_whole = self._go()
        except OrderwardenError:
            return
        except (Died, Unexpected):  # the second: a bug's end of a function
            self._simulation.tell("   round died")
            self._go = self._begin()
            return
        if is_whole:
            self._whole_since = began_at

    def is_whole_since(self, moment: datetime) -> bool:
        """Return whether one that began since then went through undisturbed."""
        return self._whole_since is not None and self._whole_since >= moment

    def _begin(self) -> Go:
        here = Here(self._simulation, self.name, self._off_s)
        return self._prepare(self._simulation, here)
