"""A store that drops, delays, doubles and reorders webhooks and is away for 60 hours.

Afterwards every order is where the rules want it, no change was made twice, and what the
reconciliations counted is what the store's own record says.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest
from bigcommerce_sim import Attempt
from catching_up import CatchingUp
from orderwarden.domain.line import WRITTEN
from scenario import Scenario
from system.stories import RULES, STORIES, Act, Story

STEP_S = 900
HOURS = 3600 // STEP_S
BEFORE, AWAY, AFTER = 12 * HOURS, 60 * HOURS, 12 * HOURS


class LossyWay:
    """Between the store and us: loses, keeps back, doubles and shuffles webhooks."""

    def __init__(self, scenario: Scenario, random: Random) -> None:
        self._receive = scenario.receive_webhook
        self._random = random
        self._kept: list[Attempt] = []
        self.is_cut = False
        scenario.receive_webhook = self.receive  # type: ignore[method-assign]

    def receive(self, attempt: Attempt) -> int:
        if self.is_cut:
            return 503
        chance = self._random.random()
        if chance < 0.35:
            return 200  # lost
        if chance < 0.55:
            self._kept.append(attempt)
            return 200
        times = 2 if chance < 0.75 else 1
        return [self._receive(attempt) for _ in range(times)][-1]

    def let_go(self) -> None:
        """Deliver some of what was kept back, in any order."""
        self._random.shuffle(self._kept)
        for _ in range(self._random.randint(0, len(self._kept))):
            self._receive(self._kept.pop())


class Week:
    """Orders with their stories, told over days, a quarter of an hour at a time."""

    def __init__(self, folder: Path, seed: int) -> None:
        random = Random(seed)
        self.scenario = Scenario(folder, rules=RULES)
        self.catching_up = CatchingUp(self.scenario)
        self._way = LossyWay(self.scenario, random)
        self._random = random
        self.told: dict[int, Story] = {}
        self.reports: list[Mapping[str, object]] = []
        self._plan: dict[int, list[tuple[int, Act | None]]] = {}
        for number, story in enumerate(STORIES * 2):
            steps = sorted(random.sample(range(BEFORE + AWAY), len(story.acts) + 1))
            for step, act in zip(steps, (None, *story.acts), strict=True):
                self._plan.setdefault(step, []).append((number, act))
        self._orders: dict[int, int] = {}

    def pass_by(self) -> None:
        away = self.scenario
        fault = 0
        for step in range(BEFORE + AWAY + AFTER):
            if step == BEFORE:
                self._way.is_cut = True
                fault = away.fault("reset")
            if step == BEFORE + AWAY:
                self._way.is_cut = False
                away.sim.faults.remove(fault)
            self._step(step)

    def _step(self, step: int) -> None:
        end = self.scenario.clock.now() + timedelta(seconds=STEP_S)
        for number, act in self._plan.get(step, ()):
            self._act(number, act)
        self.scenario.run(for_s=STEP_S)
        self._way.let_go()
        self.scenario.run(for_s=0)
        self.scenario.unpark()
        left_s = (end - self.scenario.clock.now()).total_seconds()
        self.scenario.clock.advance(max(left_s, 0.0))
        done = self.catching_up.run()
        self.reports.append({**done.run.summary, "record": self._record(done.run.summary)})

    def _act(self, number: int, act: Act | None) -> None:
        story, sim = (STORIES * 2)[number], self.scenario.sim
        if act is None:
            order = sim.shopper.place(**story.order)  # type: ignore[arg-type]
            self._orders[number], self.told[order] = order, story
            return
        name = act.what.replace("-", "_")
        actor = sim.staff if hasattr(sim.staff, name) else sim.shopper
        getattr(actor, name)(self._orders[number], **act.details)

    def _record(self, summary: Mapping[str, object]) -> int | None:
        """Return how many orders were modified in the window, as the store itself knows."""
        if "from" not in summary:
            return None
        begin, end = str(summary["from"]), str(summary["to"])
        orders = [self.scenario.sim.order(order) for order in self.told]
        listed = [o.date_modified.isoformat() for o in orders if not o.is_deleted]
        return sum(begin <= modified <= end for modified in listed)


def changes(scenario: Scenario) -> Iterator[tuple[int, int | None, int | None, bool]]:
    """Yield order, from, to and whether with a note, of every change made through the API."""
    for write in scenario.sim.journal.writes:
        if write.actor.startswith("api:") and write.order_id is not None:
            note = "staff_notes" in write.changes
            yield write.order_id, write.before_status, write.after_status, note


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_after_the_next_passes_all_is_as_the_rules_want_it_and_nothing_was_done_twice(
    tmp_path: Path, seed: int
) -> None:
    week = Week(tmp_path, seed)

    week.pass_by()

    scenario = week.scenario
    made = list(changes(scenario))
    for order, story in week.told.items():
        assert scenario.status_of(order) == story.must_be, story.about
        of_it = tuple(change[1:] for change in made if change[0] == order)
        assert of_it == story.changes, story.about
    lines = [line for order in week.told for line in scenario.lines(order)]
    claimed = Counter(line.order_id for line in lines if line.result in WRITTEN)
    assert claimed == Counter(order for order, *_ in made)
    assert scenario.queue.depth().queued == 0


@pytest.mark.parametrize("seed", [4])
def test_every_report_agrees_with_the_stores_own_record(tmp_path: Path, seed: int) -> None:
    week = Week(tmp_path, seed)

    week.pass_by()

    complete = [report for report in week.reports if report["ended"] == "complete"]
    assert len(complete) == BEFORE + AFTER
    assert {report["ended"] for report in week.reports} == {"complete", "again"}
    for report in complete:
        parts = [report[name] for name in ("received", "missed", "unmatched")]
        assert report["orders"] == sum(parts)  # type: ignore[arg-type]
        assert report["orders"] == report["record"]
    back = complete[BEFORE]
    assert back["orders"]
    assert back["recovered"]
