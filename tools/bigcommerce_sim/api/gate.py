"""The way of every request: fault, token, quota, path, scope, content type, endpoint."""

from bigcommerce_sim.accounts import Account, Accounts
from bigcommerce_sim.api.call import Call
from bigcommerce_sim.api.refusals import refusal_response
from bigcommerce_sim.api.routes import find_route
from bigcommerce_sim.exchange import Request, Response
from bigcommerce_sim.faults import throttled_response
from bigcommerce_sim.quota import Quota
from bigcommerce_sim.webhooks.dispatcher import Dispatcher
from bigcommerce_sim.webhooks.hooks import HookRegistry
from bigcommerce_sim.world.refusal import Refusal, not_found
from bigcommerce_sim.world.world import World

_WITH_BODY = frozenset({"POST", "PUT"})
_METHODS = frozenset({"GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS"})
_MAY_BE_EMPTY = "/payment_actions/"  # capture and void are posted without a body


class Gate:
    """Answer requests rightly; faults are the store's business."""

    def __init__(
        self,
        world: World,
        accounts: Accounts,
        quota: Quota,
        hooks: HookRegistry,
        dispatcher: Dispatcher,
    ) -> None:
        self._world = world
        self._accounts = accounts
        self._quota = quota
        self._hooks = hooks
        self._dispatcher = dispatcher

    def account_of(self, request: Request) -> Account | None:
        """Return whose token the request carries."""
        return self._accounts.with_token(request.headers.get("x-auth-token", ""))

    def answer(self, request: Request) -> Response:
        """Return the right answer, with rate headers."""
        now = self._world.clock.now()
        path = self.path_in_store(request.path)
        account = self.account_of(request)
        if path is None or account is None:
            refused = refusal_response(request.path, Refusal(401, _UNAUTHORISED))
            return refused.with_headers(self._quota.headers(now))
        if not self._quota.take(now):
            return throttled_response(request.path, self._quota.headers(now))
        try:
            response = self._carry_out(request, path, account)
        except Refusal as refusal:
            response = refusal_response(request.path, refusal)
        return response.with_headers(self._quota.headers(now))

    def path_in_store(self, path: str) -> str | None:
        """Return what follows `/stores/{hash}`; None for another store."""
        start = f"/stores/{self._world.identity.hash}/"
        return path[len(start) - 1 :].removesuffix(".json") if path.startswith(start) else None

    def _carry_out(self, request: Request, path: str, account: Account) -> Response:
        if request.method not in _METHODS:
            raise Refusal(501, "The method is not implemented.")
        route, ids, exists = find_route(request.method, path)
        if route is None:
            raise Refusal(405, "The method is not allowed here.") if exists else not_found()
        if not account.may(route.scopes):
            raise Refusal(403, "The token has no scope for this resource.")
        _check_headers(request, path)
        call = Call(
            self._world,
            self._hooks,
            self._dispatcher,
            account,
            request,
            ids,
            request.parameters(),
        )
        return route.endpoint(call)


_UNAUTHORISED = (
    "Unauthorized - the client ID or token in the request are not a valid combination "
    "for this store."
)


def _check_headers(request: Request, path: str) -> None:
    accepted = request.headers.get("accept", "*/*")
    if not any(each in accepted for each in ("json", "*/*", "application/*")):
        raise Refusal(406, "Only application/json can be returned.")
    if request.method in _WITH_BODY and not (not request.body and _MAY_BE_EMPTY in path):
        content_type = request.headers.get("content-type", "")
        if content_type.partition(";")[0].strip().lower() != "application/json":
            raise Refusal(415, "The body must be application/json.")
