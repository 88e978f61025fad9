"""Follows the server's log: one readable line for each change, and the counts."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from typing import Any, Final

from rich.console import Console
from rich.markup import escape

from orderwarden_cli.shown import status_name

COUNTED: Final = {"duplicate": "duplicates dropped", "echo": "echoes recognised"}


class Ticker:
    """Reads the JSON lines that the server logs."""

    def __init__(self, console: Console) -> None:
        """Print to a console."""
        self._console = console
        self._left_alone: set[tuple[object, ...]] = set()
        self._applied: set[str] = set()
        self.counts: Counter[str] = Counter()

    def on_log(self, line: str) -> None:
        """Take one line of the log."""
        try:
            event = json.loads(line)
        except ValueError:
            self._console.print(f"  [red]server:[/] {escape(line.rstrip())}")
            return
        self._count(event)
        if event["event"] == "hook":
            self._console.print(f"  [bold]hook[/] for {escape(event['scope'])} registered")
        for change in event.get("changes", ()):
            self._tell_change(event, change)
        if event.get("outcome") == "blocked":
            self._tell_blocked(event)

    def _tell_blocked(self, event: Mapping[str, Any]) -> None:
        """Tell once what several events of one order end in."""
        what = (event["order_id"], event["rule"], event.get("reason", ""))
        if what not in self._left_alone:
            self._left_alone.add(what)
            why = str(what[2]).replace("_", " ")
            self._tell(event, f"left alone by rule {what[1]}", f"[yellow]{why}[/]")

    def _count(self, event: Mapping[str, Any]) -> None:
        if event["event"] == "webhook":
            self.counts["webhooks received"] += 1
        if event["event"] == "signal":
            self.counts["API calls made"] += event.get("api_calls", 0)
            self._applied.update(change["line_id"] for change in event.get("changes", ()))
            self.counts["changes applied"] = len(self._applied)
            counted = COUNTED.get(event["outcome"])
            if counted:
                self.counts[counted] += 1

    def _tell_change(self, event: Mapping[str, Any], change: Mapping[str, Any]) -> None:
        what = change["action"]
        if change["to_status_id"] is not None:
            before, after = change["from_status_id"], change["to_status_id"]
            what = f"{status_name(before)} → {status_name(after)}"
        self._tell(event, f"[green]{what}[/] by rule {change['rule']}", escape(change["reason"]))

    def _tell(self, event: Mapping[str, Any], what: str, why: str) -> None:
        self._console.print(f"  [bold]order {event['order_id']}[/]: {what} ({why})")
