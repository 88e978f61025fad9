"""Texts that rules write: templates with a few placeholders."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from orderwarden.domain.facts import Facts
from orderwarden.domain.rules.durations import in_words
from orderwarden.domain.rules.field import currency_of
from orderwarden.domain.rules.metafields import is_metafield, metafield
from orderwarden.domain.statuses import NAMES

PLACEHOLDERS: Final = ("order", "rule", "age", "from", "to", "total")
LONGEST_TEMPLATE: Final = 1_000
UNKNOWN: Final = "?"
"""What stands for a value that the order does not say."""

_PLACEHOLDER: Final = re.compile(r"\{([^{}]*)\}")


def placeholders(template: str) -> tuple[str, ...]:
    """Return what stands between braces, in order."""
    return tuple(_PLACEHOLDER.findall(template))


def has_stray_brace(template: str) -> bool:
    """Return whether a brace belongs to no placeholder."""
    rest = _PLACEHOLDER.sub("", template)
    return "{" in rest or "}" in rest


def render_note(template: str, values: Mapping[str, str]) -> str:
    """Return the text of a note.

    Args:
        template: What the rule says.
        values: Text for every placeholder; `age` in whole seconds, shown as `13 h` or `3 d 2 h`.
    """
    return _PLACEHOLDER.sub(lambda match: _shown(match[1], values[match[1]]), template)


def values_for(
    template: str, facts: Facts, rule_name: str, to_status_id: int
) -> Mapping[str, str]:
    """Return the text for every placeholder of a template.

    Args:
        template: What the rule says.
        facts: The reading that the rule won on.
        rule_name: Of the rule.
        to_status_id: The status that the order is to have.
    """
    order = facts.order
    total, currency = order.money("total_inc_tax"), currency_of(facts)
    found = {
        "order": str(order.id),
        "rule": rule_name,
        "age": str(int((facts.now - order.date_created).total_seconds())),
        "from": NAMES[order.status_id],
        "to": NAMES[to_status_id],
        "total": UNKNOWN if total is None else f"{total:.2f} {currency or ''}".strip(),
    }
    return found | {n: _metafield(n, facts) for n in placeholders(template) if is_metafield(n)}


def _metafield(name: str, facts: Facts) -> str:
    values = metafield(name).read(facts)
    told = [str(value) for value in values] if isinstance(values, tuple) else []
    return ", ".join(told) or UNKNOWN


def _shown(name: str, value: str) -> str:
    return in_words(int(value)) if name == "age" else value
