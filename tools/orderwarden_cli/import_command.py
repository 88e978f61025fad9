"""`orderwarden changelog import`: take in what another host exported, so that a store may move."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final, cast

import click
from orderwarden.domain.line import Line
from orderwarden.errors import ConfigurationError
from orderwarden.services.stopping import is_stopped_for_good
from orderwarden_local.host import Host
from rich.table import Table
from rich.text import Text

from orderwarden_cli.asking import YES, confirmed
from orderwarden_cli.failures import CONFIGURATION, NO, told
from orderwarden_cli.moving.checking import Checked
from orderwarden_cli.moving.fields import visible
from orderwarden_cli.moving.patience import patiently
from orderwarden_cli.moving.taking_in import Compared, Numbered, compare, write
from orderwarden_cli.moving.target import Target, target_of
from orderwarden_cli.moving.unsettled import ask_about, still_open
from orderwarden_cli.options import AS_JSON, CONFIG, STORE, chosen_store, opened
from orderwarden_cli.progress import progress
from orderwarden_cli.shown import print_json, print_table

TOLD_AT_MOST: Final = 100
"""Problems told one by one; who has more has the wrong file."""

STDIN: Final = "-"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was asked for."""

    is_dry_run: bool
    takes_unsettled: bool
    keeps_different: bool
    yes: bool
    as_json: bool


@click.command("import")
@CONFIG
@STORE
@AS_JSON
@YES
@click.argument("file", type=click.Path(dir_okay=False, allow_dash=True))
@click.option("--dry-run", is_flag=True, help="Only say what it would do.")
@click.option(
    "--take-unsettled",
    is_flag=True,
    help="Take over lines that a host which is gone left intended; the store is asked about them.",
)
@click.option(
    "--keep-different",
    is_flag=True,
    help="Where something else stands here, leave that, but for a line that does not know of an "
    "effect that was had; otherwise nothing is imported.",
)
def import_lines(
    config: Path,
    store: str | None,
    *,
    as_json: bool,
    yes: bool,
    file: str,
    dry_run: bool,
    take_unsettled: bool,
    keep_different: bool,
) -> None:
    """Import an export of another host: FILE, or - for stdin. Shows what it will do, and asks.

    Every record is checked before any is written, and nothing that stands here is written over.
    It may be run again, also after it was interrupted: what is there already is left alone.
    The store must be stopped here, by `orderwarden pause`.

    Example: orderwarden changelog import move.jsonl --stack orderwarden
    """
    wanted = Wanted(dry_run, take_unsettled, keep_different, yes, as_json)
    with told(), opened(config) as here, _stream(file) as stream:
        name = chosen_store(here, store)
        checked = _checked(stream, file, name, takes_unsettled=take_unsettled)
        with target_of(here, name, keeps_different=keep_different) as target:
            _take_in(here, target, stream, checked, wanted)


def _checked(stream: BinaryIO, file: str, store: str, *, takes_unsettled: bool) -> Checked:
    checked = Checked("stdin" if file == STDIN else file, store)
    checked.read(stream, takes_unsettled=takes_unsettled)
    if checked.problems:
        _tell(checked.problems)
        click.echo("Nothing was written.", err=True)
        raise SystemExit(CONFIGURATION)
    return checked


def _take_in(
    here: Host, target: Target, stream: BinaryIO, checked: Checked, wanted: Wanted
) -> None:
    total = checked.counts.total()
    with progress("records compared") as advance:
        compared = compare(stream, target, total, advance)
    if not wanted.as_json:
        _show(checked, compared)
    _refuse_different(checked, compared.different, wanted)
    is_needed = compared.new.total() > 0 or bool(still_open(here, checked.unsettled))
    if wanted.is_dry_run or not is_needed:
        _end(checked, compared, wanted, written=0, asked=0)
        return
    _refuse_running(here, checked.store, _RUNS)
    new = compared.new.total()
    question = f"Write {new} records?" if new else "Ask the store about unsettled lines?"
    if not confirmed(question, yes=wanted.yes):
        raise SystemExit(NO)
    with progress("records written") as advance:
        different = write(
            stream, target, total, advance, lambda: _refuse_running(here, checked.store, _RESUMED)
        )
    _refuse_different(checked, different, wanted)
    asked = ask_about(here, checked.unsettled)
    _end(checked, compared, wanted, written=new, asked=asked)


_RUNS: Final = (
    "runs here, or will once its token works, and would act on half of what is imported: stop it "
    "by `orderwarden pause`, import, and let it run by `orderwarden resume`"
)
_RESUMED: Final = (
    "was let run by somebody while this import wrote; it went no further, and what it wrote "
    "stays: stop the store by `orderwarden pause`, and run the same import again for the rest"
)


def _refuse_running(here: Host, store: str, told: str) -> None:
    """Refuse to write while the store works: it would decide on half of what belongs to it."""
    if not patiently(here.clock, lambda: is_stopped_for_good(here.state, store)):
        raise ConfigurationError(f"store {store} {told}")


def _refuse_different(checked: Checked, different: Sequence[Numbered], wanted: Wanted) -> None:
    if not different or wanted.keeps_different:
        return
    _tell([_difference(checked.name, number, record) for number, record in different])
    click.echo("Nothing was written over, and nothing is imported.", err=True)
    raise SystemExit(NO)


def _difference(name: str, number: int, record: object) -> str:
    if isinstance(record, Line):
        what = f"line {record.id} of order {record.order_id} (rule {record.rule})"
        remedy = "see `changelog list --order`; this host has worked on that order by itself"
    else:
        what = f"version {getattr(record, 'version', '')} of the rules, or one before it,"
        remedy = "import into a host on which other rules were never published"
    return f"{name}, line {number}: another {what} stands here; {remedy}"


def _tell(problems: Sequence[str]) -> None:
    for problem in problems[:TOLD_AT_MOST]:
        click.echo(f"error: {visible(problem)}", err=True)
    if len(problems) > TOLD_AT_MOST:
        click.echo(f"error: and {len(problems) - TOLD_AT_MOST} more", err=True)


def _show(checked: Checked, compared: Compared) -> None:
    title = Text(f"{checked.name}, of store {checked.store}")  # a name in brackets is no markup
    table = Table(title=title, title_justify="left")
    for heading in ("what", "new", "there already"):
        table.add_column(heading)
    for kind in checked.counts:
        new, there = compared.new[kind], compared.there[kind]
        table.add_row(kind.replace("_", " "), str(new), str(there))
    print_table(table)
    if compared.different:
        click.echo(f"Of {len(compared.different)} records another stands here.", err=True)
    if not checked.is_whole:
        click.echo(
            "It holds lines alone and does not say whether these are all: effects of others may "
            "be had again. `changelog export --move` takes all that belongs to a store.",
            err=True,
        )


def _end(
    checked: Checked, compared: Compared, wanted: Wanted, *, written: int, asked: int
) -> None:
    if wanted.as_json:
        print_json(_fields(checked, compared, wanted, written, asked))
    elif wanted.is_dry_run:
        click.echo("Nothing was written: this was a dry run.")
    elif not written and not asked:
        click.echo("Everything is there already.")
    else:
        click.echo(f"Written: {written} records. `orderwarden resume` lets the store run.")
        if asked:
            click.echo(f"The store is being asked about {asked} unsettled lines.")


def _fields(
    checked: Checked, compared: Compared, wanted: Wanted, written: int, asked: int
) -> Mapping[str, object]:
    return {
        "store": checked.store,
        "is_whole": checked.is_whole,
        "is_dry_run": wanted.is_dry_run,
        "new": {kind: compared.new[kind] for kind in checked.counts},
        "there": {kind: compared.there[kind] for kind in checked.counts},
        "different": len(compared.different),
        "written": written,
        "unsettled": len(checked.unsettled),
        "asked": asked,
    }


@contextmanager
def _stream(file: str) -> Iterator[BinaryIO]:
    """Yield a file that can be read more than once; stdin is kept in one that goes by itself."""
    if file == STDIN:
        if sys.stdin is None:
            raise click.UsageError("stdin is closed; name a file")
        with tempfile.TemporaryFile() as kept:
            shutil.copyfileobj(sys.stdin.buffer, kept)
            yield cast("BinaryIO", kept)
        return
    try:
        with Path(file).open("rb") as stream:
            yield stream
    except OSError as error:
        raise ConfigurationError(f"{file}: cannot be read ({error.strerror})") from error
