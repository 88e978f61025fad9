"""The text of a staff note: a template with a few placeholders."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from orderwarden.domain.rules.durations import in_words

PLACEHOLDERS: Final = ("order", "rule", "age", "from", "to")
LONGEST_TEMPLATE: Final = 1_000

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


def _shown(name: str, value: str) -> str:
    return in_words(int(value)) if name == "age" else value
