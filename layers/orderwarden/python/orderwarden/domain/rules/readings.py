"""What a field reads of an order: a value, several of them, a bound, a hole, or a call to make."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from orderwarden.domain.facts import Facts, Resource, Unreadable
from orderwarden.domain.rules.operators import Scalar


class AtLeast(NamedTuple):
    """So many seconds or more: `at_least` may be true by it, nothing else."""

    seconds: int


Several = tuple[str | None, ...]
"""What an order has several of, such as its SKUs. None among them is one that is unknown.

A test passes when one of them does; `is_not` and `not_in` when none is the one they name.
"""

Value = Scalar | Several | AtLeast
Reading = Value | Resource | Unreadable | None
"""None is what the order does not say; a resource is to be fetched first."""

Reader = Callable[[Facts], Reading]
