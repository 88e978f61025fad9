"""Where the passes of a reconciliation stand: kept in a bookmark that several runs may move."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from orderwarden.domain.reconciliation import Pass, first_pass, next_pass, pass_since
from orderwarden.ports import Bookmarks

BOOKMARK: Final = "reconcile"


class Bookmark:
    """The bookmark of one store, moved only from where this run last saw it.

    Attributes:
        current: The pass as it stands; None before the first.
    """

    def __init__(
        self, bookmarks: Bookmarks, store: str, since: datetime | None, look_back: timedelta
    ) -> None:
        """Keep what is wanted.

        Args:
            bookmarks: Where it is kept.
            store: Store hash.
            since: Begin a pass that looks at everything modified from then on; None: go on.
            look_back: How far the first pass looks back, and one pass a day.
        """
        self.current: Pass | None = None
        self._bookmarks = bookmarks
        self._store = store
        self._since = since
        self._look_back = look_back
        self._text: str | None = None

    def first(self, now: datetime) -> Pass:
        """Return the pass to go on with, or a new one."""
        while True:
            before = self._read()
            if self._since is not None:
                wanted = pass_since(min(self._since, now), before, now)
            elif before is None:
                wanted = first_pass(now, self._look_back)
            elif before.is_done:
                wanted = next_pass(before, now, self._look_back)
            else:
                self.current = before
                return before
            if self.save(wanted) == wanted:
                self._since = None
                return wanted

    def following(self, done: Pass, now: datetime) -> Pass:
        """Begin the pass after one that is done, and return it; as `save`."""
        return self.save(next_pass(done, now, self._look_back))

    def save(self, wanted: Pass) -> Pass:
        """Move it; return where it stands: elsewhere if another run moved it."""
        text = wanted.to_text()
        if self._bookmarks.replace_bookmark(self._store, BOOKMARK, text, self._text):
            self._text, self.current = text, wanted
        else:
            self.current = self._read() or wanted
        return self.current

    def _read(self) -> Pass | None:
        self._text = self._bookmarks.bookmark(self._store, BOOKMARK)
        return Pass.from_text(self._text) if self._text else None
