"""Let a simulation go on until it is quiet: nothing on its way, parked, or left to a round."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from scheduler import Runaway

if TYPE_CHECKING:
    from simulation import Simulation

LONG_S: Final = 3 * 86400.0
"""Longer than BigCommerce tries to deliver a webhook."""

MOST_WAITS: Final = 40
"""Rounds of waiting for parked signals; then a run counts as never quiet."""

ROUND_S: Final = 301.0
"""As long as the rounds that put back what is parked take, and a moment more."""

SETTLED_S: Final = 61.0
"""What is younger a reconciliation leaves to its webhook."""

MOST_ROUNDS: Final = 320
"""So often is waited for an undisturbed round: what a sweep lost is found after six hours, money
that nothing tells of after a day."""


class Quiet:
    """When a simulation is quiet.

    Attributes:
        all_runs_since: When what was stopped or broken was last set right.
        was_never: It went on and on.
    """

    def __init__(self, simulation: Simulation) -> None:
        self._of = simulation
        self.all_runs_since = simulation.clock.now()
        self.was_never = False

    def come(self, first_s: float = 0.0) -> None:
        """Go on until nothing is on its way, nothing parked waits, and every round was made."""
        try:
            self._of.scheduler.run(first_s)
            if self._rests() and self._make_rounds():
                return
        except Runaway:
            pass
        self.was_never = True

    def _rests(self) -> bool:
        """Go on until nothing is on its way and nothing parked waits for its time alone."""
        for _ in range(MOST_WAITS):
            self._of.scheduler.run(LONG_S)
            times = [parked.until for parked in self._of.parked() if parked.until]
            if not times:
                return True
            wait_s = max((min(times) - self._of.clock.now()).total_seconds(), 0.0)
            self._of.scheduler.run(wait_s + ROUND_S, is_patient=True)
        return False

    def _make_rounds(self) -> bool:
        """Go on until every round was made undisturbed since the last thing happened.

        Returns:
            Whether all is quiet; rounds that are disturbed again and again are no noise.
        """
        if not self._of.plan.sweeps and not self._of.plan.catches_up:
            return True
        for _ in range(MOST_ROUNDS):
            if self._were_made() and not self._is_owed() and not self._is_money_owed():
                return True
            self._of.scheduler.run(ROUND_S, is_patient=True)
            if not self._rests():
                return False
        return True

    def _were_made(self) -> bool:
        """Return whether a round of each kind went through since the last thing happened."""
        since = self._last_moved_at()
        whole = {each.kind for each in self._of.rounds if each.is_whole_since(since)}
        return whole >= set(self._of.plan.rounds)

    def _last_moved_at(self) -> datetime:
        """Return since when a round finds all there is to find."""
        one = self._of
        return max(
            one.witness.moved_at + timedelta(seconds=SETTLED_S),
            one.witness.last_due_at() - one.sim_clock.ahead,
            self.all_runs_since,
        )

    def _is_owed(self) -> bool:
        """Return whether a signal was taken on and is nowhere: a sweep queues it anew."""
        return any(self._of.unended(order_id) for order_id in self._of.witness.orders.values())

    def _is_money_owed(self) -> bool:
        """Return whether money came that only a late look or a due sweep finds."""
        witness = self._of.witness
        return witness.has_lost_money() and any(
            witness.wish(order_id) is not None or witness.is_left_cancelled(order_id)
            for order_id in witness.orders.values()
        )
