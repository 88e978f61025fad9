"""Process one signal: the only writer of orders. Step by step as docs/architecture.md tells."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Final

from orderwarden.domain.decision import Decision
from orderwarden.domain.echo import echoed_line, overwriting_line
from orderwarden.domain.receipt import DEATHS_ALLOWED
from orderwarden.domain.relevance import adds_nothing
from orderwarden.domain.rules.model import RuleSet
from orderwarden.domain.signal import Signal
from orderwarden.domain.undo import UNDO, is_undo
from orderwarden.errors import ConfigurationError, LeaseLost, StoreUnauthorised, TryAgain
from orderwarden.ports import Parked
from orderwarden.services.process_steps.case import Case
from orderwarden.services.process_steps.claim import Duplicate, claim
from orderwarden.services.process_steps.end import give_up, park, review_behind, review_overwritten
from orderwarden.services.process_steps.outcome import Outcome
from orderwarden.services.process_steps.ports import ProcessPorts
from orderwarden.services.process_steps.read import Unread, read, take_or_wait
from orderwarden.services.process_steps.rounds import Round
from orderwarden.services.process_steps.settle import settle_others, settle_stored
from orderwarden.services.process_steps.unclaimed import without_claim
from orderwarden.services.process_steps.undo import undo
from orderwarden.services.stopping import stop_unauthorised

PARK_AFTER: Final = timedelta(hours=1)
PARKED_FOR: Final = timedelta(minutes=15)
PARK_AT_RECEIVES: Final = 85
"""Before the 100 receives after which a queue gives a signal up, however short the waits."""

UNTIL_MENDED_S: Final = 60.0
MAX_BACKOFF_S: Final = 900.0
NO_RULES: Final = RuleSet(version=0, digest="", time_zone="UTC", rules=())


class Process:
    """Handles signals, one a call; several threads may call at once."""

    def __init__(self, ports: ProcessPorts) -> None:
        """Keep the ports."""
        self._ports = ports
        self._cases: set[Case] = set()

    def handle(self, signal: Signal, receive_count: int) -> Outcome:
        """Look into one signal and do what the rules want.

        Args:
            signal: As received; nothing else of its group may be in hand meanwhile.
            receive_count: How often the queue has offered it, 1 the first time.
        """
        case: Case | None = None
        try:
            if signal.is_webhook and receive_count == 1:
                self._ports.note_webhook(signal.store)
            controls = self._ports.state.controls(signal.store)
            rules = self._ports.rules(signal.store) or NO_RULES
            self._ports.stores(signal.store)  # a store that is not configured is not claimed
            early = without_claim(self._ports, signal, rules, controls)
            if early is not None:
                return early
            claimed = claim(self._ports, signal)
            if isinstance(claimed, Duplicate):
                return Outcome("duplicate", reason=claimed.receipt.outcome)
            case = Case(self._ports, signal, claimed.receipt, rules, controls)
            case.was_parked = claimed.was_parked
            self._cases.add(case)
            is_fresh = receive_count == 1 and not claimed.was_taken_over
            with self._ports.patience(signal.store):
                outcome = self._work(case, is_fresh=is_fresh)
        except TryAgain as error:
            outcome = self._later(case, signal, error, receive_count)
        except StoreUnauthorised as error:
            outcome = self._stop(case, signal, error)
        except ConfigurationError as error:
            wait = TryAgain("configuration", UNTIL_MENDED_S)
            outcome = self._later(case, signal, wait, receive_count)
            outcome = replace(outcome, reason=f"configuration: {error.problems[0]}")
        finally:
            self._cases.discard(case)
        return _with_counts(outcome, case)

    def renew_leases(self) -> None:
        """Hold every signal in hand for another lease; to be called well within one."""
        for case in tuple(self._cases):
            with suppress(TryAgain):
                case.renew()

    def _work(self, case: Case, *, is_fresh: bool) -> Outcome:
        """Steps 3 to 11, for a signal that is ours."""
        case.load()
        if case.receipt.deaths > DEATHS_ALLOWED:
            give_up(case)
            return Outcome("gave_up")
        overwriting = overwriting_line(signal=case.signal, lines=case.lines)
        if overwriting is not None:
            review_overwritten(case, overwriting.id)
        settled = settle_stored(case)
        after = settled.line if settled is not None and settled.was_written else None
        if after is not None:
            case.written.append(after)
        if settled is not None and settled.rest is not None:
            return self._owed(case, settled.rest)
        settle_others(case)
        ended = _without_reading(case, is_news=settled is None and is_fresh)
        if ended is not None:
            return ended
        look = settled.reading if settled is not None and after is not None else None
        reading = look or read(case)
        if isinstance(reading, Unread):
            return _end_unread(case, reading)
        is_after_danger = after is not None and after.is_dangerous
        return Round(case, is_after_danger=is_after_danger).run(reading)

    def _owed(self, case: Case, rest: Decision) -> Outcome:
        """Carry out what is left of a decision whose first writes were made, then go on."""
        if case.controls.stopped:
            return _parked_with_store(case)
        rule = rest.write.rule
        if rule in case.controls.paused_rules:
            park(case, "paused", None, waits_for=f"rule:{rule}")
            return Outcome("parked", rule, "paused")
        steps = Round(case, is_after_danger=False)
        reading = steps.resume(rest, take_or_wait(case))
        settle_others(case)
        return steps.run(reading)

    def _later(
        self, case: Case | None, signal: Signal, error: TryAgain, receive_count: int
    ) -> Outcome:
        """Give the signal back for a while, or park it once it has waited for long."""
        failures = receive_count
        if case is not None:
            failures = case.receipt.failures + 1 if error.backs_off else 0
        parked_now = Outcome("parked", reason=error.reason, detail=error.detail)
        again = replace(parked_now, kind="again", again_s=self._wait_s(error, failures))
        is_ours = case is not None and not isinstance(error, LeaseLost)
        until = self._ports.clock.now() + PARKED_FOR
        with suppress(TryAgain):
            if case is not None and is_ours:
                if case.waited > PARK_AFTER or receive_count >= PARK_AT_RECEIVES:
                    park(case, error.reason, until)
                    return parked_now
                case.release(failures)
            elif receive_count >= PARK_AT_RECEIVES:
                parked = Parked(signal, error.reason, self._ports.clock.now(), until)
                self._ports.state.park(parked)
                return parked_now
        return again

    def _wait_s(self, error: TryAgain, failures: int) -> float:
        asked_s = error.retry_after_s or 0.0
        if not error.backs_off:
            return asked_s
        backed_off_s = min(2.0 ** (min(failures, 20) - 1), MAX_BACKOFF_S)
        return max(asked_s, backed_off_s) * (1.0 + 0.25 * self._ports.jitter())

    def _stop(self, case: Case | None, signal: Signal, error: StoreUnauthorised) -> Outcome:
        """Stop the store, tell once, and keep the signal for when it runs again."""
        ports = self._ports
        try:
            reason = stop_unauthorised(ports.state, ports.notifier, signal.store, error)
            if case is not None:
                park(case, reason, None, waits_for="store")
        except TryAgain as later:
            again_s = later.retry_after_s or 1.0
            return Outcome("again", reason=later.reason, detail=later.detail, again_s=again_s)
        return Outcome("parked", reason=reason, detail=error.detail)


def _parked_with_store(case: Case) -> Outcome:
    park(case, case.controls.stopped, None, waits_for="store")
    return Outcome("parked", reason=case.controls.stopped)


def _end_unread(case: Case, why: Unread) -> Outcome:
    if why is Unread.BEHIND_OUR_CHANGE:
        review_behind(case)
    case.end(why.value)
    return Outcome(why.value)


def _without_reading(case: Case, *, is_news: bool) -> Outcome | None:
    """Return what became of a signal that needs no decision, None for all others."""
    if case.controls.stopped:
        return _parked_with_store(case)
    if is_undo(case.signal):
        return _undone(case)
    known = _seen_or_echo(case) if is_news else ""
    if not known:
        return None
    case.end(known)
    return Outcome(known)


def _undone(case: Case) -> Outcome:
    if case.written:  # in an earlier attempt, settled just now
        case.end("applied")
        return Outcome("applied", UNDO)
    return undo(case)


def _seen_or_echo(case: Case) -> str:
    """Step 4: return why this event needs no look, or nothing."""
    signal = case.signal
    if echoed_line(signal, case.lines):
        return "echo"
    seen = case.seen
    is_seen = seen is not None and seen.tells_of(signal)
    return "seen" if is_seen and adds_nothing(signal, case.rules.rules) else ""


def _with_counts(outcome: Outcome, case: Case | None) -> Outcome:
    if case is None:
        return outcome
    return replace(outcome, lines=tuple(case.written), api_calls=case.calls.made)
