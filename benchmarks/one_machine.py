"""How fast one machine is: webhook in to order updated and recorded, against a bare loop.

Both drive the same simulated store. The bare loop is what people write first: for each webhook
read the order, read its lines, set the status; no duplicates dropped, nothing recorded.

    python benchmarks/one_machine.py [ORDERS]
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import requests
from orderwarden_cli.demo.processes import Child, write_configuration

STORE, TOKEN, SECRET = "bench1", "token-of-the-benchmark", "secret-of-the-benchmark"
CONNECTIONS = 8


def main() -> None:
    """Run both and print the ratio."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    with tempfile.TemporaryDirectory() as folder, a_store() as sim:
        bare_s = time_bare_loop(sim, shipped_orders(sim, count))
        with a_server(sim, Path(folder)) as server:
            ours_s = time_server(sim, server.url, shipped_orders(sim, count))
    print(f"orders                {count}")
    print(f"bare loop             {count / bare_s:8.1f} orders/s")
    print(f"orderwarden           {count / ours_s:8.1f} orders/s")
    print(f"ratio                 {bare_s / ours_s:8.2f}   (target: at least 0.4)")


@contextmanager
def a_store() -> Iterator[str]:
    """Run a store without orders, with a quota that is never used up; yield its URL."""
    arguments = ["--port", "0", "--orders", "0", "--store", STORE, "--token", TOKEN]
    arguments += ["--client-secret", SECRET, "--quota", "100000000"]
    with running("bigcommerce_sim", arguments) as sim:
        yield sim.url


COMPLETED = "      - set_status: Completed\n"
UNCAPPED = "    limit: {per_hour: none}\n"


@contextmanager
def a_server(sim: str, folder: Path) -> Iterator[Child]:
    """Run the server for that store, with its database in a folder.

    Its rules are the demo's, without a cap: every order of a benchmark changes in one hour.
    """
    config = write_configuration(folder, STORE, sim, TOKEN, SECRET)
    rules = config.with_name("rules.yaml")
    rules.write_text(rules.read_text().replace(COMPLETED, COMPLETED + UNCAPPED))
    arguments = ["serve", "--config", str(config), "--port", "0"]
    with running("orderwarden_cli", arguments) as server:
        yield server


@contextmanager
def running(module: str, arguments: Sequence[str]) -> Iterator[Child]:
    """Run a process whose log nobody reads."""
    child = Child(module, arguments, lambda _: None)
    try:
        yield child
    finally:
        child.stop()


def shipped_orders(sim: str, count: int) -> list[int]:
    """Place and ship orders; return their ids."""
    session, ids = requests.Session(), []
    for _ in range(count):
        order = {"total": "20.00", "status": "Awaiting Fulfillment"}
        number = session.post(f"{sim}/_sim/orders", json=order, timeout=10).json()["id"]
        session.post(f"{sim}/_sim/orders/{number}/ship", json={}, timeout=10).raise_for_status()
        ids.append(number)
    return ids


def time_bare_loop(sim: str, orders: list[int]) -> float:
    """Handle one order after the other; return the seconds it took."""
    session = requests.Session()
    session.headers.update({"X-Auth-Token": TOKEN, "Accept": "application/json"})
    began = time.perf_counter()
    for number in orders:
        url = f"{sim}/stores/{STORE}/v2/orders/{number}"
        order = session.get(url, timeout=10).json()
        lines = session.get(f"{url}/products", timeout=10).json()
        shipped = all(line["quantity_shipped"] >= line["quantity"] for line in lines)
        if order["status_id"] == 2 and shipped:
            session.put(url, json={"status_id": 10}, timeout=10).raise_for_status()
    return time.perf_counter() - began


def time_server(sim: str, server: str, orders: list[int]) -> float:
    """Send one webhook an order over a few connections; return the seconds until all is done."""
    began = time.perf_counter()
    shares = [orders[n::CONNECTIONS] for n in range(CONNECTIONS)]
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        list(pool.map(lambda share: send(server, share), shares))
    drain(server, look_every_s=0.02, within_s=600.0)
    seconds = time.perf_counter() - began
    headers = {"X-Auth-Token": TOKEN}
    for number in orders:
        url = f"{sim}/stores/{STORE}/v2/orders/{number}"
        status = requests.get(url, headers=headers, timeout=10).json()["status_id"]
        if status != 10:
            raise SystemExit(f"order {number} is {status}")
    return seconds


def send(server: str, orders: list[int]) -> None:
    """Send signed webhooks, one after the other on one connection."""
    session = requests.Session()
    for number in orders:
        body = json.dumps(
            {
                "producer": f"stores/{STORE}",
                "created_at": int(time.time()),
                "store_id": "1",
                "scope": "store/order/updated",
                "data": {"type": "order", "id": number},
            }
        )
        headers = signed(f"msg_{number}", body.encode())
        url = f"{server}/webhooks/{STORE}"
        session.post(url, data=body, headers=headers, timeout=10).raise_for_status()


def signed(message: str, body: bytes) -> dict[str, str]:
    """Return the headers of a webhook that is sent now."""
    sent = str(int(time.time()))
    digest = hmac.new(SECRET.encode(), f"{message}.{sent}.".encode() + body, hashlib.sha256)
    return {
        "webhook-id": message,
        "webhook-timestamp": sent,
        "webhook-signature": "v1," + base64.b64encode(digest.digest()).decode(),
    }


def drain(server: str, *, look_every_s: float, within_s: float) -> None:
    """Wait until nothing is queued or in hand, or the time is up."""
    deadline = time.perf_counter() + within_s
    while time.perf_counter() < deadline:
        health = requests.get(f"{server}/healthz", timeout=30).json()
        if health["queued"] + health["in_flight"] == 0:
            return
        time.sleep(look_every_s)


if __name__ == "__main__":
    main()
