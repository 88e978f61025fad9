"""How far a backtest has come, in a file: so that it can be stopped and gone on with."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from orderwarden.domain.backtest import Finding, Report
from orderwarden.domain.instants import from_text, to_text
from orderwarden.errors import ConfigurationError
from orderwarden.services.backtest import Window

from orderwarden_cli.shown import status_name

FORMAT: Final = 1
_HEADINGS: Final = (
    "order_id", "rule", "found", "reasons", "from_status", "to_status", "total", "currency",
    "created_at",
)  # fmt: skip


@dataclass(slots=True)
class Work:
    """A backtest on its way.

    Attributes:
        digest: Of the draft.
        next_id: Where the next page of orders begins.
        csv_bytes: How long the CSV file is at this point; None where none is written.
    """

    store: str
    digest: str
    days: int
    window: Window
    report: Report
    next_id: int = 0
    api_calls: int = 0
    is_complete: bool = False
    csv_bytes: int | None = None

    def to_fields(self) -> dict[str, Any]:
        """Return it as the file and `--json` have it."""
        return {
            "store": self.store,
            "digest": self.digest,
            "days": self.days,
            "created_from": to_text(self.window.created_from),
            "created_to": to_text(self.window.created_to),
            "is_complete": self.is_complete,
            "api_calls": self.api_calls,
            **self.report.to_fields(),
        }


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a run is about; it may go on only with work that is about the same."""

    store: str
    digest: str
    days: int
    has_csv: bool


def load(path: Path, wanted: Wanted) -> Work | None:
    """Return the work that a file holds, None where there is no file yet.

    Raises:
        ConfigurationError: It is no such file, or its work is about something else.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"{path}: the work file cannot be read ({error})") from error
    work = _parsed(path, text)
    _compare(path, "store", work.store, wanted.store)
    _compare(path, "rules", work.digest[:12], wanted.digest[:12])
    _compare(path, "--days", work.days, wanted.days)
    _compare(path, "--csv", _yes_or_no(work.csv_bytes is not None), _yes_or_no(wanted.has_csv))
    return work


def save(path: Path, work: Work) -> None:
    """Write it in one go: whoever reads the file sees this state or the one before."""
    fields = {"orderwarden_backtest": FORMAT, "next_id": work.next_id, "csv_bytes": work.csv_bytes}
    unfinished = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    with _written(path):
        with unfinished.open("w", encoding="utf-8") as file:
            json.dump(fields | work.to_fields(), file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)


class CsvFile:
    """One row a finding; what was written after the last saved state is cut off again."""

    def __init__(self, path: Path, length: int) -> None:
        """Open it; a length of 0 begins it anew.

        Raises:
            ConfigurationError: It cannot be written, or is shorter than the work file says.
        """
        self._path = path
        with _written(path), path.open("ab") as file:
            if file.seek(0, os.SEEK_END) < length:
                raise ConfigurationError(f"{path}: shorter than the work file says; begin anew")
            file.truncate(length)
        self.length = length or self._append([_HEADINGS])

    def add(self, findings: Iterable[Finding]) -> None:
        """Append findings, on disk when this returns."""
        self.length = self._append(_row(finding) for finding in findings)

    def _append(self, rows: Iterable[Iterable[object]]) -> int:
        text = io.StringIO()
        csv.writer(text).writerows(rows)
        with _written(self._path), self._path.open("ab") as file:
            file.write(text.getvalue().encode())
            file.flush()
            os.fsync(file.fileno())
            return file.tell()


@contextmanager
def _written(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ConfigurationError(f"{path}: it cannot be written ({error.strerror})") from error


def _yes_or_no(value: bool) -> str:
    return "yes" if value else "no"


def _row(finding: Finding) -> tuple[object, ...]:
    to_status = "" if finding.to_status_id is None else status_name(finding.to_status_id)
    return (
        finding.order_id,
        finding.rule,
        finding.found.value,
        "; ".join(finding.reasons),
        status_name(finding.from_status_id),
        to_status,
        "" if finding.total is None else f"{finding.total:f}",
        finding.currency,
        to_text(finding.created_at),
    )


def _parsed(path: Path, text: str) -> Work:
    try:
        fields: Mapping[str, Any] = json.loads(text)
        if fields["orderwarden_backtest"] != FORMAT:
            raise ValueError
        return Work(
            store=fields["store"],
            digest=fields["digest"],
            days=fields["days"],
            window=Window(from_text(fields["created_from"]), from_text(fields["created_to"])),
            report=Report.from_fields(fields),
            next_id=fields["next_id"],
            api_calls=fields["api_calls"],
            is_complete=fields["is_complete"],
            csv_bytes=fields["csv_bytes"],
        )
    except (ValueError, KeyError, TypeError, AttributeError, ArithmeticError) as error:
        raise ConfigurationError(f"{path}: no work file of a backtest; name another") from error


def _compare(path: Path, what: str, found: object, wanted: object) -> None:
    if found != wanted:
        told = f"{path}: begun with {what} {found}, now it is {wanted}"
        raise ConfigurationError(f"{told}; name another file, or remove this one")
