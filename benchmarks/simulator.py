"""How the simulated store carries 100,000 orders: start, list pages, one order, memory.

python benchmarks/simulator.py [ORDERS]
"""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable

from bigcommerce_sim import Request, SimulatedStore

HEADERS = {"x-auth-token": "token", "accept": "application/json"}
ROUNDS = 9


def main() -> None:
    """Measure and print."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    began = time.perf_counter()
    store = SimulatedStore("abc123", orders=count, seed=7)
    started_s = time.perf_counter() - began

    def get(path: str, query: str = "") -> Callable[[], object]:
        return lambda: store.handle(Request("GET", f"/stores/abc123{path}", query, HEADERS))

    print(f"orders                   {count:>10,}")
    print(f"start                    {started_s:>10.2f} s")
    print(f"page of 50               {median_ms(get('/v2/orders', 'limit=50')):>10.1f} ms")
    print(f"page of 250              {median_ms(get('/v2/orders', 'limit=250')):>10.1f} ms")
    late = get("/v2/orders", f"limit=250&min_id={count}")
    print(f"the last page            {median_ms(late):>10.1f} ms")
    print(f"one order                {median_ms(get('/v2/orders/5000')):>10.1f} ms")
    print(f"count                    {median_ms(get('/v2/orders/count')):>10.1f} ms")
    peak_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory              {peak_mib:>10.0f} MiB")


def median_ms(call: Callable[[], object]) -> float:
    """Return the median time of a call in milliseconds, after one to warm up."""
    call()
    times = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        call()
        times.append(time.perf_counter() - began)
    return sorted(times)[ROUNDS // 2] * 1000


if __name__ == "__main__":
    main()
