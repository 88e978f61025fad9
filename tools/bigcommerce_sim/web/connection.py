"""Sending answers over a real connection, also those that end badly."""

import asyncio
import socket
import struct
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import replace
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

from bigcommerce_sim.exchange import Ending, Response

Message = MutableMapping[str, Any]  # what ASGI passes around
Receive = Callable[[], Awaitable[Message]]
SendMessage = Callable[[Message], Awaitable[None]]
_BODILESS = (204, 304)
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)  # SO_LINGER for zero seconds


class BreakableProtocol(H11Protocol):
    """Let the application reach the connection of a request, in order to break it."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Keep the connection where the request's scope shows it; send small parts at once."""
        super().connection_made(transport)
        connection: socket.socket = transport.get_extra_info("socket")
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.app_state = {**self.app_state, "transport": transport}


async def send_response(
    response: Response, scope: Message, receive: Receive, send: SendMessage
) -> None:
    """Send an answer as it is marked: whole, cut, or not at all."""
    if response.ending is Ending.TIMEOUT:
        await _be_silent(response.delay_s, receive)
    elif response.delay_s:
        await asyncio.sleep(response.delay_s)
    if response.ending in (Ending.RESET, Ending.TIMEOUT):
        await _break_off(_transport(scope), receive)
        return
    if response.status in _BODILESS:
        response = replace(response, body=b"")
    await _send_start(response, send)
    if response.ending is Ending.CUT:
        half = response.body[: len(response.body) // 2]
        await send({"type": "http.response.body", "body": half, "more_body": True})
        _transport(scope).close()
        await _wait_for_end(receive)
        return
    await send({"type": "http.response.body", "body": response.body})


def _transport(scope: Message) -> asyncio.Transport:
    transport: asyncio.Transport = scope["state"]["transport"]
    return transport


async def _send_start(response: Response, send: SendMessage) -> None:
    headers = {**response.headers}
    if response.status not in _BODILESS:
        headers["content-length"] = str(len(response.body))
    encoded = [(name.encode("latin-1"), text.encode("latin-1")) for name, text in headers.items()]
    await send({"type": "http.response.start", "status": response.status, "headers": encoded})


async def _be_silent(seconds: float, receive: Receive) -> None:
    try:
        await asyncio.wait_for(_wait_for_end(receive), seconds)
    except TimeoutError:
        return


async def _break_off(transport: asyncio.Transport, receive: Receive) -> None:
    connection: socket.socket | None = transport.get_extra_info("socket")
    if connection is not None and connection.fileno() >= 0:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
    transport.abort()
    await _wait_for_end(receive)


async def _wait_for_end(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
