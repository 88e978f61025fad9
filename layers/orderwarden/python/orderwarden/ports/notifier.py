"""The notifier port."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol


class Notifier(Protocol):
    """The way to people and other systems; may say the same twice, with the same id."""

    def notify(self, store: str, kind: str, notice_id: str, detail: Mapping[str, object]) -> None:
        """Tell of something that happened; ids only, no personal data."""
        ...
