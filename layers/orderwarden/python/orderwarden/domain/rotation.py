"""Replacing the secret that our hooks carry, without a webhook being refused meanwhile."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

RETRY_TAIL: Final = timedelta(hours=49)
"""BigCommerce retries for 48 h 04 m, and may send what a hook carried when the event happened."""


@dataclass(frozen=True, slots=True)
class Rotation:
    """A store's latest rotation; it stays after its end, since it holds the secret.

    Attributes:
        secret: What hooks shall carry.
        older: Secrets of earlier rotations that are still accepted.
        began_at: When the secret was made.
        carried_at: When every hook was seen to carry it; None until then.
        ended_at: When older ones ceased to be accepted; None until then.
        retired: Digests of configured secrets that are not accepted any more.
    """

    secret: str = field(repr=False)
    began_at: datetime
    older: tuple[str, ...] = field(default=(), repr=False)
    carried_at: datetime | None = None
    ended_at: datetime | None = None
    retired: tuple[str, ...] = ()

    @property
    def ends_at(self) -> datetime | None:
        """Return when older secrets can go; None as long as some hook carries one."""
        return self.carried_at and self.carried_at + RETRY_TAIL

    def live(self, configured: Iterable[str]) -> tuple[str, ...]:
        """Return what is accepted; the first goes on hooks."""
        still = (one for one in configured if digest_of(one) not in self.retired)
        return tuple(dict.fromkeys((self.secret, *self.older, *still)))

    def followed(self, configured: Iterable[str], now: datetime, *, all_carry: bool) -> Rotation:
        """Return the rotation one step further, or the same where nothing is to be done.

        Args:
            configured: The secrets that the configuration lists.
            now: Our clock.
            all_carry: Whether every hook carries the secret now.
        """
        if self.ended_at is not None:
            return self
        if not all_carry:
            return replace(self, carried_at=None)
        if self.ends_at is None:
            return replace(self, carried_at=now)
        if now < self.ends_at:
            return self
        gone = {digest_of(one) for one in configured if one != self.secret}
        retired = tuple(sorted({*self.retired, *gone} - {digest_of(self.secret)}))
        return replace(self, older=(), ended_at=now, retired=retired)


def begun(before: Rotation | None, secret: str, now: datetime) -> Rotation | None:
    """Return the rotation to a new secret; None while an earlier one is under way."""
    if before is None:
        return Rotation(secret, now)
    if before.ended_at is None:
        return None
    return Rotation(secret, now, older=(before.secret,), retired=before.retired)


def digest_of(secret: str) -> str:
    """Return what a retired secret is known by: SHA-256, hex."""
    return hashlib.sha256(secret.encode()).hexdigest()
