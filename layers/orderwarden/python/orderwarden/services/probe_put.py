"""Find out, on one order of a person's choice, whether a PUT without a status keeps the status."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from orderwarden.domain import statuses
from orderwarden.domain.instants import to_text
from orderwarden.domain.line import Line, Result, effect_key
from orderwarden.domain.order import Order
from orderwarden.domain.order_changes import OrderChanges
from orderwarden.errors import AnswerLost, Rejected
from orderwarden.ports import Bookmarks, Changelog, Clock, Store

PUT_KEEPS: Final = "put_without_status"
"""The bookmark: whether it keeps the status, when and on which order that was seen."""

_RULE: Final = "doctor"
_TELLS_NOTHING: Final = frozenset({statuses.INCOMPLETE, statuses.PENDING})


@dataclass(frozen=True, slots=True)
class PutProbed:
    """What it came to; where the status was lost, it was put back."""

    before_status_id: int
    after_status_id: int

    @property
    def keeps(self) -> bool:
        """Return whether the status stayed."""
        return self.before_status_id == self.after_status_id


class PutProbe:
    """Writes the staff notes of an order as they are, without its status."""

    def __init__(
        self,
        api: Store,
        changelog: Changelog,
        bookmarks: Bookmarks,
        clock: Clock,
        new_id: Callable[[], str],
    ) -> None:
        """Keep the ports; `new_id` gives a random id of 32 hex digits."""
        self._api = api
        self._changelog = changelog
        self._bookmarks = bookmarks
        self._clock = clock
        self._new_id = new_id

    def run(self, store: str, order_id: int) -> PutProbed:
        """Write, look again, put the status back if it was lost, and keep what was learned.

        Raises:
            Rejected: order_tells_nothing: it is archived, Incomplete, or Pending already.
            AnswerLost: Nobody knows whether it was written; the line says `unconfirmed`.
        """
        answer = self._api.order(order_id)
        order = answer.value
        if order.is_archived or order.status_id in _TELLS_NOTHING:
            raise Rejected("order_tells_nothing")
        line = self._line(store, order, answer.at)
        changes = OrderChanges(staff_notes=order.staff_notes)
        lost: AnswerLost | None = None
        try:
            self._written(line, lambda: self._api.update_order(order_id, changes))
        except AnswerLost as error:  # it may have been made, and the status lost with it
            lost = error
        after = self._api.order(order_id)
        probed = PutProbed(order.status_id, after.value.status_id)
        if not probed.keeps:
            back = self._line(store, after.value, after.at, restores=line, to=order.status_id)
            self._written(back, lambda: self._put_back(order_id, order.status_id))
        if lost is not None:
            raise lost
        self._keep(store, order_id, probed)
        return probed

    def _put_back(self, order_id: int, status_id: int) -> object:
        return self._api.put_order(order_id, status_id=status_id)

    def _written(self, line: Line, write: Callable[[], object]) -> None:
        """Write, with one line around it."""
        self._changelog.replace(line, None)
        result = Result.NOT_APPLIED
        try:
            write()
            result = Result.APPLIED
        except AnswerLost:
            result = Result.UNCONFIRMED
            raise
        finally:
            settled_at = max(self._clock.now(), line.at)
            self._changelog.settle(replace(line, result=result, settled_at=settled_at))

    def _line(
        self,
        store: str,
        order: Order,
        at: datetime,
        *,
        restores: Line | None = None,
        to: int | None = None,
    ) -> Line:
        action = "update_order" if restores is None else "set_status"
        attempt = self._new_id()
        return Line(
            id=effect_key(store, order.id, _RULE, action, attempt),
            at=at,
            store=store,
            order_id=order.id,
            trigger="manual",
            rule=_RULE,
            rules_version=0,
            action=action,
            also=("staff_note",) if restores is None else (),
            from_status_id=order.status_id,
            to_status_id=to,
            result=Result.INTENDED,
            reason="whether a PUT without a status keeps it" if to is None else "put back",
            actor="doctor --probe-order",
            read_modified=order.date_modified,
            attempt=attempt,
            occasion=attempt,
            restores=restores.id if restores else None,
        )

    def _keep(self, store: str, order_id: int, probed: PutProbed) -> None:
        at = to_text(self._clock.now())
        text = json.dumps({"keeps": probed.keeps, "at": at, "order_id": order_id})
        before = self._bookmarks.bookmark(store, PUT_KEEPS)
        self._bookmarks.replace_bookmark(store, PUT_KEEPS, text, before)
