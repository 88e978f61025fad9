"""What goes wrong on the way to the store's API, where each call is a boundary of its own."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from bigcommerce_sim import Answer, Effect, FaultRule, SimulatedStore
from boundaries import Boundaries, Fault
from in_process import InProcessAdapter
from requests import PreparedRequest, Response
from requests.exceptions import ConnectionError as ConnectionFailed
from urllib3.connection import HTTPConnection
from urllib3.connectionpool import HTTPConnectionPool
from urllib3.exceptions import MaxRetryError, NewConnectionError

API_TIMEOUT_S: Final = 8.0
LONGEST_LAG_S: Final = 8.0
LATEST_COMMIT_S: Final = 20.0

API_CALLS: Final = (
    ("GET", r"/v2/orders", "order_pages"),
    ("GET", r"/v2/orders/\d+", "order"),
    ("PUT", r"/v2/orders/\d+", "put_order"),
    ("GET", r"/v2/orders/\d+/products", "products"),
    ("GET", r"/v2/orders/\d+/shipments", "shipments"),
    ("GET", r"/v3/orders/\d+/transactions", "transactions"),
    ("GET", r"/v2/order_statuses", "statuses"),
    ("POST", r"/v2/orders/\d+/shipments", "create_shipment"),
    ("GET", r"/v3/orders/\d+/metafields", "metafields"),
    ("POST", r"/v3/orders/\d+/metafields", "write_metafield"),
    ("GET", r"/v3/orders/\d+/payment_actions/refunds", "refunds"),
    ("POST", r"/v3/orders/\d+/payment_actions/refund_quotes", "refund_quote"),
    ("POST", r"/v3/orders/\d+/payment_actions/refunds", "refund"),
    ("POST", r"/v3/orders/\d+/payment_actions/capture", "capture"),
    ("POST", r"/v3/orders/\d+/payment_actions/void", "void"),
    ("GET", r"/v3/hooks", "hooks"),
    ("GET", r"/v3/hooks/admin", "hooks_admin"),
    ("POST", r"/v3/hooks", "create_hook"),
    ("PUT", r"/v3/hooks/\d+", "update_hook"),
    ("DELETE", r"/v3/hooks/\d+", "delete_hook"),
    ("GET", r"/v3/orders/metafields", "order_metafields"),
    ("GET", r"/v3/settings/inventory", "inventory_settings"),
)
"""Method and path of each call of the API, and the method of `ports.Store` it belongs to."""

_RULES: Final = {
    Fault.TIME_OUT_BEFORE: FaultRule(Answer.TIMEOUT),
    Fault.TIME_OUT_AFTER: FaultRule(Answer.TIMEOUT, effect=Effect.DONE),
    Fault.FAIL_ONCE: FaultRule(Answer.HTML, status=502),
    Fault.FAIL_FOR_AN_HOUR: FaultRule(Answer.STATUS, status=503),
    Fault.UNAUTHORISED: FaultRule(Answer.STATUS, status=401),
    Fault.MISSING: FaultRule(Answer.STATUS, status=404),
    Fault.NONSENSE_AFTER: FaultRule(Answer.HALF_JSON),
}
_THROTTLED: Final = (Answer.THROTTLED, Answer.BARE_THROTTLED, Answer.ODD_THROTTLED)


class CrossingAdapter(InProcessAdapter):
    """The way of one machine to the store's API."""

    def __init__(
        self,
        actor: str,
        sim: SimulatedStore,
        boundaries: Boundaries,
        pause: Callable[[float], None],
        draw: Callable[[float, float], float],
    ) -> None:
        """Carry requests; `draw` returns a number between two."""
        super().__init__(sim)
        self._actor = actor
        self._boundaries = boundaries
        self._pause = pause
        self._draw = draw

    def send(self, request: PreparedRequest, *args: object, **kwargs: object) -> Response:  # noqa: ARG002
        name = api_call_of(str(request.method), str(request.url))
        fault = self._boundaries.meet(self._actor, name)
        self._boundaries.before(fault)
        response = self._spoilt(fault, lambda: InProcessAdapter.send(self, request))
        self._boundaries.after(fault)
        self._boundaries.leave(name)
        return response

    def _spoilt(self, fault: Fault | None, send: Callable[[], Response]) -> Response:
        if fault is Fault.NO_CONNECTION:
            raise no_connection()
        if fault is Fault.STALE:
            return self._stale(send)
        rule = self._rule(fault)
        if rule is None:
            return send()
        wait_s = API_TIMEOUT_S / 2 if rule.answer is Answer.TIMEOUT else 0.0
        self._pause(wait_s)
        added = self._sim.faults.add(rule)
        try:
            return send()
        finally:
            self._sim.faults.remove(added)
            self._pause(wait_s)

    def _stale(self, send: Callable[[], Response]) -> Response:
        settings = self._sim.settings
        usual_s, settings.read_lag_s = settings.read_lag_s, self._draw(0.5, LONGEST_LAG_S)
        try:
            return send()
        finally:
            settings.read_lag_s = usual_s

    def _rule(self, fault: Fault | None) -> FaultRule | None:
        if fault is Fault.COMMIT_LATE:
            late_s = self._draw(API_TIMEOUT_S / 2, LATEST_COMMIT_S)
            return FaultRule(Answer.TIMEOUT, effect=Effect.LATE, late_s=late_s)
        if fault is Fault.THROTTLE:
            return FaultRule(_THROTTLED[int(self._draw(0, len(_THROTTLED) - 0.001))])
        return _RULES.get(fault) if fault else None


def api_call_of(method: str, url: str) -> str:
    """Return the boundary's name for one call of the API."""
    path = url.partition("?")[0].partition("/stores/")[2].partition("/")[2]
    for known_method, pattern, name in API_CALLS:
        if method == known_method and re.fullmatch(pattern, f"/{path}"):
            return f"store.{name}"
    raise AssertionError(f"no boundary is named for {method} {path}")


def no_connection() -> ConnectionFailed:
    """Return what `requests` raises where nothing was ever sent."""
    refused = NewConnectionError(HTTPConnection("api.example.com"), "refused")
    return ConnectionFailed(MaxRetryError(HTTPConnectionPool("api.example.com"), "/", refused))
