"""The two processes of the demo: the simulated store and the server, on free ports."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO, Final

STOP_WITHIN_S: Final = 30.0
READY_WITHIN_S: Final = 30.0


class Child:
    """A process that we started, and end."""

    def __init__(
        self, module: str, arguments: Sequence[str], on_log: Callable[[str], None]
    ) -> None:
        """Start `python -m module`; every line of its stderr goes to `on_log`.

        Raises:
            RuntimeError: It did not get ready.
        """
        self._process = subprocess.Popen(  # noqa: S603  our own interpreter and modules
            [sys.executable, "-m", module, *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self._reader = threading.Thread(
            target=_follow, args=(self._process.stderr, on_log), daemon=True
        )
        self._reader.start()
        self.url = self._ready_url(module)

    def stop(self) -> int:
        """End it by SIGTERM and return its exit code."""
        if self._process.poll() is None:
            self._process.terminate()
        try:
            code = self._process.wait(STOP_WITHIN_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            code = self._process.wait()
        self._reader.join(STOP_WITHIN_S)
        for stream in (self._process.stdout, self._process.stderr):
            if stream is not None:
                stream.close()
        return code

    def _ready_url(self, module: str) -> str:
        """Return the URL of its ready line; one that hangs is ended."""
        timer = threading.Timer(READY_WITHIN_S, self._process.kill)
        timer.start()
        try:
            line = self._process.stdout.readline() if self._process.stdout else ""
            return str(json.loads(line)["url"])
        except (ValueError, KeyError) as error:
            self.stop()
            raise RuntimeError(f"{module} did not start: {line!r}") from error
        finally:
            timer.cancel()


def _follow(stream: IO[str] | None, on_log: Callable[[str], None]) -> None:
    for line in stream or ():
        on_log(line)


def write_configuration(
    folder: Path, store: str, api_url: str, token: str, secret: str, *, public_url: str = ""
) -> Path:
    """Write the configuration of the demo's server and return its path."""
    rules = Path(__file__).with_name("rules.yaml")
    (folder / "rules.yaml").write_text(rules.read_text(encoding="utf-8"), encoding="utf-8")
    path = folder / "orderwarden.toml"
    path.write_text(
        f'state_dir = "var"\npublic_url = "{public_url}"\n\n'
        f'[stores.{store}]\napi_url = "{api_url}"\n'
        f'access_token = "{token}"\nclient_secrets = ["{secret}"]\nrules = "rules.yaml"\n',
        encoding="utf-8",
    )
    return path
