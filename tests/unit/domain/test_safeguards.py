"""What keeps a rule from acting although it won, each reason by itself."""

from __future__ import annotations

import pytest
from builders import a_line, a_status_event, an_order, at
from orderwarden.domain.choice import Choice, Needs, Won
from orderwarden.domain.facts import UNREADABLE, Facts, Fetched, Resource
from orderwarden.domain.line import SOMEBODY_ELSE, Line, Result
from orderwarden.domain.rules.model import Rule
from orderwarden.domain.safeguards import (
    Blocked,
    check,
    may_follow,
    money_blocks,
    standing_danger,
    was_taken_back,
)
from orderwarden.domain.statuses import IDS
from orderwarden_cli.rules_yaml import read_rules
from rule_builders import a_transaction


def a_rule(when: str = "status: Awaiting Payment", *actions: str) -> Rule:
    done = ", ".join(actions or ("set_status: Awaiting Fulfillment",))
    text = f"""
version: 1
mode: live
allow_payment_actions: true
time_zone: UTC
rules:
  - name: r
    on: status_updated
    when: {{{when}}}
    do: [{", ".join(f"{{{each}}}" for each in done.split(", "))}]
"""
    return read_rules(text, "rules.yaml").rules[0]


CANCELS = ("status: Awaiting Payment", "set_status: Cancelled")
CAPTURES = ("status: Awaiting Payment", "capture: true")
REFUNDS = ("status: Awaiting Payment", "refund: all")
VOIDS = ("status: Awaiting Payment", "void: true", "set_status: Cancelled")


def some_facts(
    status: str = "Awaiting Payment", *, transactions: Fetched | None = (), **raw: object
) -> Facts:
    """Return an unpaid order of 640 by credit card, its transactions read unless None."""
    told: dict[str, object] = {
        "payment_method": "Credit Card",
        "payment_status": "",
        "total_inc_tax": "640.00",
        "default_currency_code": "USD",
        "store_credit_amount": "0.00",
        "gift_certificate_amount": "0.00",
    }
    order = an_order(status, **(told | raw))  # type: ignore[arg-type]
    read = {} if transactions is None else {Resource.TRANSACTIONS: transactions}
    return Facts(order=order, now=at(60), resources=read)


def checked(
    rule: Rule, facts: Facts, *lines: Line, protected: frozenset[int] = frozenset()
) -> Blocked | Needs | None:
    return check(Choice.of(Won(rule, ())), facts, lines, (), protected)


def test_a_rule_that_nothing_speaks_against_may_act() -> None:
    assert checked(a_rule(), some_facts()) is None
    assert checked(a_rule(*CANCELS), some_facts()) is None
    assert may_follow(a_rule(), some_facts(), (), ())


@pytest.mark.parametrize("status", ["Refunded", "Cancelled", "Declined", "Completed", "Disputed"])
def test_a_protected_status_is_left_alone(status: str) -> None:
    assert checked(a_rule(), some_facts(status)) == Blocked("protected_status")
    assert not may_follow(a_rule(), some_facts(status), (), ())
    assert may_follow(a_rule(f"status: {status}"), some_facts(status), (), ())


def test_a_status_that_the_merchant_protects_is_left_alone() -> None:
    protected = frozenset({IDS["Awaiting Pickup"]})

    found = checked(a_rule(), some_facts("Awaiting Pickup"), protected=protected)

    assert found == Blocked("protected_status")


@pytest.mark.parametrize("held", ["r", "*"])
def test_a_held_rule_is_no_part_of_a_chain(held: str) -> None:
    assert not may_follow(a_rule(), some_facts(), {held}, ())
    assert may_follow(a_rule(), some_facts(), {"another"}, ())


def test_a_rule_that_names_no_test_orders_is_no_part_of_their_chain() -> None:
    facts = some_facts(payment_method="Test Payment Gateway")

    assert not may_follow(a_rule(), facts, (), ())
    assert may_follow(a_rule("test_order: true"), facts, (), ())


def test_before_a_dangerous_change_the_transactions_are_read() -> None:
    facts = some_facts(transactions=None)

    assert checked(a_rule(*CANCELS), facts) == Needs(Resource.TRANSACTIONS)


def test_transactions_that_cannot_be_read_keep_an_order() -> None:
    facts = some_facts(transactions=UNREADABLE)

    assert checked(a_rule(*CANCELS), facts) == Blocked("transactions_unreadable")


def test_a_failed_capture_stops_what_rests_on_it() -> None:
    captured = a_line(rule="r", action="capture", after=None)
    facts = some_facts(payment_status="authorized")

    found = checked(a_rule(*CAPTURES, "set_status: Shipped"), facts, captured)

    assert found == Blocked("not_captured", needs_person=True)


def test_a_void_that_was_not_made_is_still_the_danger_to_be_judged() -> None:
    failed = a_line(rule="r", action="void", after=None, result=Result.FAILED)

    found = checked(a_rule(*VOIDS), some_facts(), failed)

    assert found == Blocked("nothing_authorised")


@pytest.mark.parametrize("action", [CAPTURES, VOIDS, REFUNDS])
@pytest.mark.parametrize("status", ["capture pending", "void pending", "pending"])
def test_no_money_is_moved_while_some_is_in_motion(action: tuple[str, ...], status: str) -> None:
    paid = (a_transaction("purchase", "640.00"),)
    facts = some_facts(payment_status=status, transactions=paid)

    kind = action[1].partition(":")[0]

    assert money_blocks(a_rule(*action), kind, facts) == Blocked("payment_in_motion")


def test_money_is_moved_only_where_it_is_known_to_be_there() -> None:
    odd = some_facts(transactions=(a_transaction("chargeback", "640.00"),))
    none = some_facts()
    held = some_facts(
        transactions=(a_transaction("authorization", "640.00"),), payment_status="authorized"
    )
    paid = some_facts(transactions=(a_transaction("purchase", "640.00"),))

    assert money_blocks(a_rule(*REFUNDS), "refund", odd) == Blocked("money_unknown")
    assert money_blocks(a_rule(*REFUNDS), "refund", none) == Blocked("nothing_to_refund")
    assert money_blocks(a_rule(*REFUNDS), "refund", paid) is None
    assert money_blocks(a_rule(*CAPTURES), "capture", none) == Blocked("nothing_authorised")
    assert money_blocks(a_rule(*CAPTURES), "capture", held) is None


def test_what_was_taken_by_halves_is_not_captured_again() -> None:
    both = (a_transaction("purchase", "40.00"), a_transaction("authorization", "600.00"))
    facts = some_facts(transactions=both, payment_status="authorized")

    assert money_blocks(a_rule(*CAPTURES), "capture", facts) == Blocked("nothing_authorised")


def changes(count: int, result: Result, **more: object) -> list[Line]:
    before, after = "Awaiting Payment", "Awaiting Fulfillment"
    return [
        a_line(id=f"line-{n}", rule="r", before=before, after=after, result=result, **more)  # type: ignore[arg-type]
        for n in range(count)
    ]


def test_a_change_that_was_reversed_twice_is_left_to_a_person() -> None:
    tug_of_war = Blocked("tug_of_war", needs_person=True)

    assert checked(a_rule(), some_facts(), *changes(1, Result.APPLIED)) is None
    assert checked(a_rule(), some_facts(), *changes(2, Result.APPLIED)) == tug_of_war
    assert checked(a_rule(), some_facts(), *changes(2, Result.APPLIED, undone_by="line-9")) is None


def test_attempts_that_nobody_can_tell_of_count_by_fours() -> None:
    tug_of_war = Blocked("tug_of_war", needs_person=True)

    assert checked(a_rule(), some_facts(), *changes(3, Result.UNCONFIRMED)) is None
    assert checked(a_rule(), some_facts(), *changes(4, Result.UNCONFIRMED)) == tug_of_war


def a_cancellation(**more: object) -> Line:
    fields: dict[str, object] = {"before": "Awaiting Payment", "after": "Cancelled"}
    return a_line(**(fields | {"is_dangerous": True} | more))  # type: ignore[arg-type]


def test_our_last_dangerous_change_stands_until_it_is_taken_back() -> None:
    first, last = a_cancellation(id="a"), a_cancellation(id="b", intended=9.0)
    doubtful = a_cancellation(result=Result.UNCONFIRMED)

    assert standing_danger([last, first]) is last
    assert standing_danger([doubtful]) is doubtful
    assert standing_danger([a_cancellation(undone_by=SOMEBODY_ELSE)]) is None
    assert standing_danger([a_cancellation(result=Result.BLOCKED)]) is None
    assert standing_danger([a_line()]) is None


def test_another_status_in_a_body_from_after_our_change_tells_that_it_was_taken_back() -> None:
    line, ours = a_cancellation(), a_status_event("Awaiting Payment", "Cancelled")
    moved = an_order("Awaiting Payment", modified=30.0)
    lagging = an_order("Awaiting Payment", modified=-10.0)

    assert was_taken_back(line, ours, moved)
    assert not was_taken_back(line, ours, lagging)


def test_a_later_status_event_tells_that_our_change_was_taken_back() -> None:
    line, cancelled = a_cancellation(), an_order("Cancelled", modified=60.0)
    ours = a_status_event("Awaiting Payment", "Cancelled", occurred=1.0)
    anew = a_status_event("Awaiting Payment", "Cancelled", occurred=60.0)

    assert not was_taken_back(line, ours, cancelled)
    assert was_taken_back(line, anew, cancelled)
