"""`SweepFunction`, every five minutes: orders for which time has made a rule due are queued."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, Final

from orderwarden import bootstrap
from orderwarden.services.scheduled import Round

_LOG: Final = bootstrap.log()


PAGE_MS: Final = 60_000
"""What a page and the end of a run may take at worst; the next run finds what is left."""


@cache
def _sweep() -> Callable[[Callable[[], bool]], Iterator[Round]]:
    return bootstrap.sweep()


def lambda_handler(_event: dict[str, Any], context: Any) -> dict[str, int]:  # noqa: ANN401
    """Look after every store; a bug ends in the dead letters of the schedules."""
    _LOG.begin(getattr(context, "aws_request_id", ""))
    stores = failed = 0
    for each in _sweep()(lambda: context.get_remaining_time_in_millis() > PAGE_MS):
        fields = {"store": each.store, **each.facts, "error": each.error}
        _LOG.write("sweep", fields, _counted(each), level="ERROR" if each.error else "INFO")
        stores += 1
        failed += bool(each.error)
    ended = {"stores": stores, "failed": failed}
    _LOG.write("sweep_ended", ended, {"SweepRuns": not failed})
    return ended


def _counted(each: Round) -> dict[str, int]:
    return {
        "Failures": bool(each.error),
        "Unparked": each.count("unparked"),
        "Queued": each.count("queued"),
        "StoresStopped": bool(each.facts.get("stopped")),
        "OpenReviews": each.count("reviews"),
        "ApprovalsWaiting": each.count("approvals"),
    }


if bootstrap.is_in_lambda():
    _sweep()
