"""How hooks, what is to be done with them, and a rotation are shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import click
from orderwarden.domain.hook import BlockedDomain, Hook
from orderwarden.domain.hooks_wanted import HookTask
from orderwarden.domain.instants import to_text
from orderwarden.domain.rotation import Rotation
from orderwarden.services.compare_hooks import HooksSeen
from orderwarden.services.repair_hooks import HookDone
from rich.table import Table
from rich.text import Text

ELSEWHERE = "leads elsewhere"
IN_ORDER = "in order"


class TellingNotifier:
    """The notifier of a command: a line on stderr for whoever runs it."""

    def notify(self, store: str, kind: str, notice_id: str, detail: Mapping[str, object]) -> None:  # noqa: ARG002
        """Print the notice."""
        told = ", ".join(f"{name} {value}" for name, value in detail.items())
        click.echo(f"notice: store {store}: {kind} ({told})", err=True)


def state_of(hook: Hook, seen: HooksSeen) -> str:
    """Return what is the matter with a hook, in a few words; its secret is never shown."""
    if hook not in seen.ours:
        return ELSEWHERE
    for task in seen.tasks:
        if task.hook == hook:
            since = f" since {task.off_since:%Y-%m-%d %H:%M} or before" if task.off_since else ""
            return ", ".join(task.reasons) + since
    return IN_ORDER


def hook_fields(hook: Hook, state: str) -> Mapping[str, object]:
    """Return a hook as JSON shows it."""
    return {
        "id": hook.id,
        "scope": hook.scope,
        "destination": hook.destination,
        "is_active": hook.is_active,
        "updated_at": _text(hook.updated_at),
        "state": state,
    }


def task_fields(task: HookTask) -> Mapping[str, object]:
    """Return a task as JSON shows it."""
    return {
        "action": task.action.value,
        "scope": task.scope,
        "destination": task.destination,
        "hook_id": task.hook.id if task.hook else None,
        "reasons": list(task.reasons),
    }


def done_fields(done: HookDone) -> Mapping[str, object]:
    """Return what became of a task as JSON shows it."""
    return {**task_fields(done.task), "result": done.result.value, "detail": done.detail}


def blocked_fields(blocked: BlockedDomain) -> Mapping[str, object]:
    """Return a blocked destination as JSON shows it."""
    return {
        "destination": blocked.destination,
        "left_s": blocked.left_s,
        "reasons": list(blocked.reasons),
    }


def rotation_fields(rotation: Rotation | None) -> Mapping[str, object] | None:
    """Return a rotation as JSON shows it: its times, none of its secrets."""
    if rotation is None:
        return None
    return {
        "began_at": _text(rotation.began_at),
        "carried_at": _text(rotation.carried_at),
        "ends_at": _text(rotation.ends_at),
        "ended_at": _text(rotation.ended_at),
    }


def rotation_sentence(rotation: Rotation) -> str:
    """Return how far a rotation is."""
    if rotation.ended_at is not None:
        return f"The secret was rotated; older ones ended {rotation.ended_at:%Y-%m-%d %H:%M} UTC."
    if rotation.ends_at is None:
        return "A rotation is under way: not every hook was seen with the new secret yet."
    return (
        "A rotation is under way: every hook carries the new secret; older ones are accepted "
        f"until {rotation.ends_at:%Y-%m-%d %H:%M} UTC."
    )


def hooks_table(seen: HooksSeen) -> Table:
    """Return what there is, and what is missing."""
    rows = [(h.scope, str(h.id), h.destination, state_of(h, seen)) for h in seen.ours]
    rows += [(t.scope, "", t.destination, "missing") for t in seen.tasks if t.hook is None]
    rows += [(h.scope, str(h.id), h.destination, ELSEWHERE) for h in seen.others]
    return _table("Hooks", ("scope", "id", "destination", "state"), rows)


def tasks_table(tasks: Sequence[HookTask], title: str) -> Table:
    """Return what is to be done."""
    rows = [
        (t.action.value, t.scope, str(t.hook.id) if t.hook else "", ", ".join(t.reasons))
        for t in tasks
    ]
    return _table(title, ("action", "scope", "hook", "why"), rows)


def done_table(done: Sequence[HookDone]) -> Table:
    """Return what was done."""
    rows = [
        (each.task.action.value, each.task.scope, each.result.value, each.detail) for each in done
    ]
    return _table("Done", ("action", "scope", "result", "detail"), rows)


def _table(title: str, headings: Sequence[str], rows: Iterable[Sequence[str]]) -> Table:
    table = Table(title=title, title_justify="left")
    for heading in headings:
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(*map(Text, row))  # a text in brackets is no markup
    return table


def _text(at: datetime | None) -> str | None:
    return to_text(at) if at else None
