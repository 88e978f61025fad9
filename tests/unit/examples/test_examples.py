"""Every example compiles, passes its own tests, and does on real orders what it promises.

The orders are those of the official documents with what matters changed (tests/rule_builders.py).
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from orderwarden.domain.calendar import Calendar
from orderwarden.domain.facts import Facts
from orderwarden.domain.order_parts import Customer, ShippingAddress, StockLevel
from orderwarden.domain.rules.compile import CompiledFile
from orderwarden.domain.rules.evaluate import evaluate
from orderwarden.domain.rules.lint import Schedule, Severity, lint
from orderwarden.domain.rules.rule_tests import RuleTest, run_rule_test
from orderwarden.domain.rules.truth import Truth
from orderwarden_cli.rules_yaml import read_file
from rule_builders import a_line, a_shipment, a_transaction, an_order, some_facts

EXAMPLES = Path(__file__).parents[3] / "examples"
FILES = {path.stem: read_file(path.read_text(), path.name) for path in EXAMPLES.glob("*.yaml")}
TESTS = [
    pytest.param(file, test, id=f"{name}: {test.name}")
    for name, file in sorted(FILES.items())
    for test in file.tests
]


@pytest.mark.parametrize(("file", "test"), TESTS)
def test_an_example_does_what_its_own_tests_say(file: CompiledFile, test: RuleTest) -> None:
    result = run_rule_test(file.rules, test)

    assert result.has_passed, f"expected {result.expected}, found {result.found}"


@pytest.mark.parametrize("name", sorted(FILES))
def test_an_example_has_nothing_odd(name: str) -> None:
    findings = lint(FILES[name].rules, Schedule())

    assert not [each for each in findings if each.severity is not Severity.NOTE]


@pytest.mark.parametrize("name", sorted(FILES.keys() - {"rules"}))
def test_an_example_shows_a_rule_that_fires_one_that_does_not_and_one_unknown(name: str) -> None:
    expected = [test.expected for test in FILES[name].tests]

    assert any(each.rules for each in expected)
    assert any(each.rules == () for each in expected)
    assert any(each.unknown for each in expected)


HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NEW_YORK = Calendar(ZoneInfo("America/New_York"), frozenset({date(2026, 12, 25)}))


def late(status_since: str | None, now: str, modified: str = "2026-12-01 12:00") -> Facts:
    """Return facts of an order waiting for its shipment; times in New York."""

    def at(text: str) -> datetime:
        return datetime.fromisoformat(text).replace(tzinfo=NEW_YORK.zone).astimezone(UTC)

    dates = {"date_created": at("2026-12-01 12:00"), "date_modified": at(modified)}
    order = an_order(status_id=9, **{key: value.isoformat() for key, value in dates.items()})
    since = at(status_since) if status_since else None
    return Facts(order, at(now), status_since=since, calendar=NEW_YORK)


def sent_to(country: str | None, **body: object) -> Facts:
    address = ShippingAddress(1, None, country, None, raw={})
    return some_facts(an_order(status_id=11, **body), shipping_addresses=(address,))


def of_group(name: str | None, group_id: int | None = 4, **body: object) -> Facts:
    customer = (Customer(11, group_id, name, raw={}),)
    return some_facts(an_order(**body), age=13 * HOUR, customer=customer)


def left(available: int | None, backordered: int | None = None) -> Facts:
    lines = (a_line(1, variant_id=477, quantity_backordered=backordered),)
    stock = (StockLevel(477, 201, available, raw={}),)
    return some_facts(an_order(status_id=11), products=lines, inventory=stock)


NO_MONEY = ()
ALL_PAID = (a_transaction(),)
HALF_PAID = (a_transaction(amount="30"),)
OPEN = {"items_total": None, "status_id": 2}
DIGITAL = {"order_is_digital": True, "status_id": 11}


@pytest.mark.parametrize(
    ("name", "facts", "expected"),
    [
        ("complete-when-shipped", some_facts(an_order(**OPEN), products=(a_line(2, 2),)), "true"),
        ("complete-when-shipped", some_facts(an_order(**OPEN), products=(a_line(2, 1),)), "false"),
        ("complete-when-shipped", some_facts(an_order(**OPEN), products=()), "unknown"),
        ("complete-when-shipped", some_facts(an_order(status_id=7)), "false"),
        ("cancel-unpaid", some_facts(age=12 * HOUR, transactions=NO_MONEY), "true"),
        ("cancel-unpaid", some_facts(age=12 * HOUR - HOUR / 60, transactions=()), "false"),
        ("cancel-unpaid", some_facts(age=12 * HOUR, transactions=ALL_PAID), "false"),
        ("cancel-unpaid", some_facts(age=12 * HOUR, transactions=HALF_PAID), "unknown"),
        (
            "cancel-unpaid",
            some_facts(an_order(payment_method="Check"), age=DAY, transactions=()),
            "unknown",
        ),
        (
            "cancel-unpaid-large",
            some_facts(an_order(total_inc_tax="500.0100"), age=DAY, transactions=()),
            "true",
        ),
        (
            "cancel-unpaid-large",
            some_facts(an_order(total_inc_tax="500.0000"), age=DAY, transactions=()),
            "false",
        ),
        (
            "cancel-unpaid-large",
            some_facts(
                an_order(total_inc_tax="900", default_currency_code="EUR"),
                age=DAY,
                transactions=(),
            ),
            "unknown",
        ),
        ("never-touch-wholesale", of_group("Retail"), "true"),
        ("never-touch-wholesale", of_group(None, 0), "true"),
        ("never-touch-wholesale", of_group("wholesale "), "false"),
        ("never-touch-wholesale", of_group(None), "unknown"),
        ("never-touch-wholesale", of_group("Wholesale", customer_id=0), "true"),
        ("complete-digital", some_facts(an_order(**DIGITAL), transactions=ALL_PAID), "true"),
        ("complete-digital", some_facts(an_order(**DIGITAL), transactions=NO_MONEY), "false"),
        ("complete-digital", some_facts(an_order(**DIGITAL), transactions=HALF_PAID), "unknown"),
        ("complete-digital", some_facts(an_order(order_is_digital=None)), "unknown"),
        ("captured-but-stuck", some_facts(an_order(payment_status="captured")), "true"),
        ("captured-but-stuck", some_facts(transactions=ALL_PAID), "true"),
        (
            "captured-but-stuck",
            some_facts(
                an_order(payment_status="authorized"),
                transactions=(a_transaction("authorization"),),
            ),
            "unknown",
        ),
        ("captured-but-stuck", some_facts(transactions=NO_MONEY), "false"),
        (
            "paid-but-incomplete",
            some_facts(an_order(status_id=0), age=HOUR, transactions=ALL_PAID),
            "true",
        ),
        ("paid-but-incomplete", some_facts(an_order(status_id=0), transactions=()), "false"),
        (
            "paid-but-incomplete",
            some_facts(an_order(status_id=0), age=4 * DAY, transactions=ALL_PAID),
            "false",
        ),
        (
            "paid-but-incomplete",
            some_facts(an_order(status_id=0, payment_method=""), transactions=()),
            "unknown",
        ),
        ("late-shipments", late("2026-12-23 15:00", "2026-12-28 15:00"), "true"),
        ("late-shipments", late("2026-12-23 15:00", "2026-12-28 14:59"), "false"),
        ("late-shipments", late(None, "2026-12-28 15:00", "2026-12-23 15:00"), "true"),
        ("late-shipments", late(None, "2026-12-28 15:00", "2026-12-28 12:00"), "unknown"),
        ("missing-tracking", some_facts(an_order(status_id=2), shipments=()), "true"),
        (
            "missing-tracking",
            some_facts(an_order(status_id=2), shipments=(a_shipment(""),)),
            "true",
        ),
        (
            "missing-tracking",
            some_facts(an_order(status_id=2), shipments=(a_shipment(),)),
            "false",
        ),
        ("missing-tracking", some_facts(an_order(status_id=2, order_is_digital=True)), "unknown"),
        ("hold-disputed", some_facts(an_order(status_id=13)), "true"),
        ("hold-disputed", some_facts(an_order(status_id=11)), "false"),
        ("customs-note", sent_to("NO", total_inc_tax="1200"), "true"),
        ("customs-note", sent_to("NO", total_inc_tax="1000"), "false"),
        ("customs-note", sent_to("DE", total_inc_tax="1200"), "unknown"),  # its name is hidden
        ("customs-note", sent_to(None, total_inc_tax="1200"), "unknown"),
        ("mark-backorders", left(0), "true"),
        ("mark-backorders", left(1, backordered=1), "true"),
        ("mark-backorders", left(1, backordered=0), "false"),
        ("mark-backorders", left(None), "unknown"),
    ],
)
def test_an_example_is_true_of_the_right_orders(name: str, facts: Facts, expected: str) -> None:
    (rule,) = FILES[name].rules.rules

    found = evaluate(rule.when, facts)

    assert found.needs is None
    assert found.truth is Truth(expected)
