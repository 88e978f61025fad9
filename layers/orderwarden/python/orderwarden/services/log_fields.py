"""What a log line says of a webhook, a signal or a bug: ids and codes, the same on every host."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # at run time they would only make a Lambda's start slower
    from orderwarden.domain.line import Line
    from orderwarden.domain.signal import Signal
    from orderwarden.services.ingest import Ingested
    from orderwarden.services.process_steps.outcome import Outcome


def of_webhook(ingested: Ingested) -> Mapping[str, object]:
    """Return what is to be told of a webhook; absent facts are None or empty."""
    return _of_signal(ingested.signal) | {
        "status": ingested.http_status,
        "code": ingested.code,
        "store": ingested.store,
        "scope": ingested.scope,
        "proof": ingested.proof.value,
        "wrong_signature": ingested.has_wrong_signature or None,
        "error_code": ingested.error_code,
        "detail": ingested.detail,
    }


def of_outcome(signal: Signal | None, outcome: Outcome) -> Mapping[str, object]:
    """Return what is to be told of a signal that was worked on; None: it could not be read."""
    return _of_signal(signal) | {
        "outcome": outcome.kind,
        "rule": outcome.rule,
        "reason": outcome.reason,
        "detail": outcome.detail,
        "changes": [_change(line) for line in outcome.lines] or None,
        "api_calls": outcome.api_calls,
        "again_s": None if outcome.again_s is None else round(outcome.again_s, 1),
    }


def where(bug: BaseException) -> str:
    """Return the kind of an exception and the line it came from; its text may hold anything."""
    trace = bug.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    place = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else "?"
    return f"{type(bug).__name__} at {place}"


def _of_signal(signal: Signal | None) -> dict[str, object]:
    if signal is None:
        return {}
    return {
        "store": signal.store,
        "order_id": signal.order_id,
        "trigger": signal.trigger.value,
        "receipt_key": signal.receipt_key,
    }


def _change(line: Line) -> Mapping[str, object]:
    return {
        "line_id": line.id,
        "rule": line.rule,
        "action": line.action,
        "from_status_id": line.from_status_id,
        "to_status_id": line.to_status_id,
        "result": line.result.value,
        "reason": line.reason,
    }
