"""A webhook's body, read strictly, and the signal that it becomes.

Source: the official callback schemas and samples; docs/bigcommerce.md, "Webhooks".
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final, TypeGuard

from orderwarden.domain.authenticity import MAX_LEAD
from orderwarden.domain.scopes import DELIVERY_FAULTS, EXCEPTION_SCOPE, IGNORED_SCOPES, SHAPES
from orderwarden.domain.signal import Signal, Trigger
from orderwarden.domain.statuses import NAMES
from orderwarden.errors import Rejected

MAX_ID: Final = 2**63 - 1
"""The largest whole number that SQLite keeps: 64 bits, signed."""

_CHANNEL: Final = re.compile(r"^store/channel/[0-9]+/")
_SCOPE: Final = re.compile(r"[A-Za-z0-9_*/-]{1,128}")
_TEXT_ID: Final = re.compile(r"[1-9][0-9]{0,18}")
_RESOURCE: Final = re.compile(r"[A-Za-z0-9_-]{1,128}")
_TIMES: Final = range(1, 10**11)


@dataclass(frozen=True, slots=True)
class Webhook:
    """A body whose envelope is sound and whose producer is our store.

    Attributes:
        store: Store hash.
        scope: As sent; letters, digits and `_*/-` only, so fit for logs.
        created_at_s: When it happened by the store's clock, epoch seconds, if it says so.
        receipt_key: `wh-` and 64 hex digits, a digest of producer, scope, time and data: equal
            for retries and duplicates, also where the body names no time.
    """

    store: str
    scope: str
    created_at_s: int | None
    data: Mapping[str, object] = field(repr=False)
    receipt_key: str


def parse(body: bytes, store: str) -> Webhook:
    """Read the envelope of an authentic webhook.

    Raises:
        Rejected: not_utf8, not_json, duplicate_keys, too_deep, not_an_object, other_store,
            unknown_scope, no_data or impossible_time; nothing else is ever raised.
    """
    try:
        return _from_envelope(_DECODER.decode(body.decode()), store)
    except UnicodeDecodeError:
        raise Rejected("not_utf8") from None
    except ValueError:
        raise Rejected("not_json") from None
    except RecursionError:  # from reading it, or from writing it for the digest
        raise Rejected("too_deep") from None


def signal_of(webhook: Webhook, received_at: datetime) -> Signal:
    """Return what an authentic webhook asks us to look into.

    A webhook that names no time is taken to have happened when it came. All events of its kind
    on that order then share one receipt key; a later one is looked at all the same, because the
    order was not seen since.

    Raises:
        Rejected: ignored_scope, unknown_scope, impossible_id, or impossible_time (in the future).
    """
    scope = _CHANNEL.sub("store/channel/*/", webhook.scope)
    shape = SHAPES.get(scope)
    if shape is None:
        raise Rejected("ignored_scope" if scope in IGNORED_SCOPES else "unknown_scope")
    subject = _id(_at(webhook.data, shape.subject), may_be_text=shape.may_be_text)
    if subject is None:
        raise Rejected("impossible_id")
    is_stock = shape.trigger is Trigger.STOCK_CHANGED
    has_statuses = shape.trigger is Trigger.STATUS_UPDATED
    return Signal(
        store=webhook.store,
        order_id=None if is_stock else subject,
        trigger=shape.trigger,
        occurred_at=_occurred_at(webhook.created_at_s, received_at),
        receipt_key=webhook.receipt_key,
        previous_status_id=_status_id(webhook, "previous") if has_statuses else None,
        new_status_id=_status_id(webhook, "new") if has_statuses else None,
        resource_id=str(subject) if is_stock else _resource_id(_at(webhook.data, shape.resource)),
    )


def delivery_error(webhook: Webhook) -> int:
    """Return the code of a deliveryException: a key of `DELIVERY_FAULTS`.

    Raises:
        Rejected: unknown_scope or unknown_error_code.
    """
    if webhook.scope != EXCEPTION_SCOPE:
        raise Rejected("unknown_scope")
    code = webhook.data.get("error_code")
    if not _is_int(code) or code not in DELIVERY_FAULTS:
        raise Rejected("unknown_error_code")
    return code


def _from_envelope(envelope: object, store: str) -> Webhook:
    if not isinstance(envelope, dict):
        raise Rejected("not_an_object")
    producer, scope, data = envelope.get("producer"), envelope.get("scope"), envelope.get("data")
    if producer != f"stores/{store}":  # one client's secret signs for all of its stores
        raise Rejected("other_store")
    if not isinstance(scope, str) or not _SCOPE.fullmatch(scope):
        raise Rejected("unknown_scope")
    if not isinstance(data, dict):
        raise Rejected("no_data")
    created_at_s = envelope.get("created_at")
    if created_at_s is not None and not (_is_int(created_at_s) and created_at_s in _TIMES):
        raise Rejected("impossible_time")
    identity = _ENCODER.encode([producer, scope, created_at_s, data])
    receipt_key = "wh-" + hashlib.sha256(identity.encode()).hexdigest()
    return Webhook(store, scope, created_at_s, data, receipt_key)


def _occurred_at(created_at_s: int | None, received_at: datetime) -> datetime:
    if created_at_s is None:
        return received_at
    occurred_at = datetime.fromtimestamp(created_at_s, UTC)
    if occurred_at > received_at + MAX_LEAD:
        raise Rejected("impossible_time")
    return occurred_at


def _at(data: Mapping[str, object], path: str) -> object:
    """Return what lies at a path such as `inventory.product_id`; None where nothing does."""
    found: object = data
    for key in path.split("."):
        found = found.get(key) if isinstance(found, dict) else None
    return found


def _id(value: object, *, may_be_text: bool = False) -> int | None:
    if may_be_text and isinstance(value, str) and _TEXT_ID.fullmatch(value):
        value = int(value)
    return value if _is_int(value) and 0 < value <= MAX_ID else None


def _resource_id(value: object) -> str | None:
    """Return an id as text; None for nonsense, since the order alone tells where to look."""
    if isinstance(value, str):
        return value if _RESOURCE.fullmatch(value) else None
    number = _id(value)
    return None if number is None else str(number)


def _status_id(webhook: Webhook, which: str) -> int | None:
    """Return the `previous` or `new` status; None where the webhook names none that exists."""
    value = _at(webhook.data, f"status.{which}_status_id")
    return value if _is_int(value) and value in NAMES else None


def _is_int(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


def _without_doubles(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):  # readers differ on which one counts
        raise Rejected("duplicate_keys")
    return found


def _refuse_constant(name: str) -> object:
    raise ValueError(name)  # NaN, Infinity: no JSON


# built once: `json.loads` and `json.dumps` would build theirs for every webhook
_DECODER: Final = json.JSONDecoder(
    object_pairs_hook=_without_doubles, parse_constant=_refuse_constant
)
_ENCODER: Final = json.JSONEncoder(sort_keys=True)
