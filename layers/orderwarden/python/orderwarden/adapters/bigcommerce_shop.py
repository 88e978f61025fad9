"""Customers, stock, settings and log: `ports.Shop`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Final

from orderwarden.adapters import bigcommerce_parse as parse
from orderwarden.adapters.bigcommerce_call import Call, Query, Reply
from orderwarden.adapters.bigcommerce_pages import Listing, all_by_ids, all_v2, all_v3, each_v3
from orderwarden.adapters.bigcommerce_way import HasWay
from orderwarden.domain.order import Json, date, whole
from orderwarden.domain.order_parts import Customer, StockLevel
from orderwarden.domain.shop import CustomerGroup, LogEntry, LogFilter, StoreInformation
from orderwarden.domain.stock import InventoryFilter, InventorySettings, Location
from orderwarden.errors import Rejected
from orderwarden.ports import Answer
from orderwarden.ports.shop import NO_NAMES

STOCK_LIMIT: Final = 250
"""Items of one page; a product may have hundreds of variants, and a thousand may be asked for."""

MOST_SKUS: Final = 20
"""Asked for in one call; each may have 255 characters, and a URL some thousands."""

MOST_STOCK_PAGES: Final = 1000
"""Of all that lies at a location: a quarter of a million items."""


class ReadsShop(HasWay):
    """The store around its orders."""

    def customers(
        self, customer_ids: Sequence[int], group_names: Mapping[int, str] = NO_NAMES
    ) -> Answer[tuple[Customer, ...]]:
        """Read customers by id; guests (0) and those that were deleted are missing."""
        ids = {each for each in customer_ids if each}
        wanted = Listing("/v3/customers", partial(_customer, group_names=group_names))
        found = all_by_ids(self._http, wanted, "id:in", ids)
        return Answer(tuple(each for each in found.value if each.id in ids), found.at)

    def customer_groups(self) -> Answer[Mapping[int, CustomerGroup]]:
        """Read the customer groups by id."""
        found = all_v2(self._http, Listing("/v2/customer_groups", _group))
        return Answer({group.id: group for group in found.value}, found.at)

    def inventory_items(self, wanted: InventoryFilter) -> Answer[tuple[StockLevel, ...]]:
        """Read stock."""
        query: dict[str, int | str] = {"limit": STOCK_LIMIT}
        if wanted.location_ids:
            query["location_id:in"] = ",".join(map(str, wanted.location_ids))
        if wanted.location_codes:
            query["location_code:in"] = ",".join(wanted.location_codes)
        listing = Listing(
            "/v3/inventory/items", _stock, _identity, query, most_pages=MOST_STOCK_PAGES
        )
        if not (wanted.variant_ids or wanted.product_ids or wanted.skus):
            return all_v3(self._http, listing)
        variants = all_by_ids(self._http, listing, "variant_id:in", wanted.variant_ids)
        products = all_by_ids(self._http, listing, "product_id:in", wanted.product_ids)
        by_sku = all_by_ids(self._http, listing, "sku:in", wanted.skus, MOST_SKUS)
        answers = (variants, products, by_sku)
        found = {_identity(each): each for answer in answers for each in answer.value}
        return Answer(tuple(found.values()), min(answer.at for answer in answers))

    def locations(self) -> Answer[tuple[Location, ...]]:
        """Read where stock lies."""
        return all_v3(self._http, Listing("/v3/inventory/locations", _location))

    def inventory_settings(self, channel_id: int | None = None) -> Answer[InventorySettings]:
        """Read how orders move the stock, of a channel or of the store."""
        query: Query = {} if channel_id is None else {"channel_id": channel_id}
        return self._http.answer(Call("GET", "/v3/settings/inventory", query), _settings)

    def store_information(self) -> Answer[StoreInformation]:
        """Read what the store says of itself."""
        return self._http.answer(Call("GET", "/v2/store"), _information)

    def time(self) -> Answer[datetime]:
        """Read the store's clock, aware UTC in whole seconds."""
        return self._http.answer(Call("GET", "/v2/time"), _time)

    def system_log(self, wanted: LogFilter) -> Iterator[LogEntry]:
        """Read the store's log, newest first, a page at a time."""
        given = {"type": wanted.type, "module": _module(wanted), "severity": wanted.severity}
        query: dict[str, int | str] = {k: v for k, v in given.items() if v is not None}
        query |= {"sort": "date_created", "direction": "desc"}
        return each_v3(self._http, Listing("/v3/store/systemlogs", _entry, query=query))


def _module(wanted: LogFilter) -> str | None:
    return wanted.module and wanted.module.replace(" ", "+")  # as the documents write it


def _customer(row: Json, group_names: Mapping[int, str]) -> Customer:
    is_nobody = "id" not in row and "email" in row  # so in the example of the documents
    return Customer.from_json({**row, "id": 0} if is_nobody else row, group_names)


def _group(row: Json) -> CustomerGroup:
    return CustomerGroup(parse.number(row, "id"), parse.text(row, "name"), row)


def _stock(row: Json) -> StockLevel:
    stock = StockLevel.from_json(row)
    if stock.variant_id is None and stock.product_id is None:
        raise Rejected("stock_of_nothing")
    return stock


def _identity(stock: StockLevel) -> tuple[int | None, int | None]:
    return stock.product_id, stock.variant_id


def _location(row: Json) -> Location:
    return Location(
        id=parse.number(row, "id"),
        code=str(row.get("code") or ""),
        label=str(row.get("label") or ""),
        is_enabled=row.get("enabled") is True,
        raw=row,
    )


def _settings(reply: Reply) -> InventorySettings:
    data = parse.data(reply)
    return InventorySettings(
        moves_when=parse.text(data, "update_stock_behavior"),
        returns_on_refund=data.get("refund_order_stock_adjustment") is True,
        raw=data,
    )


def _information(reply: Reply) -> StoreInformation:
    body = parse.whole_object(reply)
    zone = body.get("timezone")
    zone = zone if isinstance(zone, Mapping) else {}
    offset = zone.get("raw_offset")
    return StoreInformation(
        store_hash=parse.text(body, "id"),
        store_id=whole(body.get("store_id")),
        name=str(body.get("name") or ""),
        plan_name=str(body.get("plan_name") or ""),
        time_zone=str(zone.get("name") or ""),
        utc_offset_s=offset if isinstance(offset, int) else None,
        raw=body,
    )


def _time(reply: Reply) -> datetime:
    at = parse.epoch(parse.whole_object(reply).get("time"))
    if at is None:
        raise Rejected("no_time")
    return at


def _entry(row: Json) -> LogEntry:
    return LogEntry(
        id=parse.number(row, "id"),
        type=str(row.get("type") or ""),
        module=str(row.get("module") or ""),
        severity=str(row.get("severity") or ""),
        summary=str(row.get("summary") or ""),
        message=str(row.get("message") or ""),
        at=date(row.get("date_created")),
        raw=row,
    )
