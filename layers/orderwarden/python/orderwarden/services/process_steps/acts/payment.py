"""`capture` and `void`: take the money that was authorised, or let go of it; tried once, ever."""

from __future__ import annotations

from collections.abc import Collection
from typing import ClassVar, Final

from orderwarden.domain.decision import Write
from orderwarden.domain.line import Line
from orderwarden.domain.order import date
from orderwarden.domain.rules.operators import folded
from orderwarden.domain.safeguards import Blocked
from orderwarden.domain.settlement import Shown, fits
from orderwarden.services.process_steps.acts.act import Act, Part, Wanted
from orderwarden.services.process_steps.case import Case

CAPTURED: Final = frozenset({"capture pending", "captured", "paid"})
VOIDED: Final = frozenset({"void pending", "void"})


class _Settles(Act):
    """What both have in common: no content, and money that moves afterwards."""

    event: ClassVar[str]
    done: ClassVar[Collection[str]]

    def parts(self, wanted: Wanted) -> tuple[Part, ...] | Blocked:  # noqa: ARG002
        """Return the one write."""
        return (Part(),)

    def shown(self, case: Case, write: Write, line: Line) -> Shown:  # noqa: ARG002
        """Return whether the money moved, or is about to; nothing else is ever concluded."""
        order = case.store.order(case.order_id).value
        if folded(order.text("payment_status") or "") in self.done:
            return Shown.WANTED
        found = case.store.transactions(case.order_id).value
        is_there = any(
            each.event == self.event
            and each.status == "ok"
            and fits(line, date(each.raw.get("date_created")))
            for each in found
        )
        return Shown.WANTED if is_there else Shown.OTHERWISE


class Captures(_Settles):
    """Takes the money."""

    event = "capture"
    done = CAPTURED

    def do(self, case: Case, write: Write, line: Line) -> None:  # noqa: ARG002
        """Ask the store to take it."""
        case.store.capture(case.order_id)


class Voids(_Settles):
    """Lets go of the money."""

    event = "void"
    done = VOIDED

    def do(self, case: Case, write: Write, line: Line) -> None:  # noqa: ARG002
        """Ask the store to let go of it."""
        case.store.void(case.order_id)
