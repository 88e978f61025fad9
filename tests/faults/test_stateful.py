"""A model of orders, money, parcels and rules against the real system; hypothesis shrinks it.

The steps tell a story, which is run when it is complete: what a failing example shrinks to reads
as the few steps that break the promise.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import pytest
from boundaries import Fault
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)
from plans import KEEPER, ROUNDS, Plan
from promises import at_rest, broken
from rulebook import (
    AWAITING_FULFILLMENT,
    AWAITING_PAYMENT,
    AWAITING_PICKUP,
    CANCELLED,
    COMPLETED,
    VERIFY,
)
from simulation import Simulation, running

WAITS: Final = st.sampled_from((0.01, 0.5, 2.0, 30.0, 400.0))
PLACED: Final = ("place", "place_large", "place_apple", "place_paid")
HARMLESS: Final = ("edit", "note", "replay_webhooks", "put_poison", "use_up_quota")
IN_ROUNDS: Final = ("sweep", "reconcile", "lose_webhooks", "hear_webhooks", "switch_hooks_off")
"""What does no harm either where sweeps and reconciliations find what no webhook tells."""
MOST_ORDERS: Final = 3
EXAMPLES, STEPS = 25, 10
"""Small, for every test run."""


@dataclass
class Modelled:
    """An order as the model has it: nothing but what people did to it."""

    begins: int = AWAITING_PAYMENT
    is_pickup: bool = False
    is_paid: bool = False
    is_shipped: bool = False
    is_flagged: bool = False
    is_swept: bool = False

    @property
    def must_end(self) -> int:
        """Return the status in which it must end, whatever goes wrong on the way."""
        if self.is_flagged:
            return VERIFY if self.is_paid else CANCELLED
        if self.is_shipped:
            return COMPLETED
        if self.is_paid and self.begins == AWAITING_PAYMENT:
            return AWAITING_PICKUP if self.is_pickup else AWAITING_FULFILLMENT
        if self.is_swept and self.begins == AWAITING_PAYMENT:
            return CANCELLED
        return self.begins


class Shop(RuleBasedStateMachine):
    """What people do and what goes wrong, step by step; told and judged when it is over."""

    def __init__(self) -> None:
        super().__init__()
        self.story: list[tuple[float, str, int]] = []
        self.faults: dict[int, Fault] = {}
        self.orders: list[Modelled] = []
        self.is_swept = False

    @initialize(is_swept=st.booleans())
    def begin(self, is_swept: bool) -> None:
        self.is_swept = is_swept

    @precondition(lambda self: len(self.orders) < MOST_ORDERS)
    @rule(how=st.sampled_from(PLACED), wait_s=WAITS)
    def place(self, how: str, wait_s: float) -> None:
        begins = AWAITING_FULFILLMENT if how == "place_paid" else AWAITING_PAYMENT
        self.story.append((wait_s, how, len(self.orders)))
        is_pickup = how == "place_apple"
        self.orders.append(Modelled(begins, is_pickup=is_pickup, is_swept=self.is_swept))

    @precondition(lambda self: any(not order.is_paid for order in self.orders))
    @rule(data=st.data(), how=st.sampled_from(("pay", "pay_quietly")), wait_s=WAITS)
    def pay(self, data: st.DataObject, how: str, wait_s: float) -> None:
        order = self._one(data, lambda order: not order.is_paid)
        order.is_paid = True
        self._tell(wait_s, how, order)

    @precondition(lambda self: any(_may_ship(order) for order in self.orders))
    @rule(data=st.data(), wait_s=WAITS)
    def ship(self, data: st.DataObject, wait_s: float) -> None:
        order = self._one(data, _may_ship)
        order.is_shipped = True
        self._tell(wait_s, "ship", order)

    @precondition(lambda self: any(not order.is_flagged for order in self.orders))
    @rule(data=st.data(), wait_s=WAITS)
    def flag(self, data: st.DataObject, wait_s: float) -> None:
        order = self._one(data, lambda order: not order.is_flagged)
        order.is_flagged = True
        self._tell(wait_s, "flag", order)

    @precondition(lambda self: self.orders)
    @rule(data=st.data(), act=st.sampled_from(HARMLESS), wait_s=WAITS)
    def act_besides(self, data: st.DataObject, act: str, wait_s: float) -> None:
        self._tell(wait_s, act, self._one(data, lambda _: True))

    @precondition(lambda self: self.orders and self.is_swept)
    @rule(data=st.data(), act=st.sampled_from(IN_ROUNDS), wait_s=WAITS)
    def make_a_round_or_lose_webhooks(self, data: st.DataObject, act: str, wait_s: float) -> None:
        self._tell(wait_s, act, self._one(data, lambda _: True))

    @rule(number=st.integers(0, 150), fault=st.sampled_from(tuple(Fault)))
    def let_something_go_wrong(self, number: int, fault: Fault) -> None:
        self.faults[number] = fault

    def teardown(self) -> None:
        """Let it all happen, and hold it to the promises and to the model."""
        rounds = ROUNDS if self.is_swept else KEEPER
        told = Plan(story=tuple(self.story), faults=self.faults, rounds=rounds)
        with running(told) as simulation:
            assert broken(simulation) == []
            assert at_rest(simulation) == []
            for number, order in enumerate(self.orders):
                order_id = simulation.witness.orders[number]
                if not _was_somebody_asked(simulation, order_id):
                    assert simulation.sim.order(order_id).status_id == order.must_end

    def _one(self, data: st.DataObject, which: Callable[[Modelled], bool]) -> Modelled:
        return data.draw(st.sampled_from([order for order in self.orders if which(order)]))

    def _tell(self, wait_s: float, act: str, order: Modelled) -> None:
        number = next(i for i, each in enumerate(self.orders) if each is order)
        self.story.append((wait_s, act, number))


def _may_ship(order: Modelled) -> bool:
    is_ready = order.is_paid or order.begins == AWAITING_FULFILLMENT
    return is_ready and not order.is_shipped and not order.is_flagged


def _was_somebody_asked(simulation: Simulation, order_id: int) -> bool:
    """Return whether a person was asked: what others did in our moment cannot be told apart."""
    return any(review.order_id == order_id for review in simulation.reviews())


@pytest.mark.no_cover
def test_orders_end_as_the_model_says_whatever_goes_wrong() -> None:
    small = settings(
        max_examples=EXAMPLES,
        stateful_step_count=STEPS,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )

    run_state_machine_as_test(Shop, settings=small)
