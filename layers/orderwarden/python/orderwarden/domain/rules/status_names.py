"""What a store's statuses are called: by BigCommerce, and by the merchant who renamed them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from orderwarden.domain.rules.operators import folded
from orderwarden.domain.statuses import NAMES


@dataclass(frozen=True, slots=True)
class StatusNames:
    """The names by which a rule file may call a status.

    Attributes:
        labels: The store's own, by id (`custom_label`); empty where the store was not asked.
    """

    labels: Mapping[int, str]

    @property
    def every(self) -> tuple[str, ...]:
        """Return all names, for advice."""
        return tuple(dict.fromkeys((*NAMES.values(), *self.labels.values())))

    def ids_of(self, name: str) -> tuple[int, ...]:
        """Return the statuses that are called so; two where one was given another's name."""
        wanted = folded(name)
        known = (NAMES, self.labels)
        found = {i for names in known for i, each in names.items() if folded(each) == wanted}
        return tuple(sorted(found & set(NAMES)))


SYSTEM_NAMES = StatusNames({})
"""The names that BigCommerce gave; docs/bigcommerce.md, "Statuses"."""
