"""One HTTP exchange with the API of one store: paced, bounded, and mapped to our errors.

This is `requests` without its Session: an adapter brings a thread-safe pool of connections, and
does not redirect, keep cookies, read `~/.netrc` or take proxies from the environment.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from contextlib import closing
from copy import copy
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Never, TypeVar
from urllib.parse import urlsplit

from requests import PreparedRequest, Request, Response
from requests.adapters import BaseAdapter, HTTPAdapter
from urllib3.exceptions import HTTPError

from orderwarden import __version__
from orderwarden.adapters.bigcommerce_call import Call, Reply
from orderwarden.adapters.bigcommerce_errors import unfinished, unwanted
from orderwarden.adapters.bigcommerce_pacing import Grant, Pacer
from orderwarden.adapters.bigcommerce_words import is_page, words_of, words_of_page
from orderwarden.domain.order import date
from orderwarden.errors import ConfigurationError, OrderwardenError, Rejected
from orderwarden.ports import Answer, Clock

T = TypeVar("T")

LARGEST_BODY: Final = 16 * 1024 * 1024
"""Bytes; a page of 250 orders is about one million."""

POOLED: Final = 16
"""Connections kept open; more than the workers of one machine use at once."""

WRITE_WAITS_S: Final = 1.0
"""A write stands on a look that must not grow old (2 s), so it had better fail than wait."""


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Limits of one exchange.

    Attributes:
        connect_s: Until there is a connection.
        read_s: Between any two pieces of the answer.
        body_s: For the whole body, however steadily it drips.
    """

    connect_s: float = 3.0
    read_s: float = 8.0
    body_s: float = 20.0


TIMEOUTS: Final = Timeouts()


class StoreHttp:
    """The way to the API of one store; threads may share it."""

    def __init__(
        self,
        store_hash: str,
        access_token: str,
        api_url: str,
        pacer: Pacer,
        clock: Clock,
        *,
        adapter: BaseAdapter | None = None,
        timeouts: Timeouts = TIMEOUTS,
        on_call: Callable[[], None] = lambda: None,
    ) -> None:
        """Keep what is needed; nothing is sent yet. See `BigCommerceReader`."""
        _check(store_hash, access_token, api_url)
        self.store = store_hash
        self._token = access_token
        self._address = f"{api_url.rstrip('/')}/stores/{store_hash}"
        self._pacer = pacer
        self._clock = clock
        self._adapter = adapter or HTTPAdapter(pool_maxsize=POOLED, max_retries=0)
        self._timeouts = timeouts
        self._on_call = on_call

    def telling(self, on_call: Callable[[], None]) -> StoreHttp:
        """Return the same way, with the same budget, which also calls `on_call` for each call."""
        told = copy(self)
        told._on_call = _both(self._on_call, on_call)  # noqa: SLF001 - one of us
        return told

    def allowance(self, seconds: float) -> int | None:
        """Return how many calls the store's budget holds in so many seconds; see `Pacer`."""
        return self._pacer.allowance(seconds)

    def now(self) -> datetime:
        """Return the time by our clock, for answers that cost no call."""
        return self._clock.now()

    def close(self) -> None:
        """Close the idle connections; a further call opens new ones."""
        self._adapter.close()

    def answer(self, call: Call, parse: Callable[[Reply], T]) -> Answer[T]:
        """Make a call and read its reply.

        Args:
            call: What to ask.
            parse: Raises `Rejected` for a reply that makes no sense.

        Raises:
            OrderwardenError: As `ports.StoreReader`, for a write as `ports.Store` says.
        """
        with self._pacer.call(WRITE_WAITS_S if call.is_write else None) as grant:
            reply = self._exchanged(call, grant)
        # Raised out here, so that no exception drags the request along, with the token in it.
        if isinstance(reply, OrderwardenError):
            raise reply
        try:
            return Answer(parse(reply), reply.at)
        except Rejected:
            raise call.unclear("nonsense_answer", reply.http_status) from None

    def _exchanged(self, call: Call, grant: Grant) -> Reply | OrderwardenError:
        self._on_call()
        timeout_s = (self._timeouts.connect_s, self._timeouts.read_s)
        try:
            response = self._adapter.send(self._prepared(call), stream=True, timeout=timeout_s)
        except (OSError, HTTPError) as error:  # every exception of requests is an OSError
            return unfinished(call, self.store, error)
        status = response.status_code
        with closing(response):
            retry_after_s = self._pacer.learn(grant, status, response.headers)
            whole = self._body(response)
        body = whole or b""
        secrets = (self._token, *call.secrets)
        if status not in call.good:
            words = words_of(body, secrets)
            return unwanted(call, self.store, status, words, retry_after_s)
        at = date(response.headers.get("Date")) or self._clock.now()
        if not call.reads_body and is_page(whole, response.headers.get("Content-Type", "")):
            return call.unclear("nonsense_answer", status, detail=words_of_page(body, secrets))
        has_json = call.reads_body and status != 204
        try:
            return Reply(status, _json(body) if has_json else None, at, secrets)
        except (ValueError, RecursionError):  # mostly a page of a gateway, which says why
            return call.unclear("nonsense_answer", status, detail=words_of_page(body, secrets))

    def _prepared(self, call: Call) -> PreparedRequest:
        headers = {
            "Accept": "application/json",
            "Accept-Encoding": "gzip",
            "Content-Type": "application/json",  # the documents want it without a body, too
            "User-Agent": f"orderwarden/{__version__}",
            "X-Auth-Token": self._token,
        }
        body = None if call.body is None else json.dumps(call.body).encode()
        url = self._address + call.path_and_query
        return Request(call.method, url, headers, data=body).prepare()

    def _body(self, response: Response) -> bytes | None:
        """Return the body; None if it breaks off, drips for too long or is too large."""
        ends_at = self._clock.now() + timedelta(seconds=self._timeouts.body_s)
        body = bytearray()
        try:
            while part := response.raw.read1(64 * 1024, decode_content=True):
                body += part
                if len(body) > LARGEST_BODY or self._clock.now() > ends_at:
                    return None
        except (OSError, HTTPError):
            return None
        return bytes(body)


def _both(first: Callable[[], None], second: Callable[[], None]) -> Callable[[], None]:
    def call() -> None:
        first()
        second()

    return call


def _json(body: bytes) -> object:
    value: object = json.loads(body, parse_constant=_refuse)
    return value


def _refuse(constant: str) -> Never:
    raise ValueError(constant)  # NaN and the infinities are no JSON


def _check(store_hash: str, access_token: str, api_url: str) -> None:
    problems = []
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", store_hash):
        problems.append(f"store {store_hash!r}: a store hash is letters and digits")
    if not re.fullmatch(r"[\x21-\x7e]+", access_token):
        problems.append(
            f"store {store_hash}: access_token must be ASCII, without blanks or line ends"
        )
    if not _is_address(api_url):
        problems.append(
            f"store {store_hash}: api_url must be like https://api.bigcommerce.com,"
            " without user, query or fragment"
        )
    if problems:
        raise ConfigurationError(*problems)


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        has_host = bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
    is_plain = not re.search(r"[\s?#@\\]", url)
    return parts.scheme in {"http", "https"} and has_host and is_plain
