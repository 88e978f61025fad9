"""The fields that are not in the table: an order's metafields, `meta.<namespace>.<key>`."""

from __future__ import annotations

from typing import Final

from orderwarden.domain.facts import Facts, Resource
from orderwarden.domain.order_parts import Metafield
from orderwarden.domain.rules.field import Field
from orderwarden.domain.rules.kinds import Kind
from orderwarden.domain.rules.readings import Reading

META: Final = "meta."
LONGEST: Final = len(META) + 64 + 1 + 64
"""A namespace and a key have 64 characters at most; docs/bigcommerce.md, "Metafields"."""


def is_metafield(name: str) -> bool:
    """Return whether a name is written as `meta.<namespace>.<key>`."""
    namespace, _, key = name.removeprefix(META).partition(".")
    return name.startswith(META) and bool(namespace and key) and len(name) <= LONGEST


def metafield(name: str) -> Field:
    """Return the field of a metafield; namespace and key may have dots of their own."""
    wanted = name.removeprefix(META)

    def read(facts: Facts) -> Reading:
        found = facts.fetched(Resource.METAFIELDS, Metafield)
        if not isinstance(found, tuple):
            return found
        values = (x.value.strip() for x in found if f"{x.namespace}.{x.key}" == wanted)
        return tuple(value for value in values if value) or None

    return Field(
        name,
        Kind.TEXT,
        read,
        f"The order's metafield {wanted}.",
        "the order has no such metafield",
        (Resource.METAFIELDS,),
        is_several=True,
        is_private=True,
    )
