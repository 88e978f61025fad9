"""`orderwarden rules backtest`: a draft, tried on the store's real orders."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click
from orderwarden.domain.backtest import Report
from orderwarden.domain.rules.model import RuleSet
from orderwarden.errors import OrderwardenError
from orderwarden.services.backtest import Backtest, window_of
from orderwarden.services.process_steps.calls import Calls
from orderwarden_local.host import Host

from orderwarden_cli.backtest_shown import print_report
from orderwarden_cli.backtest_work import CsvFile, Wanted, Work, load, save
from orderwarden_cli.failures import NO, told
from orderwarden_cli.options import AS_JSON, CONFIG, STORE, chosen_store, opened
from orderwarden_cli.progress import progress
from orderwarden_cli.published import rules_to_try
from orderwarden_cli.shown import print_json

PATIENCE_S: Final = 86_400.0
"""It may wait for the quota as long as it takes."""

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command()
@CONFIG
@STORE
@AS_JSON
@click.option(
    "--days", type=click.IntRange(1, 3_650), required=True, help="Orders placed so lately."
)
@click.option("--rules", "draft", type=_FILE, help="A draft instead of the published rules.")
@click.option("--csv", "csv_path", type=_FILE, help="Write every finding to this file.")
@click.option("--resume", "work_path", type=_FILE, help="Keep the work here, or go on with it.")
def backtest(
    config: Path,
    store: str | None,
    *,
    as_json: bool,
    days: int,
    draft: Path | None,
    csv_path: Path | None,
    work_path: Path | None,
) -> None:
    """Say what rules would change about the orders of the last days; changes nothing.

    Each order is judged as it is now, by rules that count as live. With --resume, it may be
    stopped at any time and gone on with; at most one page of orders is judged again.

    Examples:
      orderwarden rules backtest --days 30 --rules draft.yaml
      orderwarden rules backtest --days 365 --resume work.json
    """
    with told(), opened(config) as here:
        name = chosen_store(here, store)
        run = _Run(here, name, rules_to_try(here, name, draft), days)
        is_done = run.until_done(csv_path, work_path)
        if as_json:
            print_json(run.work.to_fields())
        else:
            print_report(run.work, run.rules)
        if not is_done:
            raise SystemExit(NO)


class _Run:
    """One run of the command; `work` is what it has found so far."""

    def __init__(self, here: Host, store: str, rules: RuleSet, days: int) -> None:
        self._here = here
        self._calls = Calls()
        self._reader = here.readers[store].telling(self._calls.count)
        self._pacer = here.pacers[store]
        # Half of what the merchant's other apps leave stays with the server, for live webhooks.
        self._pacer.reserve = (1 + float(rules.reserve)) / 2
        self._store = store
        self._days = days
        self.rules = rules
        self.work: Work

    def until_done(self, csv_path: Path | None, work_path: Path | None) -> bool:
        """Judge every order that is left; return whether nobody stopped it."""
        with self._pacer.patience(PATIENCE_S):
            self.work = self._begun(csv_path, work_path)
            if self.work.is_complete:
                click.echo(f"{work_path}: complete already; remove it to begin anew.", err=True)
                return True
            csv_file = CsvFile(csv_path, self.work.csv_bytes or 0) if csv_path else None
            try:
                self._go_on(csv_file, work_path)
            except KeyboardInterrupt:
                self._tell_stopped(work_path)
                return False
            except OrderwardenError:
                self._tell_stopped(work_path)
                raise
        return True

    def _begun(self, csv_path: Path | None, work_path: Path | None) -> Work:
        """Return the work of the file, or new one."""
        wanted = Wanted(self._store, self.rules.digest, self._days, csv_path is not None)
        return (load(work_path, wanted) if work_path else None) or Work(
            store=wanted.store,
            digest=wanted.digest,
            days=wanted.days,
            window=window_of(self._reader, wanted.days),
            report=Report.of(rule.name for rule in self.rules.rules),
            csv_bytes=0 if wanted.has_csv else None,
        )

    def _go_on(self, csv_file: CsvFile | None, work_path: Path | None) -> None:
        work, calls_before = self.work, self.work.api_calls
        trial = Backtest(self._reader, self._here.clock, self.rules, work.window)
        total = trial.count()
        with progress("orders") as advance:
            for page in trial.pages(work.next_id):
                work.report.add(page.orders, page.findings)
                work.next_id = page.next_id
                work.api_calls = calls_before + self._calls.made
                if csv_file:
                    csv_file.add(page.findings)
                    work.csv_bytes = csv_file.length
                if work_path:
                    save(work_path, work)
                advance(work.report.orders, max(total, work.report.orders))
        work.api_calls, work.is_complete = calls_before + self._calls.made, True
        if work_path:
            save(work_path, work)

    def _tell_stopped(self, work_path: Path | None) -> None:
        advice = f"go on with --resume {work_path}" if work_path else "next time add --resume FILE"
        click.echo(f"Stopped after {self.work.report.orders} orders; {advice}.", err=True)
