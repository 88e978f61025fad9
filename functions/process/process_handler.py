"""`ProcessFunction`: signals from the queue, with a partial batch response."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from orderwarden import bootstrap
from orderwarden.services.batch import Batch, Handled, Message
from orderwarden.services.log_fields import of_outcome

_LOG: Final = bootstrap.log()
_THROTTLED: Final = frozenset({"quota", "throttled"})


@cache
def _batch() -> Batch:
    return bootstrap.batch(_tell)


def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, list[dict[str, str]]]:  # noqa: ANN401
    """Work on a batch; return what must come again, be it all of it."""
    _LOG.begin(getattr(context, "aws_request_id", ""))
    messages = [_message(record) for record in event["Records"]]
    again = _batch().handle(messages, lambda: context.get_remaining_time_in_millis() / 1000)
    return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in again]}


def _message(record: dict[str, Any]) -> Message:
    told = record["attributes"]
    return Message(
        id=record["messageId"],
        body=record["body"],
        receipt_handle=record["receiptHandle"],
        group=told["MessageGroupId"],
        receive_count=int(told["ApproximateReceiveCount"]),
    )


def _tell(handled: Handled) -> None:
    outcome = handled.outcome
    fields = {
        **of_outcome(handled.signal, outcome),
        "message_id": handled.message.id,
        "receive_count": handled.message.receive_count,
        "duration_ms": round((bootstrap.now() - handled.began_at).total_seconds() * 1000),
    }
    level = "ERROR" if outcome.kind == "bug" else "INFO"
    _LOG.write("signal", fields, _counted(handled), level=level)


def _counted(handled: Handled) -> Mapping[str, float]:
    signal, outcome = handled.signal, handled.outcome
    is_done = outcome.again_s is None
    counts: dict[str, float] = {
        "Signals": is_done,
        "Duplicates": outcome.kind == "duplicate",
        "Echoes": outcome.kind in {"echo", "seen"},
        "Changes": len(outcome.lines),
        "Blocked": outcome.kind == "blocked",
        "Parked": outcome.kind == "parked",
        "ApiCalls": outcome.api_calls,
        "Throttled": outcome.reason in _THROTTLED,
        "Again": outcome.kind == "again",
        "Bugs": outcome.kind == "bug",
    }
    if is_done and signal is not None and signal.is_webhook:
        counts["Lag"] = max((bootstrap.now() - signal.occurred_at).total_seconds(), 0.0)
    return counts


if bootstrap.is_in_lambda():
    _batch()  # while Lambda starts us: it has the most CPU then
