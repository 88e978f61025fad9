"""One row of the table of paths."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from bigcommerce_sim.api.call import Call
from bigcommerce_sim.exchange import Response

Endpoint = Callable[[Call], Response]
_NUMBER = r"([0-9]{1,18})"


@dataclass(frozen=True, slots=True)
class Route:
    """Say who answers a method on a path, and which scopes open it (any one of them)."""

    method: str
    pattern: re.Pattern[str]
    scopes: frozenset[str]
    endpoint: Endpoint


def route(method: str, path: str, scopes: frozenset[str], endpoint: Endpoint) -> Route:
    """Return a row; `{}` in the path stands for a number."""
    return Route(method, re.compile(path.replace("{}", _NUMBER)), scopes, endpoint)
