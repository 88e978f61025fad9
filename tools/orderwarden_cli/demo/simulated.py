"""The simulated store as the demo drives it: shoppers, staff, hooks, and its own record."""

from __future__ import annotations

import time
from typing import Any, Final

import requests

TIMEOUT_S: Final = 10.0
PAUSE_S: Final = 1.3
"""Between two acts: long enough to follow, and for the store's one-second dates to move on."""


class SimulatedShop:
    """A client of the simulator's control API; docs/simulator.md."""

    def __init__(self, url: str, store: str, token: str) -> None:
        """Talk to a running simulator."""
        self.url = url
        self._store = store
        self._token = token

    def scopes(self) -> set[str]:
        """Return what the hooks that are registered listen to."""
        hooks = self._call("GET", f"/stores/{self._store}/v3/hooks")["data"]
        return {hook["scope"] for hook in hooks}

    def place(self, **order: object) -> int:
        """Let a shopper place an order and return its id."""
        return int(self._call("POST", "/_sim/orders", order)["id"])

    def act(self, order_id: int, what: str, **details: object) -> None:
        """Do something with an order: pay, ship, edit, ..."""
        self._call("POST", f"/_sim/orders/{order_id}/{what}", details)

    def pause(self) -> None:
        """Let a moment pass."""
        time.sleep(PAUSE_S)

    def status_of(self, order_id: int) -> int:
        """Return an order's status as the store has it."""
        path = f"/stores/{self._store}/v2/orders/{order_id}"
        return int(self._call("GET", path)["status_id"])

    def writes_through_the_api(self) -> list[tuple[int, int, int]]:
        """Return (order, from, to) of every order change made by an API client."""
        return [
            (write["order_id"], write["before_status"], write["after_status"])
            for write in self._call("GET", "/_sim/writes")
            if write["actor"].startswith("api:") and write["order_id"] is not None
        ]

    def count(self, what: str) -> int:
        """Return a count of the simulator's status, e.g. webhooks_pending."""
        return int(self._call("GET", "/_sim/status")[what])

    def _call(self, method: str, path: str, body: object | None = None) -> Any:  # noqa: ANN401  JSON
        response = requests.request(
            method,
            self.url + path,
            json=body,
            headers={"X-Auth-Token": self._token, "Accept": "application/json"},
            timeout=TIMEOUT_S,
        )
        response.raise_for_status()
        return response.json()
