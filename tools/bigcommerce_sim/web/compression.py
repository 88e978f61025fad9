"""Compressing answers, as the real API does."""

import gzip
from dataclasses import replace

from starlette.types import Scope

from bigcommerce_sim.exchange import Response

_WORTH_IT = 200  # bytes


def compressed(response: Response, scope: Scope) -> Response:
    """Return the answer gzipped where the client takes that and it is worth it."""
    accepted = b",".join(text for name, text in scope["headers"] if name == b"accept-encoding")
    if b"gzip" not in accepted or len(response.body) < _WORTH_IT:
        return response
    packed = gzip.compress(response.body, compresslevel=1)
    return replace(response, body=packed).with_headers({"content-encoding": "gzip"})
