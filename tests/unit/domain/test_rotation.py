"""Replacing a hook secret: both are accepted until the last retry with the old one has passed."""

from __future__ import annotations

from datetime import timedelta

from fakes import NOON
from orderwarden.domain.rotation import Rotation, begun

HOUR = timedelta(hours=1)
OLD = ("old-one",)


def test_the_new_secret_goes_on_hooks_and_the_old_ones_are_still_accepted() -> None:
    assert Rotation("new", NOON).live(("old-one", "older")) == ("new", "old-one", "older")


def test_nothing_is_retired_while_a_hook_carries_an_old_secret() -> None:
    rotation = Rotation("new", NOON)

    late = rotation.followed(OLD, NOON + 1000 * HOUR, all_carry=False)

    assert late == rotation
    assert late.live(OLD) == ("new", "old-one")


def test_the_old_secret_goes_when_its_retries_have_ended() -> None:
    carried = Rotation("new", NOON).followed(OLD, NOON + HOUR, all_carry=True)
    assert (carried.carried_at, carried.ends_at) == (NOON + HOUR, NOON + 50 * HOUR)

    waiting = carried.followed(OLD, NOON + 50 * HOUR - timedelta(seconds=1), all_carry=True)
    assert waiting.live(OLD) == ("new", "old-one")

    ended = waiting.followed(OLD, NOON + 50 * HOUR, all_carry=True)
    assert (ended.live(OLD), ended.ended_at) == (("new",), NOON + 50 * HOUR)
    assert ended.followed(OLD, NOON + 99 * HOUR, all_carry=False) == ended


def test_the_tail_begins_anew_when_a_hook_was_given_an_old_secret_again() -> None:
    carried = Rotation("new", NOON).followed(OLD, NOON, all_carry=True)

    torn = carried.followed(OLD, NOON + 48 * HOUR, all_carry=False)
    again = torn.followed(OLD, NOON + 49 * HOUR, all_carry=True)

    assert again.ends_at == NOON + 98 * HOUR


def test_a_second_rotation_has_to_wait_for_the_first_one() -> None:
    first = begun(None, "first", NOON)
    assert first is not None

    assert begun(first, "second", NOON + HOUR) is None


def test_a_second_rotation_accepts_what_the_first_one_made_and_nothing_that_was_retired() -> None:
    first = Rotation("first", NOON).followed(OLD, NOON, all_carry=True)
    ended = first.followed(OLD, NOON + 50 * HOUR, all_carry=True)

    second = begun(ended, "second", NOON + 60 * HOUR)

    assert second is not None
    assert second.live(OLD) == ("second", "first")


def test_a_secret_that_people_list_themselves_is_never_retired_while_it_is_in_use() -> None:
    listed = ("new", "old-one")
    carried = Rotation("new", NOON).followed(listed, NOON, all_carry=True)

    ended = carried.followed(listed, NOON + 50 * HOUR, all_carry=True)

    assert ended.live(listed) == ("new",)
    assert ended.live(("listed-later",)) == ("new", "listed-later")
