"""What an explanation says would happen is what `process` then does."""

from __future__ import annotations

from pathlib import Path

import pytest
from contracts.builders import a_line
from orderwarden.adapters.bigcommerce_pacing import Pacer
from orderwarden.adapters.bigcommerce_store import BigCommerceReader
from orderwarden.domain.line import Result
from orderwarden.domain.signal import Trigger
from orderwarden.services.explain import Explanation, Sources, explain_order
from orderwarden_cli.rules_yaml import read_rules
from scenario import STORE, TOKEN, Scenario

HEAD = "version: 1\nmode: live\nrules:\n"
NOTHING = "version: 1\nrules: []\n"
PAID = """  - name: release-paid
    on: order_updated
    when: {status: Awaiting Payment, total: {over: 5}}
    do: [set_status: Awaiting Fulfillment]
"""
ON = """  - name: on-to-shipping
    on: status_updated
    when: {status: Awaiting Fulfillment}
    do: [set_status: Awaiting Shipment]
"""
NOTE = """  - name: note-large
    on: order_updated
    when: {total: {over: 5}}
    do: [staff_note: "Large."]
"""
CANCEL = """  - name: cancel-it
    on: order_updated
    when: {status: Awaiting Payment, total: {over: 5}}
    do: [set_status: Cancelled]
"""


def explained(scenario: Scenario, rules: str, order: int) -> Explanation:
    """Explain an order by rules, for any webhook."""
    pacer = Pacer(scenario.clock)
    reader = BigCommerceReader(
        STORE, TOKEN, "https://api.example.com", pacer, scenario.clock, adapter=scenario.adapter
    )
    sources = Sources(reader, scenario.state, scenario.changelog)
    compiled = read_rules(rules, "rules.yaml")
    return explain_order(sources, STORE, order, compiled, Trigger.ORDER_UPDATED)


def would(found: Explanation) -> list[tuple[str, str]]:
    """Return rule and result as the changelog would have them."""
    [occasion] = found.occasions
    return [
        (each.rule.name, "would" if not each.rule.is_live else "blocked" if each.blocked else "")
        for each in occasion.verdicts
    ]


@pytest.mark.parametrize(
    ("rules", "payment_method", "expected"),
    [
        (PAID, "Credit Card", [("release-paid", "")]),
        (PAID + ON, "Credit Card", [("release-paid", "")]),
        (NOTE + PAID, "Credit Card", [("note-large", ""), ("release-paid", "")]),
        (PAID + NOTE, "Credit Card", [("release-paid", ""), ("note-large", "")]),
        (CANCEL, "Credit Card", [("cancel-it", "")]),
        (CANCEL + PAID, "Check", [("cancel-it", "blocked")]),
        (CANCEL + PAID + NOTE, "Check", [("cancel-it", "blocked"), ("note-large", "")]),
        (
            PAID + "    mode: shadow\n" + CANCEL,
            "Credit Card",
            [("release-paid", "would"), ("cancel-it", "")],
        ),
        (
            PAID + "    continue: true\n" + CANCEL + NOTE,
            "Credit Card",
            [("release-paid", ""), ("note-large", "")],
        ),
    ],
)
def test_what_is_explained_is_what_then_happens(
    tmp_path: Path, rules: str, payment_method: str, expected: list[tuple[str, str]]
) -> None:
    scenario = Scenario(tmp_path, NOTHING)
    order = scenario.sim.shopper.place(total="640.00", payment_method=payment_method)
    scenario.run()

    found = would(explained(scenario, HEAD + rules, order))
    scenario.publish(HEAD + rules)
    scenario.clock.advance(60)
    scenario.sim.staff.edit(order, customer_message="hello")
    scenario.run()

    assert found == expected
    done = [(rule, result.replace("applied", "")) for rule, result in scenario.results(order)]
    assert done == expected


def test_the_chain_that_would_follow_is_told(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, NOTHING)
    order = scenario.sim.shopper.place(total="640.00")

    [occasion] = explained(scenario, HEAD + PAID + ON, order).occasions

    [verdict] = occasion.verdicts
    assert [rule.name for rule in verdict.choice.path] == ["release-paid", "on-to-shipping"]
    assert verdict.choice.to_status_id == 9


def test_a_paused_rule_is_told_and_lower_rules_do_not_take_its_place(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, NOTHING)
    order = scenario.sim.shopper.place(total="640.00")
    scenario.state.pause_rule(STORE, "release-paid")

    [occasion] = explained(scenario, HEAD + PAID + CANCEL + NOTE, order).occasions

    told = [(verdict.rule.name, verdict.blocked) for verdict in occasion.verdicts]
    assert told == [("release-paid", "paused"), ("note-large", "")]


def test_what_was_done_once_for_ever_is_not_told_again(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, HEAD + NOTE)
    order = scenario.sim.shopper.place(total="640.00")
    scenario.run()

    found = explained(scenario, HEAD + NOTE, order)

    assert scenario.results(order) == [("note-large", "applied")]
    assert [each.was_had for each in found.rules] == [True]
    assert would(found) == []


@pytest.mark.parametrize(
    ("done", "was_had"),
    [
        ((), False),
        (("metafield",), False),
        (("metafield", "notify"), True),
    ],
)
def test_a_rule_that_has_something_left_to_do_wins(
    done: tuple[str, ...], was_had: bool, tmp_path: Path
) -> None:
    scenario = Scenario(tmp_path, NOTHING)
    order = scenario.sim.shopper.place(total="640.00")
    for action in done:
        line = a_line(
            action,
            order_id=order,
            rule="tell",
            action=action,
            to_status_id=None,
            result=Result.APPLIED,
        )
        scenario.changelog.replace(line, None)
    rules = """  - name: tell
    on: order_updated
    when: {total: {over: 5}}
    do: [{metafield: {namespace: a, key: b, value: c}}, {notify: "Look."}]
"""

    found = explained(scenario, HEAD + rules, order)

    assert [each.was_had for each in found.rules] == [was_had]
    assert would(found) == ([] if was_had else [("tell", "")])


def test_shadow_rules_send_nothing_but_get(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, (HEAD + PAID + NOTE + CANCEL).replace("live", "shadow"))
    scenario.sim.journal.requests.clear()  # the hooks were made by the test
    order = scenario.sim.shopper.place(total="640.00")

    scenario.run()

    assert {result for _, result in scenario.results(order)} == {"would"}
    assert {request.method for request in scenario.sim.journal.requests} == {"GET"}
    assert scenario.our_writes(order) == []
