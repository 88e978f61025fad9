"""The clock port."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """The time, and the only way to let it pass."""

    def now(self) -> datetime:
        """Return the time, aware UTC."""
        ...

    def wait(self, seconds: float) -> None:
        """Return after so many seconds."""
        ...
