"""One request to a store's API, and the answer that was wanted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from urllib.parse import quote

from orderwarden.errors import AnswerLost, TryAgain

FINE: Final = frozenset({200, 204})

MADE: Final = frozenset({200, 201})
"""The documents name one of the two for each POST, and the general rules the other."""

ANY_SUCCESS: Final = frozenset(range(200, 300))
"""For calls whose answer has nothing to read: whichever of these it is, the store did it."""

Query = Mapping[str, int | str]
Body = Mapping[str, object] | Sequence[object]


@dataclass(frozen=True, slots=True)
class Call:
    """One request.

    Attributes:
        method: GET reads; everything else writes.
        path: Below the store's address, e.g. `/v2/orders/218`; made by us, never taken from data.
        query: Parameters, in plain text.
        body: What is sent as JSON; None for nothing.
        is_essential: Without leave to make it nothing works: a 403 stops the store.
        is_question: It changes nothing, though its method is one that writes.
        good: The statuses of a wanted answer.
        reads_body: Whether the body of such an answer is needed; else its status says it all,
            unless the body is a page.
        secrets: Values in it that no message may ever show, beside the token.
    """

    method: str
    path: str
    query: Query = field(default_factory=dict)
    body: Body | None = field(default=None, repr=False)
    is_essential: bool = False
    is_question: bool = False
    good: frozenset[int] = FINE
    reads_body: bool = True
    secrets: tuple[str, ...] = field(default=(), repr=False)

    @property
    def is_write(self) -> bool:
        """Return whether it changes something."""
        return self.method != "GET" and not self.is_question

    @property
    def path_and_query(self) -> str:
        """Return what follows the store's address, percent-encoded.

        A blank is sent as `%20`, for a date that the store cannot read it ignores; the names of
        the log's modules are sent as the documents write them, `order+status`.
        """
        pairs = (
            f"{quote(name, safe=':')}={quote(str(value), safe='+' if name == 'module' else ',:')}"
            for name, value in self.query.items()
        )
        return f"{self.path}?{'&'.join(pairs)}" if self.query else self.path

    def unclear(
        self,
        reason: str,
        http_status: int | None = None,
        retry_after_s: float | None = None,
        detail: str = "",
    ) -> TryAgain:
        """Return the error for an answer that does not say whether a write was made."""
        kind = AnswerLost if self.is_write else TryAgain
        return kind(reason, retry_after_s, http_status=http_status, detail=detail)


def deed(method: str, path: str, body: Body | None = None) -> Call:
    """Return a call whose answer has nothing to read: any success says that it was done.

    But for a page: such a success is of whoever sent that, and the store may not have been asked.
    """
    return Call(method, path, body=body, good=ANY_SUCCESS, reads_body=False)


@dataclass(frozen=True, slots=True)
class Reply:
    """A wanted answer.

    Attributes:
        http_status: One of the call's good ones.
        json: The body; None as well where there is none, or where it is not needed.
        at: The store's clock, from the `Date` header; ours where that makes no sense.
        secrets: What words taken from the body must not show.
    """

    http_status: int
    json: object
    at: datetime
    secrets: tuple[str, ...] = field(default=(), repr=False)
