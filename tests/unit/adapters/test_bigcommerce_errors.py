"""Every status and every broken exchange has a meaning; none is forgotten."""

from __future__ import annotations

import ssl
from collections.abc import Iterator

import pytest
import requests.exceptions
import urllib3.exceptions
from orderwarden.adapters.bigcommerce_call import Call
from orderwarden.adapters.bigcommerce_errors import (
    MEANINGS,
    unfinished,
    unwanted,
    was_never_sent,
)
from orderwarden.errors import (
    AnswerLost,
    ConfigurationError,
    NotFound,
    OrderwardenError,
    Refused,
    StoreUnauthorised,
    TryAgain,
)
from urllib3.connection import HTTPConnection
from urllib3.connectionpool import HTTPConnectionPool

READ_ORDER = Call("GET", "/v2/orders/218", is_essential=True)
READ_LINES = Call("GET", "/v2/orders/218/products")
WRITE = Call("PUT", "/v2/orders/218", body={"status_id": 5}, is_essential=True)

# What the store documents, and what gateways and unknown answers may add: status, then what a
# read of an order, another read, and a write fail with.
STATUSES: list[tuple[int, type, type, type]] = [
    (201, TryAgain, TryAgain, AnswerLost),  # no wanted answer to these three
    (206, TryAgain, TryAgain, AnswerLost),
    (301, ConfigurationError, ConfigurationError, ConfigurationError),
    (302, TryAgain, TryAgain, AnswerLost),
    (303, TryAgain, TryAgain, AnswerLost),
    (304, TryAgain, TryAgain, AnswerLost),
    (307, TryAgain, TryAgain, AnswerLost),
    (308, ConfigurationError, ConfigurationError, ConfigurationError),
    (400, Refused, Refused, Refused),
    (401, StoreUnauthorised, StoreUnauthorised, StoreUnauthorised),
    (402, Refused, Refused, Refused),
    (403, StoreUnauthorised, Refused, StoreUnauthorised),
    (404, NotFound, NotFound, NotFound),
    (405, Refused, Refused, Refused),
    (406, Refused, Refused, Refused),
    (408, TryAgain, TryAgain, AnswerLost),
    (409, Refused, Refused, Refused),
    (410, Refused, Refused, Refused),
    (413, Refused, Refused, Refused),
    (415, Refused, Refused, Refused),
    (418, Refused, Refused, Refused),
    (422, Refused, Refused, Refused),
    (423, TryAgain, TryAgain, TryAgain),
    (429, TryAgain, TryAgain, TryAgain),
    (451, Refused, Refused, Refused),
    (499, TryAgain, TryAgain, AnswerLost),
    (500, TryAgain, TryAgain, AnswerLost),
    (501, Refused, Refused, Refused),
    (502, TryAgain, TryAgain, AnswerLost),
    (503, TryAgain, TryAgain, AnswerLost),
    (504, TryAgain, TryAgain, AnswerLost),
    (507, Refused, Refused, Refused),
    (520, TryAgain, TryAgain, AnswerLost),
    (599, TryAgain, TryAgain, AnswerLost),
    (999, TryAgain, TryAgain, AnswerLost),
]


@pytest.mark.parametrize(("status", "of_order", "of_lines", "of_write"), STATUSES)
def test_a_status_means(status: int, of_order: type, of_lines: type, of_write: type) -> None:
    kinds = [
        type(unwanted(call, "abc123", status, "No.", 3.0))
        for call in (READ_ORDER, READ_LINES, WRITE)
    ]

    assert kinds == [of_order, of_lines, of_write]


def test_the_list_above_has_every_status_of_the_table() -> None:
    assert set(MEANINGS) <= {status for status, *_ in STATUSES}


def test_no_status_at_all_is_without_a_meaning() -> None:
    for status in range(100, 1000):
        assert isinstance(unwanted(WRITE, "abc123", status, "", None), OrderwardenError)


def test_a_refusal_keeps_the_stores_words() -> None:
    error = unwanted(WRITE, "abc123", 422, "No such status.", None)

    assert isinstance(error, Refused)
    assert (error.http_status, error.message) == (422, "No such status.")


@pytest.mark.parametrize(
    ("status", "reason"), [(423, "locked"), (429, "throttled"), (503, "store_error")]
)
def test_what_may_be_tried_again_says_why_and_when(status: int, reason: str) -> None:
    error = unwanted(READ_ORDER, "abc123", status, "", 12.0)

    assert isinstance(error, TryAgain)
    assert (error.reason, error.retry_after_s, error.http_status) == (reason, 12.0, status)


# --- broken exchanges

POOL = HTTPConnectionPool("api.example.com")
CONNECTION = HTTPConnection("api.example.com")
UNSENT: list[Exception] = [
    urllib3.exceptions.NewConnectionError(CONNECTION, "refused"),
    urllib3.exceptions.NameResolutionError("api.example.com", CONNECTION, OSError()),  # type: ignore[arg-type]
    urllib3.exceptions.ConnectTimeoutError("slow"),
    urllib3.exceptions.SSLError(ssl.SSLCertVerificationError(1, "self-signed certificate")),
]
MAYBE_SENT: list[Exception] = [
    urllib3.exceptions.SSLError(ssl.SSLError(1, "decryption failed or bad record mac")),
    urllib3.exceptions.SSLError("unexpected"),
    urllib3.exceptions.ProtocolError("Connection aborted.", ConnectionResetError(104, "reset")),
    urllib3.exceptions.ReadTimeoutError(POOL, "/", "Read timed out."),
    urllib3.exceptions.ResponseError("too many 500 error responses"),
]


@pytest.mark.parametrize("reason", UNSENT, ids=lambda reason: type(reason).__name__)
def test_what_never_left_was_surely_not_made(reason: Exception) -> None:
    tried = urllib3.exceptions.MaxRetryError(POOL, "/", reason)

    error = unfinished(WRITE, "abc123", requests.exceptions.ConnectionError(tried))

    assert type(error) is TryAgain
    assert error.reason == "no_connection"


@pytest.mark.parametrize("reason", MAYBE_SENT, ids=lambda reason: type(reason).__name__)
def test_whatever_else_became_of_a_connection_may_have_been_made(reason: Exception) -> None:
    tried = urllib3.exceptions.MaxRetryError(POOL, "/", reason)

    for argument in (reason, tried):
        error = requests.exceptions.ConnectionError(argument)

        assert type(unfinished(WRITE, "abc123", error)) is AnswerLost
        assert type(unfinished(READ_ORDER, "abc123", error)) is TryAgain


def every(kind: type[Exception]) -> Iterator[type[Exception]]:
    """Return an exception class and all that are derived from it."""
    yield kind
    for derived in kind.__subclasses__():
        yield from every(derived)


def bare(kind: type[Exception]) -> Exception:
    """Return an exception without the arguments that its own constructor wants."""
    return kind.__new__(kind)


BAD_ADDRESS = {
    "URLRequired",
    "MissingSchema",
    "InvalidSchema",
    "InvalidURL",
    "InvalidProxyURL",
    "LocationValueError",
    "LocationParseError",
    "URLSchemeUnknown",
    "ProxySchemeUnknown",
}
TOOK_TOO_LONG = {
    "Timeout",
    "ConnectTimeout",
    "ReadTimeout",
    "TimeoutError",
    "ReadTimeoutError",
    "ConnectTimeoutError",
    "NewConnectionError",
    "NameResolutionError",
}
LOST = {"ConnectionError", "ProxyError", "SSLError", "ProtocolError", "ResponseNotChunked"}
NONSENSE = {
    # of requests
    "RequestException",
    "InvalidJSONError",
    "JSONDecodeError",
    "HTTPError",
    "TooManyRedirects",
    "InvalidHeader",
    "ChunkedEncodingError",
    "ContentDecodingError",
    "StreamConsumedError",
    "RetryError",
    "UnrewindableBodyError",
    # of urllib3
    "PoolError",
    "RequestError",
    "MaxRetryError",
    "HostChangedError",
    "TimeoutStateError",
    "EmptyPoolError",
    "FullPoolError",
    "ClosedPoolError",
    "DecodeError",
    "ResponseError",
    "BodyNotHttplibCompatible",
    "IncompleteRead",
    "InvalidChunkLength",
    "HeaderParsingError",
}


@pytest.mark.parametrize(
    "kind",
    [*every(requests.exceptions.RequestException), *every(urllib3.exceptions.HTTPError)],
    ids=lambda kind: f"{kind.__module__}.{kind.__name__}",
)
def test_every_exception_of_the_libraries_has_its_meaning(kind: type[Exception]) -> None:
    of_read, of_write = (unfinished(call, "abc123", bare(kind)) for call in (READ_ORDER, WRITE))

    if kind.__name__ in BAD_ADDRESS:
        assert type(of_read) is type(of_write) is ConfigurationError
        return
    assert type(of_read) is TryAgain
    assert type(of_write) is AnswerLost
    groups = {"timeout": TOOK_TOO_LONG, "connection_lost": LOST, "nonsense_answer": NONSENSE}
    assert kind.__name__ in groups[of_write.reason]


def test_a_bare_exception_is_no_proof_that_nothing_was_sent() -> None:
    assert not was_never_sent(requests.exceptions.ConnectionError())
    assert not was_never_sent(OSError("gone"))
