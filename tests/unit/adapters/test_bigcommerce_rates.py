"""The rate headers, as they should be and as they should not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from orderwarden.adapters.bigcommerce_rates import Rates, rates_of, retry_after_s
from requests.structures import CaseInsensitiveDict

SENSIBLE = {
    "X-Rate-Limit-Requests-Quota": "150",
    "X-Rate-Limit-Requests-Left": "35",
    "X-Rate-Limit-Time-Reset-Ms": "15000",
    "X-Rate-Limit-Time-Window-Ms": "30000",
}
NONSENSE = [
    "",
    "NaN",
    "nan",
    "inf",
    "-1",
    "+5",
    "1e3",
    "0x10",
    "many",
    "1,2",
    "1, 2",
    "٣",
    "9" * 30,
]


def test_four_sensible_headers_are_read() -> None:
    assert rates_of(SENSIBLE) == Rates(quota=150, left=35, reset_s=15.0, window_s=30.0)


def test_names_may_come_in_lower_case() -> None:
    lower = CaseInsensitiveDict({name.lower(): text for name, text in SENSIBLE.items()})

    assert rates_of(lower) == Rates(150, 35, 15.0, 30.0)


@pytest.mark.parametrize("name", list(SENSIBLE))
@pytest.mark.parametrize("text", NONSENSE)
def test_one_header_of_nonsense_makes_all_four_say_nothing(name: str, text: str) -> None:
    assert rates_of({**SENSIBLE, name: text}) is None


@pytest.mark.parametrize("name", list(SENSIBLE))
def test_one_missing_header_makes_the_others_say_nothing(name: str) -> None:
    assert rates_of({key: text for key, text in SENSIBLE.items() if key != name}) is None


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("X-Rate-Limit-Requests-Quota", "0"),
        ("X-Rate-Limit-Time-Window-Ms", "0"),
        ("X-Rate-Limit-Time-Window-Ms", "120001"),
        ("X-Rate-Limit-Time-Reset-Ms", "120001"),
    ],
)
def test_no_window_is_like_that(name: str, text: str) -> None:
    assert rates_of({**SENSIBLE, name: text}) is None


def test_more_left_than_the_quota_is_the_quota() -> None:
    rates = rates_of({**SENSIBLE, "X-Rate-Limit-Requests-Left": "999"})

    assert rates == Rates(150, 150, 15.0, 30.0)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("12", 12.0), (" 12 ", 12.0), ("0.5", 0.5), ("3600", 3600.0), ("3601", None), ("0", None)],
)
def test_a_retry_after_is_up_to_an_hour(text: str, seconds: float | None) -> None:
    assert retry_after_s({"X-Retry-After": text}) == seconds


@pytest.mark.parametrize("text", NONSENSE)
def test_a_retry_after_of_nonsense_says_nothing(text: str) -> None:
    assert retry_after_s({"X-Retry-After": text}) is None


@given(st.dictionaries(st.sampled_from([*SENSIBLE, "X-Retry-After"]), st.text(max_size=20)))
def test_whatever_the_headers_hold_the_numbers_are_bounded(headers: dict[str, str]) -> None:
    rates, retry_s = rates_of(headers), retry_after_s(headers)

    assert rates is None or (0 <= rates.left <= rates.quota and 0 <= rates.reset_s <= 120)
    assert retry_s is None or 0 < retry_s <= 3600
