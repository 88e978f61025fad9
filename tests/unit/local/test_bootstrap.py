"""One machine put together from its configuration, and what it says of itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from contracts.builders import a_parked, a_review
from fakes import NOON, TurnableClock
from orderwarden.domain.signal import Signal, Trigger
from orderwarden.errors import ConfigurationError
from orderwarden.services.publish import publish
from orderwarden_cli.rules_yaml import read_rules
from orderwarden_local.bootstrap import Machine, ingest_service, machine, process_service
from orderwarden_local.configuration import Configuration
from orderwarden_local.configured_secrets import ConfiguredSecrets
from orderwarden_local.health import health, store_status
from orderwarden_local.structured_log import LoggingNotifier, StructuredLog
from unit.machines import (
    CLIENT_SECRET,
    STORE,
    FakeReader,
    LogLines,
    a_machine,
    a_store_configuration,
)
from webhook_builders import a_body, signed

OTHER = "xyz789"
RULES = """
version: 1
mode: live
store: {reserve: 35%}
rules:
  - {name: r, on: status_updated, when: {status: Shipped}, do: [set_status: Completed]}
"""

Opens = Callable[..., Machine]


@pytest.fixture
def opens(tmp_path: Path) -> Iterator[Opens]:
    """Return what opens a machine with these stores, closed at the end."""
    opened: list[Machine] = []

    def open_machine(*stores: str) -> Machine:
        configured = {store: a_store_configuration(store) for store in stores}
        opened.append(machine(Configuration(tmp_path / "var", "", 4, configured)))
        return opened[-1]

    yield open_machine
    for each in opened:
        each.close()


def put_in_force(here: Machine, store: str) -> None:
    rules = read_rules(RULES, "rules.yaml")
    publish(here.state, here.clock, store, rules, source=RULES, author="ann")


def a_signal(store: str) -> Signal:
    return Signal(store, 118, Trigger.STATUS_UPDATED, NOON, "wh-1", 9, 2)


# Putting it together


def test_the_state_lies_where_the_configuration_says(opens: Opens, tmp_path: Path) -> None:
    opens(STORE)

    assert (tmp_path / "var/orderwarden.sqlite3").is_file()


def test_each_store_has_a_client_one_that_cannot_write_and_one_pace_for_both(
    opens: Opens,
) -> None:
    here = opens(STORE, OTHER)

    assert set(here.stores) == set(here.readers) == set(here.pacers) == {STORE, OTHER}
    assert hasattr(here.stores[STORE], "put_order")
    assert not hasattr(here.readers[STORE], "put_order")
    assert here.pacers[STORE] is not here.pacers[OTHER]


def test_a_closed_machine_can_be_opened_again(opens: Opens) -> None:
    first = opens(STORE)
    first.queue.put(a_signal(STORE))
    first.close()

    assert opens(STORE).queue.depth().queued == 1


def test_a_state_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    (tmp_path / "var").write_text("in the way")
    configuration = Configuration(tmp_path / "var", "", 4, {STORE: a_store_configuration()})

    with pytest.raises(ConfigurationError, match="cannot be opened for writing"):
        machine(configuration)


def test_an_authentic_webhook_reaches_the_queue(opens: Opens) -> None:
    here = opens(STORE)
    body = a_body(created_at=int(here.clock.now().timestamp()))
    headers = signed(body, CLIENT_SECRET, here.clock.now())

    ingested = ingest_service(here).handle("POST", STORE, headers, body)

    assert ingested.code == "queued"
    assert here.queue.depth().queued == 1


def test_a_signal_without_rules_ends_without_a_call(opens: Opens) -> None:
    here = opens(STORE)
    process = process_service(here, LoggingNotifier(StructuredLog(here.clock, LogLines())))

    outcome = process.handle(a_signal(STORE), 1)

    assert (outcome.kind, outcome.api_calls) == ("no_rule", 0)


def test_the_rules_say_how_much_of_the_quota_is_left_to_others(opens: Opens) -> None:
    here = opens(STORE, OTHER)
    put_in_force(here, STORE)
    process = process_service(here, LoggingNotifier(StructuredLog(here.clock, LogLines())))

    # About a status that no rule reads, so no call is made.
    process.handle(replace(a_signal(STORE), new_status_id=11), 1)

    assert here.pacers[STORE].reserve == float(Decimal("0.35"))
    assert here.pacers[OTHER].reserve == 0.2


def test_a_signal_of_a_store_that_is_no_longer_configured_waits(opens: Opens) -> None:
    here = opens(STORE)
    put_in_force(here, OTHER)
    process = process_service(here, LoggingNotifier(StructuredLog(here.clock, LogLines())))

    outcome = process.handle(a_signal(OTHER), 1)

    assert outcome.kind == "again"
    assert outcome.reason == f"configuration: store {OTHER} is not configured"


# Secrets


def test_secrets_are_handed_out_as_configured_and_never_old() -> None:
    clock = TurnableClock()
    configured = replace(a_store_configuration(), hook_secrets=("a", "b"), proof="both")
    secrets = ConfiguredSecrets({STORE: configured}, clock)

    clock.advance(3600)
    found = secrets.hook_secrets(STORE, newer_than=NOON)

    assert found.client_secrets == (CLIENT_SECRET,)
    assert found.hook_secrets == ("a", "b")
    assert found.needs_both
    assert found.fetched_at == clock.now()


def test_either_proof_does_unless_both_are_asked_for() -> None:
    secrets = ConfiguredSecrets({STORE: a_store_configuration()}, TurnableClock())

    assert not secrets.hook_secrets(STORE).needs_both


def test_there_are_no_secrets_of_an_unknown_store() -> None:
    secrets = ConfiguredSecrets({STORE: a_store_configuration()}, TurnableClock())

    with pytest.raises(ConfigurationError, match=f"store {OTHER} is not configured"):
        secrets.hook_secrets(OTHER)


# Health


def test_health_counts_what_waits_over_all_stores(tmp_path: Path) -> None:
    with closing(a_machine(tmp_path, {STORE: FakeReader(), OTHER: FakeReader()})) as here:
        here.queue.put_body("garbage", "g1")
        here.queue.bury(here.queue.receive()[0].receipt_handle, "not_a_signal")
        for order_id in (1, 2, 3):
            here.queue.put(replace(a_signal(STORE), order_id=order_id))
        here.queue.receive()
        here.state.park(a_parked("k1"))
        here.state.park(a_parked("k2", signal=a_signal(OTHER)))
        here.state.open_review(a_review("r1"))
        here.state.open_review(a_review("r2", store=OTHER))
        here.state.open_review(a_review("r3", state="approved"))

        found = health(here)

    assert found == {
        "status": "ok",
        "queued": 2,
        "in_flight": 1,
        "parked": 2,
        "dead_letters": 1,
        "reviews": 2,
    }


def test_a_stores_status_tells_what_it_runs_on(tmp_path: Path) -> None:
    with closing(a_machine(tmp_path, {STORE: FakeReader(), OTHER: FakeReader()})) as here:
        put_in_force(here, STORE)
        here.state.stop(STORE, "by hand")
        for rule in ("b", "a"):
            here.state.pause_rule(STORE, rule)
        here.state.park(a_parked())
        here.state.open_review(a_review())

        assert store_status(here, STORE) == {
            "store": STORE,
            "rules_version": 1,
            "stopped": "by hand",
            "paused_rules": ["a", "b"],
            "parked": 1,
            "reviews": 1,
        }
        assert store_status(here, OTHER) == {
            "store": OTHER,
            "rules_version": None,
            "stopped": None,
            "paused_rules": [],
            "parked": 0,
            "reviews": 0,
        }
