"""Hooks are looked after by the clock: synced, their rotation followed, silence heard."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from orderwarden.domain.line import HOOKS
from orderwarden.domain.rotation import Rotation
from orderwarden.ports import Rotations
from orderwarden.services.compare_hooks import HookPlace
from orderwarden.services.keep_hooks import Kept, LookedAfter, keep_hooks, kept, note_kept
from orderwarden.services.note_webhooks import WebhookNotes
from orderwarden.services.rotate_secret import begin_rotation
from orderwarden_cli.rules_yaml import read_rules
from scenario import STORE
from unit.services.hook_rig import RULES, URL, HookRig

MINUTE = 60.0
HOUR = 3600.0


class KnownRotations:
    """Rotations in memory; one secret is configured."""

    def __init__(self) -> None:
        self.known: Rotation | None = None

    def configured(self, _store: str) -> tuple[str, ...]:
        return ("s3cret",)

    def rotation(self, _store: str) -> Rotation | None:
        return self.known

    def unsettled_s(self, _store: str, _secret: str | None) -> float:
        return 0.0

    def replace_rotation(self, _store: str, new: Rotation, before: Rotation | None) -> bool:
        is_so = self.known == before
        self.known = new if is_so else self.known
        return is_so


class Rig(HookRig):
    """The same with a rotation, and webhooks that are noted."""

    def __init__(self, folder: Path) -> None:
        self.rotated = KnownRotations()
        super().__init__(folder)
        self.notes = WebhookNotes(self.state, self.clock)

    @property
    def rotations(self) -> Rotations:
        return self.rotated

    @property
    def place(self) -> HookPlace:
        rotation = self.rotated.known
        live = rotation.live(("s3cret",)) if rotation else ("s3cret",)
        return HookPlace(STORE, URL, live)

    def keep(self) -> LookedAfter:
        return keep_hooks(self.ports, self.place, self.rules)


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    rig = Rig(tmp_path)
    yield rig
    rig.database.close()


# What is noted


def test_when_hooks_were_looked_after_is_kept(rig: Rig) -> None:
    assert kept(rig.state, STORE) is None

    rig.keep()

    assert kept(rig.state, STORE) == Kept(rig.clock.now(), 0)


def test_a_removal_is_taken_back_by_a_person_alone(rig: Rig) -> None:
    removed = Kept(rig.clock.now(), 1, is_removed=True)
    note_kept(rig.state, STORE, removed, by_person=True)

    rig.keep()
    assert kept(rig.state, STORE) == removed

    note_kept(rig.state, STORE, Kept(rig.clock.now(), 1), by_person=True)
    assert kept(rig.state, STORE) == Kept(rig.clock.now(), 1)


# Rotation


def test_a_rotation_puts_the_new_secret_on_every_hook_and_ends_after_the_last_retry(
    rig: Rig,
) -> None:
    rig.keep()
    assert begin_rotation(rig.rotated, rig.clock, STORE, "new") is not None

    repaired = rig.keep()
    assert {done.task.reasons for done in repaired.synced.done} == {("wrong_secret",)}
    assert {hook.headers["X-Orderwarden-Secret"] for hook in rig.hooks()} == {"new"}
    assert repaired.rotation is None

    rig.clock.advance(15 * MINUTE)
    carried = rig.keep().rotation
    assert carried is not None
    assert carried.ends_at == rig.clock.now() + timedelta(hours=49)
    assert rig.place.secrets == ("new", "s3cret")

    rig.clock.advance(49 * HOUR)
    ended = rig.keep().rotation
    assert ended is not None
    assert list(rig.place.secrets) == ["new"]
    assert rig.keep().rotation is None


def test_a_rotation_waits_for_a_hook_that_the_store_does_not_let_us_change(rig: Rig) -> None:
    rig.keep()
    begin_rotation(rig.rotated, rig.clock, STORE, "new")
    rig.fault("status", status=422, method="PUT", path="/v3/hooks/*")

    for _ in range(5):
        rig.keep()
        rig.clock.advance(49 * HOUR)

    assert rig.place.secrets == ("new", "s3cret")
    assert not [line for line in rig.changelog.of_order(STORE, HOOKS) if "new" in line.reason]


def test_a_second_rotation_is_refused_while_one_is_under_way(rig: Rig) -> None:
    begin_rotation(rig.rotated, rig.clock, STORE, "new")

    assert begin_rotation(rig.rotated, rig.clock, STORE, "newer") is None
    assert rig.place.secret == "new"


# Silence


def a_changed_order(rig: Rig) -> int:
    order_id = rig.sim.shopper.place(total="20.00")
    rig.sim.staff.edit(order_id, status="Awaiting Fulfillment")
    return order_id


def test_orders_that_change_without_a_webhook_raise_the_alarm_once(rig: Rig) -> None:
    rig.keep()
    rig.clock.advance(10 * MINUTE)
    a_changed_order(rig)

    rig.clock.advance(15 * MINUTE)
    assert rig.keep().silence is None  # half an hour is plausible

    rig.clock.advance(15 * MINUTE)
    for _ in range(2):
        silence = rig.keep().silence
        assert silence is not None
        assert silence.orders == 1
    assert [kind for kind, _, _ in rig.notices.told] == ["webhooks_silent"]


def test_no_webhook_and_no_changed_order_is_a_quiet_night(rig: Rig) -> None:
    rig.keep()
    a_changed_order(rig)
    rig.notes.note(STORE)

    for _ in range(20):
        rig.clock.advance(HOUR)
        assert rig.keep().silence is None


def test_a_webhook_ends_the_silence(rig: Rig) -> None:
    rig.keep()
    rig.clock.advance(30 * MINUTE)
    a_changed_order(rig)
    rig.notes.note(STORE)
    rig.clock.advance(30 * MINUTE)

    assert rig.keep().silence is None


def test_a_store_with_long_pauses_is_given_more_time(rig: Rig) -> None:
    rig.keep()
    rig.clock.advance(2 * HOUR)
    rig.notes.note(STORE)
    rig.clock.advance(10 * MINUTE)
    a_changed_order(rig)

    rig.clock.advance(3.5 * HOUR)
    assert rig.keep().silence is None
    rig.clock.advance(HOUR)
    assert rig.keep().silence is not None


def test_webhooks_that_tell_of_shipments_alone_prove_no_silence(rig: Rig) -> None:
    rig.rules = read_rules(RULES.replace("order_created, ", ""), "rules.yaml")
    rig.keep()
    rig.clock.advance(10 * MINUTE)
    a_changed_order(rig)
    rig.clock.advance(10 * HOUR)

    assert rig.keep().silence is None


def test_of_status_events_three_new_orders_must_be_missing(rig: Rig) -> None:
    rig.rules = read_rules(RULES.replace("order_created, ship", "status_updated, ship"), "r")
    rig.keep()
    rig.clock.advance(10 * MINUTE)
    a_changed_order(rig)
    a_changed_order(rig)
    rig.clock.advance(HOUR)
    assert rig.keep().silence is None

    a_changed_order(rig)
    rig.clock.advance(HOUR)
    assert rig.keep().silence is not None


def test_webhooks_cost_one_write_in_five_minutes(rig: Rig) -> None:
    rig.notes.note(STORE)
    first = rig.state.bookmark(STORE, "webhooks_heard")

    rig.clock.advance(4 * MINUTE)
    rig.notes.note(STORE)
    WebhookNotes(rig.state, rig.clock).note(STORE)  # another process
    assert rig.state.bookmark(STORE, "webhooks_heard") == first

    rig.clock.advance(MINUTE)
    rig.notes.note(STORE)
    assert rig.state.bookmark(STORE, "webhooks_heard") != first
