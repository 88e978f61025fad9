"""One authenticated call, as an endpoint sees it."""

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import NoReturn

from bigcommerce_sim.accounts import Account
from bigcommerce_sim.exchange import Request
from bigcommerce_sim.webhooks.dispatcher import Dispatcher
from bigcommerce_sim.webhooks.hooks import HookRegistry
from bigcommerce_sim.world.order import Order
from bigcommerce_sim.world.refusal import Refusal, not_found
from bigcommerce_sim.world.world import World

JsonObject = dict[str, object]


@dataclass(frozen=True, slots=True)
class Call:
    """Hold what an endpoint needs; `ids` are the numbers in the path, in order."""

    world: World
    hooks: HookRegistry
    dispatcher: Dispatcher
    account: Account
    request: Request
    ids: tuple[int, ...]
    query: dict[str, str]

    @property
    def actor(self) -> str:
        """Return who the journal names for a write."""
        return f"api:{self.account.client_id}"

    def order(self) -> Order:
        """Return the order in the path as it is.

        Raises:
            Refusal: 404 where there is none, or it is too fresh to be found.
        """
        return self._found(self.world.orders.get(self.ids[0]))

    def order_as_read(self) -> Order:
        """Return the order in the path as a read shows it, maybe a little old.

        Raises:
            Refusal: as for `order`.
        """
        return self.read(self.ids[0])

    def read(self, order_id: int) -> Order:
        """Return any order as a read shows it.

        Raises:
            Refusal: as for `order`.
        """
        lag = timedelta(seconds=self.world.settings.read_lag_s)
        return self._found(self.world.orders.get_as_of(order_id, self.world.now() - lag))

    def json_object(self) -> JsonObject:
        """Return the body.

        Raises:
            Refusal: 400 where it is not a JSON object.
        """
        body = self._json()
        if not isinstance(body, dict):
            raise Refusal(400, "The request body must be a JSON object.")
        return body

    def json_list(self) -> list[object]:
        """Return the body.

        Raises:
            Refusal: 400 where it is not a JSON array.
        """
        body = self._json()
        if not isinstance(body, list):
            raise Refusal(400, "The request body must be a JSON array.")
        return body

    def _json(self) -> object:
        try:
            text = self.request.body.decode("utf-8")
            parsed: object = json.loads(text, parse_constant=_refuse_constant)
            return parsed
        except (ValueError, RecursionError):
            raise Refusal(400, "The request body is not valid JSON.") from None

    def _found(self, order: Order | None) -> Order:
        hidden_for = timedelta(seconds=self.world.settings.fresh_order_404_s)
        placed_after = self.world.now() - hidden_for
        if order is None or self.world.orders.is_hidden(order.id, placed_after):
            raise not_found()
        return order


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
