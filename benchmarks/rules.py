"""What rules cost: asking twenty of them, and importing the domain; as ratios to bare Python.

Run it with the environment of the tests: `.venv/bin/python benchmarks/rules.py`. Both sides of a
ratio are measured in turn, several times, and the best of each counts: what disturbs a measurement
only ever makes it slower.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from time import process_time

from orderwarden.domain.facts import Facts
from orderwarden.domain.order import Order
from orderwarden.domain.rules.evaluate import evaluate
from orderwarden.domain.rules.model import All, Test

RULES, ROUNDS, REPEATS = 20, 15, 60
RATIO_OF_RULES, RATIO_OF_IMPORT = 3.0, 1.5
"""The targets."""

ORDER = Order.from_json(
    {
        "id": 218,
        "status_id": 7,
        "date_created": "Tue, 05 Mar 2019 21:40:11 +0000",
        "date_modified": "Mon, 11 Mar 2019 15:17:25 +0000",
        "total_inc_tax": "69.8400",
        "payment_method": "Credit Card",
        "items_total": 4,
    }
)
FACTS = Facts(ORDER, datetime(2019, 3, 12, tzinfo=UTC))

BARE_IMPORT = "import dataclasses, decimal, datetime\n" + "".join(
    f"@dataclasses.dataclass(frozen=True, slots=True)\nclass C{number}:\n"
    "    number: int\n    text: str\n    amount: decimal.Decimal\n    at: datetime.datetime\n"
    for number in range(40)
)
DECIDING = (
    "choice", "relevance", "safeguards", "decision", "reason", "settlement", "rules.canonical",
    "rules.notes",
)  # fmt: skip
DOMAIN_IMPORT = "".join(f"import orderwarden.domain.{name}\n" for name in DECIDING)
"""What `process` needs to load stored rules, decide by them and settle what it did."""


def five_tests(number: int) -> tuple[Test, ...]:
    """Return tests that are all true, so that none of them is spared."""
    return (
        Test("status", "in", (7, 9, 11)),
        Test("age", "at_least", (60 + number,)),
        Test("total", "over", (Decimal(5 + number),)),
        Test("payment_method", "is_not", (f"Wire {number}",)),
        Test("items", "at_most", (4 + number,)),
    )


CONDITIONS = [All(five_tests(number)) for number in range(RULES)]
TESTS = [test for condition in CONDITIONS for test in condition.parts if isinstance(test, Test)]


def bare_loop() -> list[bool]:
    """Read and compare a hundred times: no logic, no unknown, no trace, nothing on demand."""
    results = []
    for test in TESTS:
        value = test.read(FACTS)
        value = value.strip().casefold() if isinstance(value, str) else value
        results.append(test.holds(value))  # type: ignore[arg-type]
    return results


def rules_with_trace() -> list[object]:
    """Ask every rule about an order that nothing was read of yet, and make every trace."""
    facts = replace(FACTS)
    return [evaluate(condition, facts).trace for condition in CONDITIONS]


def seconds(work: Callable[[], object]) -> float:
    """Return the CPU time of one call: other work of the machine is none of ours."""
    begin = process_time()
    for _ in range(REPEATS):
        work()
    return (process_time() - begin) / REPEATS


def import_seconds(code: str) -> float:
    """Return the CPU time of importing, in a fresh interpreter."""
    timed = (
        f"from time import {process_time.__name__} as now\nbegin = now()\n{code}\n"
        "print(now() - begin)"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-c", timed], check=True, capture_output=True, text=True
    )
    return float(done.stdout)


def best(one: Callable[[], float], other: Callable[[], float]) -> tuple[float, float]:
    """Return the best of both, measured in turn."""
    pairs = [(one(), other()) for _ in range(ROUNDS)]
    return min(pair[0] for pair in pairs), min(pair[1] for pair in pairs)


def told(what: str, ours: float, bare: float, target: float) -> None:
    """Print one ratio with its target."""
    print(f"{what}: {ours / bare:.2f} x  ({ours:.6f} s against {bare:.6f} s; target <= {target})")


def main() -> None:
    """Print both ratios."""
    ours, bare = best(lambda: seconds(rules_with_trace), lambda: seconds(bare_loop))
    told(f"{RULES} rules x 5 conditions with trace", ours, bare, RATIO_OF_RULES)
    ours, bare = best(lambda: import_seconds(DOMAIN_IMPORT), lambda: import_seconds(BARE_IMPORT))
    told("import of the domain", ours, bare, RATIO_OF_IMPORT)


if __name__ == "__main__":
    main()
