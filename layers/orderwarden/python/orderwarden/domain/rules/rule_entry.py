"""From one entry of `rules:` to a rule."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from orderwarden.domain.decision import SET_STATUS
from orderwarden.domain.rules import canonical
from orderwarden.domain.rules.actions import actions
from orderwarden.domain.rules.conditions import condition
from orderwarden.domain.rules.fields import Kind
from orderwarden.domain.rules.lint import endless_sweep
from orderwarden.domain.rules.model import Limits, Rule
from orderwarden.domain.rules.nodes import MappingNode, ScalarNode
from orderwarden.domain.rules.operators import folded
from orderwarden.domain.rules.places import NOT_YET, Place
from orderwarden.domain.rules.problems import quoted
from orderwarden.domain.rules.values import FORMS, choice
from orderwarden.domain.signal import WEBHOOK_TRIGGERS, Trigger
from orderwarden.domain.statuses import DANGEROUS

MODES: Final = ("live", "shadow")
DANGEROUS_LIMITS: Final = Limits(approve_after=25, per_hour=200)
OTHER_LIMITS: Final = Limits(approve_after=None, per_hour=1_000)
BUILT_IN: Final = "paid_in_window"
"""The one rule that is not in the file; its name is taken."""

_REQUIRED: Final = ("name", "on", "when", "do")
_KEYS: Final = (*_REQUIRED, "limit", "mode")
_PLANNED: Final = frozenset({"continue", "repeat", "catch_up"})
_NAME: Final = re.compile(r"\w[\w .-]{0,79}")
_NONE: Final = "none"
_TRIGGERS: Final = (*sorted(WEBHOOK_TRIGGERS - {Trigger.STOCK_CHANGED}), Trigger.SWEEP)


def rule(place: Place, names: dict[str, int], *, file_is_live: bool) -> Rule | None:
    """Return the rule at a place, or None after noting everything that is wrong with it.

    Args:
        place: One entry of the list.
        names: The line of each name used so far; this one's is added.
        file_is_live: The mode of the file, for a rule without one of its own.
    """
    place = _by_name(place)
    problems_before = place.problems.count
    entries = place.entries("key", _KEYS, required=_REQUIRED, is_planned=_PLANNED.__contains__)
    name = _name(entries["name"], names) if "name" in entries else None
    on = _triggers(entries["on"]) if "on" in entries else frozenset()
    when = condition(entries["when"]) if "when" in entries else None
    do = actions(entries["do"]) if "do" in entries else ()
    is_live = mode(entries["mode"]) if "mode" in entries else file_is_live
    is_risky = any(action.kind == SET_STATUS and action.value in DANGEROUS for action in do)
    limits = _limits(entries.get("limit"), DANGEROUS_LIMITS if is_risky else OTHER_LIMITS)
    if name is None or when is None or place.problems.count > problems_before:
        return None
    found = Rule(name, on, when, do, limits, is_live, fingerprint="")
    endless = endless_sweep(found)
    if endless:
        entries["when"].refuse(endless)
    return canonical.with_fingerprint(found)


def mode(place: Place) -> bool:
    """Return whether what stands at a place says `live`."""
    text = place.text("live or shadow")
    return text is not None and choice(place, text, "mode", MODES) == "live"


def _by_name(place: Place) -> Place:
    """Return the place with the rule's name in its path, for whoever reads the messages."""
    if isinstance(place.node, MappingNode):
        for key, node in place.node.entries:
            if key.text == "name" and isinstance(node, ScalarNode) and _NAME.fullmatch(node.text):
                return replace(place, path=f"rules[{node.text}]")
    return place


def _name(place: Place, names: dict[str, int]) -> str | None:
    text = place.text("a name")
    if text is None:
        return None
    if not _NAME.fullmatch(text):
        place.refuse(f"{quoted(text)}: write 1 to 80 letters, digits, spaces, `.`, `-` or `_`")
        return None
    if text == BUILT_IN:
        place.refuse(f"{quoted(text)}: the name of a built-in rule; write another")
    elif text in names:
        place.refuse(f"{quoted(text)}: a name used twice, first on line {names[text]}")
    names.setdefault(text, place.node.line)
    return text


def _triggers(place: Place) -> frozenset[Trigger]:
    found = set()
    for each in place.one_or_items("a trigger, such as status_updated, or a list of them"):
        text = each.text("a trigger, such as status_updated")
        if text is None:
            continue
        if folded(text) == Trigger.STOCK_CHANGED:
            each.refuse(f"{quoted(text)}: {NOT_YET}")
        else:
            found.add(choice(each, text, "trigger", _TRIGGERS))
    return frozenset(Trigger(name) for name in found if name)


def _limits(place: Place | None, defaults: Limits) -> Limits:
    if place is None:
        return defaults
    entries = place.entries("limit", ("approve_after", "per_hour"))
    approve_after, per_hour = entries.get("approve_after"), entries.get("per_hour")
    return Limits(
        approve_after=_limit(approve_after, 0) if approve_after else defaults.approve_after,
        per_hour=_limit(per_hour, 1) if per_hour else defaults.per_hour,
    )


def _limit(place: Place, least: int) -> int | None:
    text = place.text("a whole number or none")
    if text is None or folded(text) == _NONE:
        return None
    number = FORMS[Kind.COUNT].parse(text)
    if not isinstance(number, int) or number < least:
        place.refuse(f"{quoted(text)}: write a whole number of at least {least}, or none")
        return None
    return number
