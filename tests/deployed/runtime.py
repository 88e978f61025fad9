"""Runs one function as Lambda does: a process of its own, events in, answers out, logs on stdout.

Usage: runtime.py <file of the handler> <file descriptor for answers>; events come line by line on
stdin, and each answer goes out as one line: `{"result": ...}` or `{"error": "..."}`.
"""

from __future__ import annotations

import importlib.util
import json
import os
import sys
import time
from pathlib import Path


class Context:
    """What Lambda says of an invocation."""

    def __init__(self, number: int, timeout_s: float) -> None:
        self.aws_request_id = f"request-{number}"
        self._ends_at = time.monotonic() + timeout_s

    def get_remaining_time_in_millis(self) -> int:
        return int((self._ends_at - time.monotonic()) * 1000)


def main(path: Path, answers: int) -> None:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    with os.fdopen(answers, "w") as out:
        for number, line in enumerate(sys.stdin, 1):
            invocation = json.loads(line)
            context = Context(number, invocation["timeout_s"])
            try:
                answer = {"result": module.lambda_handler(invocation["event"], context)}
            except Exception as error:  # noqa: BLE001  Lambda tells its caller, too
                answer = {"error": repr(error)}
            out.write(json.dumps(answer) + "\n")
            out.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
