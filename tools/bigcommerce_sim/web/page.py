"""The page at `/`: orders with their history, webhooks sent, requests received."""

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from bigcommerce_sim.store import SimulatedStore


def page_routes(store: SimulatedStore) -> list[Route]:
    """Return the route of the page."""

    async def show(_request: Request) -> Response:
        return HTMLResponse(f"<p>{len(store.world.orders)} orders</p>")

    return [Route("/", show, methods=["GET"])]
