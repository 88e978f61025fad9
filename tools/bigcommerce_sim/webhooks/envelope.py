"""The body of a webhook, with its keys in the order of a real one."""

import hashlib
import json
from collections.abc import Mapping

from bigcommerce_sim.world.journal import Event
from bigcommerce_sim.world.world import StoreIdentity


def envelope(
    store: StoreIdentity, event: Event, *, with_created_at: bool = True, salt: str = ""
) -> bytes:
    """Return the body; another `salt` gives the same news another `hash`."""
    payload: dict[str, object] = {
        "producer": f"stores/{store.hash}",
        "created_at": int(event.moment.timestamp()),
        "store_id": str(store.store_id),
        "scope": event.scope,
        "data": event.data,
    }
    digest = hashlib.sha1(_compact(payload) + salt.encode(), usedforsecurity=False)
    body: dict[str, object] = {"producer": payload["producer"], "hash": digest.hexdigest()}
    if with_created_at:
        body["created_at"] = payload["created_at"]
    body.update({key: payload[key] for key in ("store_id", "scope", "data")})
    return _compact(body)


def _compact(payload: Mapping[str, object]) -> bytes:
    return json.dumps(payload, separators=(",", ":")).encode("ascii")
