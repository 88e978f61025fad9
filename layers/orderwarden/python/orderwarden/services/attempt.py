"""One message off a queue: read, handled, and told as an outcome, whatever happens."""

from __future__ import annotations

from typing import Final, Protocol

from orderwarden.domain.signal import Signal
from orderwarden.errors import ConfigurationError, Rejected, TryAgain
from orderwarden.services.log_fields import where
from orderwarden.services.process_steps.outcome import Outcome

DEAD_LETTER: Final = "dead_letter"
AFTER_A_BUG_S: Final = 60.0


class Worker(Protocol):
    """`services.process.Process`."""

    def handle(self, signal: Signal, receive_count: int) -> Outcome:
        """Look into one signal."""
        ...


def attempt(worker: Worker, body: str, receive_count: int) -> tuple[Signal | None, Outcome]:
    """Return the signal, None where the body is none, and what became of it; raise nothing.

    An outcome `DEAD_LETTER` has yet to be carried out.
    """
    signal: Signal | None = None
    try:
        signal = Signal.from_json(body)
        return signal, worker.handle(signal, receive_count)
    except Rejected as rejected:
        return signal, Outcome(DEAD_LETTER, reason=rejected.reason)
    except TryAgain as later:
        again_s = later.retry_after_s or 1.0
        return signal, Outcome("again", reason=later.reason, detail=later.detail, again_s=again_s)
    except ConfigurationError as error:  # its sentences are ours, and fit for a log
        return signal, Outcome("again", reason=str(error), again_s=AFTER_A_BUG_S)
    except Exception as bug:  # noqa: BLE001  the one place: a bug ends neither worker nor signal
        return signal, Outcome("bug", reason=where(bug), again_s=AFTER_A_BUG_S)
