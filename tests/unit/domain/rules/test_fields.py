"""What each field reads of an order, with values missing, null, empty or of the wrong type."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from orderwarden.domain.facts import UNREADABLE, Fetched, Resource
from orderwarden.domain.rules.fields import FIELDS, field_named
from orderwarden.domain.rules.readings import AtLeast
from rule_builders import MISSING, ODD_VALUES, a_line, an_order, some_facts

LANGUAGE = """status previous_status status_for age unchanged_for total subtotal currency
payment_method payment_status paid authorized amount_paid balance_due refunded customer_group guest
channel source billing_country shipping_country shipping_method digital items items_shipped
fully_shipped shipped_by has_tracking skus products out_of_stock backordered coupons staff_notes
test_order weekday time_of_day"""


def test_every_field_of_the_language_is_known() -> None:
    assert set(FIELDS) == set(LANGUAGE.split())
    assert field_named("meta.erp.state") is not None
    assert field_named("staff") is None


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("status", 7),
        ("previous_status", None),
        ("age", 3600),
        ("total", Decimal("69.84")),
        ("subtotal", Decimal("67.84")),
        ("currency", "USD"),
        ("payment_method", "Credit Card"),
        ("payment_status", ""),
        ("paid", Resource.TRANSACTIONS),
        ("authorized", Resource.TRANSACTIONS),
        ("items", 4),
        ("items_shipped", 0),
        ("fully_shipped", False),
        ("digital", False),
        ("test_order", Resource.TRANSACTIONS),
        ("status_for", AtLeast(3600 - 495434)),
        ("unchanged_for", 3600 - 495434),
        ("amount_paid", Resource.TRANSACTIONS),
        ("balance_due", Resource.TRANSACTIONS),
        ("refunded", Resource.REFUNDS),
        ("customer_group", Resource.CUSTOMER),
        ("guest", False),
        ("channel", 1),
        ("source", "external"),
        ("billing_country", ("US", "United States")),
        ("shipping_country", Resource.SHIPPING_ADDRESSES),
        ("shipping_method", Resource.SHIPPING_ADDRESSES),
        ("shipped_by", Resource.SHIPMENTS),
        ("has_tracking", Resource.SHIPMENTS),
        ("skus", Resource.PRODUCTS),
        ("products", Resource.PRODUCTS),
        ("out_of_stock", Resource.PRODUCTS),
        ("backordered", Resource.PRODUCTS),
        ("coupons", Resource.COUPONS),
        ("staff_notes", ()),
        ("weekday", "Tuesday"),
        ("time_of_day", 22 * 3600 + 40 * 60 + 11),
    ],
)
def test_the_documented_order_reads_as_written(field: str, value: object) -> None:
    assert FIELDS[field].read(some_facts()) == value


@pytest.mark.parametrize(
    ("field", "key"),
    [
        ("total", "total_inc_tax"),
        ("subtotal", "subtotal_inc_tax"),
        ("currency", "default_currency_code"),
        ("payment_method", "payment_method"),
        ("payment_status", "payment_status"),
        ("items", "items_total"),
        ("items_shipped", "items_shipped"),
        ("digital", "order_is_digital"),
        ("guest", "customer_id"),
        ("customer_group", "customer_id"),
        ("channel", "channel_id"),
        ("source", "order_source"),
        ("billing_country", "billing_address"),
        ("staff_notes", "staff_notes"),
    ],
)
@pytest.mark.parametrize("value", ODD_VALUES)
def test_what_the_order_does_not_say_is_unknown(field: str, key: str, value: object) -> None:
    assert FIELDS[field].read(some_facts(an_order(**{key: value}))) is None


@pytest.mark.parametrize("value", ["", "n/a", "NaN", "Infinity", True])
def test_a_total_that_is_no_amount_is_unknown(value: object) -> None:
    assert FIELDS["total"].read(some_facts(an_order(total_inc_tax=value))) is None


@pytest.mark.parametrize("value", ["1E+999999999999", "-1E+21", "1E-999999999999", "9" * 22])
def test_an_amount_that_no_money_comes_to_is_unknown(value: str) -> None:
    assert FIELDS["total"].read(some_facts(an_order(total_inc_tax=value))) is None


@pytest.mark.parametrize("value", ["0.0000", "-0.0000", "999999999999.9999"])
def test_an_amount_may_be_nothing_or_a_fortune(value: str) -> None:
    assert FIELDS["total"].read(some_facts(an_order(total_inc_tax=value))) == Decimal(value)


def test_the_total_is_exact_however_it_is_written() -> None:
    totals = [FIELDS["total"].read(some_facts(an_order(total_inc_tax=t))) for t in ("8", 8, "8.0")]

    assert totals == [Decimal(8)] * 3


def test_age_counts_whole_seconds_and_is_not_afraid_of_the_future() -> None:
    late = some_facts(age=timedelta(seconds=61, microseconds=999_999))
    early = some_facts(age=timedelta(seconds=-5))

    assert FIELDS["age"].read(late) == 61
    assert FIELDS["age"].read(early) == -5


def test_previous_status_is_what_the_event_said() -> None:
    assert FIELDS["previous_status"].read(some_facts(previous_status_id=0)) == 0


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        pytest.param({"items_shipped": 4}, True, id="all shipped"),
        pytest.param({"items_shipped": 5}, True, id="more than all"),
        pytest.param({"items_shipped": 0}, False, id="nothing shipped"),
        pytest.param({"items_shipped": 1}, Resource.PRODUCTS, id="some shipped"),
        pytest.param({"items_total": 0}, Resource.PRODUCTS, id="no items"),
        pytest.param({"items_total": None}, Resource.PRODUCTS, id="items unknown"),
        pytest.param({"status_id": 2}, Resource.PRODUCTS, id="Shipped, though none counted"),
        pytest.param({"status_id": 14}, Resource.PRODUCTS, id="what is left may be refunded"),
        pytest.param({"shipping_address_count": 0}, Resource.PRODUCTS, id="maybe only gift cards"),
        pytest.param({"order_is_digital": True, "items_shipped": 4}, None, id="digital"),
    ],
)
def test_the_body_decides_fully_shipped_where_it_can(
    changes: dict[str, object], expected: object
) -> None:
    assert FIELDS["fully_shipped"].read(some_facts(an_order(**changes))) is expected


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        pytest.param([a_line(2, 2)], True, id="all shipped"),
        pytest.param([a_line(2, 2), a_line(1)], False, id="a line missing"),
        pytest.param([a_line(2, 1)], False, id="an item missing"),
        pytest.param([a_line(2, 1, refunded=1)], True, id="the missing item was refunded"),
        pytest.param([a_line(2, 2), a_line(1, refunded=1)], True, id="the line was refunded"),
        pytest.param([a_line(2, refunded=2)], None, id="all refunded, nothing sent"),
        pytest.param([a_line(2, 2, refunded=2)], True, id="all sent, then refunded"),
        pytest.param(
            [a_line(1, 1), a_line(1, line_type="digital")], True, id="digital needs no parcel"
        ),
        pytest.param([a_line(1, line_type="digital")], None, id="only digital"),
        pytest.param([a_line(1, line_type="giftcertificate")], None, id="only a gift certificate"),
        pytest.param([], None, id="no lines"),
    ],
)
def test_the_lines_decide_fully_shipped(lines: list[object], expected: bool | None) -> None:
    facts = some_facts(an_order(items_total=None), products=tuple(lines))  # type: ignore[arg-type]

    assert FIELDS["fully_shipped"].read(facts) is expected


def test_unreadable_lines_leave_fully_shipped_unknown() -> None:
    facts = some_facts(an_order(items_total=None), products=UNREADABLE)

    assert FIELDS["fully_shipped"].read(facts) is UNREADABLE


def test_no_value_of_an_order_makes_a_reader_fail() -> None:
    for value in (MISSING, None, "", {}, [], 0, -1, 1e308, True, "x"):
        changes = dict.fromkeys(
            (
                "total_inc_tax",
                "subtotal_inc_tax",
                "default_currency_code",
                "payment_method",
                "payment_status",
                "items_total",
                "items_shipped",
                "order_is_digital",
                "store_credit_amount",
                "gift_certificate_amount",
                "shipping_address_count",
                "customer_id",
                "channel_id",
                "order_source",
                "billing_address",
                "staff_notes",
            ),
            value,
        )
        line = a_line(1, sku=value, name=value, product_id=value, variant_id=value)
        facts = some_facts(an_order(**changes), transactions=(), products=(line,))
        for field in FIELDS.values():
            field.read(facts)


def test_every_field_says_what_it_is_and_when_it_is_unknown() -> None:
    always_known = {"status", "age", "unchanged_for", "weekday", "time_of_day"}
    by_reading_alone = {"test_order"}

    for name, field in FIELDS.items():
        assert field.meaning.endswith(".")
        assert bool(field.unknown) is (name not in always_known | by_reading_alone), name


# What each field costs at most, in calls; nobody else costs any.
COSTS = {
    "paid": ["transactions"],
    "authorized": ["transactions"],
    "amount_paid": ["transactions"],
    "balance_due": ["transactions"],
    "test_order": ["transactions"],
    "refunded": ["refunds"],
    "customer_group": ["customer"],
    "shipping_country": ["shipping_addresses"],
    "shipping_method": ["shipping_addresses"],
    "fully_shipped": ["products"],
    "shipped_by": ["shipments"],
    "has_tracking": ["shipments"],
    "skus": ["products"],
    "products": ["products"],
    "backordered": ["products"],
    "out_of_stock": ["products", "inventory"],
    "coupons": ["coupons"],
    "meta.erp.state": ["metafields"],
}


@pytest.mark.parametrize("name", [*LANGUAGE.split(), "meta.erp.state"])
def test_a_field_asks_for_what_it_costs_each_once_and_no_more(name: str) -> None:
    field = field_named(name)
    assert field is not None
    fetched: dict[Resource, Fetched] = {
        **dict.fromkeys(Resource, ()),
        Resource.PRODUCTS: (a_line(1, variant_id=477, sku="A", name="A"),),
    }
    facts = some_facts(an_order(items_total=None))

    asked = []
    while isinstance(reading := field.read(facts), Resource):
        asked.append(reading.value)
        facts = facts.with_resource(reading, fetched[reading])

    assert asked == COSTS.get(name, [])
    assert [cost.value for cost in field.costs] == COSTS.get(name, [])
