"""`refund`: give money back by the store's own quote; tried once, ever."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from orderwarden.domain.choice import Needs
from orderwarden.domain.decision import Write
from orderwarden.domain.facts import Facts, Resource
from orderwarden.domain.line import Line
from orderwarden.domain.money import CENT, refunded
from orderwarden.domain.order import amount
from orderwarden.domain.order_parts import text
from orderwarden.domain.refunding import (
    RefundAmount,
    RefundItem,
    RefundPayment,
    RefundQuote,
    RefundUnits,
)
from orderwarden.domain.rules.effects import RefundWanted
from orderwarden.domain.rules.field import currency_of
from orderwarden.domain.safeguards import Blocked
from orderwarden.domain.settlement import Shown, fits
from orderwarden.errors import Refused, StoreUnauthorised
from orderwarden.services.process_steps.acts.act import Act, Part, Wanted
from orderwarden.services.process_steps.case import Case

LONGEST_REASON = 1_000


class Refunds(Act):
    """Asks for a quote, and gives back exactly what it says, to where the money came from."""

    def parts(self, wanted: Wanted) -> tuple[Part, ...] | Blocked:
        """Return the one write: goods by SKU, else an amount of the order as a whole."""
        asked = wanted.action.value
        assert isinstance(asked, RefundWanted)  # noqa: S101  # as compiled
        if asked.currency and asked.currency != currency_of(wanted.facts):
            return Blocked("other_currency")
        items = _goods(wanted, asked) if asked.skus else _amount(wanted, asked)
        if isinstance(items, Blocked):
            return items
        if not items:
            return ()
        reason = wanted.text(asked.reason)[:LONGEST_REASON]
        return (Part({"items": items, "reason": reason}),)

    def prepare(self, case: Case, write: Write) -> Write | Blocked:
        """Return it with the payments of a fresh quote; never one that a person must carry out."""
        try:
            quote = case.store.refund_quote(case.order_id, _items(write)).value
        except StoreUnauthorised:
            raise
        except Refused as refused:
            return Blocked("quote_refused", needs_person=True, detail=refused.message)
        chosen = next((each for each in quote.methods if _is_online(each)), None)
        if chosen is None:
            return Blocked("refund_by_hand_only", needs_person=True)
        if not _is_as_asked(write, quote, chosen):
            return Blocked("quote_differs", needs_person=True)
        payments = [{"provider_id": x.provider_id, "amount": str(x.amount)} for x in chosen]
        content = {**write.content, "payments": payments, "total": str(quote.total)}
        return replace(write, content=content)

    def do(self, case: Case, write: Write, line: Line) -> None:  # noqa: ARG002
        """Give it back."""
        payments = [
            RefundPayment(each["provider_id"], Decimal(each["amount"]), is_offline=False)
            for each in write.content["payments"]
        ]
        case.store.refund(case.order_id, _items(write), payments)

    def shown(self, case: Case, write: Write, line: Line) -> Shown:
        """Return whether a refund of this moment and amount is there; else nobody can tell."""
        total = Decimal(write.content["total"])
        found = case.store.refunds(case.order_id).value
        is_there = any(
            fits(line, each.created_at) and amount(each.raw.get("total_amount")) == total
            for each in found
        )
        return Shown.WANTED if is_there else Shown.OTHERWISE


def _amount(wanted: Wanted, asked: RefundWanted) -> list[dict[str, Any]] | Blocked:
    """Return so much of the order; of all that is left, what was not given back yet."""

    def left_of(facts: Facts) -> Decimal | Needs | None:
        back, total = refunded(facts), facts.order.money("total_inc_tax")
        if isinstance(back, Resource):
            return Needs(back)
        return total - back if isinstance(back, Decimal) and total is not None else None

    left = wanted.known.ask(left_of)
    if left is None:
        return Blocked("refunds_unreadable")
    wished = Decimal(asked.amount) if asked.amount else left
    if wished > left:
        return Blocked("more_than_is_left")
    order_id = wanted.facts.order.id
    return [{"type": "ORDER", "id": order_id, "amount": str(wished)}] if wished > 0 else []


def _goods(wanted: Wanted, asked: RefundWanted) -> list[dict[str, Any]] | Blocked:
    """Return the order lines with one of the SKUs, as far as they were not refunded yet."""
    lines = wanted.order_lines()
    if isinstance(lines, Blocked):
        return lines
    return [
        {"type": "PRODUCT", "id": line.id, "quantity": line.quantity - line.quantity_refunded}
        for line in lines
        if text(line.raw, "sku") in asked.skus and line.quantity > line.quantity_refunded
    ]


def _items(write: Write) -> list[RefundItem]:
    reason = write.content["reason"] or None
    items: Iterable[Mapping[str, Any]] = write.content["items"]
    return [
        RefundUnits(each["id"], each["quantity"], reason=reason)
        if each["type"] == "PRODUCT"
        else RefundAmount(each["id"], Decimal(each["amount"]), "ORDER", reason)
        for each in items
    ]


def _is_online(payments: Iterable[RefundPayment]) -> bool:
    listed = tuple(payments)
    return bool(listed) and not any(each.is_offline for each in listed)


def _is_as_asked(write: Write, quote: RefundQuote, chosen: Iterable[RefundPayment]) -> bool:
    """Return whether the payments add up to the quote, and the quote to the amount asked for."""
    paid = sum((each.amount for each in chosen), Decimal(0))
    asked = [Decimal(each["amount"]) for each in write.content["items"] if "amount" in each]
    is_asked = not asked or abs(sum(asked, Decimal(0)) - quote.total) <= CENT
    return is_asked and quote.total > 0 and abs(paid - quote.total) <= CENT
