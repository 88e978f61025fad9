"""A store as it is when it moves: something of every kind that must go along."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from contracts.builders import (
    STORE,
    a_line,
    a_parked,
    a_receipt,
    a_review,
    a_run,
    a_seen,
    a_signal,
)
from fakes import NOON
from orderwarden.domain.line import HOOKS, Line, Result, effect_key
from orderwarden.domain.receipt import ReceiptState
from orderwarden.domain.rules.canonical import digest, to_json
from orderwarden.domain.rules.model import RuleSet
from orderwarden.domain.settlement import adopt
from orderwarden.ports import PublishedRules
from orderwarden_cli.moving.gathering import gathered
from orderwarden_cli.moving.ports import Movable
from orderwarden_cli.moving.records import Head, Record, to_text


def a_whole_line(**changes: object) -> Line:
    """Return a line whose id is that of its parts."""
    line = a_line("", **{"result": Result.APPLIED, **changes})
    key = effect_key(line.store, line.order_id, line.rule, line.action, line.occasion)
    return replace(line, id=key)


def some_lines() -> list[Line]:
    """Return a status change, a note that was had, one that was refused, and one about hooks."""
    return [
        a_whole_line(
            occasion="2026-11-21T12:00:00+00:00",
            read_modified=NOON - timedelta(hours=1),
            settled_at=NOON + timedelta(seconds=1),
            is_counted=True,
            is_dangerous=True,
            run_id="run-1",
            also=("staff_note",),
            path=("complete-when-shipped", "note-it"),
            undone_by="somebody_else",
        ),
        a_whole_line(action="staff_note", to_status_id=None, at=NOON + timedelta(seconds=2)),
        a_whole_line(order_id=101, result=Result.FAILED, reason="ü\n☃", restores="l9"),
        a_whole_line(order_id=HOOKS, action="create", occasion="s 0 a1", from_status_id=0),
    ]


def published(version: int, text: str = "") -> PublishedRules:
    """Return a version whose digest is that of its text; unless told, no rules at all."""
    text = text or to_json(RuleSet(version, "", "UTC", (), reserve=Decimal(version)))
    return PublishedRules(STORE, version, digest(text), text, f"# {version}", "ann", NOON)


def fill(host: Movable, *lines: Line) -> None:
    """Keep something of every kind, and stop the store."""
    state = host.state
    for line in lines or some_lines():
        host.changelog.replace(line, None)
    for version in (1, 2):
        state.publish(published(version))
    state.approve(STORE, "cancel-unpaid", "f1")
    state.pause_rule(STORE, "note-it")
    for _ in range(3):
        state.take(STORE, "changes:cancel-unpaid:f1", 9)
    state.hold(STORE, 100, "cancel-unpaid", "undone by ann")
    state.open_review(a_review("r1", line_id="l1"))
    state.open_review(a_review("r2", kind="approval", rule="cancel-unpaid", state="rejected"))
    state.replace_bookmark(STORE, "reconcile", "where it stood", None)
    state.replace_bookmark(STORE, "late_money_1h", "2026-11-21T11:00:00+00:00", None)
    state.replace_run(a_run(summary={"queued": 3, "skipped": {"seen": 1}}), None)
    state.park(a_parked("k1"))
    for key, decision in (("k1", adopt(a_whole_line()).to_json()), ("k2", "")):
        kept = a_receipt(key, state=ReceiptState.PARKED, decision=decision, outcome="stopped")
        host.receipts.replace(kept, None)
    state.park(a_parked(signal=a_signal(key="k2"), waits_for="rule:note-it", until=NOON))
    state.replace_seen(a_seen(100, status_since=NOON), None)
    state.replace_seen(a_seen(101), None)
    state.stop(STORE, "paused_by_hand")


def all_of(host: Movable) -> list[Record]:
    """Return what would go along, without when that was."""
    found = gathered(host, STORE, lambda _: None)
    return sorted((each for each in found if not isinstance(each, Head)), key=to_text)


def written(records: Iterable[Record]) -> str:
    """Return a file of records."""
    return "".join(f"{to_text(record)}\n" for record in records)
