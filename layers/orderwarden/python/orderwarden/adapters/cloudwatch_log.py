"""One JSON line for each thing that happened, which CloudWatch also counts.

A line carries its metrics in the embedded metric format: no call, and no library to import.
Source: CloudWatch User Guide, "Specification: Embedded metric format".
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from orderwarden.ports import Clock

NAMESPACE: Final = "Orderwarden"
DIMENSION: Final = "function_name"

_UNITS: Final = {"Lag": "Seconds"}
_NAMES: Final = {"receipt_key": "correlation_id"}  # what AWS's own tools look for
_NOTHING: Final[Mapping[str, float]] = {}
_ENCODER: Final = json.JSONEncoder(default=str, separators=(",", ":"))


def _print(line: str) -> None:
    print(line, flush=True)  # noqa: T201  Lambda takes its log from stdout


class CloudWatchLog:
    """Writes lines with what all of one function's lines share."""

    def __init__(
        self, function_name: str, clock: Clock, write: Callable[[str], None] = _print
    ) -> None:
        """Write lines as a function of this name."""
        self._clock = clock
        self._function_name = function_name or "none"
        self._write = write
        self._is_cold = True
        self._request_id = ""

    def begin(self, request_id: str) -> None:
        """Begin an invocation: its lines carry the id, and whether it was the first."""
        self._is_cold = not self._request_id
        self._request_id = request_id or "none"

    def write(
        self,
        event: str,
        fields: Mapping[str, object],
        counts: Mapping[str, float] = _NOTHING,
        *,
        level: str = "INFO",
    ) -> None:
        """Write one line.

        Args:
            event: What happened: a fixed word.
            fields: Ids, codes and durations; absent values (None, empty text) are left out.
            counts: Metrics by name, which no field has; zeros are left out.
            level: INFO or ERROR.
        """
        line: dict[str, object] = {
            "event": event,
            "level": level,
            "request_id": self._request_id,
            "cold_start": self._is_cold,
            DIMENSION: self._function_name,
        }
        line |= {_NAMES.get(k, k): v for k, v in fields.items() if v is not None and v != ""}
        if counted := {name: +value for name, value in counts.items() if value}:
            line |= counted
            line["_aws"] = {
                "Timestamp": round(self._clock.now().timestamp() * 1000),
                "CloudWatchMetrics": _declared(tuple(counted)),
            }
        self._write(_ENCODER.encode(line))


@cache
def _declared(names: tuple[str, ...]) -> Sequence[object]:
    """Return what tells CloudWatch which fields of a line are metrics."""
    metrics = [{"Name": name, "Unit": _UNITS.get(name, "Count")} for name in names]
    return [{"Namespace": NAMESPACE, "Dimensions": [[DIMENSION]], "Metrics": metrics}]
