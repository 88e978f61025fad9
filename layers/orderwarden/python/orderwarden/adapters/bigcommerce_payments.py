"""Moving money: `ports.Payments`."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from functools import partial

from orderwarden.adapters import bigcommerce_bodies as bodies
from orderwarden.adapters import bigcommerce_parse as parse
from orderwarden.adapters.bigcommerce_call import MADE, Call, Reply, deed
from orderwarden.adapters.bigcommerce_way import HasWay, v3_order_path
from orderwarden.domain.order import Json, amount
from orderwarden.domain.order_parts import Refund
from orderwarden.domain.refunding import (
    RefundCause,
    RefundOverride,
    RefundPayment,
    RefundQuote,
    TaxAdjustment,
)
from orderwarden.errors import Rejected
from orderwarden.ports import Answer


class MovesMoney(HasWay):
    """The store takes each of these on, and does it afterwards."""

    def refund_quote(self, order_id: int, cause: RefundCause) -> Answer[RefundQuote]:
        """Ask what a refund would come to; it changes nothing.

        Raises:
            ValueError: No item is named.
        """
        body = _body(cause)
        path = v3_order_path(order_id, "/payment_actions/refund_quotes")
        call = Call("POST", path, body=body, is_question=True, good=MADE)
        return self._http.answer(call, partial(_quote, order_id=order_id))

    def refund(
        self,
        order_id: int,
        cause: RefundCause,
        payments: Sequence[RefundPayment],
        override: RefundOverride | None = None,
    ) -> Answer[Refund]:
        """Give money back, by one alternative of a fresh quote for the same.

        Raises:
            ValueError: No item is named, or payments are named for a tax adjustment, which the
                store divides by itself.
        """
        body = _body(cause)
        if not isinstance(cause, TaxAdjustment):
            body["payments"] = [bodies.refund_payment_body(payment) for payment in payments]
        elif payments:
            raise ValueError("a tax adjustment names no payments")
        if override is not None:
            body["merchant_calculated_override"] = bodies.override_body(override)
        path = v3_order_path(order_id, "/payment_actions/refunds")
        call = Call("POST", path, body=body, good=MADE)
        return self._http.answer(call, partial(_refund, order_id=order_id))

    def capture(self, order_id: int) -> Answer[None]:
        """Take the money that was authorised."""
        return self._act(order_id, "capture")

    def void(self, order_id: int) -> Answer[None]:
        """Let go of the money that was authorised."""
        return self._act(order_id, "void")

    def _act(self, order_id: int, act: str) -> Answer[None]:
        path = v3_order_path(order_id, f"/payment_actions/{act}")
        return self._http.answer(deed("POST", path), parse.nothing)


def _body(cause: RefundCause) -> bodies.Body:
    if not isinstance(cause, TaxAdjustment) and not cause:
        raise ValueError("nothing to refund")
    return bodies.refund_body(cause)


def _refund(reply: Reply, order_id: int) -> Refund:
    data = parse.data(reply)
    parse.check_order(data, order_id)
    return Refund.from_json(data)


def _quote(reply: Reply, order_id: int) -> RefundQuote:
    data = parse.data(reply)
    parse.check_order(data, order_id)
    methods = data.get("refund_methods")
    return RefundQuote(
        order_id=order_id,
        total=_amount(data, "total_refund_amount"),
        tax=_amount(data, "total_refund_tax_amount"),
        methods=tuple(
            tuple(map(_payment, parse.rows(method)))
            for method in (methods if isinstance(methods, list) else [])
        ),
        raw=data,
    )


def _payment(row: Json) -> RefundPayment:
    return RefundPayment(
        provider_id=parse.text(row, "provider_id"),
        amount=_amount(row, "amount"),
        is_offline=row.get("offline") is True,
    )


def _amount(row: Json, key: str) -> Decimal:
    found = amount(row.get(key))
    if found is None:
        raise Rejected(f"no_{key}")
    return found
