"""Change the store's hooks; every change is a line, crash or not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Protocol

from orderwarden.domain.hook import Hook
from orderwarden.domain.hooks_wanted import (
    HookAction,
    HookTask,
)
from orderwarden.domain.instants import to_text
from orderwarden.domain.line import HOOKS, Line, Result, effect_key
from orderwarden.errors import LeaseLost, NotFound, Refused
from orderwarden.ports import (
    Bookmarks,
    Changelog,
    Clock,
    Counters,
    HookReader,
    HookWriter,
    Notifier,
    OrderReads,
    Rotations,
)

RULE: Final = "hooks"
"""Stands for the rule in lines about hooks."""

ANSWERS_WITHIN: Final = timedelta(minutes=1)
"""A line that is intended for longer than this is nobody's any more."""

_TRIED_IN_VAIN: Final = frozenset({Result.FAILED, Result.NOT_APPLIED})


class HookApi(HookReader, HookWriter, OrderReads, Protocol):
    """The store's hooks, to read and to write; and its orders, to read."""


class HookState(Bookmarks, Counters, Protocol):
    """What is kept about hooks."""


@dataclass(frozen=True, slots=True)
class HookPorts:
    """What looking after hooks needs.

    Attributes:
        new_id: Gives a random id of 32 hex digits.
    """

    api: HookApi
    changelog: Changelog
    state: HookState
    notifier: Notifier
    rotations: Rotations
    clock: Clock
    new_id: Callable[[], str]


@dataclass(frozen=True, slots=True)
class HookDone:
    """One task and how it ended: applied, not_applied (somebody else did it) or failed."""

    task: HookTask
    result: Result
    detail: str = ""


class HookRepairs:
    """Carries tasks out, one line of the changelog each."""

    def __init__(
        self, ports: HookPorts, store: str, *, rules_version: int, actor: str, trigger: str
    ) -> None:
        """Work on one store.

        Args:
            ports: What it works with.
            store: Store hash.
            rules_version: Of the rules that ask for these hooks.
            actor: Who wants it: `hooks` by itself, or the command.
            trigger: Of the lines: reconcile or manual.
        """
        self._ports = ports
        self._store = store
        self._rules_version = rules_version
        self._actor = actor
        self._trigger = trigger

    def carry_out(
        self, planned: Sequence[HookTask], existing: Sequence[Hook], now: datetime
    ) -> tuple[HookDone, ...]:
        """Settle what an earlier try left open, then carry tasks out in their order.

        Nothing is deleted once something before it was refused: what is too much may be what
        still delivers.

        Args:
            planned: As `tasks` returns them.
            existing: The hooks they were planned on.
            now: When those were read, by the store's clock.

        Raises:
            TryAgain: The store is out of reach; what was begun is settled by the next call.
        """
        lines = [
            self._settle_old(line, existing, now)
            for line in self._ports.changelog.of_order(self._store, HOOKS)
        ]
        done: list[HookDone] = []
        for task in planned:
            has_failed = any(each.result is Result.FAILED for each in done)
            if has_failed and task.action is HookAction.DELETE:
                continue
            self._tell_if_off(task)
            done.append(self._do(task, lines, now))
        return tuple(done)

    def _settle_old(self, line: Line, existing: Sequence[Hook], now: datetime) -> Line:
        """Return the line, settled by what the store shows if its answer never came."""
        if line.result is not Result.INTENDED or now - line.at < ANSWERS_WITHIN:
            return line
        result = Result.RECOVERED if _shows(line, existing) else Result.NOT_APPLIED
        settled = replace(line, result=result, settled_at=now)
        self._ports.changelog.settle(settled)
        return settled

    def _tell_if_off(self, task: HookTask) -> None:
        """Raise the alarm before the repair: afterwards nobody could tell that it was off."""
        if task.hook is None or "off" not in task.reasons:
            return
        since = to_text(task.off_since) if task.off_since else "unknown"
        detail = {"scope": task.scope, "hook_id": task.hook.id, "since": since}
        notice_id = f"hook_was_off-{task.hook.id}-{since}"
        self._ports.notifier.notify(self._store, "hook_was_off", notice_id, detail)

    def _do(self, task: HookTask, lines: Sequence[Line], now: datetime) -> HookDone:
        before = _tried_in_vain(task, lines)
        line = self._line(task, before, now)
        if self._ports.changelog.replace(line, before) is not None:
            raise LeaseLost("line_contended", 1.0)
        result, detail = self._write(task)
        reason = f"{line.reason}: {detail}" if detail else line.reason
        self._settle(replace(line, result=result, reason=reason, settled_at=now))
        if result is Result.FAILED:
            self._tell_refused(task, line.id, detail)
        return HookDone(task, result, detail)

    def _tell_refused(self, task: HookTask, line_id: str, detail: str) -> None:
        """Raise the alarm once for what the store refuses again and again."""
        notice_id = f"hook_refused-{line_id}"
        if self._ports.state.take(self._store, f"told:{notice_id}", 1):
            told = {"scope": task.scope, "action": task.action.value, "said": detail}
            self._ports.notifier.notify(self._store, "hook_refused", notice_id, told)

    def _write(self, task: HookTask) -> tuple[Result, str]:
        api, hook = self._ports.api, task.hook
        try:
            if hook is None:
                api.create_hook(task.new())
            elif task.action is HookAction.DELETE:
                api.delete_hook(hook.id)
            else:
                api.update_hook(hook.id, task.changes())
        except NotFound:
            return Result.NOT_APPLIED, "the hook is gone"
        except Refused as refused:
            if hook is None and self._was_made_meanwhile(task):
                return Result.NOT_APPLIED, "somebody else made it"
            return Result.FAILED, str(refused)
        return Result.APPLIED, ""

    def _was_made_meanwhile(self, task: HookTask) -> bool:
        hooks = self._ports.api.hooks().value
        return any((h.scope, h.destination) == (task.scope, task.destination) for h in hooks)

    def _line(self, task: HookTask, before: Line | None, now: datetime) -> Line:
        """Return the line to begin with; of what was tried in vain there stays one line."""
        attempt = self._ports.new_id()
        occasion = before.occasion if before else f"{_subject(task)} {attempt}"
        return Line(
            id=effect_key(self._store, HOOKS, RULE, task.action, occasion),
            at=now,
            store=self._store,
            order_id=HOOKS,
            trigger=self._trigger,
            rule=RULE,
            rules_version=self._rules_version,
            action=task.action.value,
            also=(),
            from_status_id=0,
            to_status_id=None,
            result=Result.INTENDED,
            reason=f"{task.scope} {', '.join(task.reasons)}",
            actor=self._actor,
            attempt=attempt,
            occasion=occasion,
        )

    def _settle(self, line: Line) -> None:
        """Settle a line, also one that somebody took for abandoned meanwhile."""
        if self._ports.changelog.settle(line):
            return
        standing = self._ports.changelog.replace(line, None)
        if standing is not None:
            self._ports.changelog.replace(line, standing)


def _subject(task: HookTask) -> str:
    return f"{task.scope} {task.hook.id if task.hook else 0}"


def _tried_in_vain(task: HookTask, lines: Sequence[Line]) -> Line | None:
    """Return the line of the last try at the same thing, if that came to nothing."""
    about = f"{_subject(task)} "
    same = [x for x in lines if x.action == task.action and x.occasion.startswith(about)]
    return same[-1] if same and same[-1].result in _TRIED_IN_VAIN else None


def _shows(line: Line, existing: Sequence[Hook]) -> bool:
    """Return whether the hooks are as a line wanted to make them."""
    scope, hook_id, _ = line.occasion.rsplit(" ", 2)
    if line.action == HookAction.CREATE:
        return any(
            hook.scope == scope and line.at <= (hook.created_at or line.at) for hook in existing
        )
    found = [hook for hook in existing if hook.id == int(hook_id)]
    if line.action == HookAction.DELETE:
        return not found
    return any(hook.updated_at is None or line.at <= hook.updated_at for hook in found)
