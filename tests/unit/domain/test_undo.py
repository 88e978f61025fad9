"""What may be taken back, and what speaks against it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest
from builders import a_line, an_order, at
from orderwarden.domain.choice import Needs
from orderwarden.domain.facts import UNREADABLE, Facts, Fetched, Resource
from orderwarden.domain.line import Line, Result
from orderwarden.domain.order import Shipment
from orderwarden.domain.safeguards import Blocked
from orderwarden.domain.undo import UNDO, may_be_undone, why_not
from rule_builders import a_transaction

NOTHING: dict[Resource, Fetched] = {
    Resource.TRANSACTIONS: (),
    Resource.SHIPMENTS: (),
    Resource.REFUNDS: (),
}


def asked(
    line: Line,
    status: str = "Completed",
    *,
    is_archived: bool = False,
    resources: dict[Resource, Fetched] | None = None,
    **raw: object,
) -> Blocked | Needs | None:
    told: dict[str, object] = {
        "payment_method": "Credit Card",
        "payment_status": "",
        "store_credit_amount": "0.00",
        "gift_certificate_amount": "0.00",
    }
    order = an_order(status, is_archived=is_archived, **(told | raw))  # type: ignore[arg-type]
    read = NOTHING if resources is None else resources
    return why_not(line, Facts(order=order, now=at(60), resources=read))


def sent(date_created: str | None) -> dict[Resource, Fetched]:
    parcel = Shipment(1, "", {}, raw={"date_created": date_created})
    return NOTHING | {Resource.SHIPMENTS: (parcel,)}


def test_a_change_after_which_nothing_happened_may_be_taken_back() -> None:
    assert may_be_undone(a_line())
    assert asked(a_line()) is None


@pytest.mark.parametrize(
    "line",
    [
        a_line(result=Result.BLOCKED),
        a_line(result=Result.UNCONFIRMED),
        a_line(after=None),
        a_line(after="Shipped"),
        a_line(undone_by="line-2"),
        a_line(rule=UNDO),
    ],
)
def test_what_is_no_change_that_stands_cannot_be_taken_back(line: Line) -> None:
    assert not may_be_undone(line)


def test_an_archived_order_stays_as_it_is() -> None:
    assert asked(a_line(), is_archived=True) == Blocked("archived")


def test_a_status_that_is_not_ours_any_more_stays() -> None:
    assert asked(a_line(), "Disputed") == Blocked("status_not_ours")


def test_a_change_that_was_taken_back_and_made_again_is_not_ours() -> None:
    assert asked(a_line(undone_by="somebody_else")) == Blocked("status_not_ours")


@pytest.mark.parametrize("resource", list(NOTHING))
def test_what_may_have_happened_since_is_read_and_must_be_readable(resource: Resource) -> None:
    unread = {key: value for key, value in NOTHING.items() if key is not resource}

    assert asked(a_line(), resources=unread) == Needs(resource)
    assert asked(a_line(), resources=NOTHING | {resource: UNREADABLE}) == Blocked("unreadable")


def rfc(moment: datetime) -> str:
    return f"{moment:%a, %d %b %Y %H:%M:%S} +0000"


def test_what_happened_since_speaks_against_it() -> None:
    assert asked(a_line(), resources=sent(rfc(at(30)))) == Blocked("shipments_since")
    assert asked(a_line(), resources=sent(rfc(at(0)))) == Blocked("shipments_since")
    assert asked(a_line(), resources=sent(rfc(at(-30)))) is None


def test_what_has_no_date_may_have_happened_since() -> None:
    assert asked(a_line(), resources=sent(None)) == Blocked("shipments_since")


def test_money_speaks_against_going_back_to_a_dangerous_status() -> None:
    line = a_line(before="Pending", after="Completed")
    paid = a_transaction("purchase", "640.00")
    paid = replace(paid, raw={**paid.raw, "date_created": rfc(at(-600))})

    money = asked(line, resources=NOTHING | {Resource.TRANSACTIONS: (paid,)})

    assert money == Blocked("money_taken_or_authorised")
    assert asked(line) is None
