"""Fields about who bought, from where, and where it goes."""

from __future__ import annotations

from collections.abc import Mapping

from orderwarden.domain.facts import Facts, Resource, Unreadable
from orderwarden.domain.order_parts import Customer, ShippingAddress, text
from orderwarden.domain.rules.readings import Reading, Several


def guest(facts: Facts) -> bool | None:
    """Return whether the order was placed without an account."""
    customer_id = facts.order.count("customer_id")
    return None if customer_id is None else customer_id == 0


def customer_group(facts: Facts) -> Reading:
    """Return the name and the id of the customer's group; nothing for guests and for no group."""
    is_guest = guest(facts)
    if is_guest is not False:
        return () if is_guest else None
    customers = facts.fetched(Resource.CUSTOMER, Customer)
    if not isinstance(customers, tuple):
        return customers
    group_id = customers[0].group_id if customers else None
    if group_id is None:
        return None
    return (customers[0].group_name, str(group_id)) if group_id else ()


def billing_country(facts: Facts) -> Several | None:
    """Return the country of the billing address, as code and as name."""
    address = facts.order.raw.get("billing_address")
    found = address if isinstance(address, Mapping) else {}
    return _or_none((text(found, "country_iso2"), text(found, "country")))


def shipping_country(facts: Facts) -> Reading:
    """Return the countries of the shipping addresses, as codes and as names."""
    addresses = _addresses(facts)
    if not isinstance(addresses, tuple):
        return addresses
    return _or_none(
        tuple(name for each in addresses for name in (each.country_iso2, each.country))
    )


def shipping_method(facts: Facts) -> Reading:
    """Return the names of the shipping methods."""
    addresses = _addresses(facts)
    if not isinstance(addresses, tuple):
        return addresses
    return _or_none(tuple(each.method for each in addresses))


def has_address(facts: Facts) -> bool:
    """Return whether the order may have somewhere to be sent, by its own body."""
    is_digital = facts.order.raw.get("order_is_digital") is True
    return not is_digital and facts.order.count("shipping_address_count") != 0


def _addresses(
    facts: Facts,
) -> tuple[ShippingAddress, ...] | Resource | Unreadable | None:
    if not has_address(facts):
        return None
    return facts.fetched(Resource.SHIPPING_ADDRESSES, ShippingAddress)


def _or_none(names: Several) -> Several | None:
    return names if any(names) else None
