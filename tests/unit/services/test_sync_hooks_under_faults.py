"""Syncing hooks dies at every call, and runs twice at once: nothing doubles, no line lies."""

from __future__ import annotations

import threading
from collections import Counter
from pathlib import Path

import pytest
from scenario import Died
from unit.services.hook_rig import EXCEPTIONS, PLACE, HookRig

SCOPES = [EXCEPTIONS, "store/order/created", "store/shipment/created"]
ACTIONS = {
    "hook.create": "create_hook",
    "hook.update": "update_hook",
    "hook.delete": "delete_hook",
}
CALLS = 2 + 5  # two to look; two to create, one to mend, two to delete


def a_mess(rig: HookRig) -> None:
    """Leave two hooks missing, one off, and two too many."""
    off = rig.add("store/order/created", PLACE)
    rig.sim.hooks.deactivate(off, rig.sim.clock.now())
    rig.add("store/order/*", PLACE)
    rig.add("store/order/created", f"{PLACE}/")
    rig.clock.advance(1)


def our_writes(rig: HookRig, since: int) -> Counter[str]:
    writes = [write for write in rig.sim.journal.writes if write.seq > since]
    return Counter(ACTIONS[write.action] for write in writes)


def check(rig: HookRig, since: int) -> None:
    """Hold what is there, and what the lines claim, against the store's own record."""
    assert rig.scopes() == SCOPES
    assert all(hook.is_active for hook in rig.hooks())
    results = Counter((line.action, line.result.value) for line in rig.lines())
    assert "intended" not in {result for _, result in results}
    claimed = Counter(
        line.action for line in rig.lines() if line.result.value in {"applied", "recovered"}
    )
    assert claimed == our_writes(rig, since)


@pytest.mark.parametrize("is_made", [False, True])
@pytest.mark.parametrize("number", range(CALLS))
def test_a_death_at_any_call_is_made_up_for_by_the_next_sync(
    tmp_path: Path, number: int, is_made: bool
) -> None:
    rig = HookRig(tmp_path)
    a_mess(rig)
    since = len(rig.sim.journal.writes)
    calls = 0

    def die(_method: str, _path: str) -> None:
        nonlocal calls
        calls += 1
        if calls == number + 1:
            raise Died

    rig.adapter.before, rig.adapter.after = (
        (lambda _m, _p: None, die) if is_made else (die, lambda _m, _p: None)
    )
    with pytest.raises(Died):
        rig.sync()

    rig.clock.advance(900)
    rig.sync()

    check(rig, since)
    assert rig.sync() == []
    rig.database.close()


def test_it_takes_as_many_calls_as_are_tried_above(tmp_path: Path) -> None:
    rig = HookRig(tmp_path)
    a_mess(rig)
    since, before = len(rig.sim.journal.writes), len(rig.sim.journal.requests)

    rig.sync()

    assert len(rig.sim.journal.requests) - before == CALLS
    check(rig, since)
    rig.database.close()


def test_several_at_once_leave_one_hook_of_each_and_true_lines(tmp_path: Path) -> None:
    rig = HookRig(tmp_path)
    a_mess(rig)
    since = len(rig.sim.journal.writes)
    start = threading.Barrier(3)
    failures: list[str] = []

    def sync() -> None:
        start.wait()
        try:
            rig.sync()
        except Exception as error:  # noqa: BLE001  lines are contended within one second
            failures.append(str(error))

    threads = [threading.Thread(target=sync) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    rig.clock.advance(900)
    rig.sync()

    assert set(failures) <= {"line_contended"}
    check(rig, since)
    rig.database.close()


def test_a_hook_is_changed_only_once_a_line_says_so(tmp_path: Path) -> None:
    rig = HookRig(tmp_path)
    a_mess(rig)
    since = len(rig.sim.journal.writes)
    open_lines: list[list[str]] = []

    def note(method: str, _path: str) -> None:
        if method != "GET":
            open_lines.append([x.action for x in rig.lines() if x.result.value == "intended"])

    rig.adapter.before = note
    rig.sync()

    assert Counter(action for [action] in open_lines) == our_writes(rig, since)
