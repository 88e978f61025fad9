"""The real-time driver: threads that POST what the dispatcher says is due."""

import threading
from concurrent.futures import ThreadPoolExecutor

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
        self._sessions = threading.local()
        self._pool = ThreadPoolExecutor(_AT_ONCE, "webhook")
        self._thread = threading.Thread(target=self._run, name="webhooks", daemon=True)
        store.world.subscribe(lambda _event: self._wake.set())

    def start(self) -> None:
        """Begin to deliver."""
        self._thread.start()

    def stop(self) -> None:
        """Stop; POSTs under way are not waited for."""
        self._is_stopping = True
        self._wake.set()
        self._thread.join(timeout=2)
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _run(self) -> None:
        while not self._is_stopping:
            self._wake.clear()
            for attempt in self._store.due():
                self._pool.submit(self._post, attempt)
            self._wake.wait(self._seconds_to_next())

    def _seconds_to_next(self) -> float:
        next_due_at = self._store.next_due_at()
        if next_due_at is None:
            return _LOOK_AGAIN_S
        left_s = (next_due_at - self._store.clock.now()).total_seconds()
        return min(max(left_s, 0.0), _LOOK_AGAIN_S)

    def _post(self, attempt: Attempt) -> None:
        try:
            with self._session().post(
                attempt.url,
                data=attempt.body,
                headers=dict(attempt.headers),
                timeout=self._store.settings.webhook_timeout_s,
                allow_redirects=False,
                stream=True,
            ) as response:
                response.raw.read(_READ_OF_ANSWER)
                self._store.record_result(attempt, response.status_code)
        except (requests.RequestException, OSError, ValueError) as problem:
            self._store.record_result(attempt, None, type(problem).__name__)
        self._wake.set()

    def _session(self) -> requests.Session:
        session: requests.Session | None = getattr(self._sessions, "session", None)
        if session is None:
            session = requests.Session()
            session.trust_env = False  # no proxy on the way to this machine
            self._sessions.session = session
        return session
