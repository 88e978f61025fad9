"""Reach our own server as the store does: through its public address, with the hooks' proof."""

from __future__ import annotations

import base64
import hmac
import json
import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Final

import requests
from orderwarden.domain.authenticity import OWN_HEADER
from orderwarden.domain.hook_secrets import HookSecrets
from orderwarden.domain.hooks_wanted import destinations
from orderwarden.services.checkup.finding import Finding, broken, fine
from orderwarden.services.checkup.remedies import ON_ONE_MACHINE, Remedies

CHECK: Final = "destination"
SCOPE: Final = "store/orderwarden/doctor"
"""No scope of the store's: an authentic webhook of it is answered with 200 and not queued."""

TIMEOUTS_S: Final = (5.0, 10.0)


def check_destination(
    public_url: str,
    store: str,
    known: HookSecrets,
    now: datetime,
    remedies: Remedies = ON_ONE_MACHINE,
) -> Finding:
    """Send a webhook that nobody heeds to our own address, and see that it is believed."""
    url, _ = destinations(public_url, store)
    body = json.dumps(
        {"producer": f"stores/{store}", "scope": SCOPE, "data": {}, "created_at": _s(now)}
    ).encode()
    try:
        with requests.Session() as session:
            session.trust_env = False  # BigCommerce knows nothing of this machine's proxies
            answer = session.post(
                url,
                data=body,
                headers=_headers(known, body, now),
                timeout=TIMEOUTS_S,
                allow_redirects=False,
                stream=True,  # whoever answers may never end
            )
            status = answer.status_code
            answer.close()
    except requests.exceptions.SSLError:
        return broken(
            CHECK,
            f"{url}: its certificate is not good",
            "a public certificate for this name, with the whole chain",
        )
    except (requests.RequestException, ValueError) as error:
        return broken(CHECK, f"{url}: no answer ({type(error).__name__})", remedies.no_answer)
    if status == 200:
        return fine(CHECK, f"{url} answers, and believes the proof that hooks carry")
    said, remedy = _said(status, remedies)
    return broken(CHECK, f"{url} answers {status}: {said}", remedy)


def _said(status: int, remedies: Remedies) -> tuple[str, str]:
    """Return what an answer says, and what to do."""
    said = {
        401: ("it refuses our own secrets", remedies.refused),
        404: ("it does not know this store", remedies.other_store),
        502: ("the proxy does not reach the server", remedies.gateway),
        503: ("the server is up and cannot work", remedies.receiver),
    }
    return said.get(status, ("not as our server would", remedies.no_answer))


def _headers(known: HookSecrets, body: bytes, now: datetime) -> Mapping[str, str]:
    headers = {"Content-Type": "application/json"}
    if known.hook_secrets:
        headers[OWN_HEADER] = known.hook_secrets[0]
    if known.client_secrets:
        message_id = f"msg_{secrets.token_hex(8)}"
        signed = f"{message_id}.{_s(now)}.".encode() + body
        digest = hmac.digest(known.client_secrets[0].encode(), signed, "sha256")
        headers |= {
            "webhook-id": message_id,
            "webhook-timestamp": str(_s(now)),
            "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
        }
    return headers


def _s(at: datetime) -> int:
    return int(at.timestamp())
