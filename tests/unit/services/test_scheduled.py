"""What is done for each store by the clock: one that fails is told, and the others go on."""

from __future__ import annotations

import pytest
from orderwarden.errors import OrderwardenError, Refused, StoreUnauthorised, TryAgain
from orderwarden.services.scheduled import Round, rounds


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (TryAgain("timeout"), "timeout"),
        (
            TryAgain("store_error", detail="Down for maintenance"),
            "store_error: Down for maintenance",
        ),
        (
            StoreUnauthorised("abc123", 401, "Bad token."),
            "store abc123: the API answered 401: Bad token.",
        ),
        (Refused(422, "No such filter."), "422: No such filter."),
    ],
    ids=["no words", "words", "words told already", "refused"],
)
def test_what_the_store_said_is_told_once_and_the_next_store_goes_on(
    error: OrderwardenError, told: str
) -> None:
    def work(store: str) -> Round:
        if store == "abc123":
            raise error
        return Round(store)

    found = list(rounds(["abc123", "xyz789"], work))

    assert [(each.store, each.error) for each in found] == [("abc123", told), ("xyz789", "")]
