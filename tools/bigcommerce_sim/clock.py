"""Where the simulated store gets its time from."""

from datetime import UTC, datetime, timedelta
from typing import Protocol

_DEFAULT_START = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)  # a Monday morning


class Clock(Protocol):
    """Tell the time."""

    def now(self) -> datetime:
        """Return the moment, aware, in UTC."""
        ...

    def turn(self, seconds: float) -> datetime:
        """Move the time forward by `seconds` and return the new moment."""
        ...


class TurnableClock:
    """Stand still until somebody turns it."""

    def __init__(self, start: datetime = _DEFAULT_START) -> None:
        self._moment = start.astimezone(UTC)

    def now(self) -> datetime:
        """Return the moment it was turned to."""
        return self._moment

    def turn(self, seconds: float) -> datetime:
        """Move forward (or, with a negative number, back) by `seconds`."""
        self._moment += timedelta(seconds=seconds)
        return self._moment

    def set(self, moment: datetime) -> None:
        """Jump to `moment`, which must be aware."""
        self._moment = moment.astimezone(UTC)


class RealClock:
    """Follow the machine's clock; turning it adds to what the machine says."""

    def __init__(self) -> None:
        self._ahead = timedelta()

    def now(self) -> datetime:
        """Return the machine's time plus what was turned."""
        return datetime.now(UTC) + self._ahead

    def turn(self, seconds: float) -> datetime:
        """Run `seconds` further ahead of the machine's clock."""
        self._ahead += timedelta(seconds=seconds)
        return self.now()
