"""docs/simulator.md names everything that can be said to the simulator."""

from __future__ import annotations

import re
from dataclasses import fields
from inspect import signature
from pathlib import Path

import click
import pytest
from bigcommerce_sim import Answer, Effect, FaultRule, Settings, SimulatedStore
from bigcommerce_sim.acts.shopper import Shopper
from bigcommerce_sim.acts.staff import Staff
from bigcommerce_sim.api.routes import TABLE
from bigcommerce_sim.cli import main
from bigcommerce_sim.web.acts_by_name import PLACE, order_acts
from bigcommerce_sim.web.control import control_routes

PAGE = (Path(__file__).parents[3] / "docs" / "simulator.md").read_text()
STORE = SimulatedStore()
SCOPES = sorted({scope for row in TABLE for scope in row.scopes})


def is_named(word: str) -> bool:
    return re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", PAGE) is not None


@pytest.mark.parametrize("name", [each.name for each in fields(Settings)])
def test_every_switch_is_documented(name: str) -> None:
    assert is_named(name)


@pytest.mark.parametrize("word", [*Answer, *Effect, *(each.name for each in fields(FaultRule))])
def test_every_kind_of_fault_is_documented(word: str) -> None:
    assert is_named(word)


@pytest.mark.parametrize(
    "option",
    [name for each in main.params if isinstance(each, click.Option) for name in each.opts],
)
def test_every_option_is_documented(option: str) -> None:
    assert is_named(option)


@pytest.mark.parametrize("act", list(order_acts(STORE)))
def test_every_act_is_documented(act: str) -> None:
    assert is_named(act)


@pytest.mark.parametrize(
    "method",
    [name for who in (Shopper, Staff) for name in vars(who) if not name.startswith("_")],
)
def test_every_method_of_the_handle_is_documented(method: str) -> None:
    assert is_named(method)


@pytest.mark.parametrize("argument", list(PLACE))
def test_everything_that_makes_an_order_is_documented(argument: str) -> None:
    assert is_named(argument)
    assert argument in signature(Shopper.place).parameters


@pytest.mark.parametrize("path", sorted({route.path for route in control_routes(STORE)}))
def test_every_control_path_is_documented(path: str) -> None:
    assert path.replace("{act}", "ACT") in PAGE


@pytest.mark.parametrize("scope", SCOPES)
def test_every_scope_is_documented(scope: str) -> None:
    assert is_named(scope)
