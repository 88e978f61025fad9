"""What a run begins with: a store that is hooked up, and a file with rules in force."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from bigcommerce_sim import Request, Settings, SimulatedStore
from fakes import TurnableClock
from orderwarden.domain.rules.model import RuleSet
from orderwarden.services.publish import publish
from orderwarden_cli.rules_yaml import read_rules
from orderwarden_local.sqlite_database import Database
from orderwarden_local.sqlite_queue import SqliteQueue
from orderwarden_local.sqlite_state import SqliteState
from plans import Plan
from scenario import SCOPES, SECRET, STORE, TOKEN, FollowingClock


def new_store(clock: FollowingClock, plan: Plan) -> SimulatedStore:
    """Return a store that tells us everything, and does to us what the plan says."""
    sim = SimulatedStore(
        STORE,
        clock=clock,
        settings=Settings(plain_http_destinations=True, quota_requests=100_000),
        seed=plan.seed,
        token=TOKEN,
        client_secret=SECRET,
    )
    for scope in SCOPES:
        body = {"scope": scope, "destination": f"https://hooks.example.com/webhooks/{STORE}"}
        headers = {"x-auth-token": TOKEN, "content-type": "application/json"}
        path = f"/stores/{STORE}/v3/hooks"
        answer = sim.handle(Request("POST", path, "", headers, json.dumps(body).encode()))
        assert answer.status in {200, 201}, answer.body
    for name, value in plan.chances.items():
        sim.settings.change(name, value)
    return sim


@cache
def compiled(text: str) -> RuleSet:
    """Return rules that are compiled once, however many runs use them."""
    return read_rules(text, "rules.yaml")


@cache
def file_with_rules(text: str) -> bytes:
    """Return a database file in which these rules are in force: made once, then copied."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "orderwarden.sqlite3"
        database = Database(path)
        rules = compiled(text)
        publish(SqliteState(database), TurnableClock(), STORE, rules, source=text, author="test")
        database.close()
        return path.read_bytes()


class NoticedQueue:
    """The queue, saying whenever it may have changed."""

    def __init__(self, queue: SqliteQueue, changed: Callable[[], None]) -> None:
        self._queue = queue
        self._changed = changed

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  whatever the queue's method is
        real = getattr(self._queue, name)
        if name in {"depth", "next_visible_at", "dead_letters"}:
            return real

        def changing(*args: object, **kwargs: object) -> object:
            try:
                return real(*args, **kwargs)
            finally:
                self._changed()

        return changing
