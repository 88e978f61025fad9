"""What operators, and other apps with our token, do to a simulation."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final, cast

from beginnings import compiled
from bigcommerce_sim import Answer, FaultRule
from bigcommerce_sim.accounts import Account
from boundaries import Crossing
from orderwarden.ports import Queue, State
from orderwarden.services.publish import publish
from orderwarden.services.unpark import unpark_waiting
from rulebook import rules_of
from scenario import STORE, TOKEN

if TYPE_CHECKING:
    from simulation import Simulation

MOST_AT_ONCE: Final = 100
NEXT_SECRET: Final = "the-next-client-secret"
LAST_WEBHOOKS: Final = 6


class Operators:
    """The people who run the shop's Orderwarden; their commands cross boundaries too.

    Attributes:
        is_revoked: Whether the API answers 401 to everything.
    """

    def __init__(self, simulation: Simulation) -> None:
        self._simulation = simulation
        self._state = cast("State", self._crossing("state", simulation.state))
        self._queue = cast("Queue", self._crossing("queue", simulation.queue))
        self.is_revoked = False
        self._revoked = 0
        self._broken = 0

    def _crossing(self, port: str, target: object) -> object:
        return Crossing("operator", port, target, self._simulation.boundaries)

    def publish(self, rules: str) -> None:
        """Put rules in force."""
        clock = self._simulation.clock
        text = rules_of(rules, is_swept=self._simulation.plan.sweeps)
        publish(self._state, clock, STORE, compiled(text), source=text, author="test")

    def pause_rule(self, rule: str) -> None:
        """Let a rule do nothing for a while."""
        self._state.pause_rule(STORE, rule)

    def resume_rule(self, rule: str) -> None:
        """Let a paused rule run."""
        self._state.resume_rule(STORE, rule)
        self._free(f"rule:{rule}")

    def stop_store(self) -> None:
        """Let nothing of the store be done for a while."""
        self._state.stop(STORE, "by_hand")

    def resume_store(self) -> None:
        """Let a stopped store run."""
        self._state.resume(STORE)
        self._free("store")

    def approve_all(self) -> None:
        """Let every rule go on that asked."""
        for review in self._state.reviews(STORE):
            if review.kind == "approval" and review.rule is not None:
                fingerprint = review.id.removeprefix(f"approval-{review.rule}-")
                self._state.approve(STORE, review.rule, fingerprint)
                self._free(f"approval:{review.rule}")

    def revoke_token(self) -> None:
        """Let the API answer 401 to everything."""
        self.is_revoked = True
        self._revoked = self._simulation.sim.faults.add(FaultRule(Answer.STATUS, status=401))

    def restore_token(self) -> None:
        """Let the API take our token again; the next round finds out."""
        self.is_revoked = False
        self._simulation.sim.faults.remove(self._revoked)

    def rotate_secret(self) -> None:
        """Let the store sign with the next secret, which we know already."""
        self._simulation.sim.accounts.add(Account("client", NEXT_SECRET, TOKEN))

    def retry_dead_letters(self) -> None:
        """Let everything come once more that the queue gave up."""
        self._simulation.queue.retry_dead_letters()

    def break_store(self) -> None:
        """Let the API answer 503 to everything."""
        self._broken = self._simulation.sim.faults.add(FaultRule(Answer.STATUS, status=503))

    def mend_store(self) -> None:
        """Let the API work again."""
        self._simulation.sim.faults.remove(self._broken)

    def let_all_run(self) -> None:
        """Undo whatever was stopped."""
        self.restore_token()
        self.mend_store()
        self.resume_store()
        for rule in self._state.controls(STORE).paused_rules:
            self.resume_rule(rule)

    def set_clock_right(self) -> None:
        """Let our clock jump to the store's."""
        clock = self._simulation.sim_clock
        ahead, clock.ahead = clock.ahead, timedelta(0)
        self._simulation.clock.advance(ahead.total_seconds())

    def switch_hooks_off(self) -> None:
        """Let every hook be off, as the store leaves them after too many failures."""
        self._simulation.witness.was_deaf = True
        hooks = self._simulation.sim.hooks
        for hook in tuple(hooks):
            hooks.deactivate(hook.id, self._simulation.sim.clock.now())

    def lose_webhooks(self, share: float) -> None:
        """Let so many of all webhooks be lost from now on."""
        self._simulation.sim.settings.change("webhook_loss_probability", share)

    def replay_webhooks(self) -> None:
        """Let the last that were delivered come once more, as they were."""
        attempts = self._simulation.sim.attempts
        done = [each.attempt for each in attempts if each.outcome == "delivered"]
        for attempt in done[-LAST_WEBHOOKS:]:
            self._simulation.receive(attempt.headers, attempt.body)

    def _free(self, waits_for: str) -> None:
        unpark_waiting(self._state, self._queue, STORE, waits_for, MOST_AT_ONCE)
