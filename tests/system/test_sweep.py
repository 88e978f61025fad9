"""The sweep through the real processes: by command, beside the server and without one."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from rule_files import cancel_unpaid
from system.processes import command, serving
from system.shop import Shop, open_shop
from system.stories import write_configuration, written_lines

pytestmark = [pytest.mark.xdist_group("system-3"), pytest.mark.timeout(300)]

RULES: Final = cancel_unpaid(when="")
AWAITING_PAYMENT, CANCELLED = 7, 5


def place(shop: Shop, count: int, *, hours: float = 13, **order: object) -> list[int]:
    created_at = datetime.now(UTC) - timedelta(hours=hours)
    return [
        shop.place(total="640.00", created_at=created_at.isoformat(), **order)
        for _ in range(count)
    ]


def swept(done: subprocess.CompletedProcess[str]) -> Any:  # noqa: ANN401  JSON
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def start_sweep(config: Path) -> subprocess.Popen[str]:
    words = ("sweep", "run", "--config", str(config), "--json", "--yes")
    return subprocess.Popen(  # noqa: S603  our own interpreter and modules
        [sys.executable, "-m", "orderwarden_cli", *words],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def ended(process: subprocess.Popen[str]) -> subprocess.CompletedProcess[str]:
    out, err = process.communicate(timeout=120)
    return subprocess.CompletedProcess(process.args, process.returncode, out, err)


def test_three_commands_at_once_beside_the_server_cancel_every_due_order_once(
    tmp_path: Path,
) -> None:
    with open_shop(seed=81) as shop:
        config = write_configuration(tmp_path, shop.url, RULES)
        with serving(config) as server:
            server.ready_url()
            due = place(shop, 12)
            young = place(shop, 2, hours=11)
            paid, authorised, stuck = place(shop, 3)
            shop.act(paid, "pay", moves_status=False)
            shop.act(authorised, "authorise")
            shop.add_fault(answer="status", status=500, path=f"/v3/orders/{stuck}/transactions")

            runs = [swept(ended(each)) for each in [start_sweep(config) for _ in range(3)]]

        changes = shop.changes()
        kept = {order: shop.status_of(order) for order in [*young, paid, authorised, stuck]}
    made = Counter((x.order_id, x.from_status_id, x.to_status_id) for x in changes)
    assert made == Counter((order, AWAITING_PAYMENT, CANCELLED) for order in due)
    assert set(kept.values()) == {AWAITING_PAYMENT}
    assert sorted(line["order_id"] for line in written_lines(config)) == due
    assert {line["run_id"] for line in written_lines(config)} <= {run["id"] for run in runs}
    assert sum(run["queued"] for run in runs) == 15


def test_without_a_server_the_command_does_the_work_itself(tmp_path: Path) -> None:
    with open_shop(seed=82) as shop:
        config = write_configuration(tmp_path, shop.url, RULES)
        published = command("rules", "publish", "--config", str(config))
        due = place(shop, 3)
        [bank] = place(shop, 1, payment_method="Bank Deposit")

        looked = command("sweep", "run", "--dry-run", "--json", "--config", str(config))
        refused = command("sweep", "run", "--config", str(config))
        done = command("sweep", "run", "--yes", "--json", "--config", str(config))
        again = command("sweep", "run", "--yes", "--json", "--config", str(config))

        assert published.returncode == 0, published.stderr
        assert [shop.status_of(order) for order in due] == [CANCELLED] * 3
        assert shop.status_of(bank) == AWAITING_PAYMENT
    assert [(x["order_id"], x["verdict"], x["reason"]) for x in json.loads(looked.stdout)] == [
        *((order, "would", "") for order in due),
        (bank, "skipped", "offline_method"),
    ]
    assert (refused.returncode, "add --yes" in refused.stderr) == (2, True)
    assert swept(done)["outcomes"] == {"applied": 3, "blocked: offline_method": 1}
    assert (swept(again)["queued"], swept(again)["skipped"]) == (0, {"blocked: offline_method": 1})
    listed = json.loads(command("sweep", "list", "--json", "--config", str(config)).stdout)
    assert [run["id"] for run in listed] == [swept(again)["id"], swept(done)["id"]]
    shown = command("sweep", "show", swept(done)["id"], "--json", "--config", str(config))
    assert len(json.loads(shown.stdout)["lines"]) == 4


def test_what_a_run_changed_is_taken_back_and_stays_so(tmp_path: Path) -> None:
    with open_shop(seed=83) as shop:
        config = write_configuration(tmp_path, shop.url, RULES)
        assert command("rules", "publish", "--config", str(config)).returncode == 0
        due = place(shop, 3)
        where = ("--config", str(config))
        run = swept(command("sweep", "run", "--yes", "--json", *where))

        refused = command("undo", "--run", run["id"], *where)
        undone = swept(command("undo", "--run", run["id"], "--yes", "--json", *where))
        again = command("undo", "--run", run["id"], "--yes", *where)
        swept(command("sweep", "run", "--yes", "--json", *where))

        assert [shop.status_of(order) for order in due] == [AWAITING_PAYMENT] * 3
    assert (refused.returncode, "add --yes" in refused.stderr) == (2, True)
    assert undone["outcomes"] == {"applied": 3}
    assert len(undone["cannot_be_undone"]) == 3
    assert (again.returncode, again.stderr) == (
        1,
        "No change of it stands that could be taken back.\n",
    )
