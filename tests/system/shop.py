"""The simulated store as a process, and its control API (docs/simulator.md) as a client."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

import requests
from system.processes import child

STORE: Final = "abc123"
TOKEN: Final = "token-f3b1c0ffee"
CLIENT_SECRET: Final = "client-secret-5eed5eed"
HOOK_SECRET: Final = "hook-secret-0ddba11"
TIMEOUT_S: Final = 20.0
PLENTY: Final = 1_000_000
"""A request quota that is never used up; pacing has tests of its own."""


@dataclass(frozen=True)
class Change:
    """One change of an order made through the API, as the store recorded it."""

    order_id: int
    from_status_id: int
    to_status_id: int
    has_note: bool


class Shop:
    """Acts as shoppers and staff, and reads what the store recorded."""

    def __init__(self, url: str) -> None:
        self.url = url

    def place(self, **order: object) -> int:
        return int(self._call("POST", "/_sim/orders", order)["id"])

    def act(self, order_id: int, what: str, **details: object) -> None:
        self._call("POST", f"/_sim/orders/{order_id}/{what}", details)

    def turn_clock(self, seconds: float) -> None:
        """Let time pass in the store, for ever ahead of this machine's."""
        self._call("POST", "/_sim/clock", {"turn_s": seconds})

    def add_fault(self, **rule: object) -> None:
        """Let API calls go wrong; a `FaultRule` of docs/simulator.md."""
        self._call("POST", "/_sim/faults", rule)

    def clear_faults(self) -> None:
        self._call("DELETE", "/_sim/faults")

    def revoke_token(self) -> None:
        self._call("DELETE", f"/_sim/accounts/{TOKEN}")

    def restore_token(self) -> None:
        account = {"client_id": "client", "client_secret": CLIENT_SECRET, "token": TOKEN}
        self._call("POST", "/_sim/accounts", account)

    def hook(self, destination: str, *scopes: str) -> None:
        """Register webhooks through the store's API, as an app does."""
        for scope in scopes:
            hook = {"scope": scope, "destination": destination, "is_active": True}
            self._call("POST", f"/stores/{STORE}/v3/hooks", hook)

    def hooks(self) -> list[Mapping[str, Any]]:
        """Return every hook as the store has it, headers included."""
        found: list[Mapping[str, Any]] = self._call("GET", "/_sim/hooks")
        return found

    def change_settings(self, **settings: object) -> None:
        self._call("PATCH", "/_sim/settings", settings)

    def order(self, order_id: int) -> Mapping[str, Any]:
        """Return the order as it really is, without lag."""
        found: Mapping[str, Any] = self._call("GET", f"/_sim/orders/{order_id}")["order"]
        return found

    def status_of(self, order_id: int) -> int:
        return int(self.order(order_id)["status_id"])

    def counts(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self._call("GET", "/_sim/status")
        return found

    def changes(self) -> list[Change]:
        """Return every change that came through the API, oldest first."""
        return [
            Change(
                order_id=row["order_id"],
                from_status_id=row["before_status"],
                to_status_id=row["after_status"],
                has_note="staff_notes" in row["changes"],
            )
            for row in self._rows("writes", "seq")
            if row["actor"].startswith("api:") and row["order_id"] is not None
        ]

    def puts(self) -> list[Mapping[str, object]]:
        """Return the body of every PUT to an order that reached the store, or tried to."""
        rows = self._rows("requests", "seq")
        puts = (row for row in rows if row["method"] == "PUT" and "/v2/orders/" in row["path"])
        return [json.loads(row["body"]) for row in puts]

    def calls(self) -> list[Mapping[str, Any]]:
        """Return every API call, with what became of it."""
        return list(self._rows("requests", "seq"))

    def events(self, after: int = 0) -> list[Mapping[str, Any]]:
        """Return what happened in the store that a webhook tells of, oldest first."""
        return list(self._rows("events", "seq", after))

    def _rows(self, what: str, number: str, after: int = 0) -> Iterator[Mapping[str, Any]]:
        while page := self._call("GET", f"/_sim/{what}?after={after}"):
            yield from page
            after = page[-1][number]

    def _call(self, method: str, path: str, body: object | None = None) -> Any:  # noqa: ANN401  JSON
        headers = {"X-Auth-Token": TOKEN, "Accept": "application/json"}
        response = requests.request(
            method, self.url + path, json=body, headers=headers, timeout=TIMEOUT_S
        )
        assert response.ok, f"{method} {path}: {response.status_code} {response.text}"
        return response.json()


@contextmanager
def open_shop(seed: int, **settings: object) -> Iterator[Shop]:
    """Run a simulated store without orders; `settings` are its switches."""
    arguments = ["--port", "0", "--orders", "0", "--seed", str(seed), "--store", STORE]
    arguments += ["--token", TOKEN, "--client-secret", CLIENT_SECRET]
    for name, value in {"quota_requests": PLENTY, **settings}.items():
        arguments += ["--set", f"{name}={value}"]
    with child("bigcommerce_sim", *arguments) as process:
        yield Shop(process.ready_url())
