"""The sign of life of what works by the clock, for whoever asks later."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from orderwarden.domain.instants import from_text, to_text
from orderwarden.ports import Bookmarks, Clock

BEAT: Final = "heartbeat"
"""The bookmark."""

EVERY: Final = timedelta(minutes=5)


def beat(bookmarks: Bookmarks, clock: Clock, store: str) -> None:
    """Note that this store is looked after; a write only every five minutes."""
    now, text = clock.now(), bookmarks.bookmark(store, BEAT)
    if text is None or not now - EVERY < from_text(text) <= now:
        bookmarks.replace_bookmark(store, BEAT, to_text(now), text)


def last_beat(bookmarks: Bookmarks, store: str) -> datetime | None:
    """Return when the store was last looked after, to within five minutes; None for never."""
    text = bookmarks.bookmark(store, BEAT)
    return from_text(text) if text else None
