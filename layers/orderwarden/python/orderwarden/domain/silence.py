"""Whether it is too quiet: how long no webhook came, against the store's own rhythm."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from orderwarden.domain.instants import from_text, to_text

NOTED_EVERY: Final = timedelta(minutes=5)
"""Webhooks are noted once in so long: one small write, however many come."""

SHORTEST: Final = timedelta(minutes=30)
LONGEST: Final = timedelta(hours=6)
"""What is plausible lies between these, whatever the rhythm."""

HALVED_IN: Final = timedelta(days=7)
"""A pause counts half as much after a week: rhythms change with the season."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What is known of the rhythm in which a store's webhooks come.

    Attributes:
        last_at: When the last one was noted, by our clock; later ones may have come since.
        longest_s: The longest pause of late, in seconds, older ones counting less.
    """

    last_at: datetime
    longest_s: float

    @property
    def plausible(self) -> timedelta:
        """Return how long a pause need not worry anybody."""
        return min(max(2 * timedelta(seconds=self.longest_s), SHORTEST), LONGEST)

    def after(self, now: datetime) -> Heard:
        """Return what is known once another webhook was noted."""
        pause = max(now - self.last_at, timedelta(0))
        faded_s = self.longest_s * 0.5 ** (pause / HALVED_IN)
        return Heard(now, round(max(pause.total_seconds(), faded_s), 1))

    def to_text(self) -> str:
        """Return it as a bookmark."""
        return json.dumps({"last_at": to_text(self.last_at), "longest_s": self.longest_s})

    @classmethod
    def from_text(cls, text: str | None) -> Heard | None:
        """Return what a bookmark says; None where there is none."""
        if text is None:
            return None
        fields = json.loads(text)
        return cls(from_text(fields["last_at"]), float(fields["longest_s"]))
