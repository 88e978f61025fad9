"""The `tests:` of a rule file: facts in; a rule, its actions, or unknown, out."""

from __future__ import annotations

import pytest
from orderwarden.domain.rules.canonical import to_json
from orderwarden.domain.rules.rule_tests import RuleTestResult, run_rule_test
from orderwarden.errors import ConfigurationError
from orderwarden_cli.rules_yaml import read_file

RULES = """\
version: 1
time_zone: America/New_York
store: {holidays: [2026-12-25]}
rules:
  - name: note-large
    on: order_updated
    when: {total: {over: 1000 USD}}
    do: [staff_note: large]
    continue: true
  - name: cancel-old
    on: sweep
    when: {status: Awaiting Payment, age: {at_least: 2 business days}}
    do: [set_status: Cancelled, staff_note: old]
  - name: complete
    on: status_updated
    when: {status: Shipped, skus: {not_in: [GIFT]}}
    do: [set_status: Completed]
    mode: live
"""


def run(test: str) -> RuleTestResult:
    file = read_file(f"{RULES}tests:\n  - {{name: t, {test}}}\n", "rules.yaml")
    (found,) = file.tests
    return run_rule_test(file.rules, found)


def problems(test: str) -> list[str]:
    with pytest.raises(ConfigurationError) as raised:
        read_file(f"{RULES}tests:\n  - {test}\n", "rules.yaml")
    return [each.removeprefix("rules.yaml:") for each in raised.value.problems]


@pytest.mark.parametrize(
    "test",
    [
        "facts: {status: Shipped, skus: [A, B], total: 5}, rule: complete",
        "facts: {status: Shipped, skus: [], total: 5}, rule: complete",
        "facts: {status: Shipped, skus: [A], total: 5}, rule: complete, actions: [set_status]",
        "facts: {status: Shipped, skus: GIFT, total: 5}, rule: none",
        "facts: {status: Shipped, total: 5}, rule: none, unknown: complete",
        "facts: {status: Shipped, skus: ~}, unknown: [complete, note-large]",
        "facts: {status: Pending, skus: ~, total: 1001}, unknown: note-large",
        "facts: {status: Pending, total: 1001 EUR}, unknown: note-large",
        "facts: {status: Pending, total: 1001 USD}, rule: note-large",
        "facts: {status: Pending, total: 1001, currency: usd}, rule: note-large",
        "facts: {status: Shipped, skus: A, total: 1001 USD}, rule: [note-large, complete]",
        (
            "facts: {status: Shipped, skus: A, total: 1001 USD}, "
            "actions: [set_status: Completed, staff_note: large]"
        ),
        "facts: {status: Completed, total: 1}, rule: none",
        "on: sweep, facts: {status: Shipped, skus: A, total: 1001 USD}, rule: none",
        "on: order_created, facts: {status: Shipped, skus: A, total: 5}, rule: complete",
        (
            "facts: {now: 2026-12-28 15:00, status: Awaiting Payment, age: 5d}, "
            "actions: [set_status: Cancelled, staff_note]"
        ),
        "facts: {now: 2026-12-28 14:59, status: Awaiting Payment, age: 4d}, rule: none",
        "facts: {status: Awaiting Payment, age: 5d}, unknown: cancel-old",
    ],
)
def test_what_is_expected_is_found(test: str) -> None:
    result = run(test)

    assert result.has_passed, result.found


@pytest.mark.parametrize(
    ("test", "expected", "found"),
    [
        (
            "facts: {status: Shipped, skus: A, total: 5 USD}, rule: none",
            "no rule",
            "complete; actions set_status",
        ),
        (
            "facts: {status: Shipped, total: 5 USD}, rule: complete",
            "complete",
            "no rule; unknown: complete",
        ),
        (
            "facts: {status: Shipped, skus: A, total: 5 USD}, unknown: complete",
            "unknown: complete",
            "complete; actions set_status",
        ),
        (
            "facts: {status: Shipped, skus: A, total: 5 USD}, actions: [set_status: Disputed]",
            "actions set_status",
            "complete; actions set_status",
        ),
        (
            "facts: {status: Shipped, skus: A, total: 5 USD}, actions: [set_status, staff_note]",
            "actions set_status, staff_note",
            "complete; actions set_status",
        ),
        (
            "facts: {status: Shipped, skus: A, total: 1001 USD}, actions: [set_status]",
            "actions set_status",
            "note-large, complete; actions staff_note, set_status",
        ),
        (
            "facts: {status: Shipped, skus: A, total: 1001 USD}, rule: [complete, note-large]",
            "complete, note-large",
            "note-large, complete; actions staff_note, set_status",
        ),
    ],
)
def test_what_is_found_instead_is_told(test: str, expected: str, found: str) -> None:
    result = run(test)

    assert not result.has_passed
    assert (result.expected, result.found) == (expected, found)


def test_a_test_knows_its_place() -> None:
    result = run("facts: {status: Shipped}, rule: none")

    assert (result.test.name, result.test.line) == ("t", 20)


def test_tests_are_no_part_of_what_is_published() -> None:
    plain = read_file(RULES, "rules.yaml")
    tested = read_file(f"{RULES}tests: [{{name: t, facts: {{}}, rule: none}}]\n", "rules.yaml")

    assert tested.rules.digest == plain.rules.digest
    assert to_json(tested.rules) == to_json(plain.rules)
    assert (len(plain.tests), len(tested.tests)) == (0, 1)


@pytest.mark.parametrize(
    ("field", "value", "when"),
    [
        ("weekday", "Monday", "{weekday: Monday}"),
        ("time_of_day", "09:30", "{time_of_day: {between: [9:00, 10:00]}}"),
        ("now", "2026-12-28 09:30", "{weekday: Monday, time_of_day: {under: 9:31}}"),
        ("status_for", "3d", "{status_for: {over: 2d}}"),
        ("unchanged_for", "3d", "{status_for: {at_least: 3d}}"),
        ("unchanged_for", "3d", "{unchanged_for: {over: 2d}}"),
        ("previous_status", "Pending", "{previous_status: Pending}"),
        ("channel", "2", "{channel: [1, 2]}"),
        ("guest", "yes", "{guest: true}"),
        ("shipped_by", "Status", "{shipped_by: status}"),
        ("payment_status", "''", "{payment_status: ''}"),
        ("balance_due", "5", "{balance_due: {under: 5.01}}"),
        ("meta.erp.state", "done", "{meta.erp.state: done}"),
        ("meta.erp.state", "[]", "{meta.erp.state: {exists: false}}"),
        ("staff_notes", "ring twice", "{staff_notes: {contains: ring}}"),
        ("billing_country", "[US, United States]", "{billing_country: united states}"),
    ],
)
def test_any_field_may_be_given(field: str, value: str, when: str) -> None:
    file = read_file(
        "version: 1\nrules:\n"
        f"  - {{name: r, on: order_updated, when: {when}, do: [staff_note: hi]}}\n"
        f"tests:\n  - {{name: given, facts: {{{field}: {value}}}, rule: r}}\n"
        "  - {name: not given, facts: {}, unknown: r}\n",
        "rules.yaml",
    )
    is_asked_for_its_absence = "exists: false" in when

    given, not_given = (run_rule_test(file.rules, test) for test in file.tests)

    assert given.has_passed, given.found
    assert not_given.has_passed is not is_asked_for_its_absence


@pytest.mark.parametrize(
    ("test", "problem"),
    [
        (
            "{name: t, facts: {}}",
            "20:5: tests[1]: nothing expected; write rule, actions or unknown",
        ),
        ("{facts: {}, rule: none}", "20:5: tests[1]: `name` is missing"),
        (
            "{name: t, facts: {}, rule: complet}",
            "20:32: tests[1].rule: `complet`: no such rule; did you mean `complete`?",
        ),
        (
            "{name: t, facts: {stauts: Shipped}, rule: none}",
            "20:23: tests[1].facts: `stauts`: no such field; did you mean `status`?",
        ),
        (
            "{name: t, facts: {age: 2 business days}, rule: none}",
            (
                "20:28: tests[1].facts.age: `2 business days`; "
                "facts are exact: write a duration such as 3d 4h"
            ),
        ),
        (
            "{name: t, facts: {total: 5 USD, balance_due: 5 EUR}, rule: none}",
            "20:50: tests[1].facts.balance_due: a second currency; an order has one",
        ),
        (
            "{name: t, facts: {now: noon}, rule: none}",
            (
                "20:28: tests[1].facts.now: `noon`: "
                "write the time in the store, such as 2026-12-24 17:30"
            ),
        ),
        (
            "{name: t, facts: {}, actions: [set_stauts]}",
            "20:36: tests[1].actions[1]: `set_stauts`; write actions, such as `set_status: ...`",
        ),
        (
            "{name: t, facts: {}, rule: none, on: sweeps}",
            "20:42: tests[1].on: `sweeps`: no such trigger; did you mean `sweep`?",
        ),
    ],
)
def test_a_mistake_in_a_test_is_explained(test: str, problem: str) -> None:
    assert problems(test) == [problem]


def test_a_file_has_so_many_tests_at_most() -> None:
    with pytest.raises(ConfigurationError, match="1001 tests; write at most 1000"):
        read_file(f"{RULES}tests:\n" + "  - {}\n" * 1_001, "rules.yaml")
