"""Lines that were open when their host was lost: the store is asked what became of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial

from orderwarden.domain.line import HOOKS, Line, Result
from orderwarden.domain.receipt import Receipt, ReceiptState
from orderwarden.domain.settlement import adopt
from orderwarden.domain.signal import Signal, Trigger

from orderwarden_cli.moving.patience import patiently
from orderwarden_cli.moving.ports import Movable


def ask_about(here: Movable, unsettled: Iterable[Line]) -> int:
    """Have the store asked what became of lines that were left open; return how many.

    Each gets a receipt with a decision that stands for its own, which stayed behind: so it is
    settled as after a crash, and nothing of it is ever done again unlooked.
    """
    asked = still_open(here, unsettled)
    for line in asked:
        patiently(here.clock, partial(_ask, here, line))
    return len(asked)


def still_open(here: Movable, unsettled: Iterable[Line]) -> Sequence[Line]:
    """Return the lines of which nothing is known here either.

    Lines about hooks are settled by whoever looks after those, and one that another attempt left
    open here by the receipt of that attempt.
    """
    return [line for line in unsettled if line.order_id != HOOKS and _is_open(here, line)]


def _is_open(here: Movable, line: Line) -> bool:
    lines = patiently(here.clock, lambda: here.changelog.of_order(line.store, line.order_id))
    found = next((each for each in lines if each.id == line.id), line)
    return found.result is Result.INTENDED and found.attempt == line.attempt


def _ask(here: Movable, line: Line) -> None:
    now = here.clock.now()
    signal = Signal(
        store=line.store,
        order_id=line.order_id,
        trigger=Trigger.MANUAL,
        occurred_at=now,
        receipt_key=f"import-{line.id}-{line.attempt}",
    )
    receipt = Receipt(
        key=signal.receipt_key,
        store=line.store,
        order_id=line.order_id,
        trigger=signal.trigger.value,
        state=ReceiptState.QUEUED,
        first_at=now,
        decision=adopt(line).to_json(),
    )
    found = here.receipts.replace(receipt, None)
    if found is None or not found.has_ended:
        here.queue.put(signal)
