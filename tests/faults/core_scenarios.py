"""The stories in which everything is made to go wrong once, at every boundary."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Final

from plans import KEEPER, ROUNDS, Plan

MINUTE: Final = 60.0
HOUR: Final = 3600.0
DAY: Final = 86400.0

Told = tuple[tuple[float, str, int], ...]


@dataclass(frozen=True)
class CoreScenario:
    """One story.

    Attributes:
        story: (seconds after the last one, act, number of the order), as of `plans.Plan`.
        since: The act from whose moment on things go wrong; what came before, others break.
        ends: The status of each order when all is quiet, whatever went wrong; None where that
            depends on who was first.
        most: At so many boundaries, spread over the story, where a run of it takes long.
    """

    story: Told
    since: int = 1
    ends: tuple[int, ...] | None = None
    most: int = 1000
    workers: int = 1
    ahead_s: float = 0.0
    skew_s: float = 0.0
    chances: dict[str, float | bool] = field(default_factory=dict)
    rounds: tuple[str, ...] = KEEPER

    @property
    def plan(self) -> Plan:
        """Return it as a plan in which nothing goes wrong yet."""
        return Plan(
            story=self.story,
            workers=self.workers,
            ahead_s=self.ahead_s,
            skew_s=self.skew_s,
            chances=self.chances,
            is_unhurried=self.workers > 1 or self.rounds != KEEPER,
            rounds=self.rounds,
            rounds_after_s=0.0 if self.rounds == KEEPER else self._told_s,
        )

    @property
    def _told_s(self) -> float:
        """Return when the story is told; rounds before it would only do what its acts do."""
        return sum(after_s for after_s, _, _ in self.story)


def _shipped(*more: tuple[float, str, int]) -> Told:
    return ((0, "place_paid", 0), (30, "ship", 0), *more)


def _before_shipping(act: str, *more: tuple[float, str, int]) -> Told:
    return ((0, "place_paid", 0), (30, act, 0), (1, "ship", 0), *more)


def _flagged(*more: tuple[float, str, int]) -> Told:
    return ((0, "place_large", 0), (30, "flag", 0), *more)


CORE: Final = {
    "one event": CoreScenario(_shipped(), ends=(10,)),
    "a cancellation": CoreScenario(_flagged(), ends=(5,)),
    "a chain of rules": CoreScenario(((0, "place_apple", 0), (30, "pay", 0)), ends=(8,)),
}
"""Those in which two things are made to go wrong, too."""

WHOLE: Final = CORE | {
    "a note alone": CoreScenario(((0, "place_large", 0),), since=0, ends=(7,)),
    "a status, then a note": CoreScenario(((0, "place_large", 0), (30, "pay", 0)), ends=(11,)),
    "duplicates at once in two workers": CoreScenario(
        _shipped((0.2, "replay_webhooks", 0)), ends=(10,), workers=2
    ),
    "money after a cancellation": CoreScenario(
        ((0, "place", 0), (30, "flag", 0), (30, "pay_quietly", 0)), since=2, ends=(12,)
    ),
}
"""Those in which everything goes wrong at every boundary in each run of the tests."""

DUE: Final = 2 * HOUR + 10
SOON: Final = 90.0
"""What is younger than a minute a reconciliation leaves to its webhook."""


def _unheard(placed: str, *acts: tuple[float, str, int]) -> CoreScenario:
    """Return the story of a shipped or paid order none of whose webhooks comes."""
    story = ((0, "lose_webhooks", 0), (0, placed, 0), *acts)
    return CoreScenario(story, since=len(story) - 1, rounds=ROUNDS)


IN_ROUNDS: Final = {
    "a sweep": CoreScenario(((0, "place", 0), (DUE, "sweep", 0)), ends=(5,), rounds=ROUNDS),
    "two sweeps at once": CoreScenario(
        ((0, "place", 0), (0, "place_large", 1), (DUE, "sweep", 0), (0, "sweep", 0)),
        since=2,
        ends=(5, 5),
        workers=2,
        rounds=ROUNDS,
    ),
    "money comes while it is swept": CoreScenario(
        ((0, "place", 0), (DUE, "sweep", 0), (0.5, "pay_quietly", 0)), ends=(11,), rounds=ROUNDS
    ),
    "a reconciliation": replace(
        _unheard("place_paid", (30, "ship", 0), (SOON, "reconcile", 0)), ends=(10,)
    ),
    "two reconciliations at once": replace(
        _unheard("place_apple", (30, "pay", 0), (SOON, "reconcile", 0), (0, "reconcile", 0)),
        since=3,
        ends=(8,),
        workers=2,
    ),
    "a sweep beside a reconciliation": CoreScenario(
        (
            (0, "place", 0),
            (DUE, "lose_webhooks", 0),
            (0, "place_large", 1),
            (30, "pay", 1),
            (SOON, "sweep", 0),
            (0.1, "reconcile", 0),
        ),
        since=4,
        ends=(5, 11),
        workers=2,
        rounds=ROUNDS,
    ),
    "hooks that are off": CoreScenario(
        (
            (0, "reconcile", 0),
            (60, "place_paid", 0),
            (30, "switch_hooks_off", 0),
            (1, "ship", 0),
            (SOON, "reconcile", 0),
            (0.1, "reconcile", 0),
            (5, "note", 0),
        ),
        since=4,
        ends=(10,),
        rounds=ROUNDS,
    ),
    "parked signals that two sweeps put back": CoreScenario(
        (
            (0, "place_paid", 0),
            (30, "break_store", 0),
            (1, "ship", 0),
            (2 * HOUR, "mend_store", 0),
            (SOON, "sweep", 0),
            (0.1, "sweep", 0),
        ),
        since=4,
        ends=(10,),
        workers=2,
        rounds=ROUNDS,
    ),
    "late money that no webhook told of": CoreScenario(
        (
            (0, "place", 0),
            (30, "flag", 0),
            (30, "lose_webhooks", 0),
            (1, "pay_quietly", 0),
            (HOUR, "sweep", 0),
            (0.1, "sweep", 0),
        ),
        since=4,
        ends=(12,),
        rounds=ROUNDS,
    ),
}
"""Those in which rounds find what time alone or a lost webhook left undone."""

OTHERS: Final = {
    "a rule that asks first": CoreScenario(
        (
            (0, "place", 0),
            (0, "place", 1),
            (1, "publish_careful", 0),
            (30, "flag", 0),
            (1, "flag", 1),
            (2 * HOUR, "approve", 0),
        ),
        since=4,
        ends=(5, 5),
    ),
    "money comes before a rule that counts": CoreScenario(
        ((0, "place", 0), (1, "publish_careful", 0), (30, "flag", 0), (0.6, "pay_quietly", 0)),
        since=2,
        ends=(12,),
        workers=2,
    ),
    "two rules want different things": CoreScenario(
        ((0, "place_apple", 0), (30, "ship", 0), (0, "pay", 0)), since=2
    ),
    "late by 48 hours": CoreScenario(
        _shipped((48 * HOUR, "replay_webhooks", 0)), since=2, ends=(10,), most=10
    ),
    "stale readings": CoreScenario(_flagged(), ends=(5,), chances={"read_lag_s": 3.0}),
    "reordered webhooks": CoreScenario(
        _shipped((0.5, "edit", 0), (0.5, "note", 0)),
        ends=(10,),
        chances={"webhook_jitter_s": 8.0, "webhook_reorder_probability": 0.5},
    ),
    "a person puts our change back": CoreScenario(_shipped((30, "revert", 0)), since=2),
    "a person changes it too": CoreScenario(_shipped((0.0, "dispute", 0)), since=2),
    "rules published meanwhile": CoreScenario(
        _shipped((0.0, "publish_fewer", 0)), since=2, ends=(10,)
    ),
    "a rule paused for a month": CoreScenario(
        _before_shipping("pause_rule", (30 * DAY, "resume_rule", 0)), ends=(10,), most=2
    ),
    "a stopped store": CoreScenario(
        _before_shipping("stop_store", (2 * HOUR, "resume_store", 0)), ends=(10,)
    ),
    "a token revoked and restored": CoreScenario(
        _before_shipping("revoke_token", (HOUR, "restore_token", 0)), ends=(10,)
    ),
    "the store down for 3 hours": CoreScenario(
        _before_shipping("break_store", (3 * HOUR, "mend_store", 0)),
        since=3,
        ends=(10,),
        most=14,
    ),
    "the store down for 3 days": CoreScenario(
        _before_shipping("break_store", (3 * DAY, "mend_store", 0)),
        since=3,
        ends=(10,),
        most=1,
    ),
    "quota used up by another app": CoreScenario(_before_shipping("use_up_quota"), ends=(10,)),
    "a poison signal": CoreScenario(_before_shipping("put_poison"), ends=(10,)),
    "dead letters retried": CoreScenario(
        _before_shipping("put_poison", (2, "retry_dead_letters", 0)), ends=(10,)
    ),
    "secrets rotated meanwhile": CoreScenario(_before_shipping("rotate_secret"), ends=(10,)),
    "archived meanwhile": CoreScenario(_shipped((0.0, "archive", 0)), since=2),
    "our clock ten minutes ahead": CoreScenario(_flagged(), ends=(5,), ahead_s=-600.0),
    "our clock five minutes behind": CoreScenario(_flagged(), ends=(5,), ahead_s=290.0),
    "our clock ten minutes behind until it is set right": CoreScenario(
        _flagged((60, "set_clock_right", 0)), ends=(5,), ahead_s=600.0
    ),
    "two machines four seconds apart": CoreScenario(_flagged(), ends=(5,), workers=2, skew_s=2.0),
}
"""Those of single events amid whatever else may happen."""

SCENARIOS: Final = WHOLE | IN_ROUNDS | OTHERS
"""By name."""
