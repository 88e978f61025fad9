"""Invented people: names put together by chance, addresses at example.com."""

from datetime import datetime, timedelta

from bigcommerce_sim.world.customers import Customer, CustomerBook, CustomerGroup
from bigcommerce_sim.world.order import Address

_FIRST = ("Ada", "Ben", "Cleo", "Dan", "Eva", "Finn", "Gia", "Hugo", "Iris", "Jon", "Kim", "Lea")
_LAST = ("Ash", "Birch", "Cedar", "Dale", "Elm", "Fern", "Grove", "Hazel", "Ivy", "Juniper")
_PLACES = (
    ("Sampleton", "Texas", "78701", "United States", "US"),
    ("Mockville", "New York", "10001", "United States", "US"),
    ("Dummy Creek", "Oregon", "97201", "United States", "US"),
    ("Testford", "Ontario", "M5V 2T6", "Canada", "CA"),
    ("Fakenham Bay", "Queensland", "4000", "Australia", "AU"),
)
_GROUPS = ((1, "Retail", True), (2, "Wholesale", False), (3, "VIP", False))
CUSTOMERS = 200


def name_of(number: int) -> tuple[str, str]:
    """Return a first and a last name, always the same for a number."""
    return _FIRST[number % len(_FIRST)], _LAST[number // len(_FIRST) % len(_LAST)]


def email_of(customer_id: int) -> str:
    """Return a customer's address."""
    return f"customer{customer_id}@example.com"


def address_of(number: int, email: str) -> Address:
    """Return an invented address, always the same for a number."""
    first_name, last_name = name_of(number)
    city, state, postcode, country, iso2 = _PLACES[number % len(_PLACES)]
    return Address(
        first_name=first_name,
        last_name=last_name,
        street_1=f"{1 + number % 400} Example Street",
        city=city,
        state=state,
        zip=postcode,
        country=country,
        country_iso2=iso2,
        phone=f"555-01{number % 100:02d}",
        email=email,
    )


def add_customers(book: CustomerBook, now: datetime) -> None:
    """Add three groups and `CUSTOMERS` customers; every seventh is a wholesaler."""
    for group_id, name, is_default in _GROUPS:
        book.save_group(CustomerGroup(group_id, name, is_default))
    for customer_id in range(1, CUSTOMERS + 1):
        first_name, last_name = name_of(customer_id)
        group_id = 2 if customer_id % 7 == 0 else 3 if customer_id % 31 == 0 else 1
        created_at = now - timedelta(days=customer_id % 700 + 100)
        email = email_of(customer_id)
        book.save(Customer(customer_id, first_name, last_name, email, group_id, created_at))
