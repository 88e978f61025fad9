"""`orderwarden hooks` and `doctor` as a person sees them, against a simulated store."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from bigcommerce_sim import Settings, SimulatedStore
from bigcommerce_sim.web.server import running
from unit.cli.command_line import STORE, CommandLine

URL = "https://hooks.example.com"
TOKEN = "tok3n"


class Shop:
    """A store with its API, and the command line of a machine that knows it."""

    def __init__(self, folder: Path, sim: SimulatedStore, api_url: str) -> None:
        self.sim = sim
        self.line = CommandLine(folder, api_url, STORE)
        self.configure(f'public_url = "{URL}"')
        self.line.run("rules", "publish")

    def configure(self, first: str) -> None:
        stores = self.line.config.read_text().partition("[stores")[2]
        self.line.config.write_text(f"{first}\n[stores{stores}")

    def scopes(self) -> list[str]:
        return sorted(hook.scope for hook in self.sim.hooks)


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    settings = Settings(quota_requests=100_000)
    sim = SimulatedStore(STORE, settings=settings, token=TOKEN, client_secret="client-s3cret")
    with running(sim) as url:
        yield Shop(tmp_path, sim, url)


def test_status_shows_what_is_missing_and_what_is_in_order(shop: Shop) -> None:
    before = shop.line.run("hooks", "status")
    assert before.exit_code == 1
    assert before.stdout.count("missing") == 2
    assert "`orderwarden hooks sync` mends this" in before.stdout

    shop.line.run("hooks", "sync", "--yes")
    after = shop.line.run("hooks", "status")
    assert (after.exit_code, after.stdout.count("in order")) == (0, 2)


def test_nothing_is_done_before_somebody_says_yes(shop: Shop) -> None:
    for words in (("sync",), ("rotate-secret",)):
        result = shop.line.run("hooks", *words)
        assert (result.exit_code, "--yes" in result.stderr) == (2, True)
    assert shop.scopes() == []

    dry = shop.line.run("hooks", "sync", "--dry-run")
    assert (dry.exit_code, "create_hook" in dry.stdout, shop.scopes()) == (0, True, [])


def test_sync_says_what_it_did_and_when_nothing_was_to_be_done(shop: Shop) -> None:
    first = shop.line.run("hooks", "sync", "--yes")
    second = shop.line.run("hooks", "sync", "--yes")

    assert first.stdout.count("applied") == 2
    assert second.stdout == "Nothing was to be done.\n"
    assert shop.scopes() == ["store/hook/deliveryException", "store/shipment/created"]
    listed = shop.line.run("changelog", "list", "--hooks")
    assert listed.stdout.count("create_hook") == 2
    assert shop.line.json("changelog", "list") == []


def test_a_rotation_is_told_without_its_secret(shop: Shop) -> None:
    shop.line.run("hooks", "sync", "--yes")

    begun = shop.line.run("hooks", "rotate-secret", "--yes")
    again = shop.line.run("hooks", "rotate-secret", "--yes")

    [secret] = {hook.headers["X-Orderwarden-Secret"] for hook in shop.sim.hooks if hook.headers}
    assert (begun.exit_code, again.exit_code) == (0, 1)
    assert "every hook carries the new secret" in begun.stdout
    assert secret not in begun.output + again.output
    assert "A rotation is under way" in shop.line.run("hooks", "status").stdout


def test_removed_hooks_stay_removed_until_they_are_asked_for(shop: Shop) -> None:
    shop.line.run("hooks", "sync", "--yes")

    removed = shop.line.run(
        "hooks", "remove", "--yes", "--public-url", "https://HOOKS.example.com/"
    )

    assert (removed.exit_code, shop.scopes()) == (0, [])
    assert "removed by hand" in shop.line.run("hooks", "status").stdout
    refused = shop.line.run("hooks", "rotate-secret", "--yes")
    assert (refused.exit_code, "hooks sync" in refused.stderr) == (2, True)
    shop.line.run("hooks", "sync", "--yes")
    assert len(shop.scopes()) == 2


def test_hooks_of_an_earlier_address_are_removed_by_naming_it(shop: Shop) -> None:
    shop.line.run("hooks", "sync", "--yes")
    shop.configure('public_url = "https://new.example.com"')
    shop.line.run("hooks", "sync", "--yes")
    assert len(shop.scopes()) == 3  # the store lets an account have one hook for exceptions

    shop.line.run("hooks", "remove", "--yes", "--public-url", URL)
    shop.line.run("hooks", "sync", "--yes")

    assert {hook.destination.partition("/webhooks")[0] for hook in shop.sim.hooks} == {
        "https://new.example.com"
    }
    assert len(shop.scopes()) == 2


@pytest.mark.parametrize("words", [("status",), ("sync", "--yes"), ("rotate-secret", "--yes")])
def test_without_a_public_url_it_is_told_what_to_set(shop: Shop, words: tuple[str, ...]) -> None:
    shop.configure("")

    result = shop.line.run("hooks", *words)

    assert result.exit_code == 3
    assert "set public_url to the address" in result.stderr
    assert shop.line.run("hooks", "remove").exit_code == 2


def test_without_rules_no_hooks_are_needed(tmp_path: Path) -> None:
    line = CommandLine(tmp_path, "http://127.0.0.1:1", STORE)
    line.config.write_text(f'public_url = "{URL}"\n{line.config.read_text()}')

    result = line.run("hooks", "status")

    assert (result.exit_code, "no rules are published" in result.stderr) == (3, True)


def test_the_doctor_tells_each_part_with_its_remedy(shop: Shop) -> None:
    shop.configure("")  # or it would call hooks.example.com

    result = shop.line.run("doctor")

    assert result.exit_code == 1
    for words in ("no server has looked", "start `orderwarden", "no_public_url", "the API takes"):
        assert words in result.stdout.replace("\n", ""), words
    checks = {finding["check"] for finding in _found(shop)}
    assert checks >= {"queue", "rules", "schedule", "secrets", "token", "clock", "scopes"}


def _found(shop: Shop) -> list[dict[str, str]]:
    found: list[dict[str, str]] = json.loads(shop.line.run("doctor", "--json").stdout)
    return found


def test_probing_an_order_warns_and_asks_first(shop: Shop) -> None:
    order_id = shop.sim.shopper.place(total="20.00")

    asked = shop.line.run("doctor", "--probe-order", str(order_id))
    assert asked.exit_code == 2
    assert "Choose an order that nobody works on" in asked.stderr
    assert not [write for write in shop.sim.journal.writes if write.actor.startswith("api:")]

    done = shop.line.run("doctor", "--probe-order", str(order_id), "--yes", "--json")
    assert (done.exit_code, '"ok"' in done.stdout) == (0, True)
