"""The real-time driver: threads that POST what the dispatcher says is due."""

import threading
from contextlib import suppress
from queue import SimpleQueue

import requests

from bigcommerce_sim.store import SimulatedStore
from bigcommerce_sim.webhooks.deliveries import Attempt

_AT_ONCE = 8  # POSTs under way
_LOOK_AGAIN_S = 0.25  # the clock may have been turned meanwhile
_READ_OF_ANSWER = 65_536  # bytes


class WebhookDriver:
    """Deliver a store's webhooks until it is stopped."""

    def __init__(self, store: SimulatedStore) -> None:
        self._store = store
        self._wake = threading.Event()
        self._is_stopping = False
        self._free_posters = threading.Semaphore(_AT_ONCE)
        self._to_post: SimpleQueue[Attempt | None] = SimpleQueue()
        # Daemons, so that a receiver that never answers does not hold up the exit
        self._watcher = threading.Thread(target=self._watch, name="webhooks", daemon=True)
        self._posters = [
            threading.Thread(target=self._post_all, name=f"webhook-{number}", daemon=True)
            for number in range(_AT_ONCE)
        ]
        store.world.subscribe(lambda _event: self._wake.set())

    def start(self) -> None:
        """Begin to deliver."""
        for thread in (self._watcher, *self._posters):
            thread.start()

    def stop(self) -> None:
        """Stop; POSTs under way are not waited for."""
        self._is_stopping = True
        self._wake.set()
        self._watcher.join(timeout=2)
        for _ in self._posters:
            self._to_post.put(None)

    def _watch(self) -> None:
        while not self._is_stopping:
            self._wake.clear()
            self._hand_out()
            self._wake.wait(self._seconds_to_next())

    def _hand_out(self) -> None:
        # One at a time and only to who is free, so that a block holds for all that waits
        while not self._is_stopping and self._free_posters.acquire(timeout=_LOOK_AGAIN_S):
            attempts = self._store.due(most=1)
            if not attempts:
                self._free_posters.release()
                return
            self._to_post.put(attempts[0])

    def _seconds_to_next(self) -> float:
        next_due_at = self._store.next_due_at()
        if next_due_at is None:
            return _LOOK_AGAIN_S
        left_s = (next_due_at - self._store.clock.now()).total_seconds()
        return min(max(left_s, 0.0), _LOOK_AGAIN_S)

    def _post_all(self) -> None:
        with requests.Session() as session:
            session.trust_env = False  # no proxy on the way to this machine
            while (attempt := self._to_post.get()) is not None:
                self._post(session, attempt)
                self._free_posters.release()
                self._wake.set()

    def _post(self, session: requests.Session, attempt: Attempt) -> None:
        try:
            with session.post(
                attempt.url,
                data=attempt.body,
                headers=dict(attempt.headers),
                timeout=self._store.settings.webhook_timeout_s,
                allow_redirects=False,
                stream=True,
            ) as response:
                with suppress(requests.RequestException, StopIteration):
                    next(response.iter_content(_READ_OF_ANSWER))  # what it says does not count
                answer, note = response.status_code, ""
        except (requests.RequestException, OSError, ValueError) as problem:
            answer, note = None, type(problem).__name__
        self._store.record_result(attempt, answer, note)
