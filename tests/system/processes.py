"""The real processes: started on free ports, watched, and ended by their own id."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Final

READY_WITHIN_S: Final = 30.0
STOP_WITHIN_S: Final = 30.0
LOOK_EVERY_S: Final = 0.1


class Child:
    """One process of ours, all that it printed, and how it ended."""

    def __init__(self, module: str, arguments: Sequence[str]) -> None:
        self._process = subprocess.Popen(  # noqa: S603  our own interpreter and modules
            [sys.executable, "-m", module, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.out: list[str] = []
        self.err: list[str] = []
        self._readers = [
            _follow(self._process.stdout, self.out),
            _follow(self._process.stderr, self.err),
        ]

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        return self._process.poll() is None

    def ready_url(self) -> str:
        """Wait for the one line on stdout that says where it listens."""
        wait_until(lambda: bool(self.out) or not self.is_alive, READY_WITHIN_S)
        if not self.out:
            raise AssertionError(f"it ended with {self.ended()}: {self.err}")
        ready = json.loads(self.out[0])
        assert ready["event"] == "ready", ready
        return str(ready["url"])

    def send(self, number: signal.Signals) -> None:
        self._process.send_signal(number)

    def ended(self, within_s: float = STOP_WITHIN_S) -> int:
        """Wait for its end and return its exit code; all it printed is there then."""
        code = self._process.wait(within_s)
        for reader in self._readers:
            reader.join(STOP_WITHIN_S)
        return code

    def stop(self) -> int:
        if self.is_alive:
            self.send(signal.SIGTERM)
        return self.ended()

    def kill(self) -> None:
        if self.is_alive:
            self.send(signal.SIGKILL)
        self.ended()

    def close(self) -> None:
        """End it whatever its state."""
        try:
            self.kill()
        finally:
            for stream in (self._process.stdout, self._process.stderr):
                if stream is not None:
                    stream.close()


def _follow(stream: IO[str] | None, kept: list[str]) -> threading.Thread:
    def read() -> None:
        for line in stream or ():
            kept.append(line.rstrip("\n"))  # noqa: PERF401  one by one, as they come

    thread = threading.Thread(target=read, daemon=True)
    thread.start()
    return thread


@contextmanager
def child(module: str, *arguments: str) -> Iterator[Child]:
    """Run `python -m module arguments` for the length of the block."""
    process = Child(module, arguments)
    try:
        yield process
    finally:
        process.close()


@contextmanager
def serving(config: Path, port: int = 0) -> Iterator[Child]:
    """Run `orderwarden serve`; it may not be ready yet."""
    with child("orderwarden_cli", "serve", "--config", str(config), "--port", str(port)) as it:
        yield it


def command(*arguments: str, within_s: float = 60.0) -> subprocess.CompletedProcess[str]:
    """Run one `orderwarden` command to its end."""
    return subprocess.run(  # noqa: S603  our own interpreter and modules
        [sys.executable, "-m", "orderwarden_cli", *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=within_s,
        check=False,
    )


def asked(config: Path, *arguments: str, within_s: float = 30.0) -> Any:  # noqa: ANN401  JSON
    """Run a command that must succeed, and return what it printed."""
    done = command(*arguments, "--config", str(config), "--json", within_s=within_s)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def wait_until(is_so: Callable[[], bool], within_s: float) -> None:
    """Look again and again until it is so; fail once the time is up."""
    deadline = time.monotonic() + within_s
    while not is_so():
        assert time.monotonic() < deadline, f"not so within {within_s} s"
        time.sleep(LOOK_EVERY_S)
