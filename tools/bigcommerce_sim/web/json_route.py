"""A route of the control API: JSON in, JSON out, and errors with a reason."""

import json
from collections.abc import Callable, Mapping

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bigcommerce_sim.web.plain import plain
from bigcommerce_sim.world.refusal import Refusal

Json = Mapping[str, object]
Endpoint = Callable[[Request, Json], object]


def json_route(method: str, path: str, endpoint: Endpoint) -> Route:
    """Return a route whose endpoint gets the parsed body and returns what to show."""

    async def run(request: Request) -> Response:
        try:
            body = json.loads(await request.body() or b"{}")
            if not isinstance(body, dict):
                raise ValueError("the body must be a JSON object")
            return JSONResponse(plain(endpoint(request, body)))
        except LookupError as problem:
            return _error(404, problem)
        except Refusal as refusal:
            return _error(refusal.status, refusal)
        except (ValueError, TypeError, OverflowError, RecursionError) as problem:
            return _error(400, problem)

    return Route(path, run, methods=[method])


def _error(status: int, problem: Exception) -> Response:
    return JSONResponse({"error": str(problem)}, status_code=status)
