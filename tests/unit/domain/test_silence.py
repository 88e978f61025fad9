"""How long a pause is plausible, by the pauses that there were."""

from __future__ import annotations

from datetime import timedelta

import pytest
from fakes import NOON
from orderwarden.domain.silence import Heard

HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("longest_s", "plausible"),
    [
        (0.0, timedelta(minutes=30)),
        (600.0, timedelta(minutes=30)),
        (3600.0, timedelta(hours=2)),
        (86_400.0, timedelta(hours=6)),
    ],
)
def test_twice_the_longest_pause_is_plausible_within_bounds(
    longest_s: float, plausible: timedelta
) -> None:
    assert Heard(NOON, longest_s).plausible == plausible


def test_a_longer_pause_is_learned_at_once() -> None:
    assert Heard(NOON, 600.0).after(NOON + 2 * HOUR) == Heard(NOON + 2 * HOUR, 7200.0)


def test_an_old_pause_counts_half_after_a_week() -> None:
    heard = Heard(NOON, 40 * 86_400.0).after(NOON + timedelta(days=7))

    assert heard.longest_s == 20 * 86_400.0


def test_a_clock_that_was_set_back_is_no_pause() -> None:
    assert Heard(NOON, 60.0).after(NOON - HOUR) == Heard(NOON - HOUR, 60.0)


def test_what_is_known_survives_as_a_bookmark() -> None:
    heard = Heard(NOON, 61.5)

    assert Heard.from_text(heard.to_text()) == heard
    assert Heard.from_text(None) is None
