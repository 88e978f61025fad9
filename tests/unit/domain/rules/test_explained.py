"""A condition as a tree: what each part saw, and what was not looked at."""

from __future__ import annotations

from orderwarden.domain.facts import UNREADABLE
from orderwarden.domain.rules.explained import Explained, explained
from orderwarden.domain.rules.model import All, AnyOf, Not, Test
from orderwarden.domain.rules.truth import Truth
from rule_builders import a_transaction, an_order, some_facts

SHIPPED = Test("status", "is", (2,))
PAID = Test("paid", "is", (True,))


def test_every_part_says_what_it_saw() -> None:
    condition = All((Not(SHIPPED), AnyOf((PAID, Test("items", "over", (9,))))))

    tree = explained(condition, some_facts(transactions=(a_transaction(),)))

    assert tree == Explained(
        "all of",
        Truth.TRUE,
        parts=(
            Explained(
                "not",
                Truth.TRUE,
                parts=(Explained("status is Shipped", Truth.FALSE, "Awaiting Payment"),),
            ),
            Explained(
                "any of",
                Truth.TRUE,
                parts=(
                    Explained("paid is true", Truth.TRUE, "true"),
                    Explained("items over 9", Truth.FALSE, "4"),
                ),
            ),
        ),
    )


def test_what_the_rest_decided_was_not_looked_at() -> None:
    tree = explained(All((SHIPPED, PAID)), some_facts())

    assert tree.truth is Truth.FALSE
    assert [part.truth for part in tree.parts] == [Truth.FALSE, None]


def test_what_may_still_decide_leaves_the_whole_open() -> None:
    tree = explained(AnyOf((SHIPPED, PAID)), some_facts())

    assert tree.truth is None


def test_why_a_test_is_unknown_is_said() -> None:
    unreadable = explained(PAID, some_facts(transactions=UNREADABLE))
    in_euro = explained(Test("total", "over", (5,), "USD"), some_facts(an_order()))
    by_another = explained(PAID, some_facts(transactions=UNREADABLE), lambda _, __: "so I say")

    assert unreadable.why == "the store does not let transactions be read"
    assert in_euro.why == ""
    assert by_another.why == "so I say"
