"""The actions that need more than one word: what each may be told, and what must be there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final, cast, get_args

from orderwarden.domain.metafield_changes import PermissionSet
from orderwarden.domain.rules.effects import (
    ADDRESS,
    ADDRESS_FIELDS,
    MONEY_FIELDS,
    TEXT_FIELDS,
    FieldsWanted,
    MetafieldWanted,
    Notice,
    RefundWanted,
    ShipmentWanted,
)
from orderwarden.domain.rules.kinds import Kind
from orderwarden.domain.rules.metafields import is_metafield
from orderwarden.domain.rules.nodes import MappingNode, ScalarNode
from orderwarden.domain.rules.notes import (
    LONGEST_TEMPLATE,
    PLACEHOLDERS,
    has_stray_brace,
    placeholders,
)
from orderwarden.domain.rules.operators import folded
from orderwarden.domain.rules.places import Place
from orderwarden.domain.rules.problems import Problems, quoted
from orderwarden.domain.rules.values import choice, measured, scalar

ALL: Final = "all"
PERMISSIONS: Final[tuple[str, ...]] = get_args(PermissionSet)
PROVIDERS: Final = (
    "auspost", "canadapost", "endicia", "usps", "fedex", "royalmail", "ups", "upsready",
    "shipperhq",
)  # fmt: skip
"""Documented values of `shipping_provider`, besides `carrier_<id>`; docs/bigcommerce.md."""

_CARRIER_ID: Final = re.compile(r"carrier_\d{1,9}", re.ASCII)
_OURS: Final = ("orderwarden", "keep_until")
_LONGEST_NAME: Final = 64
_LONGEST_DESCRIPTION: Final = 255
_LONGEST_TRACKING: Final = {"tracking_number": 50, "tracking_link": 500}
"""Characters; docs/bigcommerce.md, "Shipments" and "Metafields"."""


def template(place: Place, expected: str) -> str | None:
    """Return the text with placeholders that stands at a place."""
    text = place.text(expected)
    if text is None:
        return None
    problems = _template_problems(text, place.problems)
    for problem in problems:
        place.refuse(problem)
    return None if problems else text


def ticked(place: Place) -> bool | None:
    """Return true where it says so, as in `capture: true`."""
    is_on = scalar(place, Kind.FLAG)
    if is_on is False:
        place.refuse("`false`; leave the action out instead")
    return True if is_on else None


def metafield(place: Place) -> MetafieldWanted | None:
    """Return the metafield to write."""
    entries = place.entries(
        "setting",
        ("namespace", "key", "value", "description", "permission_set"),
        required=("namespace", "key", "value"),
    )
    texts = {
        "namespace": _short(entries.get("namespace"), _LONGEST_NAME),
        "key": _short(entries.get("key"), _LONGEST_NAME),
        "value": template(entries["value"], "a text") if "value" in entries else None,
    }
    if (texts["namespace"], texts["key"]) == _OURS:
        place.refuse("orderwarden.keep_until is for people; use `hold` to keep rules off an order")
    if "description" in entries:
        texts["description"] = _short(entries["description"], _LONGEST_DESCRIPTION)
    if "permission_set" in entries:
        texts["permission_set"] = _one_of(entries["permission_set"], PERMISSIONS)
    known = _known(texts)
    return None if known is None else MetafieldWanted(**cast("dict[str, Any]", known))


def shipment(place: Place) -> ShipmentWanted | None:
    """Return the parcels to make: `all`, or a mapping that says more."""
    if isinstance(place.node, ScalarNode) and folded(place.node.text) == ALL:
        return ShipmentWanted()
    entries = place.entries(
        "setting",
        (
            "skus", "tracking_number", "tracking_link", "shipping_provider", "tracking_carrier",
            "shipping_method", "comments",
        ),
    )  # fmt: skip
    texts: dict[str, str | None] = {}
    for name, entry in entries.items():
        if name in {"tracking_number", "tracking_link", "comments"}:
            texts[name] = _limited(template(entry, "a text"), entry, _LONGEST_TRACKING.get(name))
        elif name == "shipping_provider":
            texts[name] = _provider(entry)
        elif name == "tracking_carrier":
            texts[name] = _carrier(entry)
        elif name == "shipping_method":
            texts[name] = _short(entry, 100)
    skus, known = _skus(entries.get("skus")), _known(texts)
    if skus is None or known is None or not isinstance(place.node, MappingNode):
        return None
    return ShipmentWanted(skus=skus, **known)


def order_change(place: Place) -> FieldsWanted | None:
    """Return the fields of the order to write."""
    entries = place.entries("field", (*TEXT_FIELDS, *MONEY_FIELDS, ADDRESS))
    if isinstance(place.node, MappingNode) and not place.node.entries:
        place.refuse("no field; write at least one")
    values: dict[str, str | None] = {}
    for name, entry in entries.items():
        if name == ADDRESS:
            parts = entry.entries("part", ADDRESS_FIELDS)
            values |= {f"{ADDRESS}.{key}": _short(each, 255) for key, each in parts.items()}
        elif name in MONEY_FIELDS:
            values[name] = _plain_amount(entry)
        else:
            values[name] = _short(entry, 1_000)
    for name in entries:
        twin = _twin(name)
        if twin and twin not in entries:
            place.refuse(f"`{name}` without `{twin}`; BigCommerce takes both or none")
    known = _known(values)
    return FieldsWanted(tuple(sorted(known.items()))) if known else None


def refund(place: Place) -> RefundWanted | None:
    """Return how much to give back: `all`, or a mapping that says what."""
    if isinstance(place.node, ScalarNode):
        text = place.text("all, or a mapping of settings")
        return RefundWanted() if text and choice(place, text, "refund", (ALL,)) else None
    entries = place.entries("setting", ("skus", "amount", "reason"))
    if isinstance(place.node, MappingNode) and not place.node.entries:
        place.refuse("no setting; write all for whatever is left to refund")
    if "skus" in entries and "amount" in entries:
        place.refuse("`skus` and `amount`; write one of them")
    amount = measured(entries["amount"], Kind.MONEY) if "amount" in entries else ("", "")
    if amount is not None and amount[0] == 0:
        entries["amount"].refuse("an amount of nothing; write more than 0")
    reason = template(entries["reason"], "why") if "reason" in entries else ""
    skus = _skus(entries.get("skus"))
    if amount is None or reason is None or skus is None or not entries:
        return None
    return RefundWanted(skus=skus, amount=str(amount[0]), currency=amount[1], reason=reason)


def notice(place: Place) -> Notice | None:
    """Return what to tell: a text, or a mapping of `text` and `topic`."""
    if isinstance(place.node, ScalarNode):
        text = template(place, "a text")
        return None if text is None else Notice(text)
    entries = place.entries("setting", ("text", "topic"), required=("text",))
    text = template(entries["text"], "a text") if "text" in entries else None
    topic = _short(entries["topic"], _LONGEST_NAME) if "topic" in entries else ""
    return None if text is None or topic is None else Notice(text, topic)


def _template_problems(template: str, problems: Problems) -> list[str]:
    """Return what is wrong with a template."""
    found = []
    if not 0 < len(template) <= LONGEST_TEMPLATE:
        found.append(f"{len(template)} characters; write 1 to {LONGEST_TEMPLATE}")
    if has_stray_brace(template):
        found.append("a brace without its other half; only placeholders stand in braces")
    for name in placeholders(template):
        if name not in PLACEHOLDERS and not is_metafield(name):
            advice = problems.advice(name, PLACEHOLDERS)
            found.append(f"{quoted('{' + name + '}')}: no such placeholder; {advice}")
    return found


def _known(values: Mapping[str, str | None]) -> dict[str, str] | None:
    """Return the values, None where one is missing: it was refused already."""
    known = {name: value for name, value in values.items() if value is not None}
    return known if len(known) == len(values) else None


def _twin(name: str) -> str:
    if name.endswith("_ex_tax"):
        return name.removesuffix("_ex_tax") + "_inc_tax"
    return name.removesuffix("_inc_tax") + "_ex_tax" if name.endswith("_inc_tax") else ""


def _short(place: Place | None, longest: int) -> str | None:
    return _limited(place.text("a text"), place, longest) if place else None


def _limited(text: str | None, place: Place, longest: int | None) -> str | None:
    if text is None or longest is None or 0 < len(text) <= longest:
        return text
    place.refuse(f"{len(text)} characters; write 1 to {longest}")
    return None


def _plain_amount(place: Place) -> str | None:
    written = measured(place, Kind.MONEY)
    if written is not None and written[1]:
        place.refuse(f"{place.found}; write it without a currency, in the order's own")
    return None if written is None else str(written[0])


def _one_of(place: Place, names: tuple[str, ...]) -> str | None:
    text = place.text(f"such as {names[0]}")
    return choice(place, text, "value", names) if text is not None else None


def _provider(place: Place) -> str | None:
    text = place.text("a shipping provider, such as usps")
    if text is None or text in PROVIDERS or _CARRIER_ID.fullmatch(text):
        return text
    advice = place.problems.advice(text, (*PROVIDERS, "carrier_<id>"))
    place.refuse(f"{quoted(text)}: no such shipping provider; {advice}")
    return None


def _carrier(place: Place) -> str | None:
    from orderwarden.domain.rules.carriers import CARRIERS  # noqa: PLC0415  # 900, rarely needed

    text = place.text("a tracking carrier, such as dhl")
    if text is None or text in CARRIERS:
        return text
    near = place.problems.nearest(text, CARRIERS)
    advice = f"did you mean {quoted(near)}?" if near else "write one of BigCommerce's list"
    place.refuse(f"{quoted(text)}: no such tracking carrier; {advice}")
    return None


def _skus(place: Place | None) -> tuple[str, ...] | None:
    items = place.one_or_items("a SKU or a list of them") if place else []
    found = [scalar(item, Kind.TEXT) for item in items]
    known = tuple(str(sku) for sku in found if sku is not None)
    return known if len(known) == len(found) and bool(known) == bool(place) else None
