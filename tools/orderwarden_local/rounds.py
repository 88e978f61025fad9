"""A thread of the one-machine server that does its work round by round."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod


class Rounds(ABC):
    """One thread: a round as soon as it starts, then one every so many seconds.

    A round that may take long asks between its steps whether it goes on.
    """

    def __init__(self, name: str, every_s: float) -> None:
        """Name the thread; nothing runs yet."""
        self._every_s = every_s
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name)

    @abstractmethod
    def run_round(self) -> None:
        """Do what is due now."""

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> None:
        """End the thread after the step in hand."""
        self._stopping.set()
        self._thread.join()

    def _goes_on(self) -> bool:
        """Return whether nobody asked it to stop."""
        return not self._stopping.is_set()

    def _run(self) -> None:
        self.run_round()
        while not self._stopping.wait(self._every_s):
            self.run_round()
