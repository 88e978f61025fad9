"""Note that webhooks come, once in five minutes a store: what silence is told by."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import Final

from orderwarden.domain.silence import NOTED_EVERY, Heard
from orderwarden.errors import TryAgain
from orderwarden.ports import Bookmarks, Clock

HEARD: Final = "webhooks_heard"
"""The bookmark."""


class WebhookNotes:
    """Notes webhooks; several threads may call, and each process keeps to itself."""

    def __init__(self, bookmarks: Bookmarks, clock: Clock) -> None:
        """Begin not knowing what others noted."""
        self._bookmarks = bookmarks
        self._clock = clock
        self._noted_at: dict[str, datetime] = {}

    def note(self, store: str) -> None:
        """Note a webhook of a store; mostly that costs nothing, and it never fails."""
        now = self._clock.now()
        noted_at = self._noted_at.get(store)
        if noted_at is not None and noted_at <= now < noted_at + NOTED_EVERY:
            return
        self._noted_at[store] = now
        with suppress(TryAgain):
            text = self._bookmarks.bookmark(store, HEARD)
            before = Heard.from_text(text)
            if before is None or before.last_at + NOTED_EVERY <= now:
                after = before.after(now) if before else Heard(now, 0.0)
                self._bookmarks.replace_bookmark(store, HEARD, after.to_text(), text)
