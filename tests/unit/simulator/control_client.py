"""Calls of the ASGI application without a server."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import httpx
from bigcommerce_sim.web.app import StoreApp


@dataclass
class ControlClient:
    """A client of the control API and the page."""

    app: StoreApp

    def request(
        self,
        method: str,
        path: str,
        *,
        json: object = None,
        params: dict[str, int] | None = None,
    ) -> httpx.Response:
        async def run() -> httpx.Response:
            transport = httpx.ASGITransport(app=self.app)
            async with httpx.AsyncClient(transport=transport, base_url="http://sim") as client:
                return await client.request(method, path, json=json, params=params)

        return asyncio.run(run())

    def get(self, path: str, params: dict[str, int] | None = None) -> httpx.Response:
        return self.request("GET", path, params=params)

    def post(self, path: str, json: object) -> httpx.Response:
        return self.request("POST", path, json=json)

    def patch(self, path: str, json: object) -> httpx.Response:
        return self.request("PATCH", path, json=json)

    def delete(self, path: str) -> httpx.Response:
        return self.request("DELETE", path)
