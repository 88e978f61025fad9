"""How many requests a signal costs, for its log line."""

from __future__ import annotations


class Calls:
    """Counts the requests to the store; one for each signal in hand."""

    def __init__(self) -> None:
        """Begin at zero."""
        self.made = 0

    def count(self) -> None:
        """Count one."""
        self.made += 1
