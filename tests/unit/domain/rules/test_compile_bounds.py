"""What a rule file may not hold although each part of it makes sense."""

from __future__ import annotations

import pytest
from orderwarden.errors import ConfigurationError
from orderwarden_cli.rules_yaml import read_rules


def problems(text: str) -> list[str]:
    with pytest.raises(ConfigurationError) as raised:
        read_rules(text, "rules.yaml")
    return [problem.removeprefix("rules.yaml:") for problem in raised.value.problems]


def problems_of(**changes: str) -> list[str]:
    """Return the problems of a file of one rule on line 3, without the part all have in common."""
    parts = {
        "name": "r",
        "on": "status_updated",
        "when": "{status: Shipped}",
        "do": "[set_status: Completed]",
        **changes,
    }
    lines = "".join(f"    {key}: {value}\n" for key, value in parts.items())
    return problems(f"version: 1\nrules:\n  -\n{lines}")


def test_a_rule_has_so_many_tests_at_most() -> None:
    tests = ", ".join(f"{{items: {n}}}" for n in range(201))

    (problem,) = problems_of(when=f"{{any: [{tests}]}}")

    assert problem == "6:11: rules[r].when: 201 tests; write at most 200 for one rule"


def test_a_test_has_so_many_values_at_most() -> None:
    values = ", ".join(map(str, range(1_001)))

    (problem,) = problems_of(when=f"{{items: [{values}]}}")

    assert problem == "6:19: rules[r].when.items: 1001 values; write at most 1000"


@pytest.mark.parametrize("key", ["holidays", "offline_methods"])
def test_a_list_of_the_store_has_so_many_entries_at_most(key: str) -> None:
    entries = ", ".join(["2026-12-25"] * 1_001)

    (problem,) = problems(f"version: 1\nrules: []\nstore:\n  {key}: [{entries}]\n")

    assert problem.endswith("1001 entries; write at most 1000")


@pytest.mark.parametrize("action", ["capture", "void", "refund: all"])
def test_money_is_moved_only_where_the_file_allows_it(action: str) -> None:
    kind = action.partition(":")[0]

    assert problems_of(do=f"[{action}]") == [
        (
            f"7:9: rules[r].do: `{kind}` moves money; write allow_payment_actions: true at the "
            "top of the file to let its rules do that"
        )
    ]


def test_money_is_moved_in_one_way_and_once() -> None:
    text = """\
version: 1
allow_payment_actions: yes
rules:
  - name: r
    on: transaction_created
    when: {status: Cancelled}
    do: [void, refund: all]
    repeat: each_transaction
"""

    assert problems(text) == [
        "7:9: rules[r].do: more than one of capture, void and refund; a rule has one of them"
    ]
    assert problems(text.replace("void, ", "")) == [
        "8:13: rules[r].repeat: `refund` may not repeat: money is moved once per order"
    ]


@pytest.mark.parametrize(
    "when",
    [
        "{status: Incomplete, paid: true}",
        "{status: [Pending, Awaiting Payment], skus: A}",
        "{status: {not_in: [2, 4, 5, 6, 10, 14]}, paid: true}",
    ],
)
def test_a_costly_sweep_over_abandoned_checkouts_is_refused(when: str) -> None:
    (problem,) = problems_of(on="sweep", when=when)

    assert "a sweep over ever more orders (" in problem


@pytest.mark.parametrize(
    "when",
    [
        "{status: Incomplete, age: {at_least: 1h}}",  # costs no call
        "{status: Incomplete, age: {between: [1h, 3d]}, paid: true}",
        "{status: Awaiting Payment, age: {at_least: 12h}, customer_group: {not_in: [Wholesale]}}",
    ],
)
def test_a_sweep_is_bounded_by_a_status_that_orders_leave(when: str) -> None:
    rule = f"{{name: r, on: sweep, when: {when}, do: [staff_note: a]}}"

    assert read_rules(f"version: 1\nrules: [{rule}]", "rules.yaml").rules


def test_a_stock_rule_over_ever_more_orders_is_refused() -> None:
    (problem,) = problems_of(on="stock_changed", when="{out_of_stock: true}")

    assert "a sweep over ever more orders (" in problem
