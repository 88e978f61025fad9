"""Many webhooks through the one-machine server: throughput, latency, memory, size of the file.

Each order is shipped once and told of by ten webhooks: its change, later news of it that change
nothing, and duplicates. A webhook answered with 503 is sent again, as the store does.
Throughput is set beside a bare loop over the same store (see one_machine.py), which reads twice
and writes once for each order and keeps nothing.

    python benchmarks/soak.py [--webhooks 100000]
"""

from __future__ import annotations

import argparse
import json
import math
import random
import tempfile
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import quantiles

import requests
from one_machine import (
    CONNECTIONS,
    STORE,
    TOKEN,
    a_server,
    a_store,
    drain,
    shipped_orders,
    signed,
    time_bare_loop,
)

OF_AN_ORDER = 10
EVENTS_OF_AN_ORDER = 5
"""Different events; the other webhooks of an order are duplicates."""

BARE_ORDERS = 300
BUSY = 503
MIB = 1024 * 1024


class Watched:
    """Looks at a process and a folder every so often, from a thread of its own."""

    def __init__(self, pid: int, folder: Path) -> None:
        self.rss_mib: list[float] = []
        self.file_mib: list[float] = []
        self._status = Path(f"/proc/{pid}/status")
        self._folder = folder
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()

    def stop(self) -> None:
        """Look once more and end."""
        self._is_over.set()
        self._thread.join()
        self._look()

    def _watch(self) -> None:
        while not self._is_over.wait(1.0):
            self._look()

    def _look(self) -> None:
        lines = self._status.read_text().splitlines()
        kib = next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))
        self.rss_mib.append(kib / 1024)
        files = [path.stat().st_size for path in self._folder.iterdir() if path.is_file()]
        self.file_mib.append(sum(files) / MIB)


def main() -> None:
    """Run it and print what was seen."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--webhooks", type=int, default=5000)
    count = parser.parse_args().webhooks
    with tempfile.TemporaryDirectory() as folder, a_store() as sim:
        bare_s = time_bare_loop(sim, shipped_orders(sim, BARE_ORDERS))
        orders = shipped_orders(sim, max(count // OF_AN_ORDER, 1))
        with a_server(sim, Path(folder)) as server:
            pid = server._process.pid  # noqa: SLF001  the demo itself never asks for it
            watched = Watched(pid, state_of(Path(folder)))
            try:
                soak(sim, server.url, orders, BARE_ORDERS / bare_s)
            finally:
                watched.stop()
    tell_memory(watched)


def state_of(folder: Path) -> Path:
    """Return the folder that holds the server's database."""
    return next(folder.rglob("*.sqlite3")).parent


def soak(sim: str, server: str, orders: Sequence[int], bare_per_s: float) -> None:
    """Send everything, wait until all is done, and print the rates."""
    bodies = webhooks_of(orders)
    began = time.perf_counter()
    shares = [bodies[n::CONNECTIONS] for n in range(CONNECTIONS)]
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        every = pool.map(lambda share: send(server, share), shares)
        latencies_ms = sorted(ms for share in every for ms in share)
    taken_s = time.perf_counter() - began
    drain(server, look_every_s=0.1, within_s=math.inf)
    done_s = time.perf_counter() - began
    check(sim, orders)
    cut = quantiles(latencies_ms, n=1000)
    print(f"webhooks              {len(bodies):8}   of {len(orders)} orders")
    print(f"answered 503          {len(latencies_ms) - len(bodies):8}   and sent again")
    print(f"taken                 {len(bodies) / taken_s:8.1f} webhooks/s")
    print(f"done                  {len(bodies) / done_s:8.1f} webhooks/s")
    print(f"orders done           {len(orders) / done_s:8.1f} orders/s")
    print(f"bare loop             {bare_per_s:8.1f} orders/s, one webhook each")
    print(f"answered within       {cut[499]:8.1f} ms for half, {cut[949]:.1f} ms for 95 %,")
    print(f"                      {cut[989]:8.1f} ms for 99 %, {latencies_ms[-1]:.1f} ms at most")


def webhooks_of(orders: Sequence[int]) -> list[bytes]:
    """Return the bodies in the order they are sent: each order's are spread over a stretch."""
    dice, now = random.Random(7), int(time.time())
    placed: list[tuple[float, bytes]] = []
    for position, number in enumerate(orders):
        for turn in range(OF_AN_ORDER):
            body = {
                "producer": f"stores/{STORE}",
                "created_at": now - 600 - turn % EVENTS_OF_AN_ORDER,
                "store_id": "1",
                "scope": "store/order/updated",
                "data": {"type": "order", "id": number},
                "hash": f"{dice.getrandbits(160):040x}",
            }
            placed.append((position + dice.uniform(0, 50), json.dumps(body).encode()))
    return [body for _, body in sorted(placed, key=lambda each: each[0])]


def send(server: str, bodies: Sequence[bytes]) -> list[float]:
    """Send signed webhooks on one connection; return how many milliseconds each took."""
    session, took_ms = requests.Session(), []
    for body in bodies:
        headers = signed(f"msg_{hash(body) & 0xFFFFFFFF}", body)
        while True:
            began = time.perf_counter()
            url = f"{server}/webhooks/{STORE}"
            answer = session.post(url, data=body, headers=headers, timeout=30)
            took_ms.append((time.perf_counter() - began) * 1000)
            if answer.status_code != BUSY:
                break
        answer.raise_for_status()
    return took_ms


def check(sim: str, orders: Sequence[int]) -> None:
    """Make sure that every order was completed, and each once."""
    session = requests.Session()
    session.headers["X-Auth-Token"] = TOKEN
    for number in orders:
        url = f"{sim}/stores/{STORE}/v2/orders/{number}"
        if session.get(url, timeout=30).json()["status_id"] != 10:
            raise SystemExit(f"order {number} was not completed")


def tell_memory(watched: Watched) -> None:
    """Print memory and file size along the way: flat memory is what is wanted."""
    for name, seen in (("memory", watched.rss_mib), ("file", watched.file_mib)):
        along = [seen[int(share * (len(seen) - 1))] for share in (0.05, 0.25, 0.5, 0.75, 1.0)]
        told = ", ".join(f"{mib:.1f}" for mib in along)
        print(f"{name:21} {told} MiB   (at 5, 25, 50, 75, 100 % of the time)")


if __name__ == "__main__":
    main()
