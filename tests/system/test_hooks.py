"""Hooks as a merchant has them: made, revived, following the rules, and gone when asked."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest
from orderwarden_local.rotated_secrets import FILE
from system.processes import command, serving, wait_until
from system.shop import HOOK_SECRET, Shop, open_shop
from system.stories import RULES, STORIES, check, tell, wait_until_quiet, write_configuration

pytestmark = [pytest.mark.xdist_group("system-2"), pytest.mark.timeout(300)]

EXCEPTIONS: Final = "store/hook/deliveryException"
SCOPES: Final = {
    EXCEPTIONS,
    "store/order/created",
    "store/order/statusUpdated",
    "store/order/transaction/created",
    "store/order/updated",
    "store/shipment/created",
}
NINETY_ONE_DAYS_S: Final = 91 * 86_400


@dataclass(frozen=True)
class Place:
    """A store and a configured server that may not run yet, at an address known before."""

    shop: Shop
    config: Path
    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def asked(self, *arguments: str, code: int | None = 0) -> Any:  # noqa: ANN401  JSON
        """Run a command that must end with this code; None: with any."""
        done = command(*arguments, "--config", str(self.config), "--json")
        assert code in {None, done.returncode}, (done.stdout, done.stderr)
        return json.loads(done.stdout)

    def hooks(self) -> list[Mapping[str, Any]]:
        return list(self.shop.hooks())

    def scopes(self) -> set[str]:
        return {hook["scope"] for hook in self.hooks()}

    def secrets(self) -> set[str]:
        return {hook["headers"]["X-Orderwarden-Secret"] for hook in self.hooks()}


@contextmanager
def place(folder: Path, seed: int) -> Iterator[Place]:
    with socket.socket() as taken, open_shop(seed) as shop:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        taken.close()
        config = write_configuration(folder, shop.url)
        url = f'public_url = "http://127.0.0.1:{port}"\n'
        config.write_text(url + config.read_text())
        yield Place(shop, config, port)


def test_a_server_makes_its_hooks_itself_and_repairs_what_the_store_switches_off(
    tmp_path: Path,
) -> None:
    with place(tmp_path, seed=81) as here, serving(here.config, here.port) as server:
        server.ready_url()
        wait_until(lambda: here.scopes() == SCOPES, within_s=20)
        told = tell(here.shop, STORIES[:4])
        # One retry at a busy moment is 60 s.
        wait_until_quiet(here.shop, here.config, here.url, within_s=100)
        check(here.shop, here.config, told)

        elsewhere = "https://erp.example.com/orders"
        here.shop.hook(elsewhere, "store/order/created")
        here.shop.turn_clock(NINETY_ONE_DAYS_S)  # none of them had an event for so long
        wait_until(lambda: not any(hook["is_active"] for hook in here.hooks()), within_s=20)
        here.shop.turn_clock(-NINETY_ONE_DAYS_S)
        status = here.asked("hooks", "status", code=1)
        assert {task["action"] for task in status["to_do"]} == {"update_hook"}
        changed = tmp_path / "changed.yaml"
        changed.write_text(RULES.replace("on: order_created", "on: message_created"))
        here.asked("rules", "publish", str(changed))

        followed = SCOPES - {"store/order/created"} | {"store/order/message/created"}
        wait_until(lambda: ours(here) == dict.fromkeys(followed, True), within_s=40)
        [other] = [hook for hook in here.hooks() if hook["destination"] == elsewhere]
        assert not other["is_active"]
        wait_until(lambda: here.asked("hooks", "status")["to_do"] == [], within_s=20)
        notices = [json.loads(line) for line in server.err if '"hook_was_off"' in line]
        revived = followed - {"store/order/message/created"}
        assert {notice["detail"]["scope"] for notice in notices} == revived
        lines = here.asked("changelog", "list", "--hooks")
        assert {line["result"] for line in lines} == {"applied"}


def ours(here: Place) -> dict[str, bool]:
    return {
        hook["scope"]: hook["is_active"]
        for hook in here.hooks()
        if hook["destination"].startswith(here.url)
    }


def test_the_doctor_finds_what_is_broken_and_says_when_all_is_well(tmp_path: Path) -> None:
    with place(tmp_path, seed=85) as here:
        ill = levels(here.asked("doctor", code=1))
        assert {check for check, level in ill.items() if level == "broken"} == {
            "destination",
            "rules",
            "schedule",
        }

        with serving(here.config, here.port) as server:
            server.ready_url()
            wait_until(lambda: here.scopes() == SCOPES, within_s=20)
            order_id = here.shop.place(total="20.00")
            well = levels(here.asked("doctor"))
            assert set(well.values()) == {"ok"}, well
            assert well.keys() >= {"destination", "hooks", "scopes", "clock", "schedule", "quota"}

            here.shop.revoke_token()
            refused = levels(here.asked("doctor", code=1))
            assert refused["token"] == "broken"
            here.shop.restore_token()

            [probed] = here.asked("doctor", "--probe-order", str(order_id), "--yes")
            assert (probed["check"], probed["level"]) == ("put_without_status", "ok")


def levels(findings: list[Mapping[str, str]]) -> dict[str, str]:
    """Return the worst level of each check."""
    order = ["ok", "warning", "broken"]
    ranked = sorted(findings, key=lambda finding: order.index(finding["level"]))
    return {finding["check"]: finding["level"] for finding in ranked}


def test_hooks_are_synced_rotated_and_removed_by_command_without_a_server(
    tmp_path: Path,
) -> None:
    with place(tmp_path, seed=82) as here:
        here.asked("rules", "publish")

        todo = here.asked("hooks", "sync", "--dry-run")
        assert {task["scope"] for task in todo} == SCOPES
        assert here.hooks() == []
        refused = command("hooks", "sync", "--config", str(here.config))
        assert (refused.returncode, "--yes" in refused.stderr) == (2, True)
        done = here.asked("hooks", "sync", "--yes")
        assert {each["result"] for each in done} == {"applied"}
        assert (here.scopes(), here.secrets()) == (SCOPES, {HOOK_SECRET})

        rotation = here.asked("hooks", "rotate-secret", "--yes")
        assert rotation["carried_at"] is not None
        [secret] = here.secrets()
        assert secret != HOOK_SECRET
        assert secret in (tmp_path / "var" / FILE).read_text()
        assert here.asked("hooks", "rotate-secret", "--yes", code=1) == rotation
        assert here.asked("hooks", "status")["rotation"] == rotation

        assert len(here.asked("hooks", "remove", "--yes")) == len(SCOPES)
        assert here.hooks() == []
        assert here.asked("hooks", "status", code=1)["removed_by_hand"]
        assert here.asked("hooks", "remove", "--yes") == []


def test_a_running_server_takes_the_rotated_secret_and_does_not_make_removed_hooks_anew(
    tmp_path: Path,
) -> None:
    with place(tmp_path, seed=83) as here, serving(here.config, here.port) as server:
        server.ready_url()
        wait_until(lambda: here.scopes() == SCOPES, within_s=20)
        here.shop.change_settings(signed=False)  # the header alone proves webhooks now
        here.asked("hooks", "rotate-secret", "--yes")

        told = tell(here.shop, STORIES[:2])
        wait_until_quiet(here.shop, here.config, here.url, within_s=30)
        check(here.shop, here.config, told)

        here.asked("hooks", "remove", "--yes")
        here.asked("rules", "publish", str(changed_rules(tmp_path)))
        wait_until(lambda: any("removed_by_hand" in line for line in server.err), within_s=40)
        assert here.hooks() == []


def changed_rules(folder: Path) -> Path:
    changed = folder / "changed.yaml"
    changed.write_text(RULES.replace("note-large", "note-very-large"))
    return changed


def test_a_domain_that_the_store_blocks_is_told(tmp_path: Path) -> None:
    with place(tmp_path, seed=84) as here:
        here.asked("rules", "publish")
        here.asked("hooks", "sync", "--yes")
        for _ in range(60):  # nobody listens: each is a failure, twice
            here.shop.act(here.shop.place(total="20.00"), "edit", status="Pending")
        wait_until(lambda: bool(here.asked("hooks", "status", code=None)["blocked"]), within_s=30)

        [blocked] = here.asked("hooks", "status", code=1)["blocked"]
        assert blocked["destination"] == "127.0.0.1"
        done = command("hooks", "sync", "--yes", "--config", str(here.config))
        assert "notice: store abc123: domain_blocked" in done.stderr
