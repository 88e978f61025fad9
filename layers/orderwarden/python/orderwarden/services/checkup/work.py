"""Checks of what is at work: rules, stops, what waits, and whether the clock's work is done."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from typing import Final

from orderwarden.domain.rules.carried_out import never_asked
from orderwarden.domain.rules.model import RuleSet
from orderwarden.ports import Clock, Depth, State
from orderwarden.services.checkup.finding import Finding, broken, doubtful, fine
from orderwarden.services.checkup.remedies import ON_ONE_MACHINE, Remedies
from orderwarden.services.heartbeat import last_beat

QUEUE_DOUBTFUL: Final = timedelta(minutes=10)
QUEUE_BROKEN: Final = timedelta(minutes=90)
"""A signal that waits for more than an hour is parked, so an older one is in nobody's hands."""

BEATS_WITHIN: Final = timedelta(minutes=15)


def check_rules(rules: RuleSet | None) -> Iterator[Finding]:
    """Say whether rules are in force, and which of them nothing asks."""
    if rules is None:
        yield broken("rules", "none are published", "run `orderwarden rules publish`")
        return
    live = sum(rule.is_live for rule in rules.rules)
    told = f"version {rules.version}: {len(rules.rules)} rules, {live} of them live"
    if live:
        yield fine("rules", told)
    else:
        yield doubtful("rules", told, "nothing is changed before one says `mode: live`")
    for sentence in never_asked(rules):
        yield doubtful("rules", sentence, "take it out, or wait for a version that asks it")


def check_store_work(
    state: State, clock: Clock, store: str, remedies: Remedies = ON_ONE_MACHINE
) -> Iterator[Finding]:
    """Say whether the store is stopped, who waits for a person, and whether a server runs."""
    controls = state.controls(store)
    if controls.stopped:
        yield broken(
            "work",
            f"the store is stopped: {controls.stopped}",
            "mend the cause, then `orderwarden resume`; a refused token is tried by itself",
        )
    for rule in sorted(controls.paused_rules):
        yield doubtful("work", f"rule {rule} is paused", f"`orderwarden resume --rule {rule}`")
    if parked := state.count_parked(store):
        yield doubtful(
            "parked", f"{parked} signals wait", "`orderwarden reviews list` says what for, if any"
        )
    if reviews := len(state.reviews(store)):
        yield doubtful("reviews", f"{reviews} wait for a person", "`orderwarden reviews list`")
    yield _schedule(last_beat(state, store), clock.now(), remedies)


def check_alarms(ringing: Collection[str], remedies: Remedies) -> Iterator[Finding]:
    """Name the alarms that ring."""
    for name in sorted(ringing):
        yield broken("alarms", f"{name} rings", remedies.alarm)
    if not ringing:
        yield fine("alarms", "none rings")


def check_queue(
    depth: Depth,
    oldest_at: datetime | None,
    now: datetime,
    remedies: Remedies = ON_ONE_MACHINE,
) -> Iterator[Finding]:
    """Say whether signals are worked off.

    Args:
        depth: The counts.
        oldest_at: When the oldest signal was queued; None where the queue is empty, or does not
            tell.
        now: Our clock.
        remedies: What people do on this host.
    """
    age = now - oldest_at if oldest_at else timedelta(0)
    told = f"{depth.queued} signals wait"
    if oldest_at:
        told += f", the oldest for {int(age.total_seconds() // 60)} minutes"
    if age > QUEUE_BROKEN:
        yield broken("queue", told, remedies.worker)
    elif age > QUEUE_DOUBTFUL:
        yield doubtful("queue", told, "the log says why signals come `again`")
    else:
        yield fine("queue", told if depth.queued else "no signal waits")
    if depth.dead_letters:
        yield doubtful(
            "dead_letters",
            f"{depth.dead_letters} signals were given up",
            "`orderwarden dead-letters list`, then `retry` once the cause is mended",
        )
    else:
        yield fine("dead_letters", "none")


def _schedule(beat_at: datetime | None, now: datetime, remedies: Remedies) -> Finding:
    if beat_at is None:
        told = "no server has looked after this store yet"
        return broken("schedule", told, remedies.schedule)
    if now - beat_at > BEATS_WITHIN:
        told = f"the last look was at {beat_at:%Y-%m-%d %H:%M} UTC"
        return broken("schedule", told, remedies.schedule)
    return fine("schedule", "what is due by the clock is done")
