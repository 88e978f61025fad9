"""Moving money. Errors: `ports/store.py`; after `AnswerLost` nothing here may be repeated."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from orderwarden.domain.order_parts import Refund
from orderwarden.domain.refunding import RefundCause, RefundOverride, RefundPayment, RefundQuote
from orderwarden.ports.answer import Answer


class Payments(Protocol):
    """The store takes each of these on, and does it afterwards: look at the order later."""

    def refund_quote(self, order_id: int, cause: RefundCause) -> Answer[RefundQuote]:
        """Ask what a refund would come to; it changes nothing."""
        ...

    def refund(
        self,
        order_id: int,
        cause: RefundCause,
        payments: Sequence[RefundPayment],
        override: RefundOverride | None = None,
    ) -> Answer[Refund]:
        """Give money back, by one alternative of a fresh quote for the same.

        One at a time for an order: the store does not support two at once. A tax adjustment
        names no payments.
        """
        ...

    def capture(self, order_id: int) -> Answer[None]:
        """Take the money that was authorised."""
        ...

    def void(self, order_id: int) -> Answer[None]:
        """Let go of the money that was authorised."""
        ...
