"""What a backtest found, as a table for people."""

from __future__ import annotations

from collections.abc import Mapping

from orderwarden.domain.backtest import Found, Tally
from orderwarden.domain.rules.model import Rule, RuleSet
from rich.table import Table
from rich.text import Text

from orderwarden_cli.backtest_work import Work
from orderwarden_cli.shown import print_table, print_text

_EXPLAINED: Mapping[Found, str] = {
    Found.WOULD: "would be changed",
    Found.BLOCKED: "held back by a safeguard",
    Found.UNKNOWN: "nobody can say",
    Found.EARLIER: "not now; earlier, with another status or age, perhaps",
}


def print_report(work: Work, rules: RuleSet) -> None:
    """Print counts and money by rule, then samples and reasons."""
    begin, end = work.window.created_from, work.window.created_to
    state = "" if work.is_complete else ", not complete"
    title = (
        f"{work.report.orders} orders of store {work.store} placed from "
        f"{begin:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M} UTC{state}; {work.api_calls} API calls"
    )
    table = Table(title=Text(title), title_justify="left")
    for heading in ("rule", "would change", "worth", *list(Found)[1:]):
        table.add_column(heading, overflow="fold")
    for name, tally in work.report.tallies.items():
        counts = [str(tally.counts[found]) for found in Found]
        table.add_row(*map(Text, (name, counts[0], _worth(tally), *counts[1:])))
    print_table(table)
    for rule in rules.rules:
        _print_details(rule, work.report.tallies[rule.name])


def _worth(tally: Tally) -> str:
    return ", ".join(f"{total:.2f} {name}" for name, total in sorted(tally.totals.items()))


def _print_details(rule: Rule, tally: Tally) -> None:
    if not tally.counts.total():
        return
    print_text(Text(rule.name, style="bold"))
    for found, explained in _EXPLAINED.items():
        count = tally.counts[found]
        if not count:
            continue
        ids = tally.samples.get(found, [])
        more = ", ..." if count > len(ids) else ""
        print_text(Text(f"  {explained}: {count}, such as {', '.join(map(str, ids))}{more}"))
        for reason, times in sorted(tally.reasons.get(found, {}).items()):
            print_text(Text(f"    {times:>6}  {reason}"))
    approve_after = rule.limits.approve_after
    if approve_after is not None and tally.counts[Found.WOULD] > approve_after:
        print_text(Text(f"  live, it would ask a person after {approve_after} changes"))
