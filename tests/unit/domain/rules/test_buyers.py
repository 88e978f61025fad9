"""Fields about who bought, from where, and where it goes."""

from __future__ import annotations

import pytest
from orderwarden.domain.facts import UNREADABLE, Fetched, Resource
from orderwarden.domain.order_parts import Customer, ShippingAddress
from orderwarden.domain.rules.fields import FIELDS
from rule_builders import MISSING, ODD_VALUES, an_order, some_facts


@pytest.mark.parametrize(
    ("customer_id", "expected"),
    [(0, True), (11, False), (MISSING, None), (None, None), ("", None)],
)
def test_a_guest_has_no_account(customer_id: object, expected: bool | None) -> None:
    assert FIELDS["guest"].read(some_facts(an_order(customer_id=customer_id))) is expected


def a_customer(group_id: int | None, name: str | None = None) -> tuple[Customer, ...]:
    return (Customer(11, group_id, name, raw={}),)


@pytest.mark.parametrize(
    ("customer", "expected"),
    [
        pytest.param(a_customer(4, "Wholesale"), ("Wholesale", "4"), id="in a group"),
        pytest.param(a_customer(4), (None, "4"), id="in one without a name that is told"),
        pytest.param(a_customer(0), (), id="in none"),
        pytest.param(a_customer(None), None, id="not told"),
        pytest.param((), None, id="deleted"),
        pytest.param(UNREADABLE, UNREADABLE, id="not readable"),
    ],
)
def test_a_customers_group_has_a_name_and_an_id(customer: Fetched, expected: object) -> None:
    assert FIELDS["customer_group"].read(some_facts(customer=customer)) == expected


def test_a_guest_is_in_no_group_and_costs_no_call() -> None:
    assert FIELDS["customer_group"].read(some_facts(an_order(customer_id=0))) == ()
    assert FIELDS["customer_group"].read(some_facts(an_order(customer_id=None))) is None
    assert FIELDS["customer_group"].read(some_facts()) is Resource.CUSTOMER


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ({"country": "United States", "country_iso2": "US"}, ("US", "United States")),
        ({"country": "United States", "country_iso2": ""}, (None, "United States")),
        ({"country_iso2": "US"}, ("US", None)),
        ({"country": "", "country_iso2": None}, None),
        ({}, None),
        (None, None),
        ("", None),
        (MISSING, None),
        ([], None),
    ],
)
def test_the_billing_country_has_a_code_and_a_name(address: object, expected: object) -> None:
    order = an_order(billing_address=address)

    assert FIELDS["billing_country"].read(some_facts(order)) == expected


def to(country: str | None, name: str | None, method: str | None = None) -> ShippingAddress:
    return ShippingAddress(1, name, country, method, raw={})


@pytest.mark.parametrize(
    ("addresses", "countries", "methods"),
    [
        ((to("NO", "Norway", "Flat Rate"),), ("NO", "Norway"), ("Flat Rate",)),
        (
            (to("NO", "Norway", "Flat Rate"), to("SE", "Sweden", "Pickup")),
            ("NO", "Norway", "SE", "Sweden"),
            ("Flat Rate", "Pickup"),
        ),
        ((to(None, "Norway"), to("SE", None)), (None, "Norway", "SE", None), None),
        ((to(None, None),), None, None),
        ((), None, None),
        (UNREADABLE, UNREADABLE, UNREADABLE),
    ],
)
def test_shipping_addresses_tell_countries_and_methods(
    addresses: Fetched, countries: object, methods: object
) -> None:
    facts = some_facts(shipping_addresses=addresses)

    assert FIELDS["shipping_country"].read(facts) == countries
    assert FIELDS["shipping_method"].read(facts) == methods


@pytest.mark.parametrize("body", [{"order_is_digital": True}, {"shipping_address_count": 0}])
@pytest.mark.parametrize(
    "field", ["shipping_country", "shipping_method", "shipped_by", "has_tracking"]
)
def test_what_has_nowhere_to_go_is_unknown_and_costs_no_call(
    field: str, body: dict[str, object]
) -> None:
    assert FIELDS[field].read(some_facts(an_order(**body))) is None


@pytest.mark.parametrize("count", ODD_VALUES)
def test_an_order_that_hides_its_addresses_is_asked_for_them(count: object) -> None:
    facts = some_facts(an_order(shipping_address_count=count))

    assert FIELDS["shipping_country"].read(facts) is Resource.SHIPPING_ADDRESSES
