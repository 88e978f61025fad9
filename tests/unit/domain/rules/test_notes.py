"""Staff notes from templates."""

from __future__ import annotations

import pytest
from orderwarden.domain.rules.notes import has_stray_brace, placeholders, render_note

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
