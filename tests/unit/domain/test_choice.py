"""Which rule wins, and what its chain adds up to."""

from __future__ import annotations

from builders import an_order, at
from orderwarden.domain.choice import Choice, Needs, choose, winners
from orderwarden.domain.facts import Facts, Resource
from orderwarden.domain.rules.model import Rule
from orderwarden.domain.statuses import IDS
from orderwarden_cli.rules_yaml import read_rules


def rules(*entries: str) -> tuple[Rule, ...]:
    body = "".join(f"  - {entry}\n" for entry in entries)
    text = f"version: 1\nmode: live\ntime_zone: UTC\nrules:\n{body}"
    return read_rules(text, "rules.yaml").rules


def rule(name: str, status: str, to: str, more: str = "") -> str:
    return (
        f"{{name: {name}, on: status_updated, when: {{status: {status}{more}}}, "
        f"do: [{{set_status: {to}}}]}}"
    )


def facts(status: str = "Awaiting Payment", **raw: str) -> Facts:
    return Facts(
        order=an_order(status, modified=0.0, notes="", is_archived=False, **raw), now=at(0)
    )


def always(_rule: Rule, _facts: Facts) -> bool:
    return True


def chosen(every: tuple[Rule, ...], of: Facts) -> Choice:
    choice = choose(every, every, of, always, always)
    assert isinstance(choice, Choice)
    return choice


def test_the_first_rule_that_is_true_wins() -> None:
    every = rules(
        rule("no", "Shipped", "Completed"),
        rule("yes", "Awaiting Payment", "Awaiting Fulfillment"),
        rule("late", "Awaiting Payment", "Disputed"),
    )

    assert chosen(every, facts()).rule.name == "yes"


def test_a_rule_that_wants_what_is_there_does_not_win() -> None:
    every = rules(
        rule("same", "Awaiting Payment", "Awaiting Payment"),
        rule("next", "Awaiting Payment", "Disputed"),
    )

    assert chosen(every, facts()).rule.name == "next"


def test_a_chain_goes_to_its_last_status_in_three_steps_at_most() -> None:
    every = rules(
        rule("a", "Awaiting Payment", "Awaiting Fulfillment"),
        rule("b", "Awaiting Fulfillment", "Awaiting Shipment"),
        rule("c", "Awaiting Shipment", "Shipped"),
        rule("d", "Shipped", "Completed"),
    )

    choice = chosen(every, facts())

    assert [each.name for each in choice.path] == ["a", "b", "c"]
    assert choice.to_status_id == IDS["Shipped"]


def test_a_chain_stops_before_a_status_repeats() -> None:
    every = rules(
        rule("there", "Awaiting Payment", "Awaiting Fulfillment"),
        rule("back", "Awaiting Fulfillment", "Awaiting Payment"),
    )

    choice = chosen(every, facts())

    assert [each.name for each in choice.path] == ["there"]
    assert choice.to_status_id == IDS["Awaiting Fulfillment"]


def test_nothing_dangerous_is_part_of_a_chain() -> None:
    every = rules(
        rule("harmless", "Awaiting Payment", "Disputed"),
        rule("cancel", "Disputed", "Cancelled"),
        rule("after", "Cancelled", "Manual Verification Required"),
    )

    ending_in_danger = chosen(every, facts("Awaiting Payment"))
    beginning_with_danger = chosen(every, facts("Disputed"))

    assert [each.name for each in ending_in_danger.path] == ["harmless"]
    assert [each.name for each in beginning_with_danger.path] == ["cancel"]


def test_a_rule_that_may_not_follow_ends_the_chain() -> None:
    every = rules(
        rule("a", "Awaiting Payment", "Awaiting Fulfillment"),
        rule("b", "Awaiting Fulfillment", "Awaiting Shipment"),
    )

    choice = choose(every, every, facts(), always, lambda each, _: each.name != "b")

    assert isinstance(choice, Choice)
    assert [each.name for each in choice.path] == ["a"]


def test_the_previous_status_of_a_planned_step_is_the_one_before_it() -> None:
    every = rules(
        rule("a", "Awaiting Payment", "Awaiting Fulfillment"),
        rule("b", "Awaiting Fulfillment", "Disputed", ", previous_status: Awaiting Payment"),
    )

    assert chosen(every, facts()).to_status_id == IDS["Disputed"]


def test_no_rule_below_an_open_one_is_chosen_before_it_is_closed() -> None:
    every = rules(
        rule("costly", "Awaiting Payment", "Awaiting Fulfillment", ", paid: true"),
        rule("cheap", "Awaiting Payment", "Disputed"),
    )
    of = facts(payment_method="Credit Card", payment_status="", total_inc_tax="10.00")

    first = choose(every, every, of, always, always)
    assert first == Needs(Resource.TRANSACTIONS)
    of = of.with_resource(Resource.TRANSACTIONS, ())

    assert chosen(every, of).rule.name == "cheap"


def test_the_notes_of_every_step_are_kept_with_their_rule() -> None:
    every = rules(
        "{name: a, on: order_updated, when: {status: Awaiting Payment}, "
        "do: [{set_status: Awaiting Fulfillment}, {staff_note: first}]}",
        "{name: b, on: order_updated, when: {status: Awaiting Fulfillment}, "
        "do: [{set_status: Awaiting Shipment}, {staff_note: second}]}",
    )

    notes = [(each.name, text) for each, text in chosen(every, facts()).notes]

    assert notes == [("a", "first"), ("b", "second")]


def note(name: str, status: str, more: str = "") -> str:
    return (
        f"{{name: {name}, on: order_updated, when: {{status: {status}}}, "
        f"do: [{{staff_note: {name}}}]{more}}}"
    )


def names(every: tuple[Rule, ...], of: Facts) -> list[str]:
    won = winners(every, of, always)
    assert isinstance(won, tuple)
    return [each.rule.name for each in won]


def test_below_a_winner_others_are_asked_only_if_it_says_continue() -> None:
    every = rules(
        note("first", "Awaiting Payment", ", continue: true"),
        note("no", "Shipped"),
        note("second", "Awaiting Payment"),
        note("third", "Awaiting Payment"),
    )

    assert names(every, facts()) == ["first", "second"]
    choice = chosen(every, facts())
    assert choice.rule.name == "first"
    assert [each.rule.name for each in choice.others] == ["second"]


def test_of_several_winners_the_first_status_counts() -> None:
    status = rule("status", "Awaiting Payment", "Disputed")[:-1] + ", continue: true}"
    every = rules(
        note("before", "Awaiting Payment", ", continue: true"),
        status,
        rule("late", "Awaiting Payment", "Awaiting Fulfillment"),
        note("after", "Awaiting Payment"),
    )

    assert names(every, facts()) == ["before", "status", "after"]


def test_an_open_rule_below_a_winner_is_closed_first() -> None:
    costly = rule("costly", "Awaiting Payment", "Awaiting Fulfillment", ", paid: true")
    every = rules(note("first", "Awaiting Payment", ", continue: true"), costly)
    of = facts(payment_method="Credit Card", payment_status="", total_inc_tax="10.00")

    assert winners(every, of, always) == Needs(Resource.TRANSACTIONS)
    assert names(every, of.with_resource(Resource.TRANSACTIONS, ())) == ["first"]


def test_a_rule_that_wants_more_than_a_status_is_no_part_of_a_chain() -> None:
    more = rule("more", "Awaiting Fulfillment", "Awaiting Shipment")
    every = rules(
        rule("first", "Awaiting Payment", "Awaiting Fulfillment"),
        more.replace("}]}", "}, {notify: sent}]}"),
    )

    assert [each.name for each in chosen(every, facts()).path] == ["first"]
