"""A simulated store with short ways to call it."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, TypedDict, Unpack

from bigcommerce_sim import Attempt, Request, Response, Settings, SimulatedStore, TurnableClock

TOKEN = "token-of-the-test"
SECRET = "secret-of-the-test"
JSON_HEADERS = {
    "x-auth-token": TOKEN,
    "content-type": "application/json",
    "accept": "application/json",
}


def a_patient_store(**switches: object) -> Settings:
    """Settings whose quota no test runs into by accident."""
    settings = Settings(quota_requests=100_000)
    for name, value in switches.items():
        settings.change(name, value)
    return settings


class More(TypedDict, total=False):
    """What few calls need."""

    token: str
    headers: dict[str, str]
    raw: bytes


@dataclass(frozen=True)
class Answered:
    """An answer with its body parsed; `body` is None where there is none."""

    status: int
    body: Any
    headers: dict[str, str]
    response: Response


@dataclass
class Sim:
    """A store at `/stores/abc123` and its clock."""

    clock: TurnableClock = field(default_factory=TurnableClock)
    settings: Settings = field(default_factory=a_patient_store)
    seed: int = 7
    orders: int = 0

    def __post_init__(self) -> None:
        self.store = SimulatedStore(
            "abc123",
            clock=self.clock,
            settings=self.settings,
            seed=self.seed,
            orders=self.orders,
            token=TOKEN,
            client_id="client-1",
            client_secret=SECRET,
        )

    def call(
        self,
        method: str,
        path: str,
        body: object = None,
        query: str = "",
        **more: Unpack[More],
    ) -> Answered:
        encoded = b"" if body is None else json.dumps(body).encode()
        request = Request(
            method,
            f"/stores/abc123{path}",
            query,
            {**JSON_HEADERS, "x-auth-token": more.get("token", TOKEN), **more.get("headers", {})},
            more.get("raw", encoded),
        )
        response = self.store.handle(request)
        parsed = None
        with suppress(ValueError):
            parsed = response.json()
        return Answered(response.status, parsed, dict(response.headers), response)

    def get(self, path: str, query: str = "", **more: Unpack[More]) -> Answered:
        return self.call("GET", path, query=query, **more)

    def put(self, path: str, body: object, **more: Unpack[More]) -> Answered:
        return self.call("PUT", path, body, **more)

    def post(self, path: str, body: object = None, **more: Unpack[More]) -> Answered:
        return self.call("POST", path, body, **more)

    def delete(self, path: str, body: object = None, **more: Unpack[More]) -> Answered:
        return self.call("DELETE", path, body, **more)

    def ids(self, query: str = "") -> list[int]:
        """The ids that the list of orders shows."""
        answer = self.get("/v2/orders", query)
        return [] if answer.status == 204 else [row["id"] for row in answer.body]

    def hook(self, scope: str = "store/order/*", to: str = "https://app.example.com/in") -> int:
        """Register a hook and return its id."""
        answer = self.post("/v3/hooks", {"scope": scope, "destination": to})
        assert answer.status == 200, answer.body
        return int(answer.body["data"]["id"])

    def delivered(self, answer: int | None = 200) -> list[dict[str, Any]]:
        """Deliver what is due and return the bodies."""
        bodies: list[dict[str, Any]] = []

        def send(attempt: Attempt) -> int | None:
            bodies.append(json.loads(attempt.body))
            return answer

        self.store.deliver(send)
        return bodies
