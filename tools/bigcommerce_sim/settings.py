"""Every switch of the simulator; docs/simulator.md says what each one stands for."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Literal, get_args, get_origin, get_type_hints

from bigcommerce_sim.world import statuses

PutWithoutStatus = Literal["keep", "pending"]
ArchivedPut = Literal["accept", "refuse", "resurrect"]
OverLimit = Literal["clamp", "refuse"]
StockBehaviour = Literal["order_placed", "order_completed_or_shipped"]
CreatedStatus = Literal[200, 201]
ConflictStatus = Literal[400, 409, 422]
_MOST = 10**9  # seconds, or things


@dataclass(slots=True)
class Settings:
    """Hold what can be switched, also while the store runs.

    The defaults are a well-behaved store: no lag, no losses, no duplicates.
    Where the real store's way is `unknown`, a switch offers each reading.
    """

    # Reading
    read_lag_s: float = 0.0  # reads show the store as it was this long ago
    fresh_order_404_s: float = 0.0  # a new order cannot be read for this long
    inventory_lag_s: float = 0.0
    list_archived: bool = False  # unknown: what unfiltered lists hold
    list_incomplete: bool = True  # unknown: what unfiltered lists hold
    count_incomplete: bool = True
    date_filter_inclusive: bool = True  # unknown
    over_limit: OverLimit = "clamp"  # unknown: a limit above 250
    gzip: bool = False  # compress answers for clients that accept it

    # Quota: the Standard plan's 20,000 an hour
    quota_requests: int = 150
    quota_window_s: float = 30.0

    # Writing
    put_without_status: PutWithoutStatus = "keep"  # unknown
    same_status_put_modifies: bool = False  # unknown
    archived_put: ArchivedPut = "accept"
    created_status: CreatedStatus = 200  # unknown: for a new order
    metafield_bumps_modified: bool = False  # unknown
    shipments_move_status: bool = True

    # Money
    payment_delay_s: float = 5.0  # until a capture, void or refund takes effect
    payment_failure_probability: float = 0.0
    capture_moves_status: bool = True
    refund_needs_quote: bool = True

    # Stock
    backorders: bool = False
    update_stock_behavior: StockBehaviour = "order_placed"
    refund_order_stock_adjustment: bool = True

    # E-mails to customers
    emailed_statuses: frozenset[int] = frozenset(
        {
            statuses.SHIPPED,
            statuses.PARTIALLY_SHIPPED,
            statuses.REFUNDED,
            statuses.CANCELLED,
            statuses.AWAITING_PICKUP,
            statuses.COMPLETED,
        }
    )
    shipment_emails: bool = True

    # Webhooks
    hook_start_s: float = 0.0  # up to 60 on the real store
    hooks_per_scope: int = 10
    hook_conflict_status: ConflictStatus = 422  # unknown: a hook like another, or one too many
    plain_http_destinations: bool = False  # True allows http:// and any port
    signed: bool = True
    stable_webhook_id: bool = True  # unknown: the same id over retries
    timestamp_of_attempt: bool = True  # else of the first attempt
    webhook_timeout_s: float = 15.0  # unknown
    webhook_delay_s: float = 0.0
    webhook_jitter_s: float = 0.0
    webhook_reorder_probability: float = 0.0
    webhook_reorder_s: float = 30.0
    webhook_duplicate_probability: float = 0.0  # the same body and id again
    webhook_other_hash_probability: float = 0.0  # the same change with another hash and id
    webhook_loss_probability: float = 0.0
    blocked_loss_probability: float = 0.0  # unknown: how many are retried
    status_block_probability: float = 1.0  # unknown: both ids in statusUpdated
    created_at_probability: float = 1.0  # some official examples lack it

    # Records
    journal_limit: int | None = None  # how many of each kind are kept; None keeps all

    def change(self, name: str, value: object) -> None:
        """Set one switch from JSON.

        Raises:
            ValueError: unknown name, or a value of the wrong type.
        """
        hints = get_type_hints(type(self))
        if name not in {each.name for each in fields(self)}:
            raise ValueError(f"no such setting: {name}")
        setattr(self, name, _read(name, hints[name], value))


def unpleasant_settings() -> Settings:
    """Return a store that shows most of what the real one can do to you at once."""
    return Settings(
        read_lag_s=2.0,
        fresh_order_404_s=3.0,
        inventory_lag_s=5.0,
        hook_start_s=60.0,
        webhook_delay_s=0.5,
        webhook_jitter_s=3.0,
        webhook_reorder_probability=0.05,
        webhook_duplicate_probability=0.05,
        webhook_other_hash_probability=0.05,
        webhook_loss_probability=0.01,
        status_block_probability=0.7,
        created_at_probability=0.9,
        same_status_put_modifies=True,
    )


def _read(name: str, kind: object, value: object) -> object:
    if get_origin(kind) is Literal:
        allowed = get_args(kind)
        if value in allowed:
            return value
        raise ValueError(f"{name}: one of {', '.join(map(str, allowed))}, not {value!r}")
    if kind not in _FITS or not _FITS[kind](value):
        raise ValueError(f"{name}: cannot be {value!r}")
    return _MADE[kind](value) if kind in _MADE else value


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _MOST


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= _MOST


def _is_ids(value: object) -> bool:
    return isinstance(value, list) and all(_is_whole(each) for each in value)


_FITS: dict[object, Callable[[object], bool]] = {
    bool: lambda value: isinstance(value, bool),
    int: _is_whole,
    int | None: lambda value: value is None or _is_whole(value),
    float: _is_number,
    frozenset[int]: _is_ids,
}
_MADE: dict[object, Callable[[object], object]] = {
    float: lambda value: float(str(value)),
    frozenset[int]: lambda value: frozenset(value) if isinstance(value, list) else value,
}
