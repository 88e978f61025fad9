"""The dispatcher: from events to attempts, retries, blocks and deactivations.

It sends nothing itself. A driver asks for what is `due` and reports with `record_result`.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from bigcommerce_sim.accounts import Accounts
from bigcommerce_sim.webhooks.blocklist import Blocklist, Key
from bigcommerce_sim.webhooks.deliveries import Attempt, AttemptRecord, Delivery, Waiting
from bigcommerce_sim.webhooks.envelope import envelope
from bigcommerce_sim.webhooks.exceptions import ExceptionNews
from bigcommerce_sim.webhooks.hooks import Hook, HookRegistry
from bigcommerce_sim.webhooks.retries import gap_after
from bigcommerce_sim.webhooks.scopes import DELIVERY_EXCEPTION
from bigcommerce_sim.webhooks.signing import signed_headers
from bigcommerce_sim.world.journal import Event, Ledger
from bigcommerce_sim.world.world import World

_ID_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789"


class Dispatcher:
    """Turn events into deliveries and deliveries into attempts."""

    def __init__(self, world: World, hooks: HookRegistry, accounts: Accounts) -> None:
        self._world = world
        self._hooks = hooks
        self._accounts = accounts
        self._waiting = Waiting()
        self._in_flight: dict[int, tuple[Delivery, Attempt]] = {}
        self._news = ExceptionNews()
        self.blocklist = Blocklist()
        self.attempts: Ledger[AttemptRecord] = Ledger(world.settings.journal_limit)
        self._deliveries = 0

    @property
    def pending(self) -> int:
        """Return how many deliveries wait or are being tried."""
        return len(self._waiting) + len(self._in_flight)

    @property
    def next_due_at(self) -> datetime | None:
        """Return when the next delivery is due."""
        return self._waiting.next_due_at

    def accept(self, event: Event) -> None:
        """Queue an event for every hook that listens; chance may lose or double it."""
        for hook in self._hooks.listening(event.scope, event.moment):
            self._queue(hook, event)

    def due(self, now: datetime, most: int | None = None) -> list[Attempt]:
        """Return the attempts to make now; each must be reported back.

        What one attempt leads to (a block, a hook that is switched off) can only hold back
        those that were not handed out yet: ask for one at a time to have it hold at once.
        """
        attempts: list[Attempt] = []
        while most is None or len(attempts) < most:
            delivery = self._waiting.pop_due(now)
            if delivery is None:
                break
            attempt = self._begun(delivery, now)
            if attempt is not None:
                attempts.append(attempt)
        return attempts

    def record_result(
        self, attempt_id: int, answer: int | None, now: datetime, note: str = ""
    ) -> None:
        """Note the answer to an attempt: an HTTP status, or None for no answer at all."""
        delivery, attempt = self._in_flight.pop(attempt_id)
        failure = _failure(answer)
        if self.blocklist.note(_key(attempt.url, delivery), now, failure):
            self._tell_block(delivery.client_id, delivery.hook_id, now)
        if failure is None:
            self.attempts.append(AttemptRecord(attempt, now, answer, "delivered", note))
            return
        self._failed(delivery, AttemptRecord(attempt, now, answer, "retry", note), now)

    def block(self, client_id: str, domain: str, now: datetime) -> None:
        """Block a domain for three minutes, as too many failures do.

        Raises:
            LookupError: the client has no hook there.
        """
        key = (client_id, domain.lower())
        hooks = [hook for hook in self._hooks.of(client_id) if _domain(hook.destination) == key[1]]
        if not hooks:
            raise LookupError(f"no hook of {client_id} goes to {domain}")
        self.blocklist.block(key, now)
        self._tell_block(client_id, hooks[0].id, now)

    # From events to deliveries

    def _queue(self, hook: Hook, event: Event) -> None:
        world = self._world
        settings = world.settings
        with_created_at = world.chance("created_at", settings.created_at_probability)
        body = envelope(world.identity, event, with_created_at=with_created_at)
        delivery = self._delivery(hook, event, body)
        if world.chance("losses", settings.webhook_loss_probability):
            self._drop(delivery, event.moment, "lost")
            return
        self._waiting.add(delivery)
        if world.chance("duplicates", settings.webhook_duplicate_probability):
            again = self._delivery(hook, event, body)
            again.webhook_id = delivery.webhook_id
            self._waiting.add(again)
        if world.chance("other_hash", settings.webhook_other_hash_probability):
            salt = delivery.webhook_id
            other = envelope(world.identity, event, with_created_at=with_created_at, salt=salt)
            self._waiting.add(self._delivery(hook, event, other))

    def _delivery(self, hook: Hook, event: Event, body: bytes) -> Delivery:
        self._deliveries += 1
        return Delivery(
            id=self._deliveries,
            hook_id=hook.id,
            client_id=hook.client_id,
            event_seq=event.seq,
            scope=event.scope,
            body=body,
            webhook_id=self._new_webhook_id(),
            due_at=event.moment + timedelta(seconds=self._delay_s()),
        )

    def _delay_s(self) -> float:
        world, settings = self._world, self._world.settings
        delay_s = settings.webhook_delay_s
        if settings.webhook_jitter_s:
            delay_s += world.dice("jitter").uniform(0, settings.webhook_jitter_s)
        if world.chance("reordering", settings.webhook_reorder_probability):
            delay_s += world.dice("jitter").uniform(0, settings.webhook_reorder_s)
        return delay_s

    def _new_webhook_id(self) -> str:
        return "msg_" + "".join(self._world.dice("webhook_ids").choices(_ID_LETTERS, k=27))

    # From deliveries to attempts

    def _begun(self, delivery: Delivery, now: datetime) -> Attempt | None:
        hook = self._hooks.get(delivery.hook_id)
        if hook is None or not hook.is_active:
            self._drop(delivery, now, "dropped")
            return None
        attempt = self._attempt(delivery, hook, now)
        if self.blocklist.is_blocked(_key(hook.destination, delivery), now):
            self._blocked(delivery, attempt, now)
            return None
        self._in_flight[attempt.id] = (delivery, attempt)
        return attempt

    def _attempt(self, delivery: Delivery, hook: Hook, now: datetime) -> Attempt:
        delivery.first_tried_at = delivery.first_tried_at or now
        if delivery.failures and not self._world.settings.stable_webhook_id:
            delivery.webhook_id = self._new_webhook_id()
        return Attempt(
            id=self.attempts.next_seq(),
            delivery_id=delivery.id,
            hook_id=hook.id,
            event_seq=delivery.event_seq,
            number=delivery.failures + 1,
            scope=delivery.scope,
            url=hook.destination,
            headers=self._headers(delivery, hook, now),
            body=delivery.body,
            moment=now,
        )

    def _headers(self, delivery: Delivery, hook: Hook, now: datetime) -> dict[str, str]:
        headers = {"content-type": "application/json", "accept": "*/*", **(hook.headers or {})}
        secret = self._accounts.secret_of(hook.client_id)
        if self._world.settings.signed and secret is not None:
            signed_at = now
            if not self._world.settings.timestamp_of_attempt:
                signed_at = delivery.first_tried_at or now
            timestamp_s = int(signed_at.timestamp())
            headers |= signed_headers(secret, delivery.webhook_id, timestamp_s, delivery.body)
        return headers

    def _drop(self, delivery: Delivery, now: datetime, outcome: str) -> None:
        attempt = Attempt(
            id=self.attempts.next_seq(),
            delivery_id=delivery.id,
            hook_id=delivery.hook_id,
            event_seq=delivery.event_seq,
            number=delivery.failures + 1,
            scope=delivery.scope,
            url="",
            headers={},
            body=delivery.body,
            moment=now,
        )
        self.attempts.append(AttemptRecord(attempt, now, None, outcome))

    # What became of them

    def _blocked(self, delivery: Delivery, attempt: Attempt, now: datetime) -> None:
        loss = self._world.settings.blocked_loss_probability
        if self._world.chance("blocked_losses", loss):
            self.attempts.append(AttemptRecord(attempt, now, None, "lost", "blocked domain"))
            return
        self._failed(delivery, AttemptRecord(attempt, now, None, "blocked"), now)

    def _failed(self, delivery: Delivery, record: AttemptRecord, now: datetime) -> None:
        delivery.failures += 1
        gap_s = gap_after(delivery.failures)
        hook = self._hooks.get(delivery.hook_id)
        if gap_s is None:
            self.attempts.append(replace(record, outcome="given_up"))
            if hook is not None and self._hooks.deactivate(hook.id, now) is not None:
                self._tell_exception(hook, 90002, now)
            return
        self.attempts.append(record)
        delivery.due_at = now + timedelta(seconds=gap_s)
        self._waiting.add(delivery)
        if hook is not None:
            self._tell_exception(hook, 90001, now)

    def _tell_exception(self, hook: Hook, code: int, now: datetime) -> None:
        # Trouble with the hook that is told of trouble is told to nobody
        if hook.scope != DELIVERY_EXCEPTION and self._news.is_fresh(hook, code, now):
            self._tell(hook.client_id, self._news.data(hook.id, code), now)

    def _tell_block(self, client_id: str, hook_id: int, now: datetime) -> None:
        for address in self._hooks.admin_emails:
            self._world.send_email(address, "domain_blocked", moment=now)
        self._tell(client_id, self._news.data(hook_id, 90003), now)

    def _tell(self, client_id: str, data: dict[str, object], now: datetime) -> None:
        seq = self._world.journal.events.next_seq()
        event = self._world.journal.events.append(Event(seq, now, DELIVERY_EXCEPTION, data))
        for listener in self._hooks.listening(DELIVERY_EXCEPTION, now, client_id):
            self._queue(listener, event)


def _key(url: str, delivery: Delivery) -> Key:
    return delivery.client_id, _domain(url)


def _domain(url: str) -> str:
    return urlsplit(url).hostname or ""


def _failure(answer: int | None) -> str | None:
    if answer is None:
        return "No answer"
    return None if 200 <= answer < 300 else f"HTTP status {answer}"
