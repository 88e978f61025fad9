"""Mistakes in a rule file, and what the merchant reads about them."""

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


def test_all_problems_come_at_once_each_with_its_place() -> None:
    text = """\
version: 2
mode: liv
time_zone: Amerika/New_York
store: {reserve: 20, holidays: [2026-13-01]}
rules:
  - name: cancel-unpaid
    on: [sweep, stauts_updated]
    when:
      stauts: Awaiting Payment
      total: {ovr: 500}
      age: {at_least: 1:30}
    do:
      - set_status: Canceled
      - staff_note: "Unpaid {agee}"
    limt: {per_hour: 9}
"""

    assert problems(text) == [
        "1:10: version: `2`: no such version of the language; write 1",
        "2:7: mode: `liv`: no such mode; did you mean `live`?",
        "3:12: time_zone: `Amerika/New_York`: no such time zone; did you mean `America/New_York`?",
        "4:18: store.reserve: `20`: write a share of the API quota, such as 20%, at most 90%",
        "4:33: store.holidays[1]: `2026-13-01`: no such day; write one such as 2026-12-25",
        (
            "7:17: rules[cancel-unpaid].on[2]: `stauts_updated`: no such trigger; "
            "did you mean `status_updated`?"
        ),
        "9:7: rules[cancel-unpaid].when: `stauts`: no such field; did you mean `status`?",
        (
            "10:15: rules[cancel-unpaid].when.total: `ovr`: no such operator of `total`; "
            "did you mean `over`?"
        ),
        (
            "11:23: rules[cancel-unpaid].when.age.at_least: `1:30`: "
            "write a duration such as 90m, 12h, 3d or 2 business days, at most 3650d"
        ),
        (
            "13:21: rules[cancel-unpaid].do[1].set_status: `Canceled`: no such status; "
            "did you mean `Cancelled`?"
        ),
        (
            "14:21: rules[cancel-unpaid].do[2].staff_note: `{agee}`: no such placeholder; "
            "did you mean `age`?"
        ),
        "15:5: rules[cancel-unpaid]: `limt`: no such key; did you mean `limit`?",
    ]


@pytest.mark.parametrize(
    ("when", "problem"),
    [
        (
            "{}",
            (
                "6:11: rules[r].when: no condition; "
                "write at least one, such as status: Awaiting Payment"
            ),
        ),
        ("[]", "6:11: rules[r].when: a list; write fields, such as `status: ...`"),
        ("Shipped", "6:11: rules[r].when: `Shipped`; write fields, such as `status: ...`"),
        ("", "6:10: rules[r].when: nothing; write fields, such as `status: ...`"),
        (
            "{status: }",
            (
                "6:19: rules[r].when.status: nothing; "
                "write the name of a status, such as `Awaiting Payment`"
            ),
        ),
        ("{status: []}", "6:20: rules[r].when.status: an empty list; write a list for `in`"),
        (
            "{status: {}}",
            ("6:20: rules[r].when.status: no operator; write `is`, `is_not`, `in` or `not_in`"),
        ),
        (
            "{status: {in: Shipped}}",
            "6:25: rules[r].when.status.in: `Shipped`; write a list for `in`",
        ),
        (
            "{status: {is: [Shipped]}}",
            (
                "6:25: rules[r].when.status.is: a list; "
                "write the name of a status, such as `Awaiting Payment`"
            ),
        ),
        (
            "{status: {over: Shipped}}",
            (
                "6:21: rules[r].when.status: `over`: no such operator of "
                "`status`; write `is`, `is_not`, `in` or `not_in`"
            ),
        ),
        (
            "{status: [Shipped, [2]]}",
            (
                "6:30: rules[r].when.status[2]: a list; "
                "write the name of a status, such as `Awaiting Payment`"
            ),
        ),
        (
            "{age: 12h}",
            (
                "6:17: rules[r].when.age: `12h`; write an operator, as in {over: ...}: "
                "`over`, `under`, `at_least`, `at_most` or `between`"
            ),
        ),
        (
            "{age: {over: 12}}",
            (
                "6:24: rules[r].when.age.over: `12`: "
                "write a duration such as 90m, 12h, 3d or 2 business days, at most 3650d"
            ),
        ),
        (
            "{age: {between: [1d, 2 business days]}}",
            (
                "6:27: rules[r].when.age.between: values in several units; "
                "write all of them as `plain duration` or `business days`"
            ),
        ),
        (
            "{total: [5 USD, 5 EUR]}",
            (
                "6:19: rules[r].when.total: values in several units; "
                "write all of them as `EUR` or `USD`"
            ),
        ),
        (
            "{total: 5 US Dollars}",
            (
                "6:19: rules[r].when.total: `5 US Dollars`: "
                "write an amount such as 500, 49.90 or 500 USD"
            ),
        ),
        (
            "{age: {over: 9999 business days}}",
            (
                "6:24: rules[r].when.age.over: `9999 business days`: "
                "write a duration such as 90m, 12h, 3d or 2 business days, at most 3650d"
            ),
        ),
        (
            "{time_of_day: {over: 24:01}}",
            (
                "6:32: rules[r].when.time_of_day.over: `24:01`: "
                "write a time of day such as 09:30 or 17:00, at most 24:00"
            ),
        ),
        (
            "{time_of_day: 9:30}",
            (
                "6:25: rules[r].when.time_of_day: `9:30`; write an operator, as in {over: ...}: "
                "`over`, `under`, `at_least`, `at_most` or `between`"
            ),
        ),
        (
            "{weekday: Satruday}",
            "6:21: rules[r].when.weekday: `Satruday`: no such value; did you mean `Saturday`?",
        ),
        ("{channel: main}", "6:21: rules[r].when.channel: `main`: write an id, a whole number"),
        (
            "{customer_grup: Wholesale}",
            "6:12: rules[r].when: `customer_grup`: no such field; did you mean `customer_group`?",
        ),
        (
            "{meta.namespace: done}",
            (
                "6:12: rules[r].when: `meta.namespace`: no such field; "
                "did you mean `meta.<namespace>.<key>`?"
            ),
        ),
        (
            "{age: {between: [1h, 2h, 3h]}}",
            "6:27: rules[r].when.age.between: 3 values; write two for `between`, both included",
        ),
        (
            "{age: {between: [2h, 1h]}}",
            (
                "6:27: rules[r].when.age.between: the first is larger than the second; "
                "write the smaller one first"
            ),
        ),
        (
            "{total: '1,000'}",
            "6:19: rules[r].when.total: `1,000`: write an amount such as 500, 49.90 or 500 USD",
        ),
        (
            "{total: -5}",
            "6:19: rules[r].when.total: `-5`: write an amount such as 500, 49.90 or 500 USD",
        ),
        (
            "{total: 1e9}",
            "6:19: rules[r].when.total: `1e9`: write an amount such as 500, 49.90 or 500 USD",
        ),
        ("{items: 1.5}", "6:19: rules[r].when.items: `1.5`: write a whole number"),
        ("{paid: maybe}", "6:18: rules[r].when.paid: `maybe`: write true or false"),
        (
            "{payment_method: ~}",
            "6:28: rules[r].when.payment_method: nothing; write a text of 1 to 250 characters",
        ),
        (
            "{payment_method: {exists: Cash}}",
            "6:37: rules[r].when.payment_method.exists: `Cash`: write true or false",
        ),
        (
            "{payment_status: captred}",
            (
                "6:28: rules[r].when.payment_status: `captred`: "
                "no such value; did you mean `captured`?"
            ),
        ),
        (
            "{status: Shipped, status: Pending}",
            "6:29: rules[r].when: `status`: written twice, first on line 6",
        ),
        (
            "{all: {status: Shipped}}",
            "6:17: rules[r].when.all: a mapping; write a list of conditions",
        ),
        ("{any: []}", "6:17: rules[r].when.any: an empty list; write a list of conditions"),
        (
            "{not: [{status: Shipped}]}",
            "6:17: rules[r].when.not: a list; write fields, such as `status: ...`",
        ),
        (
            "{any: [{status: Shipd}]}",
            "6:27: rules[r].when.any[1].status: `Shipd`: no such status; did you mean `Shipped`?",
        ),
    ],
)
def test_a_mistake_in_a_condition_is_explained(when: str, problem: str) -> None:
    assert problems_of(when=when) == [problem]


@pytest.mark.parametrize(
    ("do", "problem"),
    [
        (
            "[]",
            (
                "7:9: rules[r].do: an empty list; "
                "write a list of actions, such as - set_status: Completed"
            ),
        ),
        (
            "{set_status: Completed}",
            (
                "7:9: rules[r].do: a mapping; "
                "write a list of actions, such as - set_status: Completed"
            ),
        ),
        (
            "[Completed]",
            "7:10: rules[r].do[1]: `Completed`; write actions, such as `set_status: ...`",
        ),
        (
            "[set_state: Completed]",
            ("7:10: rules[r].do[1]: `set_state`: no such action; did you mean `set_status`?"),
        ),
        (
            "[set_status: Refunded]",
            (
                "7:22: rules[r].do[1].set_status: `Refunded`: a status moves no money; "
                "refund the order, and BigCommerce sets it by itself"
            ),
        ),
        (
            "[set_status: 14]",
            (
                "7:22: rules[r].do[1].set_status: `Partially Refunded`: a status moves no money; "
                "refund the order, and BigCommerce sets it by itself"
            ),
        ),
        (
            "[set_status: Shipped, set_status: Completed]",
            "7:31: rules[r].do[2]: a second set_status; a rule has one of each",
        ),
        ("[staff_note: '']", "7:22: rules[r].do[1].staff_note: 0 characters; write 1 to 1000"),
        (
            f"[staff_note: {'x' * 1001}]",
            "7:22: rules[r].do[1].staff_note: 1001 characters; write 1 to 1000",
        ),
        (
            "[staff_note: 'after {age']",
            (
                "7:22: rules[r].do[1].staff_note: "
                "a brace without its other half; only placeholders stand in braces"
            ),
        ),
        ("[staff_note: ]", "7:21: rules[r].do[1].staff_note: nothing; write the text of a note"),
        (
            "[staff_note: '{customer}']",
            (
                "7:22: rules[r].do[1].staff_note: `{customer}`: no such "
                "placeholder; write `order`, `rule`, `age`, `from`, `to` or `total`"
            ),
        ),
    ],
)
def test_a_mistake_in_an_action_is_explained(do: str, problem: str) -> None:
    assert problems_of(do=do) == [problem]


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        (
            {"name": "a:b"},
            ("4:11: rules[1].name: `a:b`: write 1 to 80 letters, digits, spaces, `.`, `-` or `_`"),
        ),
        (
            {"name": "x" * 81},
            (
                f"4:11: rules[1].name: `{'x' * 59}…`: "
                "write 1 to 80 letters, digits, spaces, `.`, `-` or `_`"
            ),
        ),
        (
            {"name": "paid_in_window"},
            (
                "4:11: rules[paid_in_window].name: `paid_in_window`: "
                "a name with a meaning of its own; write another"
            ),
        ),
        ({"name": ""}, "4:10: rules[1].name: nothing; write a name"),
        (
            {"on": "reconcile"},
            (
                "5:9: rules[r].on: `reconcile`: no such trigger; "
                "write `message_created`, `order_archived`, `order_created`, `order_updated`, "
                "`refund_created`, `shipment_created`, `shipment_updated`, `status_updated`, "
                "`stock_changed`, `transaction_created` or `sweep`"
            ),
        ),
        (
            {"on": "[]"},
            (
                "5:9: rules[r].on: an empty list; "
                "write a trigger, such as status_updated, or a list of them"
            ),
        ),
        (
            {"on": "[~]"},
            "5:10: rules[r].on[1]: nothing; write a trigger, such as status_updated",
        ),
        (
            {"continue": "perhaps"},
            "8:15: rules[r].continue: `perhaps`: write true or false",
        ),
        (
            {"repeat": "each_order"},
            ("8:13: rules[r].repeat: `each_order`: no such repeat; did you mean `each_refund`?"),
        ),
        (
            {"repeat": "each_message", "do": "[staff_note: hi]"},
            "8:13: rules[r].repeat: no event names one; add `message_created` under on",
        ),
        (
            {"repeat": "each_shipment", "on": "shipment_created"},
            (
                "8:13: rules[r].repeat: set_status needs no repeat: "
                "it acts whenever its rule is true"
            ),
        ),
        ({"mode": "on"}, "8:11: rules[r].mode: `on`: no such mode; write `live` or `shadow`"),
        (
            {"limit": "5"},
            "8:12: rules[r].limit: `5`; write limits, such as `approve_after: ...`",
        ),
        (
            {"limit": "{per_hour: 0}"},
            ("8:23: rules[r].limit.per_hour: `0`: write a whole number of at least 1, or none"),
        ),
        (
            {"limit": "{per_day: 5}"},
            (
                "8:13: rules[r].limit: `per_day`: no such limit; "
                "write `approve_after` or `per_hour`"
            ),
        ),
    ],
)
def test_a_mistake_in_a_rule_is_explained(changes: dict[str, str], problem: str) -> None:
    assert problems_of(**changes) == [problem]


def test_what_a_rule_must_have_is_missed() -> None:
    assert problems("version: 1\nrules: [{}]") == [
        "2:9: rules[1]: `name` is missing",
        "2:9: rules[1]: `on` is missing",
        "2:9: rules[1]: `when` is missing",
        "2:9: rules[1]: `do` is missing",
    ]
    assert problems("version:\nrules:\ntime_zone:") == [
        "1:9: version: nothing; write 1",
        "2:7: rules: nothing; write a list of rules",
        "3:11: time_zone: nothing; write a time zone, such as America/New_York",
    ]
    assert problems("{}") == ["1:1: file: `version` is missing", "1:1: file: `rules` is missing"]


def test_a_name_used_twice_is_a_problem_even_of_a_wrong_rule() -> None:
    text = """\
version: 1
rules:
  - {name: a, on: order_created, when: {status: Pending}, do: [staff_note: a]}
  - {name: a, on: order_created, when: {status: Pendingg}, do: [staff_note: a]}
"""

    assert problems(text) == [
        "4:12: rules[a].name: `a`: a name used twice, first on line 3",
        "4:49: rules[a].when.status: `Pendingg`: no such status; did you mean `Pending`?",
    ]


@pytest.mark.parametrize(
    "when",
    [
        "{status: Completed}",
        "{status: [Awaiting Payment, Shipped]}",
        "{total: {over: 5}}",
        "{status: {not_in: [Completed]}}",
        "{status: Completed, age: {over: 5d}}",
        "{status: Completed, any: [{age: {under: 5d}}, {total: 5}]}",
    ],
)
def test_a_sweep_over_ever_more_orders_is_refused(when: str) -> None:
    (problem,) = problems_of(on="sweep", when=when)

    assert problem.startswith("6:11: rules[r].when: a sweep over ever more orders (")
    assert problem.endswith("or give age an upper bound, such as {between: [3d, 30d]}")


@pytest.mark.parametrize(
    "when",
    [
        "{status: Awaiting Payment}",
        "{status: Completed, age: {under: 5d}}",
        "{age: {between: [1d, 5d]}}",
        "{status: {not_in: [2, 4, 5, 6, 10, 14]}}",
    ],
)
def test_a_sweep_with_an_end_is_not(when: str) -> None:
    rule = f"{{name: r, on: sweep, when: {when}, do: [staff_note: a]}}"

    assert read_rules(f"version: 1\nrules: [{rule}]", "rules.yaml").rules


def test_a_file_full_of_mistakes_names_the_first_hundred() -> None:
    text = "version: 1\nrules:\n" + "  - {}\n" * 100

    found = problems(text)

    assert len(found) == 101
    assert found[-1] == " and 300 more problems"


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ("reserve: 91%", "`91%`: write a share of the API quota, such as 20%, at most 90%"),
        ("reserve: 0.2", "`0.2`: write a share of the API quota, such as 20%, at most 90%"),
        ("offline_methods: {}", "a mapping; write a list of payment methods"),
        ("holidays: [tomorrow]", "`tomorrow`: no such day; write one such as 2026-12-25"),
        ("holidays: [20261225]", "`20261225`: no such day; write one such as 2026-12-25"),
        ("reserve:", "nothing; write a share of the API quota, such as 20%, at most 90%"),
        ("holidays: [~]", "nothing; write a day such as 2026-12-25"),
        ("reserves: 20%", "`reserves`: no such setting; did you mean `reserve`?"),
    ],
)
def test_a_mistake_in_the_store_section_is_explained(value: str, problem: str) -> None:
    (found,) = problems(f"version: 1\nrules: []\nstore:\n  {value}\n")

    assert found.endswith(problem)


@pytest.mark.parametrize("zone", ["America", "../etc/passwd", "/etc", "x" * 10_000, "UTC\\0"])
def test_no_time_zone_opens_another_file(zone: str) -> None:
    (found,) = problems(f'version: 1\nrules: []\ntime_zone: "{zone}"\n')

    assert found.startswith(("3:12: time_zone: `", "3:12: the character"))


@pytest.mark.parametrize(
    ("status", "shown"),
    [
        ("Comp\u200bleted", r"`Comp\u200bleted`: no such status; did you mean `Completed`?"),
        ("Not\u00a0Paid\u202e", r"`Not\xa0Paid\u202e`: no such status; write `Incomplete`"),
    ],
)
def test_characters_that_nobody_sees_are_shown(status: str, shown: str) -> None:
    (found,) = problems_of(when=f"{{status: {status}}}")

    assert found.removeprefix("6:20: rules[r].when.status: ").startswith(shown)


def test_a_comma_between_thousands_is_explained() -> None:
    (found,) = problems_of(when="{total: {over: 1,000.00}}")

    assert found == (
        "6:28: rules[r].when.total: `000.00`: no such operator of `total`; "
        "a comma ends a value, so write 1000 where you mean 1,000"
    )


def test_what_stands_under_a_misspelt_key_is_looked_at_all_the_same() -> None:
    text = """\
version: 1
rules:
  - name: r
    on: order_updated
    wen: {status: Shiped}
    do: [set_status: Completed]
"""

    assert problems(text) == [
        "5:5: rules[r]: `wen`: no such key; did you mean `when`?",
        "5:19: rules[r].wen.status: `Shiped`: no such status; did you mean `Shipped`?",
    ]


@pytest.mark.parametrize(
    ("zone", "advice"),
    [
        ("New York", "did you mean `America/New_York`?"),
        ("sydney", "did you mean `Australia/Sydney`?"),
        ("GMT+5", "write one such as America/New_York"),
    ],
)
def test_a_time_zone_is_told_by_its_city(zone: str, advice: str) -> None:
    (found,) = problems(f"version: 1\nrules: []\ntime_zone: {zone}\n")

    assert found == f"3:12: time_zone: `{zone}`: no such time zone; {advice}"


@pytest.mark.parametrize(
    ("when", "advice"),
    [
        (
            "{and: [{status: Shipped}]}",
            "6:12: rules[r].when: `and`: no such field; did you mean `all`?",
        ),
        (
            "{or: [{status: Shipped}]}",
            "6:12: rules[r].when: `or`: no such field; did you mean `any`?",
        ),
        (
            "{total: {'>=': 5}}",
            (
                "6:20: rules[r].when.total: `>=`: no such operator of `total`; "
                "did you mean `at_least`?"
            ),
        ),
        (
            "{total: {more_than: 5}}",
            (
                "6:20: rules[r].when.total: `more_than`: no such operator of `total`; "
                "did you mean `over`?"
            ),
        ),
    ],
)
def test_a_word_of_another_language_is_translated(when: str, advice: str) -> None:
    assert problems_of(when=when) == [advice]
