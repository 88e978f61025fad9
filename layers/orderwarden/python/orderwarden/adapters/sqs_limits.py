"""What SQS FIFO allows; the embedded queue enforces the same.

Source: Amazon SQS Developer Guide, "Amazon SQS message quotas" and "FIFO queue quotas".
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Final

from orderwarden.errors import Rejected

BODY_BYTES_MAX: Final = 1_048_576
BATCH_MAX: Final = 10
IN_FLIGHT_MAX: Final = 120_000
VISIBILITY_MAX: Final = timedelta(hours=12)
KEPT: Final = timedelta(days=14)

_FORBIDDEN: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""What SQS does not list; to compile what it lists took a twentieth of a start."""
_GROUP: Final = re.compile("[!-~]{1,128}")


def check_message(body: str, group: str) -> None:
    """Refuse what SQS would not take: `message_characters`, `message_size`, `message_group`."""
    if _FORBIDDEN.search(body):
        raise Rejected("message_characters")
    if not 1 <= len(body.encode()) <= BODY_BYTES_MAX:
        raise Rejected("message_size")
    if not _GROUP.fullmatch(group):
        raise Rejected("message_group")


def check_batch(limit: int) -> None:
    """Refuse a receive of none or of too many: `batch_size`."""
    if not 1 <= limit <= BATCH_MAX:
        raise Rejected("batch_size")


def check_visibility(seconds: float) -> None:
    """Refuse a timeout that is negative, no number or over 12 hours: `visibility_timeout`."""
    if not 0 <= seconds <= VISIBILITY_MAX.total_seconds():
        raise Rejected("visibility_timeout")
