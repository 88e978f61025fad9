"""Signatures by Standard Webhooks: the key is the raw client secret."""

import base64
import hashlib
import hmac


def signature(client_secret: str, webhook_id: str, timestamp_s: int, body: bytes) -> str:
    """Return the value of `webhook-signature` for one attempt."""
    message = f"{webhook_id}.{timestamp_s}.".encode() + body
    digest = hmac.new(client_secret.encode(), message, hashlib.sha256).digest()
    return "v1," + base64.b64encode(digest).decode("ascii")


def signed_headers(
    client_secret: str, webhook_id: str, timestamp_s: int, body: bytes
) -> dict[str, str]:
    """Return the three headers that prove where a webhook comes from."""
    return {
        "webhook-id": webhook_id,
        "webhook-timestamp": str(timestamp_s),
        "webhook-signature": signature(client_secret, webhook_id, timestamp_s, body),
    }
