"""One call of the API, free of any web server: what came in, what goes out, how it ends."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from urllib.parse import parse_qsl


class Ending(StrEnum):
    """How the connection ends."""

    WHOLE = "whole"  # the answer arrives
    CUT = "cut"  # headers and half of the body arrive, then the connection closes
    RESET = "reset"  # the connection is reset, nothing arrives
    TIMEOUT = "timeout"  # nothing arrives for `delay_s`, then the connection closes


@dataclass(frozen=True, slots=True)
class Request:
    """Hold a request; header names are in lower case, `query` is still percent-encoded."""

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    def parameters(self) -> dict[str, str]:
        """Return the decoded query; of a repeated name the last one counts."""
        return dict(parse_qsl(self.query, keep_blank_values=True, errors="replace"))


@dataclass(frozen=True, slots=True)
class Response:
    """Hold an answer; header names are in lower case."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    ending: Ending = Ending.WHOLE
    delay_s: float = 0.0

    def json(self) -> object:
        """Parse the body."""
        return json.loads(self.body)

    def with_headers(self, more: Mapping[str, str]) -> "Response":
        """Return the same answer with `more` headers; its own win."""
        return replace(self, headers={**more, **self.headers})


def json_response(
    body: object, status: int = 200, content_type: str = "application/json"
) -> Response:
    """Return `body` as JSON."""
    encoded = json.dumps(body, separators=(",", ":")).encode("ascii")
    return Response(status, {"content-type": content_type}, encoded)


def no_content() -> Response:
    """Return 204 without a body."""
    return Response(204)
