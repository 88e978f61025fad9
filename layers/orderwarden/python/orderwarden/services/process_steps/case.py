"""A claimed signal: its receipt, what is known of its order, and the claim's own writes."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from orderwarden.domain.decision import Decision
from orderwarden.domain.line import Line, Result
from orderwarden.domain.receipt import KEPT, Receipt, ReceiptState
from orderwarden.domain.rules.model import RuleSet
from orderwarden.domain.seen import Seen
from orderwarden.domain.signal import Signal, Trigger
from orderwarden.domain.sweep_receipts import look_again_at
from orderwarden.errors import LeaseLost
from orderwarden.ports import Controls, Review
from orderwarden.services.process_steps.calls import Calls
from orderwarden.services.process_steps.ports import ProcessPorts

if TYPE_CHECKING:
    from orderwarden.services.process_steps.limits import LimitReached


class Case:
    """One signal in one worker's hands.

    Every write to its receipt is conditional on nobody else having written it: a worker that
    was frozen past its lease finds that out before it does anything else.

    Attributes:
        calls: The requests that went to the store for it.
        writes: How many writes this signal made, in earlier attempts too.
        written: The lines of the writes made in this attempt.
        was_parked: Whether it was parked and has come back just now.
        barred: Rules that have nothing left to do here, though they match.
        overruled: What was seen, where an older reading is believed all the same.
        held_back: What keeps a lower rule from its turn; the signal waits for it.
    """

    def __init__(
        self,
        ports: ProcessPorts,
        signal: Signal,
        receipt: Receipt,
        rules: RuleSet,
        controls: Controls,
    ) -> None:
        """Keep what the claim found."""
        self.ports = ports
        self.signal = signal
        self.order_id = signal.order_id or 0
        self.rules = rules
        self.controls = controls
        self.calls = Calls()
        self.store = ports.stores(signal.store).telling(self.calls.count)
        self.seen: Seen | None = None
        self.overruled: Seen | None = None
        self.writes = 0
        self.was_parked = False
        self.written: list[Line] = []
        self.barred: set[str] = set()
        self.held_back: LimitReached | None = None
        self._holds: frozenset[str] | None = None
        self._lines: dict[str, Line] = {}
        self._receipt = receipt
        self._lock = threading.Lock()  # the lease may be renewed from another thread

    @property
    def receipt(self) -> Receipt:
        """Return the receipt as last written."""
        return self._receipt

    @property
    def decision(self) -> Decision | None:
        """Return the decision that is to be carried out or settled."""
        text = self._receipt.decision
        return Decision.from_json(text) if text else None

    @property
    def waited(self) -> timedelta:
        """Return how long ago the signal was first claimed."""
        return self.ports.clock.now() - self._receipt.first_at

    @property
    def lines(self) -> Sequence[Line]:
        """Return the order's lines, oldest first."""
        return tuple(self._lines.values())

    def load(self) -> None:
        """Read what we know of the order: its lines, and what was seen of it."""
        self.seen = self.ports.state.seen(self.signal.store, self.order_id)
        found = self.ports.changelog.of_order(self.signal.store, self.order_id)
        self._lines = {line.id: line for line in found}

    @property
    def holds(self) -> frozenset[str]:
        """Return the rules that a person keeps off this order; read when first asked for."""
        if self._holds is None:  # `cached_property` of Python 3.11 lets all threads wait for one
            self._holds = self.ports.state.holds(self.signal.store, self.order_id)
        return self._holds

    def hold(self, rule: str, reason: str) -> None:
        """Keep a rule off the order from now on; `*` stands for every rule."""
        self.ports.state.hold(self.signal.store, self.order_id, rule, reason)
        self._holds = None

    def ask_person(
        self,
        *,
        kind: str,
        about: str,
        detail: str,
        rule: str | None = None,
        line_id: str | None = None,
        receipt_key: str | None = None,
    ) -> str:
        """Open a review of this order, and return its id; the same matter is asked once.

        All as in `Review`; `about` tells one matter of a kind from the others.
        """
        review = Review(
            id=f"{kind}-{about}",
            store=self.signal.store,
            kind=kind,
            at=self.ports.clock.now(),
            detail=detail,
            order_id=self.order_id,
            rule=rule,
            line_id=line_id,
            receipt_key=receipt_key,
        )
        self.ports.state.open_review(review)
        return review.id

    def line(self, line_id: str) -> Line | None:
        """Return one line of the order."""
        return self._lines.get(line_id)

    def store_decision(self, decision: Decision | None) -> None:
        """Keep a decision, or forget it, in the receipt."""
        self._write(decision=decision.to_json() if decision else "")

    def renew(self) -> None:
        """Hold the claim for another lease."""
        until = self.ports.clock.now() + timedelta(seconds=self.ports.lease_s)
        self._write(lease_until=until)

    def ensure_lease(self) -> None:
        """Raise `LeaseLost` once the lease has run out: somebody else may be at work."""
        until = self._receipt.lease_until
        if until is None or self.ports.clock.now() >= until:
            raise LeaseLost("lease_ran_out")

    def release(self, failures: int) -> None:
        """Give the claim back on purpose, decision kept: whoever comes next may take it."""
        now = self.ports.clock.now()
        self._write(state=ReceiptState.RELEASED, lease_until=now, failures=failures)

    def end(self, outcome: str, state: ReceiptState = ReceiptState.DONE, reason: str = "") -> None:
        """Finish the receipt; only an ended one gets its expiry."""
        ended, now = state is ReceiptState.DONE, self.ports.clock.now()
        is_swept = ended and self.signal.trigger is Trigger.SWEEP
        told = f"{outcome}: {reason}" if is_swept and reason else outcome
        self._write(
            state=state,
            outcome=told,
            lease_until=None,
            decision="" if ended else self._receipt.decision,
            look_again_at=look_again_at(told, self._receipt.outcome, now) if is_swept else None,
            expires_at=now + KEPT if ended else None,
        )

    def intend(self, line: Line) -> Line | None:
        """Write a line over what stands under its id; return what stands there if it may not.

        A line of the same attempt is ours: its answer was lost.
        """
        found = self.ports.changelog.replace(line, self._lines.get(line.id))
        if found is None or (line.attempt and found.attempt == line.attempt):
            self._lines[line.id] = line
            return None
        return found

    def settle(self, line: Line, result: Result, reason: str, at: datetime) -> Line:
        """Write how an intended line ended; `at` is by the store's clock."""
        settled = replace(line, result=result, reason=reason, settled_at=at)
        if not self.ports.changelog.settle(settled):
            raise LeaseLost("line_settled_by_another")
        self._lines[line.id] = settled
        return settled

    def mark_undone(self, line_id: str, undone_by: str) -> None:
        """Write on a line which other line took it back."""
        store, line = self.signal.store, self._lines.get(line_id)
        self.ports.changelog.mark_undone(store, self.order_id, line_id, undone_by)
        if line:
            self._lines[line_id] = replace(line, undone_by=undone_by)

    def _write(self, **changes: object) -> None:
        with self._lock:
            before = self._receipt
            after = replace(before, revision=before.revision + 1, **changes)  # type: ignore[arg-type]
            found = self.ports.receipts.replace(after, before)
            if found is not None and found != after:
                raise LeaseLost("receipt_taken_over")
            self._receipt = after
