"""What the client asks of the store; nothing leaves the process."""

from __future__ import annotations

import json
import threading
import tomllib
from pathlib import Path

import pytest
from contracts.store.client_calls import ALL_CALLS, Ids
from contracts.store.plausible_answers import two_pages
from contracts.store.store_doubles import (
    TOKEN,
    Canned,
    InProcess,
    a_line,
    a_store,
    an_order,
    answering,
    of_json,
    paged,
)
from fakes import TurnableClock
from orderwarden import __version__
from orderwarden.adapters.bigcommerce_pacing import Pacer
from orderwarden.adapters.bigcommerce_store import BigCommerceReader, BigCommerceStore
from orderwarden.errors import (
    ConfigurationError,
)
from orderwarden.ports import Store, StoreReader
from requests import PreparedRequest


def test_the_classes_are_what_the_ports_say() -> None:
    store: Store = answering(Canned())
    reader: StoreReader = BigCommerceReader(
        "abc123", TOKEN, "https://api.example.com", Pacer(TurnableClock()), TurnableClock()
    )

    assert isinstance(store, BigCommerceReader)
    assert not isinstance(reader, BigCommerceStore)
    assert not hasattr(reader, "put_order")


def test_a_client_that_is_told_of_each_call_shares_the_budget_and_tells_the_first_too() -> None:
    first: list[str] = []
    second: list[str] = []
    store = a_store(
        InProcess(lambda _request: of_json(an_order())), on_call=lambda: first.append("call")
    )

    store.telling(lambda: second.append("call")).order(218)
    store.order(218)

    assert (len(first), len(second)) == (2, 1)


def test_every_request_carries_the_token_and_says_who_asks() -> None:
    adapter = InProcess(lambda _request: of_json(an_order()))

    a_store(adapter).order(218)

    assert dict(adapter.requests[0].headers) == {
        "Accept": "application/json",
        "Accept-Encoding": "gzip",
        "Content-Type": "application/json",
        "User-Agent": f"orderwarden/{__version__}",
        "X-Auth-Token": TOKEN,
    }
    assert adapter.requests[0].url == "https://api.example.com/stores/abc123/v2/orders/218"
    assert adapter.requests[0].body is None
    assert adapter.timeouts == [(3.0, 8.0)]


def test_the_version_we_say_is_the_one_of_the_project() -> None:
    project = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))

    assert __version__ == project["project"]["version"]


def test_a_put_of_a_status_sends_the_status_and_nothing_else() -> None:
    adapter = InProcess(lambda _request: of_json(an_order(status_id=11)))

    answer = a_store(adapter).put_order(218, status_id=11)

    request = adapter.requests[0]
    assert (request.method, request.body) == ("PUT", b'{"status_id": 11}')
    assert request.headers["Content-Type"] == "application/json"
    assert answer.value.status_id == 11


def test_a_put_with_notes_sends_status_and_notes_and_nothing_else() -> None:
    adapter = InProcess(lambda _request: of_json(an_order(status_id=5)))

    a_store(adapter).put_order(218, status_id=5, staff_notes="Überfällig 😀 “ok”")

    body = adapter.requests[0].body
    assert isinstance(body, bytes)
    assert json.loads(body) == {"status_id": 5, "staff_notes": "Überfällig 😀 “ok”"}
    assert body.isascii()


def test_empty_notes_are_sent_since_they_clear_the_field() -> None:
    adapter = InProcess(lambda _request: of_json(an_order()))

    a_store(adapter).put_order(218, status_id=7, staff_notes="")

    assert adapter.requests[0].body == b'{"status_id": 7, "staff_notes": ""}'


def test_an_api_url_with_a_path_and_a_slash_at_its_end_is_kept() -> None:
    adapter = InProcess(lambda _request: of_json(an_order()))

    a_store(adapter, api_url="http://127.0.0.1:9000/bc/").order(218)

    assert adapter.requests[0].url == "http://127.0.0.1:9000/bc/stores/abc123/v2/orders/218"


@pytest.mark.parametrize(
    ("store_hash", "token", "api_url"),
    [
        ("../abc", TOKEN, "https://api.example.com"),
        ("", TOKEN, "https://api.example.com"),
        ("abc123", TOKEN + "\n", "https://api.example.com"),
        ("abc123", "", "https://api.example.com"),
        ("abc123", TOKEN, "api.example.com"),
        ("abc123", TOKEN, "ftp://api.example.com"),
        ("abc123", TOKEN, "https://"),
        ("abc123", TOKEN, f"https://user:{TOKEN}@api.example.com"),
        ("abc123", TOKEN, "https://api.example.com?x=1"),
        ("abc123", TOKEN, "https://api.example.com:99999"),
        ("abc123", TOKEN, "https://[::1"),
        ("abc123", TOKEN, "https://api.example.com/\n"),
    ],
)
def test_what_cannot_be_right_is_refused_at_once_without_the_token(
    store_hash: str, token: str, api_url: str
) -> None:
    with pytest.raises(ConfigurationError) as raised:
        BigCommerceStore(store_hash, token, api_url, Pacer(TurnableClock()), TurnableClock())

    assert len(raised.value.problems) == 1
    assert TOKEN not in str(raised.value)


def test_every_request_is_counted_in_the_thread_that_makes_it() -> None:
    threads: list[str] = []
    store = a_store(
        InProcess(lambda request: paged(request, [a_line(n) for n in range(60)])),
        on_call=lambda: threads.append(threading.current_thread().name),
    )

    store.products(218)

    assert threads == [threading.current_thread().name] * 2


def test_many_threads_share_one_client() -> None:
    adapter = InProcess(lambda request: of_json(an_order(int(str(request.url).rsplit("/")[-1]))))
    store = a_store(adapter)
    wrong: list[int] = []

    def read(first: int) -> None:
        wrong.extend(n for n in range(first, first + 50) if store.order(n).value.id != n)

    threads = [threading.Thread(target=read, args=(1000 * number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert wrong == []
    assert len(adapter.requests) == 400


def test_a_client_knows_how_many_calls_its_store_grants() -> None:
    rates = {
        "X-Rate-Limit-Requests-Quota": "150",
        "X-Rate-Limit-Requests-Left": "149",
        "X-Rate-Limit-Time-Reset-Ms": "30000",
        "X-Rate-Limit-Time-Window-Ms": "30000",
    }
    store = answering(of_json(an_order(), headers=rates))

    store.order(218)

    assert store.allowance(30) == 120


ELSEWHERE = "https://elsewhere.example.com/stores/xyz789"


def full_of_addresses(value: object) -> object:
    """Return a body in which every object names addresses that nobody asked for."""
    if isinstance(value, list):
        return [full_of_addresses(each) for each in value]
    if not isinstance(value, dict):
        return value
    links = {"next": f"{ELSEWHERE}?page=2", "current": "?page=9"}
    more = {"url": ELSEWHERE, "resource": "/orders/9/products", "href": ELSEWHERE, "links": links}
    return more | {name: full_of_addresses(each) for name, each in value.items()}


@pytest.mark.parametrize("name", ALL_CALLS)
def test_no_address_in_an_answer_is_ever_gone_to(name: str) -> None:
    headers = {
        "Location": ELSEWHERE,
        "Link": f'<{ELSEWHERE}>; rel="next"',
        "Refresh": f"0; url={ELSEWHERE}",
    }

    def answer(request: PreparedRequest) -> Canned:
        canned = two_pages(request)
        assert isinstance(canned.body, bytes)
        body = json.dumps(full_of_addresses(json.loads(canned.body))) if canned.body else ""
        return Canned(canned.status, body.encode(), headers)

    plain, tempting = InProcess(two_pages), InProcess(answer)

    ALL_CALLS[name](a_store(plain), Ids())
    ALL_CALLS[name](a_store(tempting), Ids())

    urls = [request.url for request in tempting.requests]
    assert urls == [request.url for request in plain.requests]
    assert all(str(url).startswith("https://api.example.com/stores/abc123/v") for url in urls)
