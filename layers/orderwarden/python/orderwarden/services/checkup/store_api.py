"""Checks of the store's API: token, clock, quota, statuses, and what the token may read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Final

from orderwarden.domain.facts import Resource
from orderwarden.domain.order import Order
from orderwarden.domain.rules.fields import field_named
from orderwarden.domain.rules.inspect import fields_of, is_dangerous
from orderwarden.domain.rules.model import RuleSet
from orderwarden.domain.statuses import NAMES
from orderwarden.domain.stock import InventoryFilter
from orderwarden.errors import NotFound, Refused, StoreUnauthorised, TryAgain
from orderwarden.ports import Clock, StoreReader
from orderwarden.services.checkup.finding import Finding, broken, doubtful, fine
from orderwarden.services.checkup.remedies import ON_ONE_MACHINE, Remedies

HOUR_S: Final = 3600.0
CLOCK_DOUBTFUL: Final = timedelta(seconds=30)
CLOCK_BROKEN: Final = timedelta(minutes=4)
"""Webhooks that seem to come from more than five minutes ahead are refused."""

SCOPES: Final[Mapping[Resource, str]] = {
    Resource.TRANSACTIONS: "store_v2_transactions_read_only",
    Resource.CUSTOMER: "store_v2_customers_read_only",
    Resource.INVENTORY: "store_inventory_read_only",
}
"""What is needed besides the scope for orders."""

_READS: Final[Mapping[Resource, Callable[[StoreReader, Order], object]]] = {
    Resource.TRANSACTIONS: lambda reader, order: reader.transactions(order.id),
    Resource.SHIPPING_ADDRESSES: lambda reader, order: reader.shipping_addresses(order.id),
    Resource.COUPONS: lambda reader, order: reader.coupons(order.id),
    Resource.CUSTOMER: lambda reader, order: reader.customers([order.count("customer_id") or 1]),
    Resource.REFUNDS: lambda reader, order: reader.refunds(order.id),
    Resource.METAFIELDS: lambda reader, order: reader.metafields(order.id),
    Resource.PRODUCTS: lambda reader, order: reader.products(order.id),
    Resource.SHIPMENTS: lambda reader, order: reader.shipments(order.id),
    Resource.INVENTORY: lambda reader, _: reader.inventory_items(
        InventoryFilter(product_ids=(1,))
    ),
}


def check_api(
    reader: StoreReader, clock: Clock, remedies: Remedies = ON_ONE_MACHINE
) -> Iterator[Finding]:
    """Look at the token, the statuses, the clocks and the quota; one call."""
    asked_at = clock.now()
    try:
        answer = reader.statuses()
    except StoreUnauthorised as error:
        yield broken(
            "token",
            f"the API answers {error.http_status}",
            f"make a new token for the same API account, {remedies.new_access}",
        )
        return
    except Refused as refused:
        yield broken("token", f"the API refuses: {refused}", "give it the scope store_v2_orders")
        return
    except TryAgain as error:
        yield broken(
            "token",
            f"the API is out of reach: {error.reason}",
            remedies.reach_api,
        )
        return
    yield fine("token", "the API takes it")
    yield _statuses({i: each.system_label for i, each in answer.value.items()})
    # The Date of an answer is a whole second cut off, and the answer took its time.
    ahead = max(asked_at - answer.at - timedelta(seconds=1), answer.at - clock.now())
    yield _clock(ahead)
    allowed = reader.allowance(HOUR_S)
    if allowed is None:
        yield doubtful("quota", "the answers name no quota", "none: we wait when we are told to")
    else:
        yield fine("quota", f"the store grants us {allowed:,} calls an hour beside the reserve")


def check_scopes(
    reader: StoreReader,
    rules: RuleSet | None,
    orders: Sequence[Order],
    remedies: Remedies = ON_ONE_MACHINE,
) -> Iterator[Finding]:
    """Read once whatever rules and safeguards read; whether writing works only a write can tell.

    Args:
        reader: The store's API.
        rules: What is in force.
        orders: Some of the store's; on the last one it is tried.
        remedies: What people do on this host.
    """
    if not orders:
        yield doubtful(
            "scopes", "orders can be read; there is none lately to try the rest on", "look again"
        )
        return
    needed = _resources(rules)
    for resource in sorted(needed, key=list(Resource).index):
        told = _refusal(reader, resource, orders[-1])
        if told:
            yield _scope_missing(resource, told, rules, remedies)
            needed.remove(resource)
    names = ", ".join(["orders", *sorted(needed)])
    yield fine("scopes", f"the token may read {names}")


def _refusal(reader: StoreReader, resource: Resource, order: Order) -> str:
    try:
        _READS[resource](reader, order)
    except StoreUnauthorised:
        raise
    except NotFound:
        return ""
    except Refused as refused:
        return str(refused)
    return ""


def _scope_missing(
    resource: Resource, told: str, rules: RuleSet | None, remedies: Remedies
) -> Finding:
    scope = SCOPES.get(resource, "store_v2_orders")
    remedy = f"make a token with the scope {scope}, {remedies.new_access}"
    sentence = f"the token may not read {resource.value} ({told})"
    if rules is not None and _is_needed(resource, rules):
        return broken("scopes", f"{sentence}: rules that need it never fire", remedy)
    return doubtful("scopes", sentence, remedy)


def _is_needed(resource: Resource, rules: RuleSet) -> bool:
    """Return whether rules read it, or safeguards do before what rules want."""
    if any(resource in _costs(name) for name in _fields(rules)):
        return True
    is_money = resource is Resource.TRANSACTIONS
    return is_money and any(rule.is_live and is_dangerous(rule) for rule in rules.rules)


def _resources(rules: RuleSet | None) -> set[Resource]:
    asked = {each for name in _fields(rules) for each in _costs(name)} if rules else set()
    return asked | {Resource.TRANSACTIONS}


def _fields(rules: RuleSet) -> set[str]:
    return {name for rule in rules.rules for name in fields_of(rule)}


def _costs(name: str) -> Sequence[Resource]:
    field = field_named(name)
    return tuple(field.costs) if field else ()


def _statuses(theirs: Mapping[int, str]) -> Finding:
    ids = sorted(set(NAMES) | set(theirs))
    differing = [str(i) for i in ids if theirs.get(i) != NAMES.get(i)]
    if differing:
        return broken(
            "statuses",
            f"the store's statuses {', '.join(differing)} are not what we know",
            "report it; the store stays stopped until they are right again",
        )
    return fine("statuses", "the store has the fifteen that we know")


def _clock(off: timedelta) -> Finding:
    told = f"this machine's clock and the store's differ by {off.total_seconds():.0f} s"
    remedy = "let this machine keep its time by NTP"
    if off > CLOCK_BROKEN:
        return broken("clock", told, remedy)
    if off > CLOCK_DOUBTFUL:
        return doubtful("clock", told, remedy)
    return fine("clock", "this machine's clock and the store's agree")
