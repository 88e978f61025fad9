"""What every answer that was not wanted, and every broken exchange, means for what comes next.

Source: docs/bigcommerce.md, "Errors"; RFC 9110 for what gateways may say.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from ssl import SSLCertVerificationError
from typing import Final

import requests.exceptions as failed
import urllib3.exceptions as broken

from orderwarden.adapters.bigcommerce_call import Call
from orderwarden.errors import (
    ConfigurationError,
    NotFound,
    OrderwardenError,
    Refused,
    StoreUnauthorised,
    TryAgain,
)


class Meaning(Enum):
    """What a status says."""

    UNAUTHORISED = "the token no longer does"
    FORBIDDEN = "the token does not do for this"
    MOVED = "the API is at another address"
    ABSENT = "there is no such thing, or not yet"
    REFUSED = "no, and never"
    NOT_DONE = "not now; nothing was done"
    UNCLEAR = "not now; whether something was done is not known"


MEANINGS: Final[Mapping[int, Meaning]] = {
    301: Meaning.MOVED,  # http:// is sent to https:// like this
    308: Meaning.MOVED,
    400: Meaning.REFUSED,
    401: Meaning.UNAUTHORISED,
    403: Meaning.FORBIDDEN,
    404: Meaning.ABSENT,
    405: Meaning.REFUSED,
    406: Meaning.REFUSED,
    408: Meaning.UNCLEAR,  # a gateway's, not BigCommerce's
    409: Meaning.REFUSED,
    413: Meaning.REFUSED,
    415: Meaning.REFUSED,
    422: Meaning.REFUSED,
    423: Meaning.NOT_DONE,
    429: Meaning.NOT_DONE,
    499: Meaning.UNCLEAR,
    500: Meaning.UNCLEAR,
    501: Meaning.REFUSED,
    502: Meaning.UNCLEAR,
    503: Meaning.UNCLEAR,
    504: Meaning.UNCLEAR,
    507: Meaning.REFUSED,
}

NOT_DONE_REASONS: Final[Mapping[int, str]] = {423: "locked", 429: "throttled"}

BAD_ADDRESS: Final = (
    failed.URLRequired,
    failed.MissingSchema,
    failed.InvalidSchema,
    failed.InvalidURL,
    broken.LocationValueError,
)
"""Raised before anything is sent, because of `api_url`."""

TOOK_TOO_LONG: Final = (failed.Timeout, broken.TimeoutError)
CONNECTION_LOST: Final = (
    failed.ConnectionError,
    broken.ProtocolError,
    broken.ProxyError,
    broken.SSLError,
)


def meaning_of(http_status: int) -> Meaning:
    """Return what a status means; unknown ones of the client's side count as refusals."""
    otherwise = Meaning.REFUSED if 400 <= http_status < 500 else Meaning.UNCLEAR
    return MEANINGS.get(http_status, otherwise)


def unwanted(
    call: Call, store: str, http_status: int, words: str, retry_after_s: float | None
) -> OrderwardenError:
    """Return the error for an answer whose status is none of the call's good ones.

    Whatever it means, the store's words are kept in it for a person.
    """
    meaning = meaning_of(http_status)
    if meaning is Meaning.UNAUTHORISED or (meaning is Meaning.FORBIDDEN and call.is_essential):
        return StoreUnauthorised(store, http_status, words)
    if meaning is Meaning.MOVED:
        told = f" ({words})" if words else ""
        return ConfigurationError(
            f"store {store}: api_url answers {http_status}, moved{told}; "
            "give the API's own address"
        )
    if meaning is Meaning.ABSENT:
        return NotFound(http_status, words)
    if meaning in {Meaning.REFUSED, Meaning.FORBIDDEN}:
        return Refused(http_status, words)
    if meaning is Meaning.NOT_DONE:
        reason = NOT_DONE_REASONS[http_status]
        return TryAgain(reason, retry_after_s, http_status=http_status, detail=words)
    return call.unclear("store_error", http_status, retry_after_s, words)


def unfinished(call: Call, store: str, error: Exception) -> OrderwardenError:
    """Return the error for an exchange that brought no answer."""
    if isinstance(error, BAD_ADDRESS):
        return ConfigurationError(f"store {store}: api_url is no address of an API")
    if was_never_sent(error):
        return TryAgain("no_connection")
    if isinstance(error, TOOK_TOO_LONG):
        return call.unclear("timeout")
    if isinstance(error, CONNECTION_LOST):
        return call.unclear("connection_lost")
    return call.unclear("nonsense_answer")


def was_never_sent(error: Exception) -> bool:
    """Return whether the request surely never left, so that nothing can have been done.

    Sure are only: no address by that name, no TCP connection (both reach us as the reason of a
    `MaxRetryError`), and a certificate that we did not accept. A reset or timeout within the TLS
    handshake looks like one after sending, and counts as that.
    """
    reason = error.args[0] if error.args else None
    if isinstance(reason, broken.MaxRetryError):
        reason = reason.reason
    if isinstance(reason, broken.SSLError):
        return bool(reason.args) and isinstance(reason.args[0], SSLCertVerificationError)
    return isinstance(reason, broken.ConnectTimeoutError)  # NewConnectionError is one
