"""`warn_before`: which rules may have it, and that it survives publishing."""

from __future__ import annotations

import pytest
from orderwarden.domain.rules.canonical import from_json, to_json
from orderwarden.domain.rules.model import RuleSet
from orderwarden.domain.warning import with_warnings
from orderwarden.errors import ConfigurationError
from orderwarden_cli.rules_yaml import read_rules


def rules(
    warn_before: str,
    *,
    on: str = "sweep",
    when: str = "age: {at_least: 12h}",
    status: str = "Cancelled",
) -> RuleSet:
    rule = (
        f"  - {{name: r, on: {on}, when: {{status: Awaiting Payment, {when}}}, "
        f"do: [set_status: {status}], warn_before: {warn_before}}}\n"
    )
    return read_rules(f"version: 1\nmode: live\nrules:\n{rule}", "rules.yaml")


def test_a_rule_that_cancels_by_age_may_warn_first() -> None:
    [rule] = rules("4h").rules

    assert rule.warn_before_s == 4 * 3600


def test_it_survives_publishing_and_changes_the_fingerprint() -> None:
    published = rules("4h")

    [read] = from_json(to_json(published), 1).rules

    assert read == published.rules[0]
    assert read.fingerprint != rules("5h").rules[0].fingerprint


def test_the_rule_that_warns_stands_before_the_one_it_warns_of_and_is_not_dangerous() -> None:
    [warning, rule] = with_warnings(rules("4h").rules)

    assert (warning.name, rule.name) == ("r (warning)", "r")
    assert [action.kind for action in warning.actions] == ["staff_note", "notify"]
    assert not any(action.is_dangerous for action in warning.actions)


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"on": "[sweep, order_updated]"}, "only a rule on sweep alone"),
        ({"status": "Awaiting Shipment"}, "only a rule on sweep alone"),
        ({"when": "age: {at_least: 4h}"}, "add an age of more than that"),
        ({"when": "status_for: {at_least: 12h}"}, "add an age of more than that"),
        (
            {"when": "age: {at_least: 12h}, unchanged_for: {at_least: 1h}"},
            "unchanged_for would begin anew",
        ),
    ],
)
def test_what_could_not_warn_is_refused(given: dict[str, str], problem: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        rules("4h", **given)

    assert problem in refused.value.problems[0]


def test_a_text_that_is_no_duration_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="write a duration such as 90m"):
        rules("soon")
