"""What the language can say and this version cannot do is said, never ignored."""

from __future__ import annotations

import pytest
from orderwarden.domain.rules.carried_out import never_asked, not_carried_out
from orderwarden.domain.rules.model import RuleSet
from orderwarden_cli.rules_yaml import read_rules


def rules(entry: str) -> RuleSet:
    text = f"version: 1\nmode: live\ntime_zone: UTC\nrules:\n  - {{name: r, {entry}}}\n"
    return read_rules(text, "rules.yaml")


STATUS = "when: {status: Shipped}, do: [{set_status: Completed}]"


@pytest.mark.parametrize(
    ("entry", "sentence"),
    [
        (
            "on: order_updated, when: {status: Shipped}, do: [{notify: shipped}]",
            "rule r: the action `notify` is not carried out yet",
        ),
        (
            f"on: order_updated, continue: true, {STATUS}",
            "rule r: `continue` is not carried out yet",
        ),
    ],
)
def test_what_would_be_left_undone_is_refused(entry: str, sentence: str) -> None:
    assert not_carried_out(rules(entry)) == (sentence,)


def test_what_is_carried_out_is_not_mentioned() -> None:
    both = rules(f"on: order_updated, {STATUS}")

    assert not_carried_out(both) == ()
    assert never_asked(both) == ()


def test_a_rule_that_nothing_asks_is_told() -> None:
    asked = rules(f"on: order_archived, {STATUS}")

    assert not_carried_out(asked) == ()
    assert never_asked(asked) == (
        "rule r: nothing asks rules on order_archived yet; it never fires",
    )
