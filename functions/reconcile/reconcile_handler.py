"""`ReconcileFunction`, every quarter of an hour: stores are probed, missed orders found."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, Final

from orderwarden import bootstrap
from orderwarden.services.scheduled import Round

_LOG: Final = bootstrap.log()

PAGE_MS: Final = 90_000
"""What a page may take at worst; the next run goes on where this one ended."""


@cache
def _reconcile() -> Callable[[Callable[[], bool]], Iterator[Round]]:
    return bootstrap.reconcile()


def lambda_handler(_event: dict[str, Any], context: Any) -> dict[str, int]:  # noqa: ANN401
    """Look after every store; a bug ends in the dead letters of the schedules."""
    _LOG.begin(getattr(context, "aws_request_id", ""))
    stores = failed = 0
    for each in _reconcile()(lambda: context.get_remaining_time_in_millis() > PAGE_MS):
        fields = {"store": each.store, **each.facts, "error": each.error}
        _LOG.write("reconcile", fields, _counted(each), level="ERROR" if each.error else "INFO")
        stores += 1
        failed += bool(each.error)
    ended = {"stores": stores, "failed": failed}
    _LOG.write("reconcile_ended", ended, {"ReconcileRuns": not failed})
    return ended


def _counted(each: Round) -> dict[str, int]:
    return {
        "Failures": bool(each.error),
        "Missed": each.count("missed"),
        "HooksRepaired": each.count("hooks_repaired"),
    }


if bootstrap.is_in_lambda():
    _reconcile()
