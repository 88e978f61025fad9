"""What the client writes: the fields that are given, in the store's own forms, and no other."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import fields, replace
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

import pytest
from contracts.store.client_calls import ADDRESS, EVERY_CHANGE, MARK, PRICE
from contracts.store.store_doubles import (
    TOKEN,
    Canned,
    InProcess,
    a_store,
    an_order,
    answering,
    of_json,
)
from orderwarden.domain.hook import HookChanges, NewHook
from orderwarden.domain.metafield_changes import BatchProblem, BatchResult, NewMetafield
from orderwarden.domain.order_changes import (
    Address,
    CatalogLine,
    CustomLine,
    NewOrder,
    OrderChanges,
    ShipTo,
)
from orderwarden.domain.refunding import RefundAmount, RefundPayment, RefundUnits
from orderwarden.domain.shipment_changes import NewShipment, ShipmentChanges
from orderwarden.errors import AnswerLost, NotFound, Refused, TryAgain
from requests import PreparedRequest

A_SHIPMENT = {"id": 11, "order_id": 218, "items": [{"order_product_id": 240, "quantity": 1}]}
A_HOOK = {"id": 9, "scope": "store/order/*", "destination": "https://hooks.example.com/in"}
READ_ONLY = {
    "id", "status", "date_modified", "date_shipped", "cart_id", "subtotal_tax", "total_tax",
    "shipping_cost_tax", "shipping_cost_tax_class_id", "handling_cost_tax", "wrapping_cost_tax",
    "payment_status", "currency_id", "currency_code", "default_currency_id", "coupon_discount",
    "store_credit_amount", "gift_certificate_amount", "shipping_address_count", "coupons",
    "is_email_opt_in", "external_id", "tax_provider_id", "items_shipped", "refunded_amount",
    "is_deleted", "products", "fees",
}  # fmt: skip
"""What fails a whole PUT, what has no meaning in one, and what would do harm."""


def body_of(request: PreparedRequest) -> dict[str, Any]:
    """Return what was sent."""
    body: dict[str, Any] = json.loads(request.body or b"")
    return body


def written(act: Callable[[Any], object], answer: object, status: int = 200) -> PreparedRequest:
    """Return the one request that a write sends."""
    adapter = InProcess(lambda _request: of_json(answer, status))
    act(a_store(adapter))
    (request,) = adapter.requests
    return request


# --- orders


def test_an_update_sends_the_given_fields_and_never_another() -> None:
    changes = OrderChanges(status_id=11, customer_message="Ring twice.")

    request = written(lambda store: store.update_order(218, changes), an_order(status_id=11))

    assert request.method == "PUT"
    assert urlsplit(str(request.url)).path == "/stores/abc123/v2/orders/218"
    assert body_of(request) == {"status_id": 11, "customer_message": "Ring twice."}


def test_no_field_that_cannot_be_written_has_a_name_among_the_changes() -> None:
    request = written(lambda store: store.update_order(218, EVERY_CHANGE), an_order())

    assert READ_ONLY.isdisjoint(body_of(request))
    assert READ_ONLY.isdisjoint(field.name for field in fields(OrderChanges))


def test_every_change_that_can_be_named_is_sent() -> None:
    assert all(getattr(EVERY_CHANGE, field.name) is not None for field in fields(OrderChanges))

    request = written(lambda store: store.update_order(218, EVERY_CHANGE), an_order())

    names = {field.name for field in fields(OrderChanges)}
    pairs = {"shipping_cost", "handling_cost", "wrapping_cost", "subtotal", "total"}
    twins = {f"{name}_{form}_tax" for name in pairs for form in ("ex", "inc")}
    assert set(body_of(request)) == names - pairs | twins


def test_money_is_sent_as_text_and_always_with_its_twin() -> None:
    changes = OrderChanges(status_id=7, total=PRICE, discount_amount=Decimal("1E+1"))

    request = written(lambda store: store.update_order(218, changes), an_order())

    assert body_of(request) == {
        "status_id": 7,
        "discount_amount": "10",
        "total_ex_tax": "9.25",
        "total_inc_tax": "10",
    }


def test_an_address_is_sent_in_parts_and_named_by_its_id() -> None:
    changes = OrderChanges(
        status_id=7,
        billing_address=Address(zip="78108", city="Austin"),
        shipping_addresses=(ShipTo(Address(street_1="555 East Street"), id=151),),
    )

    request = written(lambda store: store.update_order(218, changes), an_order())

    assert body_of(request) == {
        "status_id": 7,
        "billing_address": {"city": "Austin", "zip": "78108"},
        "shipping_addresses": [{"id": 151, "street_1": "555 East Street"}],
    }


@pytest.mark.parametrize("amount", ["NaN", "Infinity"])
def test_what_is_no_amount_is_never_sent(amount: str) -> None:
    with pytest.raises(ValueError, match="not an amount"):
        answering(Canned()).update_order(218, OrderChanges(discount_amount=Decimal(amount)))


def test_an_address_does_not_show_itself() -> None:
    assert repr(ADDRESS) == "Address(country_iso2='US')"


@pytest.mark.parametrize("status", [200, 201])
def test_a_new_order_has_lines_and_a_billing_address(status: int) -> None:
    lines = (
        CatalogLine(111, 2, variant_id=74, options=((120, "69"),)),
        CatalogLine(112, 1, price=PRICE),
        CustomLine("Engraving", 1, PRICE),
    )
    new = NewOrder(Address(zip="78108", country_iso2="US"), lines, OrderChanges(status_id=11))

    request = written(lambda store: store.create_order(new), an_order(500), status)

    assert request.method == "POST"
    assert urlsplit(str(request.url)).path == "/stores/abc123/v2/orders"
    assert body_of(request) == {
        "status_id": 11,
        "billing_address": {"zip": "78108", "country_iso2": "US"},
        "products": [
            {
                "product_id": 111,
                "quantity": 2,
                "variant_id": 74,
                "product_options": [{"id": 120, "value": "69"}],
            },
            {"product_id": 112, "quantity": 1, "price_ex_tax": 9.25, "price_inc_tax": 10.0},
            {"name": "Engraving", "quantity": 1, "price_ex_tax": 9.25, "price_inc_tax": 10.0},
        ],
    }


def test_goods_that_are_out_of_stock_refuse_an_order_in_the_stores_words() -> None:
    body = [
        {"status": 409, "message": "Out of stock.", "details": {"errors": [{"message": "74"}]}}
    ]
    new = NewOrder(ADDRESS, (CatalogLine(111, 2),))

    with pytest.raises(Refused) as raised:
        answering(of_json(body, 409)).create_order(new)

    assert (raised.value.http_status, raised.value.message) == (409, "Out of stock. / 74")


# --- shipments


def test_a_shipment_says_what_is_in_it_and_has_a_provider_even_if_none() -> None:
    new = NewShipment(151, {240: 1, 241: 3})

    request = written(lambda store: store.create_shipment(218, new), A_SHIPMENT, 201)

    assert request.method == "POST"
    assert urlsplit(str(request.url)).path == "/stores/abc123/v2/orders/218/shipments"
    assert body_of(request) == {
        "order_address_id": 151,
        "items": [
            {"order_product_id": 240, "quantity": 1},
            {"order_product_id": 241, "quantity": 3},
        ],
        "shipping_provider": "",
    }


def test_a_shipment_that_is_changed_never_says_what_is_in_it() -> None:
    changes = ShipmentChanges(tracking_number="EJ1", merchant_shipping_cost=Decimal("4.5"))

    request = written(lambda store: store.update_shipment(218, 11, changes), A_SHIPMENT)

    assert request.method == "PUT"
    assert urlsplit(str(request.url)).path == "/stores/abc123/v2/orders/218/shipments/11"
    assert body_of(request) == {"tracking_number": "EJ1", "merchant_shipping_cost": "4.5"}


def test_the_shipment_of_another_order_leaves_open_what_was_made() -> None:
    with pytest.raises(AnswerLost):
        answering(of_json({**A_SHIPMENT, "order_id": 219}, 201)).create_shipment(
            218, NewShipment(151, {240: 1})
        )


# --- money


def test_a_refund_is_asked_for_by_units_and_amounts_as_numbers() -> None:
    items = [
        RefundUnits(240, 1, reason="Broken"),
        RefundAmount(151, Decimal("10.20"), "SHIPPING"),
    ]
    payments = [RefundPayment("braintree", Decimal("21.83"), is_offline=False)]
    answer = {"data": {"id": 1, "order_id": 218, "payments": []}, "meta": {}}

    request = written(lambda store: store.refund(218, items, payments), answer, 201)

    assert request.method == "POST"
    assert str(request.url).endswith("/v3/orders/218/payment_actions/refunds")
    assert body_of(request) == {
        "items": [
            {"item_type": "PRODUCT", "item_id": 240, "quantity": 1, "reason": "Broken"},
            {"item_type": "SHIPPING", "item_id": 151, "amount": 10.2},
        ],
        "payments": [{"provider_id": "braintree", "amount": 21.83, "offline": False}],
    }
    assert b'"amount": 21.83,' in (request.body or b"")


def test_a_quote_tells_the_ways_in_which_money_can_go_back() -> None:
    method = {"provider_id": "braintree", "amount": 21.83, "offline": False, "offline_reason": ""}
    data = {
        "order_id": 218,
        "total_refund_amount": 21.83,
        "total_refund_tax_amount": 0.83,
        "refund_methods": [[method], [{**method, "provider_id": "cash", "offline": True}]],
    }

    quote = answering(of_json({"data": data, "meta": {}}, 201)).refund_quote(
        218, [RefundUnits(240, 1)]
    )

    assert (quote.value.total, quote.value.tax) == (Decimal("21.83"), Decimal("0.83"))
    assert quote.value.methods == (
        (RefundPayment("braintree", Decimal("21.83"), is_offline=False),),
        (RefundPayment("cash", Decimal("21.83"), is_offline=True),),
    )


def test_an_amount_that_no_number_of_json_says_is_never_sent() -> None:
    item = RefundAmount(218, Decimal("12345678901234567.89"), "ORDER")

    with pytest.raises(ValueError, match="too many digits"):
        answering(Canned()).refund_quote(218, [item])


@pytest.mark.parametrize("act", ["capture", "void"])
def test_a_capture_or_void_sends_no_body_and_wants_no_answer(act: str) -> None:
    request = written(lambda store: getattr(store, act)(218), {}, 201)

    assert request.method == "POST"
    assert str(request.url).endswith(f"/v3/orders/218/payment_actions/{act}")
    assert request.body is None


def test_what_the_store_says_of_a_refund_it_does_not_make_is_kept() -> None:
    body = {"data": [{"status": 422, "title": "Provided total does not match."}]}

    with pytest.raises(Refused, match="Provided total does not match"):
        answering(of_json(body, 422)).refund(218, [RefundUnits(240, 1)], [])


# --- metafields


class Metafields:
    """The metafields of order 218 as the store keeps them; one of them cannot be written."""

    def __init__(
        self, *rows: dict[str, object], put_status: int = 200, post_status: int = 200
    ) -> None:
        self.rows = list(rows)
        self.put_status = put_status
        self.post_status = post_status
        self.calls: list[str] = []

    def __call__(self, request: PreparedRequest) -> Canned:
        method, path = str(request.method), urlsplit(str(request.url)).path
        self.calls.append(method)
        if method == "GET":
            return of_json({"data": self.rows})
        status = self.post_status
        if method == "PUT":
            status = self.put_status if path.endswith("/5") else 200
        if status != 200:
            return of_json({"status": status, "title": f"No {method}"}, status)
        return of_json({"data": {**body_of(request), "id": 6, "resource_id": 218}})


def a_metafield(metafield_id: int, **fields_of: object) -> dict[str, object]:
    """Return a metafield of the name of MARK."""
    row = {"namespace": "orderwarden", "key": "keep_until", "value": "2026-11-01"}
    return {"id": metafield_id, "resource_id": 218, **row, **fields_of}


def test_a_metafield_that_is_not_there_is_made() -> None:
    store = Metafields(a_metafield(5, key="KEEP_UNTIL"))

    made = a_store(InProcess(store)).write_metafield(218, MARK).value

    assert store.calls == ["GET", "POST"]
    assert (made.id, made.value, made.order_id) == (6, "2026-12-24", 218)


def test_a_metafield_that_is_there_is_changed() -> None:
    store = Metafields(a_metafield(5))

    changed = a_store(InProcess(store)).write_metafield(218, MARK).value

    assert store.calls == ["GET", "PUT"]
    assert changed.value == "2026-12-24"


@pytest.mark.parametrize("status", [403, 404])
def test_a_metafield_of_another_app_or_one_just_deleted_does_not_keep_us_from_making_ours(
    status: int,
) -> None:
    store = Metafields(a_metafield(5), put_status=status)

    a_store(InProcess(store)).write_metafield(218, MARK)

    assert store.calls == ["GET", "PUT", "POST"]


def test_ours_is_changed_beside_that_of_another_app() -> None:
    store = Metafields(a_metafield(5), a_metafield(6), put_status=403)

    a_store(InProcess(store)).write_metafield(218, MARK)

    assert store.calls == ["GET", "PUT", "PUT"]


@pytest.mark.parametrize("status", [400, 405, 409, 413, 422])
def test_a_change_that_is_refused_for_good_is_not_tried_another_way(status: int) -> None:
    store = Metafields(a_metafield(5), put_status=status, post_status=409)

    with pytest.raises(Refused, match="No PUT") as raised:
        a_store(InProcess(store)).write_metafield(218, MARK)

    assert raised.value.http_status == status
    assert store.calls == ["GET", "PUT"]


@pytest.mark.parametrize("status", [429, 503])
def test_a_change_that_fails_for_now_is_not_made_anew(status: int) -> None:
    store = Metafields(a_metafield(5), put_status=status)

    with pytest.raises(TryAgain):
        a_store(InProcess(store)).write_metafield(218, MARK)

    assert store.calls == ["GET", "PUT"]


@pytest.mark.parametrize("rows", [[], [a_metafield(5)]], ids=["made", "deleted and made again"])
def test_a_metafield_that_another_worker_made_meanwhile_is_tried_again(
    rows: list[dict[str, object]],
) -> None:
    store = Metafields(*rows, put_status=404, post_status=409)

    with pytest.raises(TryAgain, match="metafield_contended") as raised:
        a_store(InProcess(store)).write_metafield(218, MARK)

    assert (raised.value.http_status, raised.value.detail) == (409, "No POST")


@pytest.mark.parametrize(
    "row",
    [a_metafield(5), a_metafield(5, key="KEEP_UNTIL")],
    ids=["of another app", "in capitals"],
)
def test_what_stays_in_the_way_refuses_ours_for_good(row: dict[str, object]) -> None:
    store = Metafields(row, put_status=403, post_status=409)

    with pytest.raises(Refused, match="No POST"):
        a_store(InProcess(store)).write_metafield(218, MARK)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"namespace": ""}, "namespace must have 1 to 64 characters"),
        ({"namespace": "n" * 65}, "namespace must have 1 to 64 characters"),
        ({"key": ""}, "key must have 1 to 64 characters"),
        ({"key": "k" * 65}, "key must have 1 to 64 characters"),
        ({"value": ""}, "value must have 1 to 65535 characters"),
        ({"value": "v" * 65_536}, "value must have 1 to 65535 characters"),
        ({"description": "d" * 256}, "description must have at most 255 characters"),
    ],
)
def test_a_metafield_that_the_store_would_refuse_cannot_be_named(
    given: dict[str, str], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        replace(MARK, **given)  # type: ignore[arg-type]


def test_a_metafield_of_the_greatest_lengths_is_written_as_it_is() -> None:
    longest = NewMetafield("n" * 64, "ü" * 64, "v" * 65_535, description="d" * 255)
    store = Metafields()

    made = a_store(InProcess(store)).write_metafield(218, longest).value

    assert (made.namespace, made.key, made.value) == ("n" * 64, "ü" * 64, "v" * 65_535)
    assert made.raw["description"] == "d" * 255


def test_a_metafield_that_is_gone_is_not_found() -> None:
    with pytest.raises(NotFound):
        answering(of_json({"status": 404, "title": "Not found"}, 404)).delete_metafield(218, 6)


def test_a_batch_of_which_something_failed_tells_what_was_done() -> None:
    error = {"status": 422, "title": "Bulk operation has failed", "errors": {"1": "Not yours"}}
    body = {"data": [{"id": 6}], "errors": [error], "meta": {"success": 1, "failed": 1}}

    answer = answering(of_json(body, 422)).create_metafields([(218, MARK), (219, MARK)])

    assert answer.value == BatchResult((6,), (BatchProblem("1", "Not yours"),))


def test_a_batch_names_the_order_of_each_metafield_it_makes() -> None:
    request = written(
        lambda store: store.create_metafields([(218, MARK), (219, MARK)]), {"data": [{"id": 6}]}
    )

    assert [row["resource_id"] for row in json.loads(request.body or b"")] == [218, 219]


def test_a_batch_of_which_every_row_failed_tells_why_of_each() -> None:
    first = {"title": "Bulk", "errors": {"0": "jane@example.com is nobody", "2": [TOKEN, "No"]}}
    second = {"status": 422, "title": "Bulk operation has failed", "errors": {}}
    third = {"title": "Bulk", "errors": {"7": {"sku": "odd"}}}
    body = {"data": [], "errors": [first, second, third]}

    answer = answering(of_json(body, 422)).update_metafields({6: MARK})

    assert answer.value.done == ()
    assert [(each.row, each.words) for each in answer.value.problems] == [
        ("0", "[e-mail] is nobody"),
        ("2", "[secret] / No"),
        ("", "Bulk operation has failed"),
        ("7", "Bulk"),
    ]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b'{"status": 422, "title": "Too many", "type": "x"}', "Too many"),
        (b'{"title": "Too many", "errors": {"body": "why"}}', "Too many / body: why"),
        (b'{"data": [], "errors": [], "meta": {}}', ""),
        (b'[{"status": 422, "message": "Too many"}]', "Too many"),
        (b"<h1>Too many</h1>", "Too many"),
        (b"", ""),
        (b'{"data": [6', ""),
    ],
)
@pytest.mark.parametrize(
    "batch",
    [
        lambda store: store.create_metafields([(218, MARK)]),
        lambda store: store.update_metafields({6: MARK}),
        lambda store: store.delete_metafields([6]),
    ],
    ids=["create", "update", "delete"],
)
def test_a_batch_that_is_refused_as_a_whole_is_refused(
    batch: Callable[[Any], object], body: bytes, words: str
) -> None:
    with pytest.raises(Refused) as raised:
        batch(answering(Canned(422, body)))

    assert (raised.value.http_status, raised.value.message) == (422, words)


@pytest.mark.parametrize(
    "act",
    [
        lambda store: store.create_metafields([]),
        lambda store: store.update_metafields({}),
        lambda store: store.delete_metafields([]),
        lambda store: store.update_hook(9, HookChanges()),
        lambda store: store.update_shipment(218, 11, ShipmentChanges()),
        lambda store: store.update_order(218, OrderChanges()),
    ],
)
def test_a_write_of_nothing_is_never_sent(act: Callable[[Any], object]) -> None:
    adapter = InProcess(lambda _request: Canned(500))

    with pytest.raises(ValueError, match="nothing to write"):
        act(a_store(adapter))

    assert adapter.requests == []


def test_metafields_that_were_deleted_are_told_by_their_ids() -> None:
    request = written(lambda store: store.delete_metafields([6, 7]), {"data": [6, 7]})
    answer = answering(of_json({"data": [6, 7], "errors": [], "meta": {}})).delete_metafields([6])

    assert request.body == b"[6, 7]"
    assert (answer.value.done, answer.value.problems) == ((6, 7), ())


# --- hooks


def test_a_hook_is_registered_with_its_headers() -> None:
    new = NewHook("store/order/*", "https://hooks.example.com/in", headers={"X-Secret": "s3"})

    request = written(lambda store: store.create_hook(new), {"data": A_HOOK, "meta": {}})

    assert (request.method, urlsplit(str(request.url)).path) == ("POST", "/stores/abc123/v3/hooks")
    assert body_of(request) == {
        "scope": "store/order/*",
        "destination": "https://hooks.example.com/in",
        "is_active": True,
        "headers": {"X-Secret": "s3"},
    }


@pytest.mark.parametrize(
    ("changes", "body"),
    [
        (HookChanges(is_active=True), {"is_active": True}),
        (HookChanges(headers={}), {"headers": {}}),
        (HookChanges(scope="store/shipment/*"), {"scope": "store/shipment/*"}),
    ],
)
def test_a_hook_is_changed_in_what_is_given(changes: HookChanges, body: object) -> None:
    request = written(lambda store: store.update_hook(9, changes), {"data": A_HOOK})

    assert (request.method, urlsplit(str(request.url)).path) == (
        "PUT",
        "/stores/abc123/v3/hooks/9",
    )
    assert body_of(request) == body


def test_hooks_do_not_show_their_secrets() -> None:
    row = {**A_HOOK, "headers": {"X-Secret": "s3cr3t"}}

    hook = answering(of_json({"data": row})).update_hook(9, HookChanges(is_active=True)).value

    assert hook.headers == {"X-Secret": "s3cr3t"}
    shown = repr(
        [hook, NewHook("s", "d", headers=hook.headers), HookChanges(headers=hook.headers)]
    )
    assert "s3cr3t" not in shown
