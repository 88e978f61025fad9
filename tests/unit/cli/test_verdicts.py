"""What a person decides: reviews, the kill switch, dead letters."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from builders import a_signal
from orderwarden.ports import Parked, Review
from unit.cli.command_line import STORE, CommandLine

NOW = datetime.now(UTC)
APPROVAL = Review(
    id="approval-cancel-unpaid-f00d",
    store=STORE,
    kind="approval",
    at=NOW,
    detail="Rule cancel-unpaid waits.",
    rule="cancel-unpaid",
)


def park(shop: CommandLine, waits_for: str) -> None:
    with shop.machine() as here:
        here.state.park(Parked(a_signal(), "waits", NOW, waits_for=waits_for))


def counts(shop: CommandLine) -> tuple[int, int]:
    """Return how many signals are queued and how many are parked."""
    with shop.machine() as here:
        return here.queue.depth().queued, here.state.count_parked(STORE)


def test_an_approval_lets_the_rule_go_on_and_frees_what_waited(shop: CommandLine) -> None:
    park(shop, "approval:cancel-unpaid")
    with shop.machine() as here:
        here.state.open_review(APPROVAL)

    result = shop.run("reviews", "approve", APPROVAL.id)

    with shop.machine() as here:
        assert here.state.controls(STORE).approved == {"cancel-unpaid:f00d"}
        assert not here.state.reviews(STORE)
    assert (
        result.stdout == f"Review {APPROVAL.id} is approved; signals put back on the queue: 1.\n"
    )
    assert counts(shop) == (1, 0)


def test_a_rejection_drops_what_waited(shop: CommandLine) -> None:
    park(shop, "approval:cancel-unpaid")
    with shop.machine() as here:
        here.state.open_review(APPROVAL)

    result = shop.run("reviews", "reject", APPROVAL.id)

    with shop.machine() as here:
        assert here.state.controls(STORE).approved == frozenset()
    assert result.exit_code == 0
    assert counts(shop) == (0, 0)


@pytest.mark.parametrize("verdict", ["approve", "reject"])
def test_a_review_that_is_not_open_is_said_so(shop: CommandLine, verdict: str) -> None:
    with shop.machine() as here:
        here.state.open_review(APPROVAL)

    result = shop.run("reviews", verdict, "approval-other")

    assert result.exit_code == 1
    assert f"has no open review approval-other; open: {APPROVAL.id}" in result.stderr


def test_a_store_is_stopped_and_resumed_with_all_that_waited(shop: CommandLine) -> None:
    shop.run("pause")
    with shop.machine() as here:
        stopped = here.state.controls(STORE).stopped
    park(shop, "store")

    result = shop.run("resume")

    assert stopped == "paused_by_hand"
    assert result.stdout == f"Store {STORE} runs; signals put back on the queue: 1.\n"
    assert counts(shop) == (1, 0)


def test_a_store_stopped_by_hand_stays_so_though_it_was_stopped_otherwise(
    shop: CommandLine,
) -> None:
    with shop.machine() as here:
        here.state.stop(STORE, "unauthorised_401")

    shop.run("pause")

    with shop.machine() as here:
        assert here.state.controls(STORE).stopped == "paused_by_hand"


def test_a_rule_is_paused_and_resumed_with_all_that_waited(shop: CommandLine) -> None:
    shop.run("pause", "--rule", "cancel-unpaid")
    with shop.machine() as here:
        paused = here.state.controls(STORE).paused_rules
    park(shop, "rule:cancel-unpaid")

    shop.run("resume", "--rule", "cancel-unpaid")

    with shop.machine() as here:
        assert here.state.controls(STORE).paused_rules == frozenset()
    assert paused == {"cancel-unpaid"}
    assert counts(shop) == (1, 0)


def bury(shop: CommandLine) -> str:
    with shop.machine() as here:
        here.queue.put_body("garbage", "group-1")
        [delivery] = here.queue.receive()
        here.queue.bury(delivery.receipt_handle, "not_a_signal")
        return here.queue.dead_letters(1)[0].id


def test_dead_letters_are_listed_and_retried(shop: CommandLine) -> None:
    letter = bury(shop)

    [told] = shop.json("dead-letters", "list")
    table = shop.run("dead-letters", "list").stdout
    result = shop.run("dead-letters", "retry", letter)

    assert (told["id"], told["reason"], told["body"]) == (letter, "not_a_signal", "garbage")
    assert "not_a_signal" in table
    assert result.stdout == "Put back on the queue: 1.\n"
    assert counts(shop) == (1, 0)


def test_retrying_needs_ids_or_all(shop: CommandLine) -> None:
    bury(shop)

    neither = shop.run("dead-letters", "retry")
    unknown = shop.run("dead-letters", "retry", "nobody")
    every = shop.run("dead-letters", "retry", "--all")

    assert (neither.exit_code, unknown.exit_code, every.exit_code) == (2, 1, 0)
    assert "name the ids to retry, or add --all" in neither.stderr


@pytest.mark.parametrize(("verdict", "holds"), [("approve", frozenset()), ("reject", {"*"})])
def test_a_held_order_is_freed_by_approval_alone(
    shop: CommandLine, verdict: str, holds: frozenset[str]
) -> None:
    held = Review("hold-1", STORE, "hold", NOW, "Order 118 is held.", order_id=118)
    with shop.machine() as here:
        here.state.hold(STORE, 118, "*", "large")
        here.state.open_review(held)

    shop.run("reviews", verdict, held.id)

    with shop.machine() as here:
        assert here.state.holds(STORE, 118) == holds
        assert not here.state.reviews(STORE)
