"""What a store needs on another host comes there whole, from and to each backend."""

from __future__ import annotations

import io
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from contracts.backends import BACKENDS, Backend
from contracts.builders import OTHER_STORE, STORE, a_line, a_parked, a_receipt, a_signal
from contracts.values import lines
from fakes import NOON
from hypothesis import given
from moving import a_whole_line, all_of, fill, published, written
from orderwarden.domain.decision import Decision
from orderwarden.domain.line import HOOKS, Line, Result
from orderwarden.domain.receipt import ReceiptState
from orderwarden.errors import ConfigurationError, TryAgain
from orderwarden.ports import Hold, PublishedRules
from orderwarden_cli.moving.gathering import gathered
from orderwarden_cli.moving.patience import patiently
from orderwarden_cli.moving.records import Count, End, Record, from_fields, kind_of, to_text
from orderwarden_cli.moving.taking_in import Compared, Numbered, compare, write
from orderwarden_cli.moving.target import Standing, target_of
from orderwarden_cli.moving.unsettled import ask_about


@pytest.fixture
def old(tmp_path: Path) -> Iterator[Backend]:
    """Open the machine that the store leaves."""
    folder = tmp_path / "old"
    folder.mkdir()
    yield from BACKENDS["sqlite"](folder)


def a_file(host: Backend) -> io.BytesIO:
    return io.BytesIO(written(gathered(host, STORE, lambda _: None)).encode())


def nobody(_done: int, _total: int | None) -> None:
    """Look at no progress."""


def go_on() -> None:
    """Let all be written."""


def take_in(
    host: Backend,
    stream: io.BytesIO,
    *,
    keeps_different: bool = False,
    look: Callable[[], None] = go_on,
) -> list[Numbered]:
    with target_of(host, STORE, keeps_different=keeps_different) as target:
        return list(write(stream, target, 0, nobody, look))


def compared(host: Backend, stream: io.BytesIO) -> Compared:
    with target_of(host, STORE) as target:
        return compare(stream, target, 0, nobody)


def test_everything_comes_along(old: Backend, backend: Backend) -> None:
    fill(old)
    old.changelog.replace(a_line("x", store=OTHER_STORE), None)
    old.state.hold(OTHER_STORE, 100, "cancel-unpaid", "another's")

    refused = take_in(backend, a_file(old))

    assert refused == []
    assert all_of(backend) == all_of(old)
    assert {kind_of(each) for each in all_of(backend)} == {
        *("line", "rules", "approval", "paused_rule", "count", "hold", "review", "bookmark"),
        *("run", "parked", "receipt", "seen", "end"),
    }
    assert [each.key for each in backend.receipts.of_order(STORE, 100)] == ["k1"]


def test_a_file_that_was_taken_in_is_there(old: Backend, backend: Backend) -> None:
    fill(old)
    before = compared(backend, a_file(old))

    take_in(backend, a_file(old))
    after = compared(backend, a_file(old))

    assert (before.new["line"], before.new["rules"], before.there.total()) == (4, 2, 0)
    assert after.new.total() == 0
    assert after.there == before.new
    assert after.different == []


def test_to_take_a_file_in_twice_changes_nothing(old: Backend, backend: Backend) -> None:
    fill(old)

    take_in(backend, a_file(old))
    refused = take_in(backend, a_file(old))

    assert refused == []
    assert all_of(backend) == all_of(old)


def test_what_a_run_that_died_left_out_is_taken_in_by_another(
    old: Backend, backend: Backend
) -> None:
    fill(old)
    whole = a_file(old).getvalue().splitlines(keepends=True)

    for number in range(1, len(whole), 5):  # it died after so many records
        take_in(backend, io.BytesIO(b"".join(whole[:number])))
    take_in(backend, a_file(old))

    assert all_of(backend) == all_of(old)


def test_a_later_export_adds_what_came_meanwhile(old: Backend, backend: Backend) -> None:
    fill(old)
    take_in(backend, a_file(old))
    old.state.park(a_parked(signal=a_signal(key="late")))
    old.state.hold(STORE, 102, "cancel-unpaid", "undone by bob")

    found = compared(backend, a_file(old))
    take_in(backend, a_file(old))

    assert found.new == {"parked": 1, "hold": 1}
    assert all_of(backend) == all_of(old)


def test_the_rules_are_written_last(old: Backend, backend: Backend) -> None:
    fill(old)
    stream = a_file(old)
    without_rules = [each for each in all_of(old) if not isinstance(each, PublishedRules | End)]
    found: list[list[Record]] = []

    take_in(backend, stream, look=lambda: found.append(all_of(backend)))

    before, at_first_version, at_second = (
        [each for each in records if not isinstance(each, End)] for records in found
    )
    assert before == []
    assert at_first_version == without_rules
    assert sorted(map(kind_of, at_second)) == sorted(["rules", *map(kind_of, without_rules)])


@pytest.mark.parametrize("looks", [0, 1, 2])
def test_nothing_is_written_once_a_look_says_so(
    old: Backend, backend: Backend, looks: int
) -> None:
    fill(old)
    left = iter([True] * looks)

    def look() -> None:
        if not next(left, False):
            raise ConfigurationError("let run")

    with pytest.raises(ConfigurationError, match="let run"):
        take_in(backend, a_file(old), look=look)

    kinds = Counter(map(kind_of, all_of(backend)))
    assert (kinds["line"], kinds["rules"]) == [(0, 0), (4, 0), (4, 1)][looks]


def test_a_file_that_is_changed_while_it_is_read_is_told(backend: Backend) -> None:
    with pytest.raises(ConfigurationError) as told:
        compared(backend, io.BytesIO(written([a_whole_line()]).encode() + b"{"))

    assert str(told.value) == (
        "line 2: the file was changed while it was imported, and can no longer be read; what was "
        "written stays: run the import again once nobody writes to the file"
    )


def test_a_line_that_stands_is_never_written_over(old: Backend, backend: Backend) -> None:
    mine = a_whole_line(result=Result.FAILED, reason="the store said no")
    fill(old)
    theirs = replace(mine, result=Result.APPLIED, reason="fully shipped")
    old.changelog.replace(theirs, None)
    backend.changelog.replace(mine, None)

    found = compared(backend, a_file(old))
    refused = take_in(backend, a_file(old))

    assert [record for _, record in found.different] == [theirs]
    assert [record for _, record in refused] == [theirs]
    assert mine in backend.changelog.of_order(STORE, 100)


def test_a_line_about_hooks_that_was_tried_again_here_does_not_hinder(
    old: Backend, backend: Backend
) -> None:
    theirs = a_whole_line(result=Result.FAILED, order_id=HOOKS, occasion="s 0 a1")
    fill(old, theirs)
    mine = replace(theirs, result=Result.APPLIED, attempt="a2")
    backend.changelog.replace(mine, None)

    refused = take_in(backend, a_file(old))

    assert refused == []
    assert list(backend.changelog.of_order(STORE, HOOKS)) == [mine]


def test_rules_that_say_something_else_are_never_written_over(
    old: Backend, backend: Backend
) -> None:
    fill(old)
    backend.state.publish(published(1, '{"v": "other"}'))

    found = compared(backend, a_file(old))

    assert [record for _, record in found.different] == [
        published(1),
        published(2),  # it would be in force
    ]


@pytest.mark.parametrize("had", [Result.APPLIED, Result.UNCONFIRMED, Result.INTENDED])
@pytest.mark.parametrize(
    "left_open", [Result.BLOCKED, Result.WOULD, Result.NOT_APPLIED, Result.FAILED]
)
def test_where_what_differs_is_kept_an_effect_that_was_had_is_not_forgotten(
    old: Backend, backend: Backend, had: Result, left_open: Result
) -> None:
    line = a_whole_line(result=had, attempt="a1")
    fill(old, line)
    backend.changelog.replace(replace(line, result=left_open, attempt="a2"), None)

    refused = take_in(backend, a_file(old), keeps_different=True)
    again = take_in(backend, a_file(old), keeps_different=True)

    assert (refused, again) == ([], [])
    assert list(backend.changelog.of_order(STORE, 100)) == [line]


@pytest.mark.parametrize("here", [Result.APPLIED, Result.UNCONFIRMED, Result.INTENDED])
def test_where_what_differs_is_kept_an_effect_that_was_had_here_stays(
    old: Backend, backend: Backend, here: Result
) -> None:
    mine = a_whole_line(result=here, attempt="a2")
    theirs = replace(mine, result=Result.APPLIED, attempt="a1")
    fill(old, theirs)
    backend.changelog.replace(mine, None)

    refused = take_in(backend, a_file(old), keeps_different=True)

    assert [record for _, record in refused] == [
        replace(mine, result=Result.APPLIED, attempt="a1")
    ]
    assert list(backend.changelog.of_order(STORE, 100)) == [mine]


def test_a_line_that_was_settled_as_not_applied_here_is_not_opened_again(
    old: Backend, backend: Backend
) -> None:
    settled = a_whole_line(result=Result.NOT_APPLIED, attempt="a1")
    fill(old, replace(settled, result=Result.INTENDED))
    backend.changelog.replace(settled, None)

    refused = take_in(backend, a_file(old), keeps_different=True)

    assert refused == []
    assert list(backend.changelog.of_order(STORE, 100)) == [settled]


def test_rules_of_which_a_version_differs_do_not_come_in_force(
    old: Backend, backend: Backend
) -> None:
    fill(old)
    mine = published(1, '{"v": "other"}')
    backend.state.publish(mine)

    found = compared(backend, a_file(old))
    refused = take_in(backend, a_file(old), keeps_different=True)

    assert [getattr(record, "version", 0) for _, record in found.different] == [1, 2]
    assert [getattr(record, "version", 0) for _, record in refused] == [1, 2]
    assert backend.state.current(STORE) == mine


def test_what_this_host_knows_better_is_kept(old: Backend, backend: Backend) -> None:
    fill(old)
    backend.state.replace_bookmark(STORE, "reconcile", "further on", None)
    backend.state.raise_to(STORE, "changes:cancel-unpaid:f1", 7)
    backend.state.hold(STORE, 100, "cancel-unpaid", "undone here")
    backend.state.park(a_parked("k1", waits_for="approval:cancel-unpaid"))

    take_in(backend, a_file(old))

    assert backend.state.bookmark(STORE, "reconcile") == "further on"
    assert backend.state.counted(STORE, "changes:cancel-unpaid:f1") == 7
    assert Hold(100, "cancel-unpaid", "undone here") in backend.state.every_hold(STORE)
    assert len(backend.state.waiting_for(STORE, "approval:cancel-unpaid", 9)) == 1


def test_counts_of_hours_that_are_over_stay_behind(old: Backend) -> None:
    fill(old)
    hours = (f"{NOON:%Y-%m-%dT%H}", "2026-01-01T00")
    for hour in hours:
        old.state.take(STORE, f"hour:cancel-unpaid:{hour}", 9)

    found = {each for each in all_of(old) if isinstance(each, Count)}

    assert found == {
        Count("changes:cancel-unpaid:f1", 3),
        Count(f"hour:cancel-unpaid:{hours[0]}", 1),
    }


def test_an_unsettled_line_is_asked_about_once(backend: Backend) -> None:
    line = a_whole_line(result=Result.INTENDED, attempt="a7", read_modified=NOON)
    backend.changelog.replace(line, None)
    about_hooks = a_whole_line(result=Result.INTENDED, order_id=0)

    asked = ask_about(backend, [line, about_hooks])

    [receipt] = backend.receipts.of_order(STORE, 100)
    assert asked == 1
    assert receipt.state is ReceiptState.QUEUED
    decision = Decision.from_json(receipt.decision)
    assert (decision.attempt, decision.write.line_id) == ("a7", line.id)
    assert backend.queue.depth().queued == 1


def test_a_signal_that_has_ended_is_not_queued_again(backend: Backend) -> None:
    line = a_whole_line(result=Result.INTENDED, attempt="a7")
    backend.changelog.replace(line, None)
    ended = a_receipt(f"import-{line.id}-a7", state=ReceiptState.DONE, token="")
    backend.receipts.replace(ended, None)

    ask_about(backend, [line])

    assert backend.queue.depth().queued == 0
    assert list(backend.receipts.look_up([ended.key]).values()) == [ended]


@pytest.mark.parametrize(
    "here",
    [
        *({"result": each} for each in Result if each is not Result.INTENDED),
        {"attempt": "of this host"},
    ],
)
def test_a_line_that_is_not_open_here_is_not_asked_about(
    backend: Backend, here: Mapping[str, object]
) -> None:
    line = a_whole_line(result=Result.INTENDED, attempt="a7")
    backend.changelog.replace(replace(line, **here), None)  # type: ignore[arg-type]

    asked = ask_about(backend, [line])

    assert asked == 0
    assert backend.queue.depth().queued == 0
    assert list(backend.receipts.of_order(STORE, 100)) == []


def test_an_unsettled_line_that_was_settled_since_is_there(backend: Backend) -> None:
    line = a_whole_line(result=Result.INTENDED, attempt="a7")
    settled = replace(line, result=Result.RECOVERED, settled_at=NOON)
    backend.changelog.replace(settled, None)

    with target_of(backend, STORE) as target:
        same, other = target.standing_of([line, replace(line, attempt="a8")])

    assert (same, other) == (Standing.THERE, Standing.DIFFERENT)


@given(line=lines)
def test_a_line_comes_back_from_its_text(line: Line) -> None:
    is_about_hooks = line.order_id == 0
    line = replace(line, from_status_id=0) if is_about_hooks else line

    assert from_fields(json.loads(to_text(line))) == line


@pytest.mark.parametrize("seconds", [None, 600.0])
def test_what_is_throttled_is_tried_again(backend: Backend, seconds: float | None) -> None:
    answers = iter(
        [TryAgain("aws_throttled", seconds), TryAgain("aws_throttled", seconds), "done"]
    )

    def call() -> str:
        answer = next(answers)
        if isinstance(answer, TryAgain):
            raise answer
        return str(answer)

    before = backend.clock.now()
    answer = patiently(backend.clock, call)

    waited = (backend.clock.now() - before).total_seconds()
    assert (answer, waited) == ("done", 2 * min(seconds or 1.0, 10.0))


def test_what_stays_out_of_reach_is_told(backend: Backend) -> None:
    def call() -> str:
        raise TryAgain("aws_throttled", 1.0)

    with pytest.raises(TryAgain):
        patiently(backend.clock, call)
