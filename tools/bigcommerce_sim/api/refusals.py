"""The bodies of errors: an array in v2, an object in v3."""

from bigcommerce_sim.exchange import Response, json_response
from bigcommerce_sim.world.refusal import Refusal

_TYPE = "https://developer.bigcommerce.com/api-docs/getting-started/api-status-codes"


def refusal_response(path: str, refusal: Refusal) -> Response:
    """Return a refusal in the shape of the API version that `path` belongs to."""
    if refusal.body is not None:
        return json_response(refusal.body, refusal.status)
    if "/v3/" not in path:
        row: dict[str, object] = {"status": refusal.status, "message": refusal.message}
        if refusal.details:
            row["details"] = refusal.details
        return json_response([row], refusal.status)
    body: dict[str, object] = {
        "status": refusal.status,
        "title": refusal.message,
        "type": _TYPE,
    }
    if refusal.errors is not None:
        body["errors"] = refusal.errors
    if refusal.status == 400:
        body["detail"] = refusal.message
    problem = "/inventory/adjustments/" in path
    content_type = "application/problem+json" if problem else "application/json"
    return json_response(body, refusal.status, content_type)
