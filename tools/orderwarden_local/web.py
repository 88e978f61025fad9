"""The HTTP face of one machine: webhooks in, health out."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from orderwarden.errors import OrderwardenError
from orderwarden.services.ingest import MAX_BODY_BYTES, Ingest, Ingested
from orderwarden.services.log_fields import of_webhook, where
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from orderwarden_local.structured_log import StructuredLog

DRAINED_BYTES = 16 * 1024 * 1024
"""So much of a body that is too large is read and dropped, so that its sender sees the 413."""

Health = Callable[[], Mapping[str, object]]
OnException = Callable[[str, int], None]
"""Called with the store and the error code of every delivery exception that is authentic."""

METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


def web_app(
    ingest: Ingest,
    health: Health,
    on_queued: Callable[[], None],
    log: StructuredLog,
    on_exception: OnException = lambda _store, _error_code: None,
) -> Starlette:
    """Return the application with the routes that stay put."""
    face = _Face(ingest, health, on_queued, log, on_exception)
    app = Starlette(
        routes=[
            Route("/webhooks/{store}", face.webhook, methods=METHODS),
            Route("/webhooks/{store}/exceptions", face.exception, methods=METHODS),
            Route("/healthz", face.healthz, methods=["GET"]),
        ],
        exception_handlers={ClientDisconnect: _gone},
        # Given to Starlette itself, it would be raised once more, for the server to log.
        middleware=[Middleware(ExceptionMiddleware, handlers={Exception: face.bug})],
    )
    app.router.redirect_slashes = False  # a path that is not ours is 404, never a redirect
    return app


class _Face:
    """What answers each route."""

    def __init__(
        self,
        ingest: Ingest,
        health: Health,
        on_queued: Callable[[], None],
        log: StructuredLog,
        on_exception: OnException,
    ) -> None:
        self._on_exception = on_exception
        self._ingest = ingest
        self._health = health
        self._on_queued = on_queued
        self._log = log

    async def webhook(self, request: Request) -> Response:
        return await self._answer(request, self._ingest.handle)

    async def exception(self, request: Request) -> Response:
        return await self._answer(request, self._handle_exception)

    def _handle_exception(
        self, method: str, store: str, headers: Mapping[str, str], body: bytes
    ) -> Ingested:
        ingested = self._ingest.handle_exception(method, store, headers, body)
        if ingested.error_code is not None:
            self._on_exception(store, ingested.error_code)
        return ingested

    async def healthz(self, _: Request) -> Response:
        try:
            return JSONResponse(dict(await run_in_threadpool(self._health)))
        except OrderwardenError as error:  # its text is for whoever reads the log
            self._log.write("health_out_of_reach", reason=str(error))
            return JSONResponse({"status": "unavailable"}, 503)

    async def bug(self, _: Request, error: Exception) -> Response:
        """Answer what BigCommerce retries, should a bug ever come this far."""
        self._log.write("bug", reason=where(error))
        return Response(status_code=503)

    async def _answer(self, request: Request, handle: Callable[..., Ingested]) -> Response:
        body = await _body(request)
        ingested = await run_in_threadpool(
            handle, request.method, request.path_params["store"], _headers(request), body
        )
        if ingested.code == "queued":
            self._on_queued()
        self._log.write("webhook", **of_webhook(ingested))
        return Response(status_code=ingested.http_status)


async def _body(request: Request) -> bytes:
    """Return the body, cut off once it is surely too large; the rest is read and dropped."""
    kept, size = bytearray(), 0
    async for chunk in request.stream():
        size += len(chunk)
        if len(kept) <= MAX_BODY_BYTES:
            kept += chunk
        if size > DRAINED_BYTES:
            break
    return bytes(kept)


def _headers(request: Request) -> Mapping[str, str]:
    """Return the headers, doubled ones joined by commas as API Gateway does."""
    headers: dict[str, str] = {}
    for name, value in request.headers.items():
        key = name.lower()
        headers[key] = f"{headers[key]},{value}" if key in headers else value
    return headers


async def _gone(_: Request, __: Exception) -> Response:
    """Answer nobody: the sender went away in the middle of its body."""
    return Response(status_code=503)
