"""The `orderwarden` command in this process, on a machine with a small store to ask."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from click.testing import CliRunner, Result
from orderwarden.domain.line import Line
from orderwarden.domain.statuses import NAMES
from orderwarden_cli.main import main
from orderwarden_local.bootstrap import Machine, machine
from orderwarden_local.configuration import read_configuration

STORE = "abc123"
OTHER = "xyz789"
RULES = """version: 1
mode: live
rules:
  - name: complete-when-shipped
    on: shipment_created
    when: {fully_shipped: true}
    do: [set_status: Completed]
"""
OTHER_RULES = RULES.replace("live", "shadow")
BAD_RULES = """version: 1
rules:
  - name: r
    on: order_creatd
    when: {stauts: Shipped}
    do: [set_status: Done]
"""


class CommandLine:
    """A configured machine, and the command that works on it."""

    def __init__(self, folder: Path, api_url: str, *stores: str) -> None:
        """Write the configuration; the rules lie beside it."""
        self.folder = folder
        self.config = folder / "orderwarden.toml"
        self.rules = folder / "rules.yaml"
        self.rules.write_text(RULES)
        self.config.write_text(
            "".join(
                f'[stores.{store}]\napi_url = "{api_url}"\naccess_token = "tok3n"\n'
                'client_secrets = ["client-s3cret"]\nrules = "rules.yaml"\n'
                for store in stores
            )
        )

    def run(self, *arguments: str) -> Result:
        """Run a command; an exception that it does not tell in its own words is raised."""
        result = CliRunner().invoke(main, [*arguments, "--config", str(self.config)])
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    def json(self, *arguments: str) -> Any:  # noqa: ANN401  JSON
        """Run a command that must succeed, and return what it printed."""
        result = self.run(*arguments, "--json")
        assert (result.exit_code, result.stderr) == (0, "")
        return json.loads(result.stdout)

    def keep(self, *lines: Line) -> None:
        """Write lines to the changelog."""
        with self.machine() as here:
            for line in lines:
                here.changelog.replace(line, None)

    @contextmanager
    def machine(self) -> Iterator[Machine]:
        """Open what the commands work on."""
        with closing(machine(read_configuration(self.config))) as here:
            yield here


class StatusServer:
    """A store's API on this machine that tells the order statuses, and has no orders."""

    def __init__(self) -> None:
        """Listen on a free port; the statuses may be changed at any time."""
        self.statuses: Mapping[int, str] = NAMES
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                answers: dict[str, object] = {
                    "order_statuses": [
                        {"id": i, "system_label": name} for i, name in server.statuses.items()
                    ],
                    "time": {"time": 1_795_262_400},
                    "count": {"count": 0},
                    "orders": [],
                }
                name = urlsplit(self.path).path.rpartition("/")[2]
                body = json.dumps(answers[name]).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    @contextmanager
    def listening(self) -> Iterator[StatusServer]:
        """Answer for the length of the block."""
        thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.01}
        )
        thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            self._server.server_close()
            thread.join()


def nowhere() -> str:
    """Return an address of this machine that refuses connections."""
    return "http://127.0.0.1:1"
