"""What the language can say and this version cannot do is said, never ignored."""

from __future__ import annotations

from orderwarden.domain.rules.carried_out import never_asked
from orderwarden.domain.rules.model import RuleSet
from orderwarden_cli.rules_yaml import read_rules


def rules(entry: str) -> RuleSet:
    text = f"version: 1\nmode: live\ntime_zone: UTC\nrules:\n  - {{name: r, {entry}}}\n"
    return read_rules(text, "rules.yaml")


STATUS = "when: {status: Shipped}, do: [{set_status: Completed}]"


def test_a_rule_that_webhooks_ask_is_not_mentioned() -> None:
    both = rules(f"on: order_updated, {STATUS}")

    assert never_asked(both) == ()


def test_a_rule_that_nothing_asks_is_told() -> None:
    asked = rules(f"on: order_archived, {STATUS}")

    assert never_asked(asked) == (
        "rule r: nothing asks rules on order_archived yet; it never fires",
    )
