"""The simulated store: the whole of it in one process, without a network."""

import threading
from collections.abc import Callable
from datetime import datetime
from functools import partial

from bigcommerce_sim.accounts import Account, Accounts
from bigcommerce_sim.acts.shopper import Shopper
from bigcommerce_sim.acts.staff import Staff
from bigcommerce_sim.api.gate import Gate
from bigcommerce_sim.clock import Clock, TurnableClock
from bigcommerce_sim.exchange import Request, Response
from bigcommerce_sim.faults import Effect, FaultRule, Faults, spoilt_answer
from bigcommerce_sim.quota import Quota
from bigcommerce_sim.seed.fill import fill
from bigcommerce_sim.settings import Settings
from bigcommerce_sim.webhooks.deliveries import Attempt, AttemptRecord
from bigcommerce_sim.webhooks.dispatcher import Dispatcher
from bigcommerce_sim.webhooks.hooks import HookRegistry
from bigcommerce_sim.world.dates import http_date
from bigcommerce_sim.world.journal import Journal, Ledger, RequestRecord
from bigcommerce_sim.world.order import Order
from bigcommerce_sim.world.world import StoreIdentity, World

_KEPT_BODY = 20_000  # characters of a request's body in the journal
Send = Callable[[Attempt], int | None]


class SimulatedStore:
    """Be a BigCommerce store.

    Args:
        store_hash: As in `/stores/{hash}/...`.
        clock: Where time comes from; a `TurnableClock` unless given.
        settings: The switches; a well-behaved store unless given.
        seed: Decides every chance, and the seeded orders.
        orders: How many orders there are from the beginning.
        token, client_id, client_secret: The first API account, allowed everything.

    All public methods may be called from several threads.
    """

    def __init__(
        self,
        store_hash: str = "abc123",
        *,
        clock: Clock | None = None,
        settings: Settings | None = None,
        seed: int = 0,
        orders: int = 0,
        token: str = "token",  # noqa: S107  # invented, like all that is in it
        client_id: str = "client",
        client_secret: str = "secret",  # noqa: S107
        store_id: int = 1025646,
    ) -> None:
        self.lock = threading.RLock()
        self.settings = settings or Settings()
        self.clock = clock or TurnableClock()
        identity = StoreIdentity(store_hash, store_id)
        self.world = World(identity, self.clock, self.settings, seed)
        self.accounts = Accounts()
        self.accounts.add(Account(client_id, client_secret, token))
        self.hooks = HookRegistry(self.world)
        self.dispatcher = Dispatcher(self.world, self.hooks, self.accounts)
        self.world.subscribe(self.dispatcher.accept)
        self.faults = Faults(self.world.dice("faults"))
        self.quota = Quota(self.settings)
        self._gate = Gate(self.world, self.accounts, self.quota, self.hooks, self.dispatcher)
        self.shopper = Shopper(self.world, self.lock)
        self.staff = Staff(self.world, self.lock)
        fill(self.world, orders)

    # The API

    def handle(self, request: Request) -> Response:
        """Answer one API call; a fault rule may spoil it."""
        with self.lock:
            self.world.settle()
            moment = self.world.now()
            path = self._gate.path_in_store(request.path) or request.path
            rule = self.faults.pick(request.method, path, moment)
            seq = self.journal.requests.next_seq()
            response = (
                self._right(request, seq) if rule is None else self._spoilt(request, rule, seq)
            )
            self._record(request, response, rule, seq, moment)
            return response.with_headers({"date": http_date(self.clock.now())})

    # Webhooks

    def due(self, most: int | None = None) -> list[Attempt]:
        """Return the webhook attempts to make now, at most so many.

        Report each with `record_result` before asking for the next ones, so that a domain
        that gets blocked by one is spared the others.
        """
        with self.lock:
            self.world.settle()
            return self.dispatcher.due(self.clock.now(), most)

    def record_result(self, attempt: Attempt, answer: int | None, note: str = "") -> None:
        """Note an attempt's answer: an HTTP status, or None for none."""
        with self.lock:
            self.dispatcher.record_result(attempt.id, answer, self.clock.now(), note)

    def deliver(self, send: Send) -> int:
        """Deliver all that is due with `send`, which returns the HTTP status or None.

        Returns:
            How many attempts were made. What falls due meanwhile is delivered too.
            Where `send` raises, that attempt had no answer and the others stay due.
        """
        made = 0
        while attempts := self.due(most=1):
            (attempt,) = attempts
            try:
                answer = send(attempt)
            except BaseException:
                self.record_result(attempt, None, "the receiver died")
                raise
            self.record_result(attempt, answer)
            made += 1
        return made

    def next_due_at(self) -> datetime | None:
        """Return when something will happen by itself: a webhook, a payment, ..."""
        with self.lock:
            moments = [self.dispatcher.next_due_at, self.world.next_job_at]
            return min((each for each in moments if each is not None), default=None)

    def settle(self) -> None:
        """Carry out what has become due, such as captures and late writes."""
        with self.lock:
            self.world.settle()

    def deactivate_hook(self, hook_id: int) -> None:
        """Stop a hook as the platform does after the last failed retry.

        Raises:
            LookupError: there is none, or it is not active.
        """
        with self.lock:
            if self.hooks.deactivate(hook_id, self.clock.now()) is None:
                raise LookupError(f"no active hook {hook_id}")

    def block_domain(self, client_id: str, domain: str) -> None:
        """Block a domain for three minutes, as too many failures do.

        Raises:
            LookupError: the client has no hook there.
        """
        with self.lock:
            self.dispatcher.block(client_id, domain, self.clock.now())

    # Accounts

    def delete_account(self, client_id: str) -> None:
        """Delete an API account and, with it, its hooks."""
        with self.lock:
            self.accounts.delete(client_id)
            self.hooks.delete_of(client_id)

    # Reading back

    @property
    def journal(self) -> Journal:
        """Return the record of requests, writes, events and e-mails."""
        return self.world.journal

    @property
    def attempts(self) -> Ledger[AttemptRecord]:
        """Return every webhook attempt with its answer."""
        return self.dispatcher.attempts

    def order(self, order_id: int) -> Order:
        """Return an order as it really is, without lag.

        Raises:
            LookupError: there is none.
        """
        with self.lock:
            self.world.settle()
            order = self.world.orders.get(order_id)
            if order is None:
                raise LookupError(f"no order {order_id}")
            return order

    # Inside

    def _right(self, request: Request, seq: int) -> Response:
        self.world.current_request = seq
        try:
            return self._gate.answer(request)
        finally:
            self.world.current_request = None

    def _spoilt(self, request: Request, rule: FaultRule, seq: int) -> Response:
        right = None
        if rule.effect is Effect.DONE:
            right = self._right(request, seq)
        elif rule.effect is Effect.LATE:
            self.world.later(rule.late_s, partial(self._late, request, seq))
        rate_headers = self.quota.headers(self.clock.now())
        return spoilt_answer(rule, request.path, right, rate_headers)

    def _late(self, request: Request, seq: int) -> None:
        self._right(request, seq)

    def _record(
        self,
        request: Request,
        response: Response,
        rule: FaultRule | None,
        seq: int,
        moment: datetime,
    ) -> None:
        account = self._gate.account_of(request)
        effect = Effect.DONE if rule is None else rule.effect
        self.journal.requests.append(
            RequestRecord(
                seq=seq,
                moment=moment,
                method=request.method,
                path=request.path,
                query=request.query,
                body=request.body[:_KEPT_BODY].decode("utf-8", "replace"),
                client_id=account.client_id if account else None,
                status=response.status,
                ending=str(response.ending),
                fault=None if rule is None else rule.name or str(rule.answer),
                effect=str(effect),
            )
        )
