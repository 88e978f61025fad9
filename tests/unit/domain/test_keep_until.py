"""Until when a merchant keeps an order from dangerous changes, as its metafield says."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from builders import an_order, at
from orderwarden.domain.calendar import Calendar
from orderwarden.domain.choice import Needs
from orderwarden.domain.facts import UNREADABLE, Facts, Fetched, Resource
from orderwarden.domain.keep_until import FOR_EVER, keeps, kept_by, read_until
from orderwarden.domain.order_parts import Metafield
from orderwarden.domain.safeguards import Blocked

NEW_YORK = Calendar(ZoneInfo("America/New_York"), frozenset())


def a_metafield(
    value: str, *, namespace: str = "orderwarden", key: str = "keep_until", order_id: int = 118
) -> Metafield:
    raw = {"id": 1, "namespace": namespace, "key": key, "value": value, "resource_id": order_id}
    return Metafield.from_json(raw)


def facts(*metafields: Metafield) -> Facts:
    return Facts(order=an_order(), now=at(0), resources={Resource.METAFIELDS: metafields})


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-12-01", datetime(2026, 12, 2, 5, tzinfo=UTC)),
        (" 2026-12-01 ", datetime(2026, 12, 2, 5, tzinfo=UTC)),
        ("2026-12-01T18:30", datetime(2026, 12, 1, 23, 30, tzinfo=UTC)),
        ("2026-12-01T18:30:00+00:00", datetime(2026, 12, 1, 18, 30, tzinfo=UTC)),
    ],
)
def test_a_date_keeps_through_its_day_and_a_moment_to_the_second(
    text: str, moment: datetime
) -> None:
    assert read_until(text, NEW_YORK) == moment


@pytest.mark.parametrize("text", ["", "soon", "2026-13-01", "01.12.2026", "9999-12-31"])
def test_what_nobody_can_read_keeps_for_ever(text: str) -> None:
    assert read_until(text, NEW_YORK) == FOR_EVER


def test_an_order_is_kept_until_the_latest_moment_that_is_named() -> None:
    named = [a_metafield("2026-12-05"), a_metafield("2026-12-01")]

    kept = kept_by(named, NEW_YORK)

    assert kept.keeps(118, datetime(2026, 12, 3, tzinfo=UTC))
    assert not kept.keeps(118, datetime(2026, 12, 6, 5, tzinfo=UTC))
    assert not kept.keeps(119, datetime(2026, 12, 3, tzinfo=UTC))


def test_only_our_own_metafield_keeps_an_order() -> None:
    theirs = [a_metafield("2026-12-05", namespace="erp"), a_metafield("2026-12-05", key="hold")]

    assert not kept_by(theirs, NEW_YORK).keeps(118, at(0))
    assert keeps(facts(*theirs)) is None


def test_an_order_is_kept_now_or_not() -> None:
    assert keeps(facts(a_metafield("2026-11-21"))) == Blocked("keep_until")
    assert keeps(facts(a_metafield("2026-11-20"))) is None
    assert keeps(facts()) is None


@pytest.mark.parametrize(
    ("resources", "expected"),
    [({}, Needs(Resource.METAFIELDS)), ({Resource.METAFIELDS: UNREADABLE}, None)],
)
def test_the_metafields_are_asked_for(
    resources: dict[Resource, Fetched], expected: Needs | None
) -> None:
    assert keeps(Facts(order=an_order(), now=at(0), resources=resources)) == expected
