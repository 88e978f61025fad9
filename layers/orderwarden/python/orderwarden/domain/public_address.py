"""The address under which BigCommerce reaches us: what it may look like, and who may use it.

Source: docs/bigcommerce.md, "Webhooks": HTTPS on port 443 with a public certificate.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Final
from urllib.parse import SplitResult, urlsplit

LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})

_HOST: Final = re.compile(
    r"(?=.{1,253}\Z)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?"
)
_PATH: Final = re.compile(r"(/[A-Za-z0-9_-][A-Za-z0-9._~-]*)*")


class Reach(StrEnum):
    """Who can reach an address."""

    PUBLIC = "public"
    LOCAL = "local"
    NONE = "none"


def reach_of(url: str) -> Reach:
    """Return who reaches an address, the part in front of `/webhooks/...`; none for a bad one.

    Public is `https://` on port 443 with a full host name; local is this machine, on any port
    and without HTTPS.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:  # no number where the port stands, half an IPv6 address
        return Reach.NONE
    if not _is_plain(url, parts) or parts.scheme not in {"http", "https"} or port == 0:
        return Reach.NONE
    host = parts.hostname or ""
    if host in LOOPBACK:
        return Reach.LOCAL
    is_on_443 = parts.scheme == "https" and port in {None, 443}
    return Reach.PUBLIC if is_on_443 and _HOST.fullmatch(host) else Reach.NONE


def why_not_delivered(public_url: str, api_url: str) -> str:
    """Return why a store cannot deliver to an address; empty where it can.

    A store whose API is on this machine, as the simulated one is, delivers to this machine too.

    Returns:
        no_public_url, not_reachable_from_outside, or nothing.
    """
    if not public_url:
        return "no_public_url"
    reach = reach_of(public_url)
    if reach is Reach.PUBLIC or (reach is Reach.LOCAL and reach_of(api_url) is Reach.LOCAL):
        return ""
    return "not_reachable_from_outside"


def _is_plain(url: str, parts: SplitResult) -> bool:
    """Return whether it is scheme, host, port and a simple path alone, and nothing hides in it."""
    if re.search(r"[\s?#@\\%]", url) or not url.isascii():
        return False
    return bool(_PATH.fullmatch(parts.path))
