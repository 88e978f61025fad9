"""Customers and customer groups; all invented."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Customer:
    """Hold one customer."""

    id: int
    first_name: str
    last_name: str
    email: str
    group_id: int
    created_at: datetime
    company: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class CustomerGroup:
    """Hold one customer group."""

    id: int
    name: str
    is_default: bool = False


class CustomerBook:
    """Keep customers and groups by id."""

    def __init__(self) -> None:
        self._customers: dict[int, Customer] = {}
        self.groups: dict[int, CustomerGroup] = {}

    def save(self, customer: Customer) -> Customer:
        """Keep a new or changed customer."""
        self._customers[customer.id] = customer
        return customer

    def get(self, customer_id: int) -> Customer | None:
        """Return one customer."""
        return self._customers.get(customer_id)

    def __iter__(self) -> Iterator[Customer]:
        return iter(list(self._customers.values()))

    def __len__(self) -> int:
        return len(self._customers)

    def group(self, group_id: int | None = None) -> CustomerGroup:
        """Return a group, the default one if none is named.

        Raises:
            ValueError: there is none with this id.
        """
        for group in self.groups.values():
            if group.id == group_id or (group_id is None and group.is_default):
                return group
        raise ValueError(f"no such customer group: {group_id}")

    def save_group(self, group: CustomerGroup) -> CustomerGroup:
        """Keep a new or changed group."""
        self.groups[group.id] = group
        return group
