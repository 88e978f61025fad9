"""From one entry of `rules:` to a rule."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Final

from orderwarden.domain.choice import target_of
from orderwarden.domain.decision import SET_STATUS
from orderwarden.domain.rules import canonical
from orderwarden.domain.rules.actions import actions
from orderwarden.domain.rules.conditions import condition
from orderwarden.domain.rules.effects import PAYMENT_ACTIONS
from orderwarden.domain.rules.inspect import fields_known_by, number_of_tests, top_tests
from orderwarden.domain.rules.kinds import Kind
from orderwarden.domain.rules.metafields import is_metafield
from orderwarden.domain.rules.model import Limits, Rule
from orderwarden.domain.rules.nodes import MappingNode, ScalarNode
from orderwarden.domain.rules.notes import placeholders
from orderwarden.domain.rules.operators import folded
from orderwarden.domain.rules.places import Place
from orderwarden.domain.rules.problems import one_of, quoted
from orderwarden.domain.rules.repeat import Repeat, repeats_on
from orderwarden.domain.rules.sweeping import endless_sweep
from orderwarden.domain.rules.values import FORMS, choice, scalar
from orderwarden.domain.signal import WEBHOOK_TRIGGERS, Trigger
from orderwarden.domain.statuses import DANGEROUS
from orderwarden.domain.warning import AGE, LEAST

MODES: Final = ("live", "shadow")
DANGEROUS_LIMITS: Final = Limits(approve_after=25, per_hour=200)
OTHER_LIMITS: Final = Limits(approve_after=None, per_hour=1_000)
TAKEN: Final = ("paid_in_window", "undo", "none")
"""Names that no rule may have: the built-in rules, and what stands for no rule in `tests:`."""

MOST_TESTS: Final = 200

_REQUIRED: Final = ("name", "on", "when", "do")
_KEYS: Final = (*_REQUIRED, "limit", "mode", "continue", "catch_up", "repeat", "warn_before")
_NAME: Final = re.compile(r"\w[\w .-]{0,79}")
_NONE: Final = "none"
_TRIGGERS: Final = (*sorted(WEBHOOK_TRIGGERS), Trigger.SWEEP)


@dataclass(frozen=True, slots=True)
class FileSettings:
    """What a file says for all of its rules."""

    is_live: bool
    allows_payment_actions: bool


def rule(place: Place, names: dict[str, int], file: FileSettings) -> Rule | None:
    """Return the rule at a place, or None after noting everything that is wrong with it.

    Args:
        place: One entry of the list.
        names: The line of each name used so far; this one's is added.
        file: What holds for the whole file.
    """
    place = _by_name(place)
    problems_before = place.problems.count
    entries = place.entries("key", _KEYS, required=_REQUIRED)
    name = _name(entries["name"], names) if "name" in entries else None
    when = condition(entries["when"]) if "when" in entries else None
    payments_allowed = file.allows_payment_actions
    do = actions(entries["do"], payments_allowed=payments_allowed) if "do" in entries else ()
    is_risky = any(action.is_dangerous for action in do)
    found = Rule(
        name=name or "",
        on=triggers(entries["on"]) if "on" in entries else frozenset(),
        when=when,  # type: ignore[arg-type]  # None: the rule is not returned
        actions=do,
        limits=_limits(entries.get("limit"), DANGEROUS_LIMITS if is_risky else OTHER_LIMITS),
        is_live=mode(entries["mode"]) if "mode" in entries else file.is_live,
        fingerprint="",
        goes_on=_flag(entries.get("continue"), default=False),
        catches_up=_flag(entries.get("catch_up"), default=True),
        repeat=_repeat(entries["repeat"]) if "repeat" in entries else None,
        warn_before_s=_seconds(entries.get("warn_before")),
    )
    if name is None or when is None or place.problems.count > problems_before:
        return None
    _check(found, entries)
    return canonical.with_fingerprint(found)


def mode(place: Place) -> bool:
    """Return whether what stands at a place says `live`."""
    text = place.text("live or shadow")
    return text is not None and choice(place, text, "mode", MODES) == "live"


def triggers(place: Place) -> frozenset[Trigger]:
    """Return the triggers at a place, one or a list."""
    found = set()
    for each in place.one_or_items("a trigger, such as status_updated, or a list of them"):
        text = each.text("a trigger, such as status_updated")
        if text is not None:
            found.add(choice(each, text, "trigger", _TRIGGERS))
    return frozenset(Trigger(name) for name in found if name)


def _check(rule: Rule, entries: dict[str, Place]) -> None:
    """Note what is wrong with a rule whose parts are all right."""
    number = number_of_tests(rule.when)
    if number > MOST_TESTS:
        entries["when"].refuse(f"{number} tests; write at most {MOST_TESTS} for one rule")
    endless = endless_sweep(rule)
    if endless:
        entries["when"].refuse(endless)
    _check_templates(rule, entries["do"])
    if rule.repeat is not None:
        _check_repeat(rule, rule.repeat, entries["repeat"])
    if rule.warn_before_s is not None:
        _check_warning(rule, rule.warn_before_s, entries["warn_before"])


def _check_templates(rule: Rule, place: Place) -> None:
    """Note the placeholders of metafields that a rule may win without knowing."""
    names = (n for action in rule.actions for text in action.templates for n in placeholders(text))
    known = fields_known_by(rule)
    for name in dict.fromkeys(filter(is_metafield, names)):
        if name not in known:
            shown = quoted("{" + name + "}")
            place.refuse(f"{shown}: not sure to be known; add {name}: {{exists: true}} under when")


def _check_repeat(rule: Rule, repeat: Repeat, place: Place) -> None:
    kinds = {action.kind for action in rule.actions}
    wanted = repeats_on(repeat)
    if kinds & PAYMENT_ACTIONS:
        shown = one_of(sorted(kinds & PAYMENT_ACTIONS))
        place.refuse(f"{shown} may not repeat: money is moved once per order")
    elif kinds == {SET_STATUS}:
        place.refuse("set_status needs no repeat: it acts whenever its rule is true")
    elif not rule.on & wanted:
        place.refuse(f"no event names one; add {one_of(sorted(wanted))} under on")


def _check_warning(rule: Rule, warn_before_s: int, place: Place) -> None:
    tests = list(top_tests(rule.when))
    ages = [x for x in tests if x.field == AGE and x.operator in LEAST]
    lengths = [x.operands[0] for x in ages if isinstance(x.operands[0], int)]
    if rule.on != {Trigger.SWEEP} or (target_of(rule) or 0) not in DANGEROUS:
        place.refuse("only a rule on sweep alone that sets Cancelled or the like can warn first")
    elif not any(length > warn_before_s for length in lengths):
        place.refuse("add an age of more than that under when, such as {at_least: 12h}")
    elif any(x.field == "unchanged_for" for x in tests):
        place.refuse("the warning changes the order, so unchanged_for would begin anew; use age")


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
    if text in TAKEN:
        place.refuse(f"{quoted(text)}: a name with a meaning of its own; write another")
    elif text in names:
        place.refuse(f"{quoted(text)}: a name used twice, first on line {names[text]}")
    names.setdefault(text, place.node.line)
    return text


def _seconds(place: Place | None) -> int | None:
    found = scalar(place, Kind.DURATION) if place else None
    return found if isinstance(found, int) else None


def _flag(place: Place | None, *, default: bool) -> bool:
    found = scalar(place, Kind.FLAG) if place else None
    return default if found is None else bool(found)


def _repeat(place: Place) -> Repeat | None:
    names = tuple(Repeat)
    text = place.text(f"such as {names[0]}")
    found = choice(place, text, "repeat", names) if text is not None else None
    return Repeat(found) if found else None


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
