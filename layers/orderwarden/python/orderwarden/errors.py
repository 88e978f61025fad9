"""What may go wrong, told apart by what happens next.

OrderwardenError
├── ConfigurationError      stop: a person must act
│   └── StoreUnauthorised   the store's token or its scopes no longer do
├── OutsideWindow           the store ignored what was asked: the run stops, a person looks
├── Rejected                this input can never work
├── TryAgain                the same may work later; the queue waits
│   ├── AnswerLost          a write was sent, its effect is not known
│   └── LeaseLost           another worker owns the signal now
└── Refused                 the store said no
    └── NotFound            there is no such thing, or not yet
"""

from __future__ import annotations


class OrderwardenError(Exception):
    """Something that Orderwarden itself reports; never raised as such.

    Attributes:
        detail: What the store said to it, for a person to read; mostly empty.
    """

    detail: str = ""


class ConfigurationError(OrderwardenError):
    """The set-up is wrong, and only a person can mend it."""

    def __init__(self, *problems: str) -> None:
        """Keep every problem found, each a whole sentence with its place."""
        super().__init__("; ".join(problems))
        self.problems = problems


class StoreUnauthorised(ConfigurationError):
    """The store's API does not accept our token, or not for orders.

    Attributes:
        http_status: 401 or 403.
    """

    def __init__(self, store: str, http_status: int, detail: str = "") -> None:
        """Keep the store hash and its answer."""
        told = f": {detail}" if detail else ""
        super().__init__(f"store {store}: the API answered {http_status}{told}")
        self.store = store
        self.http_status = http_status
        self.detail = detail


class OutsideWindow(OrderwardenError):
    """The store listed an order that was not asked for, so it listed whatever it pleased.

    BigCommerce ignores a date that it cannot read and lists every order.
    """

    def __init__(self, store: str, order_id: int) -> None:
        """Keep the store hash and the first such order."""
        super().__init__(f"store {store}: order {order_id} was not asked for")
        self.store = store
        self.order_id = order_id


class Rejected(OrderwardenError):
    """This input can never work, however often it comes."""

    def __init__(self, reason: str) -> None:
        """Keep the reason, a short code that counts and logs can carry."""
        super().__init__(reason)
        self.reason = reason


class TryAgain(OrderwardenError):
    """The same may work later.

    Attributes:
        reason: A short code that counts and logs can carry.
        retry_after_s: Seconds to wait, where that is known.
        backs_off: Whether the wait grows with every failure; a scheduled look does not.
        http_status: What the store answered, where it answered.
    """

    def __init__(
        self,
        reason: str,
        retry_after_s: float | None = None,
        *,
        backs_off: bool = True,
        http_status: int | None = None,
        detail: str = "",
    ) -> None:
        """Keep why and for how long to wait."""
        super().__init__(reason)
        self.reason = reason
        self.retry_after_s = retry_after_s
        self.backs_off = backs_off
        self.http_status = http_status
        self.detail = detail


class AnswerLost(TryAgain):
    """A write was sent and no answer came that says whether it was made."""


class LeaseLost(TryAgain):
    """A conditional write found another worker's token: the signal is no longer ours."""


class Refused(OrderwardenError):
    """The store said no for good.

    Attributes:
        http_status: 400, 403, 404, 405, 409, 413, 415, 422 or the like.
        message: The store's own words, for a person.
    """

    def __init__(self, http_status: int, message: str) -> None:
        """Keep the store's answer."""
        super().__init__(f"{http_status}: {message}")
        self.http_status = http_status
        self.message = message


class NotFound(Refused):
    """The store has no such thing, or does not have it yet."""
