"""A plan says all that will happen in one run; drawn from a seed, and small enough to shrink."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from random import Random
from typing import Final

from boundaries import Fault

KEEPER: Final = ("keeper",)
ROUNDS: Final = ("sweeper", "reconciler")
"""What production does by the clock; a sweep puts back what was parked, as the keeper does."""


@dataclass(frozen=True)
class Plan:
    """One run.

    Attributes:
        seed: Decides latencies, who is next, and every chance inside the store.
        story: (seconds after the last one, act, number of the order).
        faults: Boundary number to what goes wrong there, or at the next boundary where it fits.
        acts_at: Boundary number to an act just before it, and the number of the order.
        is_unhurried: Calls take time, so that workers interleave.
        skew_s: How far the machines' clocks are apart, at most.
        ahead_s: How far the store's clock is ahead of ours.
        chances: Settings of the store: delays, duplicates, losses of webhooks.
        rounds: What is done by the clock, kinds of `rounds.KINDS`; a kind named twice is done
            twice at once. With a sweeper the shop has a rule for it.
        rounds_after_s: When they begin.
    """

    seed: int = 0
    story: tuple[tuple[float, str, int], ...] = ()
    faults: Mapping[int, Fault] = field(default_factory=dict)
    acts_at: Mapping[int, tuple[str, int]] = field(default_factory=dict)
    workers: int = 2
    is_unhurried: bool = False
    skew_s: float = 0.0
    ahead_s: float = 0.0
    chances: Mapping[str, float | bool] = field(default_factory=dict)
    rounds: tuple[str, ...] = KEEPER
    rounds_after_s: float = 0.0

    @property
    def sweeps(self) -> bool:
        """Return whether the shop has a rule that time makes due."""
        return "sweeper" in self.rounds

    @property
    def catches_up(self) -> bool:
        """Return whether what no webhook told of is found all the same."""
        return "reconciler" in self.rounds


STORIES: Final[tuple[tuple[tuple[str, ...], ...], ...]] = (
    (("place_paid",), ("ship", "ship_part")),
    (("place", "place_large"), ("pay", "pay_quietly", "pay_and_move")),
    (("place_apple",), ("pay", "pay_quietly")),
    (("place", "place_large"), ("flag",)),
    (("place_large",), ("edit", "note")),
)
MEANWHILE: Final = (
    *("edit", "note", "revert", "revert", "same", "pay", "pay_quietly", "pay_and_move"),
    *("authorise", "ship", "ship_part", "flag", "dispute", "await_payment", "cancel", "archive"),
    *("await_fulfilment", "replay_webhooks"),
)
OPERATORS: Final = (
    ("publish_fewer", "publish_shop"),
    ("pause_rule", "resume_rule"),
    ("stop_store", "resume_store"),
    ("revoke_token", "restore_token"),
    ("break_store", "mend_store"),
    ("use_up_quota", "use_up_quota"),
    ("put_poison", "retry_dead_letters"),
    ("rotate_secret", "put_poison"),
    ("publish_careful", "approve"),
)

UNHEARD: Final = (
    ("lose_webhooks", "hear_webhooks"),
    ("switch_hooks_off", "edit"),
    ("set_clock_right", "edit"),
)
DUE_S: Final = 7210.0
"""As long as an order stays unpaid before a sweep finds it, and a moment more."""


def draw(seed: int) -> Plan:
    """Return the plan of a seed; in a third of them sweeps and reconciliations take part."""
    plan = _without_rounds(seed)
    dice = Random(f"rounds:{seed}")
    return _with_rounds(plan, dice) if dice.random() < 0.35 else plan


def _with_rounds(plan: Plan, dice: Random) -> Plan:
    """Add what is done by the clock, rounds amid the story, and webhooks that are lost."""
    story = list(plan.story)
    if dice.random() < 0.5:
        wait_s, act, number = story[1]
        story[1] = (wait_s + DUE_S - dice.choice((0.0, 10.0)), act, number)
    for act in dice.choices(("sweep", "sweep", "reconcile"), k=dice.choice((1, 2, 3))):
        at = dice.randrange(1, len(story) + 1)
        story.insert(at, (dice.choice((0.0, 0.2, 5.0, 90.0)), act, 0))
    if dice.random() < 0.5:
        first, then = dice.choice(UNHEARD)
        story.insert(dice.randrange(1, len(story) + 1), (dice.choice((0.0, 1.0)), first, 0))
        story.append((dice.choice((1.0, 60.0)), then, 0))
    acts_at = dict(plan.acts_at)
    if dice.random() < 0.5:
        acts_at[dice.randrange(120)] = (dice.choice(("sweep", "reconcile")), 0)
    return replace(
        plan,
        story=tuple(story),
        acts_at=acts_at,
        rounds=(*ROUNDS, *dice.choice(((), ("sweeper",), ("reconciler",)))),
        rounds_after_s=dice.choice((0.0, sum(after_s for after_s, _, _ in story))),
    )


def _without_rounds(seed: int) -> Plan:
    dice = Random(f"plan:{seed}")
    orders = dice.choice((1, 1, 1, 2))
    story: list[tuple[float, str, int]] = []
    for number in range(orders):
        begins, happens = dice.choice(STORIES)
        story += [(dice.uniform(0, 3), dice.choice(begins), number)]
        story += [(dice.choice((0.0, 2.0, 10.0, 30.0)), dice.choice(happens), number)]
    for _ in range(dice.choice((0, 1, 2, 3, 4))):
        wait_s = dice.choice((0.0, 0.3, 1.0, 5.0, 30.0, 300.0, 7200.0))
        story.append(
            (wait_s * dice.uniform(0.5, 1.5), dice.choice(MEANWHILE), dice.randrange(orders))
        )
    if dice.random() < 0.25:
        first, then = dice.choice(OPERATORS)
        story.append((dice.choice((0.0, 1.0, 5.0)), first, 0))
        story.append((dice.choice((1.0, 60.0, 7200.0)), then, 0))
    faults = {
        dice.randrange(160): dice.choice(tuple(Fault))
        for _ in range(dice.choice((0, 1, 1, 2, 3, 5)))
    }
    acts_at = {
        dice.randrange(120): (dice.choice(MEANWHILE), dice.randrange(orders))
        for _ in range(dice.choice((0, 0, 1, 2)))
    }
    return Plan(
        seed=seed,
        story=tuple(story),
        faults=faults,
        acts_at=acts_at,
        workers=dice.choice((1, 2, 2, 3)),
        is_unhurried=dice.random() < 0.8,
        skew_s=dice.choice((0.0, 0.0, 2.0)),
        ahead_s=dice.choice((0.0, 0.0, -600.0, 290.0, 3.0, -3.0)),
        chances=_chances(dice),
    )


def _chances(dice: Random) -> Mapping[str, float | bool]:
    if dice.random() < 0.4:
        return {}
    return {
        "webhook_delay_s": dice.choice((0.0, 0.5)),
        "webhook_jitter_s": dice.choice((0.0, 1.0, 5.0)),
        "webhook_reorder_probability": dice.choice((0.0, 0.2)),
        "webhook_duplicate_probability": dice.choice((0.0, 0.2)),
        "webhook_other_hash_probability": dice.choice((0.0, 0.2)),
        "webhook_loss_probability": dice.choice((0.0, 0.0, 0.1)),
        "read_lag_s": dice.choice((0.0, 0.0, 1.0, 3.0)),
        "fresh_order_404_s": dice.choice((0.0, 0.0, 3.0)),
        "same_status_put_modifies": dice.random() < 0.3,
        "status_block_probability": dice.choice((1.0, 1.0, 0.7)),
        "stable_webhook_id": dice.random() < 0.5,
    }
