"""Each act by itself: what it wants of an order, and what it takes for its own afterwards."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any, cast

import pytest
from builders import a_decision, a_line, an_order, at
from orderwarden.domain.decision import Write
from orderwarden.domain.facts import UNREADABLE, Facts, Fetched, Resource
from orderwarden.domain.order import OrderLine, Shipment, Transaction
from orderwarden.domain.order_parts import Refund
from orderwarden.domain.refunding import RefundPayment, RefundQuote
from orderwarden.domain.rules.effects import Action, RefundWanted, ShipmentWanted
from orderwarden.domain.safeguards import EVERY_RULE, Blocked
from orderwarden.domain.settlement import Shown
from orderwarden.services.process_steps.acts import ACTS, Part, Wanted
from orderwarden.services.process_steps.case import Case
from orderwarden.services.process_steps.fetch import Known
from orderwarden.services.resources import GrowingFacts


def rfc(moment: datetime) -> str:
    return f"{moment:%a, %d %b %Y %H:%M:%S} +0000"


NOW, LONG_AGO = rfc(at(1)), rfc(at(-600))


def a_write(**content: Any) -> Write:  # noqa: ANN401
    return replace(a_decision().write, content=content)


def a_case(**answers: object) -> Case:
    """Return a case whose store gives one answer to each question."""
    store = {
        name: (lambda *_, value=value: SimpleNamespace(value=value))
        for name, value in answers.items()
    }
    return cast("Case", SimpleNamespace(order_id=118, store=SimpleNamespace(**store)))


def wanted(action: Action, resources: dict[Resource, Fetched], **raw: object) -> Wanted:
    told = {"total_inc_tax": "640.00", "default_currency_code": "USD"} | raw
    order = an_order("Disputed", **told)  # type: ignore[arg-type]
    known = GrowingFacts(Facts(order=order, now=at(0), resources=resources), _nothing_more)
    return Wanted("r", action, cast("Known", known), order.status_id)


def _nothing_more(_: Facts, resource: Resource) -> Fetched:
    raise AssertionError(resource)


# Parcels

PARCEL = a_write(address=7, quantities={"31": 2}, tracking_number="T1")


def a_parcel(**more: Any) -> Shipment:  # noqa: ANN401
    fields: dict[str, Any] = {"number": "T1", "quantities": {31: 2}, "address": 7, "date": NOW}
    fields |= more
    raw = {"order_address_id": fields["address"], "date_created": fields["date"]}
    return Shipment(1, fields["number"], fields["quantities"], raw=raw)


def test_our_parcel_is_known_by_number_address_goods_and_moment() -> None:
    found = ACTS["create_shipment"].shown(a_case(shipments=(a_parcel(),)), PARCEL, a_line())

    assert found is Shown.WANTED


@pytest.mark.parametrize(
    "other", [{"number": "T2"}, {"quantities": {31: 1}}, {"address": 8}, {"date": LONG_AGO}]
)
def test_another_parcel_is_not_taken_for_ours(other: dict[str, Any]) -> None:
    case = a_case(shipments=(a_parcel(**other),))

    assert ACTS["create_shipment"].shown(case, PARCEL, a_line()) is Shown.AS_BEFORE


def test_a_parcel_holds_what_is_left_to_send_and_nothing_else() -> None:
    lines = (
        OrderLine(31, "physical", 3, 1, 0, raw={"order_address_id": 7}),
        OrderLine(32, "physical", 2, 2, 0, raw={"order_address_id": 7}),
        OrderLine(33, "physical", 1, 1, 0, raw={"order_address_id": 8}),
    )
    action = Action("create_shipment", ShipmentWanted())

    parts = ACTS["create_shipment"].parts(wanted(action, {Resource.PRODUCTS: lines}))

    assert isinstance(parts, tuple)
    assert [(x.content["address"], x.content["quantities"]) for x in parts] == [(7, {"31": 2})]


# Refunds


def refund_parts(
    asked: RefundWanted, resources: dict[Resource, Fetched], **raw: object
) -> tuple[Part, ...] | Blocked:
    return ACTS["refund"].parts(wanted(Action("refund", asked), resources, **raw))


def given_back(amount: str) -> dict[Resource, Fetched]:
    return {Resource.REFUNDS: (Refund(1, Decimal(amount), raw={}),)}


def test_what_is_left_of_an_order_is_refunded() -> None:
    parts = refund_parts(RefundWanted(), given_back("40.00"))

    assert isinstance(parts, tuple)
    assert [x.content["items"][0]["amount"] for x in parts] == ["600.00"]
    assert refund_parts(RefundWanted(), given_back("640.00")) == ()


def test_what_cannot_be_refunded_is_not_guessed_at() -> None:
    dear = RefundWanted(amount="600.01")
    foreign = RefundWanted(amount="5.00", currency="EUR")

    assert refund_parts(dear, given_back("40.00")) == Blocked("more_than_is_left")
    assert refund_parts(foreign, given_back("0.00")) == Blocked("other_currency")
    unread = {Resource.REFUNDS: cast("Fetched", UNREADABLE)}
    assert refund_parts(RefundWanted(), unread) == Blocked("refunds_unreadable")


def test_goods_are_refunded_as_far_as_they_were_not_yet() -> None:
    lines = (
        OrderLine(31, "physical", 3, 0, 1, raw={"sku": "A"}),
        OrderLine(32, "physical", 1, 0, 1, raw={"sku": "A"}),
        OrderLine(33, "physical", 1, 0, 0, raw={"sku": "B"}),
    )

    parts = refund_parts(RefundWanted(skus=("A",)), {Resource.PRODUCTS: lines})

    assert isinstance(parts, tuple)
    [part] = parts
    assert part.content["items"] == [{"type": "PRODUCT", "id": 31, "quantity": 2}]


def quoted(total: str, *payments: tuple[str, bool]) -> Case:
    ways = tuple(RefundPayment("stripe", Decimal(x), is_offline=off) for x, off in payments)
    quote = RefundQuote(118, Decimal(total), Decimal(0), (ways,) if ways else (), raw={})
    return a_case(refund_quote=quote)


ASKED = a_write(items=[{"type": "ORDER", "id": 118, "amount": "40.00"}], reason="")


def test_a_refund_goes_by_a_quote_that_is_what_was_asked_for() -> None:
    ready = ACTS["refund"].prepare(quoted("40.00", ("40.00", False)), ASKED)

    assert isinstance(ready, Write)
    assert ready.content["payments"] == [{"provider_id": "stripe", "amount": "40.00"}]


@pytest.mark.parametrize(
    ("case", "reason"),
    [
        (quoted("39.00", ("39.00", False)), "quote_differs"),
        (quoted("40.00", ("41.00", False)), "quote_differs"),
        (quoted("40.00", ("40.00", True)), "refund_by_hand_only"),
        (quoted("40.00", ("30.00", False), ("10.00", True)), "refund_by_hand_only"),
        (quoted("40.00"), "refund_by_hand_only"),
    ],
)
def test_any_other_quote_is_shown_to_a_person(case: Case, reason: str) -> None:
    assert ACTS["refund"].prepare(case, ASKED) == Blocked(reason, needs_person=True)


def a_refund(total: str, created: str) -> Refund:
    return Refund(1, Decimal(total), raw={"total_amount": total, "created": created})


@pytest.mark.parametrize(
    ("refund", "expected"),
    [
        (a_refund("40.00", NOW), Shown.WANTED),
        (a_refund("41.00", NOW), Shown.OTHERWISE),
        (a_refund("40.00", LONG_AGO), Shown.OTHERWISE),
    ],
)
def test_our_refund_is_known_by_amount_and_moment(refund: Refund, expected: Shown) -> None:
    write = a_write(total="40.00")

    assert ACTS["refund"].shown(a_case(refunds=(refund,)), write, a_line()) is expected


# Captures and voids


def a_movement(event: str, status: str, created: str) -> Transaction:
    raw = {"date_created": created}
    return Transaction("1", event, status, Decimal(40), "USD", False, None, raw=raw)


@pytest.mark.parametrize("act", ["capture", "void"])
@pytest.mark.parametrize(
    ("event", "status", "created", "expected"),
    [
        ("", "ok", NOW, Shown.WANTED),
        ("", "error", NOW, Shown.OTHERWISE),
        ("", "ok", LONG_AGO, Shown.OTHERWISE),
        ("authorization", "ok", NOW, Shown.OTHERWISE),
    ],
)
def test_our_capture_or_void_is_known_by_event_success_and_moment(
    act: str, event: str, status: str, created: str, expected: Shown
) -> None:
    order = an_order(payment_status="authorized")
    case = a_case(order=order, transactions=(a_movement(event or act, status, created),))

    assert ACTS[act].shown(case, a_write(), a_line()) is expected


@pytest.mark.parametrize(("act", "status"), [("capture", "captured"), ("void", "void pending")])
def test_a_payment_status_tells_of_a_capture_or_void_by_itself(act: str, status: str) -> None:
    order = an_order(payment_status=status)

    assert ACTS[act].shown(a_case(order=order), a_write(), a_line()) is Shown.WANTED


# Telling


def test_a_hold_keeps_every_rule_off() -> None:
    held: list[str] = []
    case = SimpleNamespace(
        order_id=118, hold=lambda rule, _: held.append(rule), ask_person=lambda **_: ""
    )

    ACTS["hold"].do(cast("Case", case), a_write(text="look"), a_line())

    assert held == [EVERY_RULE]
