"""One JSON object a line on stderr: ids, codes and durations; never a name or a secret."""

from __future__ import annotations

import json
import logging
import sys
import threading
from collections.abc import Mapping
from typing import TextIO

from orderwarden.domain.instants import to_text
from orderwarden.ports import Clock


class StructuredLog:
    """Writes events; a sink that fails never fails what is logged."""

    def __init__(self, clock: Clock, stream: TextIO | None = None) -> None:
        """Write to a stream, stderr by default."""
        self._clock = clock
        self._stream = stream or sys.stderr
        self._lock = threading.Lock()

    def write(self, event: str, **fields: object) -> None:
        """Write one event; absent values (None, empty text) are left out."""
        kept = {k: v for k, v in fields.items() if v is not None and v != ""}
        line = json.dumps({"at": to_text(self._clock.now()), "event": event, **kept}, default=str)
        try:
            with self._lock:
                self._stream.write(line + "\n")
                self._stream.flush()
        except (OSError, ValueError):
            return


class LibraryLog(logging.Handler):
    """Turns what libraries log into events: their fixed words, and no value they fill in."""

    def __init__(self, log: StructuredLog) -> None:
        """Keep the log; only warnings and worse are of use to anybody."""
        super().__init__(logging.WARNING)
        self._log = log

    def emit(self, record: logging.LogRecord) -> None:
        """Write one record as an event."""
        error = record.exc_info[0] if record.exc_info else None
        self._log.write(
            "library",
            library=record.name,
            level=record.levelname.lower(),
            said=str(record.msg).partition("\n")[0],
            error=error.__name__ if error else None,
        )


class LoggingNotifier:
    """The notifier of one machine: a log line for whoever watches the log."""

    def __init__(self, log: StructuredLog) -> None:
        """Keep the log."""
        self._log = log

    def notify(self, store: str, kind: str, notice_id: str, detail: Mapping[str, object]) -> None:
        """Write the notice as an event."""
        told = dict(detail) or None
        self._log.write("notice", store=store, kind=kind, notice_id=notice_id, detail=told)
