"""Whether a webhook is BigCommerce's: Standard Webhooks signatures, and a secret header of ours.

Source: the Standard Webhooks specification; docs/bigcommerce.md, "Signing".
"""

from __future__ import annotations

import base64
import hmac
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

OWN_HEADER: Final = "X-Orderwarden-Secret"
"""The header that we set on our hooks; BigCommerce sends it with every callback."""

MAX_AGE: Final = timedelta(hours=72)
"""BigCommerce retries for 48 h, and is not known to sign anew."""

MAX_LEAD: Final = timedelta(seconds=300)
"""How far the sender's clock may be ahead of ours."""

MAX_CANDIDATES: Final = 16

_READ: Final = frozenset(
    {"webhook-id", "webhook-timestamp", "webhook-signature", OWN_HEADER.lower()}
)
_ID: Final = re.compile(r"[A-Za-z0-9_.-]{1,128}")
_TIMESTAMP: Final = re.compile(r"[1-9][0-9]{0,10}")
_ABSENT: Final = frozenset({"no_signature", "no_header"})


class Proof(StrEnum):
    """What was right about a webhook."""

    NONE = "none"
    SIGNATURE = "signature"
    HEADER = "header"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class Keys:
    """What a webhook is proved with; all of them are live, empty ones prove nothing.

    Attributes:
        client_secrets: Keys of the signature: the client secrets as raw bytes.
        hook_secrets: Values of our own header; printable ASCII.
        needs_both: Whether signature and header must both be right.
    """

    client_secrets: tuple[bytes, ...] = field(repr=False)
    hook_secrets: tuple[bytes, ...] = field(repr=False)
    needs_both: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a webhook is authentic, and how we know.

    Attributes:
        proof: What was right; it may be right and still not do.
        fault: Why it is not authentic, a short code; empty if it is.
        has_wrong_signature: A signature came and was wrong beside our right header.
        is_timed: Whether the headers say when it was sent.
    """

    proof: Proof
    fault: str
    has_wrong_signature: bool
    is_timed: bool

    @property
    def is_authentic(self) -> bool:
        """Return whether it may be believed."""
        return not self.fault


def judge(headers: Mapping[str, str], body: bytes, keys: Keys, now: datetime) -> Verdict:
    """Judge a webhook by its headers and its raw body; nothing they hold makes this raise.

    The header `webhook-timestamp` is held against the clock whatever the proof. Our own header
    proves the sender, not the body.

    Args:
        headers: Names in any case; a doubled header's values joined by commas, so that it fails.
        body: As sent, any transport encoding undone.
        keys: What is live now.
        now: Our clock.

    Returns:
        The verdict. Its fault is one of no_signature, malformed_id, malformed_timestamp,
        malformed_signature, wrong_signature; no_header, wrong_header; or, of a webhook that is
        proved, too_old, too_early.
    """
    sent = _read_headers(headers)
    by_signature = _signature_fault(sent, body, keys.client_secrets)
    by_header = _header_fault(sent, keys.hook_secrets)
    timestamp = sent.get("webhook-timestamp", "")
    sent_s = int(timestamp) if _TIMESTAMP.fullmatch(timestamp) else None
    faults = [fault for fault in (by_signature, by_header) if fault]
    if len(faults) > (0 if keys.needs_both else 1):
        fault = next((fault for fault in faults if fault not in _ABSENT), faults[0])
    else:
        fault = "" if sent_s is None else time_fault(sent_s, now)
    return Verdict(
        proof=_proof(by_signature, by_header),
        fault=fault,
        has_wrong_signature=not by_header and bool(by_signature) and by_signature not in _ABSENT,
        is_timed=sent_s is not None,
    )


def time_fault(sent_s: int, now: datetime) -> str:
    """Return too_old or too_early for a time in epoch seconds out of bounds, else nothing."""
    age_s = now.timestamp() - sent_s
    if age_s > MAX_AGE.total_seconds():
        return "too_old"
    return "too_early" if -age_s > MAX_LEAD.total_seconds() else ""


def _read_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Return the four headers that matter; where a name came in two cases, both values."""
    found: dict[str, str] = {}
    for name, value in headers.items():
        key = name.lower()
        if key in _READ:
            found[key] = f"{found[key]},{value}" if key in found else value
    return found


def _signature_fault(sent: Mapping[str, str], body: bytes, keys: Iterable[bytes]) -> str:
    signatures = sent.get("webhook-signature", "")
    if not signatures:
        return "no_signature"
    message_id, timestamp = sent.get("webhook-id", ""), sent.get("webhook-timestamp", "")
    if not _ID.fullmatch(message_id):
        return "malformed_id"
    if not _TIMESTAMP.fullmatch(timestamp):
        return "malformed_timestamp"
    candidates = _candidates(signatures)
    if not candidates:
        return "malformed_signature"
    signed = f"{message_id}.{timestamp}.".encode() + body
    expected = [base64.b64encode(hmac.digest(key, signed, "sha256")) for key in keys if key]
    return "" if _any_equal(expected, candidates) else "wrong_signature"


def _candidates(signatures: str) -> list[bytes]:
    """Return the texts of the v1 signatures; none of a header doubled or overfull.

    They are compared as text with what we encode ourselves, so only canonical base64 can match.
    """
    items = [item.partition(",") for item in signatures.split(" ")]
    if any("," in text for _, _, text in items):  # base64 has none: two headers were joined
        return []
    candidates = [_bytes(text) for version, _, text in items if version == "v1"]
    return candidates if len(candidates) <= MAX_CANDIDATES else []


def _header_fault(sent: Mapping[str, str], hook_secrets: Iterable[bytes]) -> str:
    value = sent.get(OWN_HEADER.lower(), "")
    if not value:  # so that an empty secret proves nothing
        return "no_header"
    return "" if _any_equal(hook_secrets, [_bytes(value)]) else "wrong_header"


def _any_equal(secrets: Iterable[bytes], candidates: Iterable[bytes]) -> bool:
    """Compare every pair, each in constant time, and stop at none."""
    candidates = tuple(candidates)
    return sum(hmac.compare_digest(ours, sent) for ours in secrets for sent in candidates) > 0


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _proof(by_signature: str, by_header: str) -> Proof:
    if not by_signature:
        return Proof.SIGNATURE if by_header else Proof.BOTH
    return Proof.NONE if by_header else Proof.HEADER
