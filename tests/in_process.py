"""The simulated store behind `requests`, without a network: an adapter that calls it."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from bigcommerce_sim import Ending, Request, SimulatedStore
from requests import PreparedRequest, Response
from requests.adapters import BaseAdapter
from requests.exceptions import ConnectionError as ConnectionFailed
from requests.exceptions import ReadTimeout
from urllib3 import HTTPResponse
from urllib3.exceptions import ProtocolError


class InProcessAdapter(BaseAdapter):
    """Carries a request to the simulated store in the caller's own thread.

    `before` and `after` are called around every exchange, so that a test can act in between.
    """

    def __init__(self, sim: SimulatedStore) -> None:
        super().__init__()
        self._sim = sim
        self.before: Callable[[str, str], None] = _nothing
        self.after: Callable[[str, str], None] = _nothing

    def once_before(self, method: str, act: Callable[[], object], ending: str = "") -> None:
        """Do something once, just before the store takes such a request."""

        def before(made: str, path: str) -> None:
            if made == method and path.endswith(ending):
                self.before = _nothing
                act()

        self.before = before

    def once_after(self, method: str, act: Callable[[], object], ending: str = "") -> None:
        """Do something once, just after the store answered such a request."""

        def after(made: str, path: str) -> None:
            if made == method and path.endswith(ending):
                self.after = _nothing
                act()

        self.after = after

    def send(self, request: PreparedRequest, *_: object, **__: object) -> Response:
        parts = urlsplit(str(request.url))
        method, path = str(request.method), parts.path
        self.before(method, path)
        body = request.body or b""
        answer = self._sim.handle(
            Request(
                method=method,
                path=path,
                query=parts.query,
                headers={k.lower(): v for k, v in request.headers.items()},
                body=body.encode() if isinstance(body, str) else bytes(body),
            )
        )
        self.after(method, path)
        if answer.ending is Ending.RESET:
            raise ConnectionFailed(ProtocolError("Connection aborted.", ConnectionResetError()))
        if answer.ending is Ending.TIMEOUT:
            raise ReadTimeout("read timed out")
        is_cut = answer.ending is Ending.CUT
        whole = answer.body[: len(answer.body) // 2] if is_cut else answer.body
        return _response(request, answer.status, answer.headers, whole)

    def close(self) -> None:
        """Nothing is open."""


def _nothing(method: str, path: str) -> None:
    """Do nothing around an exchange."""


def _response(
    request: PreparedRequest, status: int, headers: Mapping[str, str], body: bytes
) -> Response:
    response = Response()
    response.request = request
    response.status_code = status
    response.headers.update(headers)
    response.raw = HTTPResponse(
        body=io.BytesIO(body), headers=dict(headers), status=status, preload_content=False
    )
    return response
