"""`IngestFunction`: webhooks in, from an HTTP API with payload format 2.0."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from orderwarden import bootstrap
from orderwarden.services.ingest import Ingest, Ingested
from orderwarden.services.log_fields import of_webhook, where

_PATH: Final = re.compile(r"/webhooks/([^/]+)(/exceptions)?\Z")
"""How a path ends: a stage, or what a domain maps to the API, may stand before it."""

_OUT_OF_REACH: Final = frozenset({"secrets_out_of_reach", "queue_out_of_reach"})

_LOG: Final = bootstrap.log()


@cache
def _ingest() -> Ingest:
    return bootstrap.ingest_service()


if bootstrap.is_in_lambda():
    _ingest()  # while Lambda starts us: it has the most CPU then


def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, int]:  # noqa: ANN401
    """Answer one webhook: 200, 401, 404, 405, 413 or 503, without a body."""
    _LOG.begin(getattr(context, "aws_request_id", ""))
    try:
        ingested = _answer(event)
    except Exception as bug:  # noqa: BLE001  a 503 is sent again; a 500 would be the same, untold
        _LOG.write("bug", {"reason": where(bug)}, {"Bugs": 1}, level="ERROR")
        return {"statusCode": 503}
    _LOG.write("webhook", of_webhook(ingested), _counted(ingested))
    return {"statusCode": ingested.http_status}


def _answer(event: dict[str, Any]) -> Ingested:
    path = _PATH.search(event["rawPath"])
    if path is None:
        return Ingested(404, "unknown_path")
    handle = _ingest().handle_exception if path[2] else _ingest().handle
    method = event["requestContext"]["http"]["method"]
    return handle(method, path[1], event.get("headers") or {}, _body(event))


def _body(event: dict[str, Any]) -> bytes:
    """Return the body as it was sent; what cannot be decoded proves nothing."""
    text = event.get("body") or ""
    if not event.get("isBase64Encoded"):
        return text.encode("utf-8", "surrogatepass")
    try:
        return base64.b64decode(text)
    except ValueError:
        return b""


def _counted(ingested: Ingested) -> Mapping[str, float]:
    is_proved = ingested.http_status == 200
    is_wanted = ingested.code in {"queued", "ignored_scope"} or ingested.error_code is not None
    return {
        "Webhooks": 1,
        "Signals": ingested.code == "queued",
        "Unusable": is_proved and not is_wanted,
        "Unauthorised": ingested.http_status == 401,
        "WrongSignatures": ingested.has_wrong_signature,
        "OutOfReach": ingested.code in _OUT_OF_REACH,
        "DeliveryErrors": ingested.error_code is not None,
    }
