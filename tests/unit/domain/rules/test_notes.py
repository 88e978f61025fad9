"""Staff notes from templates."""

from __future__ import annotations

from datetime import timedelta

import pytest
from orderwarden.domain.facts import Facts
from orderwarden.domain.order_parts import Metafield
from orderwarden.domain.rules.notes import (
    has_stray_brace,
    placeholders,
    render_note,
    values_for,
)
from rule_builders import an_order, some_facts

VALUES = {"order": "218", "rule": "r {x}", "age": "266400", "from": "Shipped", "to": "Completed"}


def test_placeholders_are_filled_in_and_an_age_is_told_in_words() -> None:
    note = render_note("#{order}: {from} to {to} after {age} by {rule}", VALUES)

    assert note == "#218: Shipped to Completed after 3 d 2 h by r {x}"


def test_a_template_without_placeholders_stays_as_it_is() -> None:
    assert render_note("100 % of %s", VALUES) == "100 % of %s"


def test_placeholders_are_listed_with_their_mistakes() -> None:
    assert placeholders("{age} {oder} {age!r} {}") == ("age", "oder", "age!r", "")


@pytest.mark.parametrize("template", ["{", "}", "{age", "age}", "{{age}}", "{age} }"])
def test_a_brace_without_its_other_half_is_noticed(template: str) -> None:
    assert has_stray_brace(template)


def written(template: str, facts: Facts) -> str:
    return render_note(template, values_for(template, facts, "r", 10))


def test_a_text_is_filled_from_the_order() -> None:
    facts = some_facts(age=timedelta(hours=30))

    assert written("{order} {rule} {age} {from} {to} {total}", facts) == (
        "218 r 1 d 6 h Awaiting Payment Completed 69.84 USD"
    )


def test_what_the_order_does_not_say_is_a_question_mark() -> None:
    facts = some_facts(an_order(total_inc_tax=None), metafields=())

    assert written("{total} {meta.erp.state}", facts) == "? ?"
    assert written("{meta.erp.state}", some_facts()) == "?"
    assert written("{total}", some_facts(an_order(default_currency_code=""))) == "69.84"


def test_a_metafield_may_stand_in_a_text() -> None:
    fields = tuple(Metafield(n, "erp", "state", each, {}) for n, each in enumerate("ab"))

    assert written("is {meta.erp.state}", some_facts(metafields=fields)) == "is a, b"
