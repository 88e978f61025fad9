"""What the fault tests did, summed over all of them, for the end of a test run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable

Record = Callable[[str, object], None]


def summary(properties: Iterable[tuple[str, object]]) -> list[str]:
    """Return one line on what went wrong how often; nothing where no fault test ran."""
    points: dict[str, int] = {}
    fired: Counter[str] = Counter()
    runs: Counter[str] = Counter()
    for name, value in properties:
        if name == "fault_points" and isinstance(value, dict):
            points |= value
        elif name == "faults_fired" and isinstance(value, dict):
            fired.update(value)
        elif name in {"fault_runs", "act_runs", "seeds"} and isinstance(value, int):
            runs[name] += value
    if not runs:
        return []
    kinds = ", ".join(f"{kind} {times}" for kind, times in sorted(fired.items()))
    counted = (
        f"{len(points)} stories with {sum(points.values())} boundaries; "
        f"{runs['fault_runs']} runs with faults, {runs['act_runs']} with somebody acting "
        f"meanwhile, {runs['seeds']} drawn from seeds"
    )
    return [counted, f"fired: {kinds}"]
