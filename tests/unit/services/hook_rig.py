"""A simulated store with hooks, and all that looks after them, on one clock."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from bigcommerce_sim import Answer, Effect, FaultRule, Request, Settings, SimulatedStore
from fakes import TurnableClock
from in_process import InProcessAdapter
from orderwarden.adapters.bigcommerce_pacing import Pacer
from orderwarden.adapters.bigcommerce_store import BigCommerceStore
from orderwarden.domain.line import HOOKS, Line
from orderwarden.domain.rules.model import RuleSet
from orderwarden.ports import Rotations
from orderwarden.services.compare_hooks import HookPlace, HooksSeen, look
from orderwarden.services.repair_hooks import HookDone, HookPorts, HookRepairs
from orderwarden.services.sync_hooks import sync_hooks
from orderwarden_cli.rules_yaml import read_rules
from orderwarden_local.rotated_secrets import RotatedSecrets
from orderwarden_local.sqlite_changelog import SqliteChangelog
from orderwarden_local.sqlite_database import Database
from orderwarden_local.sqlite_state import SqliteState
from scenario import SECRET, STORE, TOKEN, FollowingClock

URL = "https://hooks.example.com"
PLACE = f"{URL}/webhooks/{STORE}"
EXCEPTIONS = "store/hook/deliveryException"
RULES = """version: 1
mode: live
rules:
  - name: note-new
    on: [order_created, shipment_created]
    when: {total: {over: 5}}
    do: [{staff_note: x}]
"""


@dataclass
class Notices:
    told: list[tuple[str, str, Mapping[str, object]]] = field(default_factory=list)

    def notify(self, store: str, kind: str, notice_id: str, detail: Mapping[str, object]) -> None:
        assert store == STORE
        self.told.append((kind, notice_id, detail))


class HookRig:
    """A store with hooks, and what looks after them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock = TurnableClock()
        self.sim = SimulatedStore(
            STORE,
            clock=FollowingClock(self.clock),
            settings=Settings(quota_requests=100_000),
            token=TOKEN,
            client_secret=SECRET,
        )
        self.adapter = InProcessAdapter(self.sim)
        self.database = Database(folder / "orderwarden.sqlite3")
        self.state = SqliteState(self.database)
        self.changelog = SqliteChangelog(self.database)
        self.notices = Notices()
        pacer = Pacer(self.clock, jitter=lambda: 0.0)
        self.api = BigCommerceStore(
            STORE, TOKEN, "https://api.example.com", pacer, self.clock, adapter=self.adapter
        )
        ids = count(1)
        self.ports = HookPorts(
            api=self.api,
            changelog=self.changelog,
            state=self.state,
            notifier=self.notices,
            rotations=self.rotations,
            clock=self.clock,
            new_id=lambda: f"{next(ids):032x}",
        )
        self.rules: RuleSet = read_rules(RULES, "rules.yaml")
        self.secrets = ("s3cret",)

    def look(self) -> HooksSeen:
        return look(self.api, self.place, self.rules)

    @property
    def rotations(self) -> Rotations:
        return RotatedSecrets(self.folder, {})

    @property
    def place(self) -> HookPlace:
        return HookPlace(STORE, URL, self.secrets)

    def carry_out(self, seen: HooksSeen) -> tuple[HookDone, ...]:
        repairs = HookRepairs(
            self.ports, STORE, rules_version=1, actor="hooks", trigger="reconcile"
        )
        return repairs.carry_out(seen.tasks, seen.ours, seen.at)

    def sync(self) -> list[tuple[str, str, str]]:
        """Return what was done: action, scope, how it ended."""
        synced = sync_hooks(self.ports, self.place, self.rules, actor="hooks", trigger="reconcile")
        return [(x.task.action.value, x.task.scope, x.result.value) for x in synced.done]

    def add(self, scope: str, destination: str, **more: object) -> int:
        body = json.dumps({"scope": scope, "destination": destination, **more}).encode()
        headers = {"x-auth-token": TOKEN, "content-type": "application/json"}
        path = f"/stores/{STORE}/v3/hooks"
        answer = self.sim.handle(Request("POST", path, "", headers, body))
        assert answer.status == 200, answer.body
        return int(json.loads(answer.body)["data"]["id"])

    def hooks(self) -> list[Any]:
        return list(self.sim.hooks)

    def scopes(self) -> list[str]:
        return sorted(hook.scope for hook in self.hooks())

    def lines(self) -> list[Line]:
        return list(self.changelog.of_order(STORE, HOOKS))

    def fault(self, answer: str, effect: str = "none", **more: Any) -> None:  # noqa: ANN401
        self.sim.faults.add(FaultRule(Answer(answer), effect=Effect(effect), **more))
