"""Without room on the disk, or with every worker stuck, the door still answers as promised."""

from __future__ import annotations

import resource
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

import pytest
from system.processes import Child, serving, wait_until
from system.shop import open_shop
from system.stories import COMPLETED, health, hooked, wait_until_quiet, write_configuration
from system.webhooks import Connection, a_body, signed

pytestmark = [
    pytest.mark.xdist_group("system-2"),
    pytest.mark.timeout(300),
    pytest.mark.skipif(not hasattr(resource, "prlimit"), reason="Linux alone has prlimit"),
]

UNLIMITED: Final = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)


@contextmanager
def no_room(server: Child) -> Iterator[None]:
    """Let the server write to no file, as on a full disk or one that became read-only."""
    resource.prlimit(server.pid, resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
    try:
        yield
    finally:
        resource.prlimit(server.pid, resource.RLIMIT_FSIZE, UNLIMITED)


def post(url: str, order_id: int = 100) -> int:
    body = a_body(data={"type": "order", "id": order_id})
    with closing(Connection(url)) as connection:
        return connection.post(body, signed(body))


def test_a_disk_without_room_is_answered_503_and_forgotten_once_there_is_room(
    tmp_path: Path,
) -> None:
    config = write_configuration(tmp_path, "http://127.0.0.1:9")
    with serving(config) as server:
        url = server.ready_url()
        assert post(url) == 200

        with no_room(server):
            answers = [post(url) for _ in range(10)]
        after = [post(url) for _ in range(5)]

        assert answers == [503] * 10
        assert after == [200] * 5
        found = health(url)
        assert found["queued"] + found["in_flight"] == 1 + len(after)


def test_webhooks_are_taken_while_every_worker_is_stuck(tmp_path: Path) -> None:
    with open_shop(seed=7) as shop:
        config = write_configuration(tmp_path, shop.url)
        with hooked(shop, config) as server:
            url = server.ready_url()
            shop.add_fault(answer="slow", path="/v2/orders/*", delay_s=5.0)
            orders = [shop.place(status="Awaiting Fulfillment") for _ in range(12)]
            for order in orders:
                shop.act(order, "ship")
            wait_until(lambda: health(url)["in_flight"] > 1, 10.0)

            began = time.monotonic()
            answers = [post(url, orders[0]) for _ in range(50)]
            took_s = time.monotonic() - began

            assert answers == [200] * 50
            assert took_s < 25.0
            shop.clear_faults()
            wait_until_quiet(shop, config, url, 60.0)
            assert {shop.status_of(order) for order in orders} == {COMPLETED}
