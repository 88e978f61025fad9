"""Tell people what a delivery exception of the store says, once an hour each."""

from __future__ import annotations

from contextlib import suppress

from orderwarden.domain.scopes import DELIVERY_FAULTS
from orderwarden.errors import TryAgain
from orderwarden.ports import Clock, Counters, Notifier


def heed_exception(
    counters: Counters, notifier: Notifier, clock: Clock, store: str, error_code: int
) -> None:
    """Raise the alarm; never fails, since the webhook that told of it is answered all the same.

    Args:
        counters: Where alarms are counted; out of reach, none is raised: the next one will be.
        notifier: The way to people.
        clock: Ours.
        store: Store hash.
        error_code: A key of `DELIVERY_FAULTS`.
    """
    notice_id = f"exception-{error_code}-{clock.now():%Y-%m-%dT%H}"
    with suppress(TryAgain):
        if not counters.take(store, f"told:{notice_id}", 1):
            return
        detail = {"error_code": error_code}
        if DELIVERY_FAULTS[error_code] == "domain_blocked":
            notifier.notify(store, "domain_blocked", notice_id, detail)
        elif DELIVERY_FAULTS[error_code] == "hook_given_up":
            notifier.notify(store, "hook_given_up", notice_id, detail)
        else:
            notifier.notify(store, "delivery_failing", notice_id, detail)
