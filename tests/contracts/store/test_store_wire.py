"""What a real connection can do to a read and to a write, on sockets of this machine."""

from __future__ import annotations

import gzip
import json
import socket
import threading
from collections.abc import Callable

import pytest
from contracts.store.store_doubles import (
    SHORT,
    TOKEN,
    Wire,
    a_store,
    an_order,
    raw_answer,
    reset,
    wire,
)
from orderwarden.adapters.bigcommerce_http import TIMEOUTS
from orderwarden.adapters.bigcommerce_store import BigCommerceStore
from orderwarden.errors import AnswerLost, ConfigurationError, OrderwardenError, TryAgain

Script = Callable[[Wire, socket.socket], None]

ORDER = json.dumps(an_order(status_id=5)).encode()


def read_failure(store: BigCommerceStore) -> TryAgain:
    """Return what a read fails with: always the same may be tried again."""
    with pytest.raises(TryAgain) as raised:
        store.order(218)
    assert not isinstance(raised.value, AnswerLost)
    return raised.value


def write_failure(store: BigCommerceStore) -> OrderwardenError:
    """Return what a write fails with."""
    with pytest.raises(OrderwardenError) as raised:
        store.put_order(218, status_id=5)
    return raised.value


def resets_unread(_server: Wire, connection: socket.socket) -> None:
    connection.recv(1, socket.MSG_PEEK)
    reset(connection)


def resets_after_the_request(server: Wire, connection: socket.socket) -> None:
    server.read_request(connection)
    reset(connection)


def closes_without_a_word(server: Wire, connection: socket.socket) -> None:
    server.read_request(connection)


def never_answers(server: Wire, connection: socket.socket) -> None:
    server.read_request(connection)
    server.client_is_done.wait(10)


def stops_within_the_head(server: Wire, connection: socket.socket) -> None:
    server.read_request(connection)
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Le")
    server.client_is_done.wait(10)


def stops_within_the_body(server: Wire, connection: socket.socket) -> None:
    server.read_request(connection)
    connection.sendall(raw_answer(ORDER[:40], length=len(ORDER)))
    server.client_is_done.wait(10)


def closes_within_the_body(server: Wire, connection: socket.socket) -> None:
    server.read_request(connection)
    connection.sendall(raw_answer(ORDER[:40], length=len(ORDER)))


def closes_within_a_body_that_is_json_so_far(server: Wire, connection: socket.socket) -> None:
    server.read_request(connection)
    connection.sendall(raw_answer(ORDER, length=len(ORDER) + 10))


def closes_within_a_chunk(server: Wire, connection: socket.socket) -> None:
    server.read_request(connection)
    connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfff\r\n" + ORDER)


def closes_before_the_last_chunk(server: Wire, connection: socket.socket) -> None:
    server.read_request(connection)
    chunk = b"%x\r\n%s\r\n" % (len(ORDER), ORDER)
    connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk)


def sends_html(server: Wire, connection: socket.socket) -> None:
    server.read_request(connection)
    connection.sendall(raw_answer(b"<html><h1>It works!</h1></html>"))


def sends_broken_gzip(server: Wire, connection: socket.socket) -> None:
    server.read_request(connection)
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 9\r\n\r\n"
    connection.sendall(head + b"not gzip!")


def speaks_something_else(server: Wire, connection: socket.socket) -> None:
    server.read_request(connection)
    connection.sendall(b"220 mail.example.com ESMTP\r\n")


def contradicts_itself_on_the_length(server: Wire, connection: socket.socket) -> None:
    server.read_request(connection)
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nContent-Length: 9\r\n\r\n"
    connection.sendall(head + ORDER)


def sends_headers_without_end(server: Wire, connection: socket.socket) -> None:
    server.read_request(connection)
    connection.sendall(b"HTTP/1.1 200 OK\r\n" + b"X-More: 1\r\n" * 500 + b"\r\n" + ORDER)


STALLS = {never_answers, stops_within_the_head, stops_within_the_body}
FAULTS: list[tuple[Script, str]] = [
    (resets_unread, "connection_lost"),
    (resets_after_the_request, "connection_lost"),
    (closes_without_a_word, "connection_lost"),
    (never_answers, "timeout"),
    (stops_within_the_head, "timeout"),
    (stops_within_the_body, "nonsense_answer"),
    (closes_within_the_body, "nonsense_answer"),
    (closes_within_a_body_that_is_json_so_far, "nonsense_answer"),
    (closes_within_a_chunk, "nonsense_answer"),
    (closes_before_the_last_chunk, "nonsense_answer"),
    (sends_html, "nonsense_answer"),
    (sends_broken_gzip, "nonsense_answer"),
    (speaks_something_else, "connection_lost"),
    (contradicts_itself_on_the_length, "nonsense_answer"),
    (sends_headers_without_end, "connection_lost"),
]


@pytest.mark.parametrize(
    ("fault", "reason"), FAULTS, ids=lambda value: getattr(value, "__name__", "")
)
def test_a_read_may_be_tried_again_and_a_write_may_have_been_made_when_the_server(
    fault: Script, reason: str
) -> None:
    timeouts = SHORT if fault in STALLS else TIMEOUTS
    with wire(fault) as server:
        reading = a_store(api_url=server.url, timeouts=timeouts)
        writing = a_store(api_url=server.url, timeouts=timeouts)

        read = read_failure(reading)
        write = write_failure(writing)

        reading.close()
        writing.close()
    assert read.reason == reason
    assert isinstance(write, AnswerLost)
    assert write.reason == reason
    assert server.connections == 2  # neither was repeated behind our back


def test_a_refused_connection_surely_made_nothing() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    store = a_store(api_url=f"http://127.0.0.1:{port}")

    failure = write_failure(store)

    assert type(failure) is TryAgain
    assert failure.reason == "no_connection"
    assert read_failure(store).reason == "no_connection"


def test_a_connection_that_is_not_accepted_in_time_surely_made_nothing() -> None:
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        waiting = [socket.socket() for _ in range(3)]
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(full.getsockname())
        store = a_store(api_url=f"http://127.0.0.1:{full.getsockname()[1]}", timeouts=SHORT)

        failure = write_failure(store)

        for one in waiting:
            one.close()
    assert type(failure) is TryAgain
    assert failure.reason == "no_connection"


def test_a_tls_handshake_that_fails_counts_as_an_answer_lost() -> None:
    def speaks_no_tls(_server: Wire, connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    with wire(speaks_no_tls) as server:
        store = a_store(api_url=server.url.replace("http:", "https:"))

        assert isinstance(write_failure(store), AnswerLost)
        assert read_failure(store).reason == "connection_lost"


def test_one_connection_serves_many_requests() -> None:
    def answers(server: Wire, connection: socket.socket) -> None:
        while server.read_request(connection):
            connection.sendall(raw_answer(ORDER))

    with wire(answers) as server:
        store = a_store(api_url=server.url)

        for _ in range(5):
            store.order(218)
        store.put_order(218, status_id=5)

        store.close()
    assert (server.connections, len(server.requests)) == (1, 6)
    assert server.requests[-1].startswith(b"PUT /stores/abc123/v2/orders/218 HTTP/1.1\r\n")
    assert server.requests[-1].endswith(b'\r\n\r\n{"status_id": 5}')


def test_threads_that_share_a_client_get_their_own_answers() -> None:
    def answers(server: Wire, connection: socket.socket) -> None:
        while request := server.read_request(connection):
            order_id = int(request.split(b" ")[1].rsplit(b"/")[-1])
            connection.sendall(raw_answer(json.dumps(an_order(order_id)).encode()))

    def read(first: int) -> None:
        found.extend(store.order(number).value.id for number in range(first, first + 20))

    found: list[int] = []
    with wire(answers) as server:
        store = a_store(api_url=server.url)
        threads = [threading.Thread(target=read, args=(100 * number,)) for number in range(1, 9)]

        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)

        store.close()
    assert len(found) == len(set(found)) == 8 * 20  # a body of another order would have raised
    assert server.connections <= 8


def test_error_answers_and_empty_ones_leave_the_connection_usable() -> None:
    def answers(server: Wire, connection: socket.socket) -> None:
        while request := server.read_request(connection):
            empty = b"HTTP/1.1 204 No Content\r\n\r\n"
            failed = raw_answer(b"<html>down", "502 Bad Gateway")
            connection.sendall(empty if b"transactions" in request else failed)

    with wire(answers) as server:
        store = a_store(api_url=server.url)

        assert store.transactions(218).value == ()
        assert read_failure(store).http_status == 502
        assert store.transactions(218).value == ()

        store.close()
    assert server.connections == 1


def test_a_connection_closed_while_idle_is_replaced() -> None:
    def answers_once(server: Wire, connection: socket.socket) -> None:
        server.read_request(connection)
        connection.sendall(raw_answer(ORDER))
        connection.close()
        server.closed.set()

    with wire(answers_once) as server:
        store = a_store(api_url=server.url)
        store.order(218)
        assert server.closed.wait(5)

        store.put_order(218, status_id=5)

        store.close()
    assert len(server.requests) == 2


def test_a_kept_connection_that_closes_under_a_request_is_not_used_for_a_second_try() -> None:
    def closes_on_the_second_request(server: Wire, connection: socket.socket) -> None:
        server.read_request(connection)
        connection.sendall(raw_answer(ORDER))
        server.read_request(connection)

    with wire(closes_on_the_second_request) as server:
        writing = a_store(api_url=server.url)
        reading = a_store(api_url=server.url)
        writing.order(218)
        reading.order(218)

        write = write_failure(writing)
        read = read_failure(reading)

        writing.close()
        reading.close()
    assert isinstance(write, AnswerLost)
    assert read.reason == "connection_lost"
    assert (server.connections, len(server.requests)) == (2, 4)


@pytest.mark.parametrize("status", ["301 Moved Permanently", "308 Permanent Redirect"])
def test_a_redirect_is_a_wrong_api_url_and_nobody_goes_there(status: str) -> None:
    with wire(closes_without_a_word) as elsewhere:

        def moved(server: Wire, connection: socket.socket) -> None:
            location = f"Location: {elsewhere.url}/stores/abc123/v2/orders/218\r\n"
            head = f"HTTP/1.1 {status}\r\n{location}Content-Length: 0\r\n\r\n"
            while server.read_request(connection):
                connection.sendall(head.encode())

        with wire(moved) as server:
            store = a_store(api_url=server.url)

            assert isinstance(write_failure(store), ConfigurationError)
            with pytest.raises(ConfigurationError):
                store.order(218)

            store.close()
    assert elsewhere.connections == 0


def test_a_compressed_answer_is_read() -> None:
    def compresses(server: Wire, connection: socket.socket) -> None:
        request = server.read_request(connection)
        assert b"accept-encoding: gzip\r\n" in request.lower()
        body = gzip.compress(ORDER)
        head = f"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: {len(body)}\r\n\r\n"
        connection.sendall(head.encode() + body)

    with wire(compresses) as server:
        store = a_store(api_url=server.url)

        assert store.order(218).value.status_id == 5

        store.close()


def test_an_answer_in_many_small_chunks_is_read() -> None:
    def chunks(server: Wire, connection: socket.socket) -> None:
        server.read_request(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
        for byte in ORDER:
            connection.sendall(b"1\r\n%c\r\n" % byte)
        connection.sendall(b"0\r\n\r\n")

    with wire(chunks) as server:
        store = a_store(api_url=server.url)

        assert store.order(218).value.status_id == 5

        store.close()


def test_neither_proxies_nor_netrc_of_the_environment_are_used(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    netrc = tmp_path_factory.mktemp("home") / "netrc"
    netrc.write_text("default login somebody password something\n", encoding="ascii")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))

    def answers(server: Wire, connection: socket.socket) -> None:
        server.read_request(connection)
        connection.sendall(raw_answer(ORDER))

    with wire(closes_without_a_word) as proxy, wire(answers) as server:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.url)
        store = a_store(api_url=server.url)

        store.order(218)

        store.close()
    assert proxy.connections == 0
    assert b"authorization" not in server.requests[0].lower()
    assert f"X-Auth-Token: {TOKEN}".encode() in server.requests[0]


def test_cookies_are_not_kept() -> None:
    def sets_a_cookie(server: Wire, connection: socket.socket) -> None:
        while server.read_request(connection):
            head = f"HTTP/1.1 200 OK\r\nSet-Cookie: a=b\r\nContent-Length: {len(ORDER)}\r\n\r\n"
            connection.sendall(head.encode() + ORDER)

    with wire(sets_a_cookie) as server:
        store = a_store(api_url=server.url)

        store.order(218)
        store.order(218)

        store.close()
    assert b"cookie" not in server.requests[1].lower()
