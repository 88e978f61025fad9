"""Up to when an order was seen: an event inside the very second of a reading is not."""

from __future__ import annotations

import pytest
from builders import a_status_event, at, seen


@pytest.mark.parametrize(
    ("modified", "read", "event", "is_up_to"),
    [
        (0, 1, 0, True),
        (0, 0.9, 0, False),  # read within the event's own second
        (0, 6, 5, False),  # a body older than the event may come from a replica that lags
        (5, 6, 5, True),
        (5, 6, 5.9, True),  # dates have no finer grain than a second
        (60, 61, 0, True),
    ],
)
def test_seen_up_to(modified: float, read: float, event: float, is_up_to: bool) -> None:
    assert seen(modified=modified, read=read).is_up_to(at(event)) is is_up_to


@pytest.mark.parametrize(
    ("status", "modified", "tells"),
    [
        ("Completed", 0, True),
        ("Disputed", 0, True),  # it moved on
        ("Shipped", 0, False),  # what the event left: from just before it, perhaps
        ("Shipped", 1, True),  # it went back
    ],
)
def test_what_shows_the_status_that_an_event_left_does_not_tell_of_it(
    status: str, modified: float, tells: bool
) -> None:
    event = a_status_event("Shipped", "Completed")

    assert seen(modified=modified, read=9, status=status).tells_of(event) is tells
