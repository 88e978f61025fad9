"""Durations as merchants write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from orderwarden.domain.rules.durations import (
    LONGEST,
    in_words,
    parse,
    parse_business_days,
    to_text,
)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("90m", 5_400),
        ("12h", 43_200),
        ("3d", 259_200),
        ("45s", 45),
        ("0s", 0),
        ("2w", 1_209_600),
        ("1d 12h", 129_600),
        ("1d12h", 129_600),
        ("12 hours", 43_200),
        ("1 day 1 minute", 86_460),
        ("  3  Days ", 259_200),
        ("3650d", LONGEST),
    ],
)
def test_a_duration_is_read(text: str, seconds: int) -> None:
    assert parse(text) == seconds


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "12",
        "h",
        "1:30",
        "-1h",
        "1.5h",
        "12h 1d",
        "1h 1h",
        "3651d",
        "1 month",
        "12hh",
        "2 business days",
        "٣d",
        "1d" + " " * 1000 + "!",
        "9" * 1000 + "s",
    ],
)
def test_anything_else_is_no_duration(text: str) -> None:
    assert parse(text) is None


@given(st.integers(0, LONGEST))
def test_what_is_printed_is_read_again(seconds: int) -> None:
    assert parse(to_text(seconds)) == seconds


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0s"),
        (5_400, "1h 30m"),
        (129_600, "1d 12h"),
        (604_800, "1w"),
        (694_861, "1w 1d 1h 1m 1s"),
    ],
)
def test_a_duration_is_printed_exactly(seconds: int, text: str) -> None:
    assert to_text(seconds) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-5, "0 s"),
        (59, "59 s"),
        (60, "1 min"),
        (3_599, "59 min"),
        (3_600, "1 h"),
        (46_799, "12 h"),
        (46_800, "13 h"),
        (86_400, "1 d"),
        (266_400, "3 d 2 h"),
    ],
)
def test_a_duration_is_told_to_a_person_without_the_small_change(seconds: int, text: str) -> None:
    assert in_words(seconds) == text


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("2 business days", 2),
        ("1 Business  Day", 1),
        ("10business days", 10),
        ("3650 business days", 3650),
        ("3651 business days", None),
        ("2 days of business", None),
        ("2.5 business days", None),
        ("2 business days 4h", None),
        ("2d", None),
    ],
)
def test_business_days_are_told_from_nonsense(text: str, days: int | None) -> None:
    assert parse_business_days(text) == (None if days is None else days * 86_400)
