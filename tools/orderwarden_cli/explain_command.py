"""`orderwarden rules explain`: why rules do, or do not, fire for one order."""

from __future__ import annotations

from pathlib import Path

import click
from orderwarden.domain.rules.carried_out import HEARD
from orderwarden.domain.rules.model import RuleSet
from orderwarden.domain.signal import Trigger
from orderwarden.errors import NotFound, Rejected
from orderwarden.services.explain import Explanation, Sources, explain_facts, explain_order
from orderwarden.services.process_steps.calls import Calls
from orderwarden_local.host import Host

from orderwarden_cli.explained import Heading, explanation_fields, print_explanation
from orderwarden_cli.failures import told
from orderwarden_cli.options import AS_JSON, CONFIG, STORE, chosen_store, opened
from orderwarden_cli.published import rules_to_try
from orderwarden_cli.rule_files import read_compiled, read_source
from orderwarden_cli.rules_yaml import read_facts
from orderwarden_cli.shown import print_json

_FILE = click.Path(dir_okay=False, path_type=Path)
_TRIGGERS = [each.value for each in (*sorted(HEARD), Trigger.SWEEP)]


@click.command()
@CONFIG
@STORE
@AS_JSON
@click.option("--order", "order_id", type=click.IntRange(min=1), help="An order of the store.")
@click.option("--facts", type=_FILE, help="Facts in a file instead of an order; needs no store.")
@click.option("--rules", "draft", type=_FILE, help="A draft instead of the published rules.")
@click.option(
    "--trigger",
    type=click.Choice(_TRIGGERS),
    metavar="EVENT",
    help=f"Explain it for this event ({', '.join(_TRIGGERS)}); any webhook, and the sweep, if "
    "left out.",
)
def explain(
    config: Path,
    store: str | None,
    *,
    as_json: bool,
    order_id: int | None,
    facts: Path | None,
    draft: Path | None,
    trigger: str | None,
) -> None:
    """Show what every rule saw of an order, which one wins, and what would stop it.

    Changes nothing: the store is only read. FACTS is a YAML file with fields and their values,
    as under facts: of a test.

    Example: orderwarden rules explain --order 118 --rules draft.yaml
    """
    asking = Trigger(trigger) if trigger else None
    with told():
        if order_id is not None and facts is None:
            with opened(config) as here:
                name = chosen_store(here, store)
                rules = rules_to_try(here, name, draft)
                heading, found = _of_order(here, name, order_id, rules, asking)
        elif facts is not None and order_id is None:
            rules = _rules_of_file(draft, config, store)
            heading = Heading(str(facts), rules.version)
            given = read_facts(read_source(facts, "facts"), str(facts))
            found = explain_facts(rules, given, asking)
        else:
            raise click.UsageError("name an order with --order N, or a file with --facts FILE")
        if as_json:
            print_json(explanation_fields(heading, found))
        else:
            print_explanation(heading, found)


def _of_order(
    here: Host, store: str, order_id: int, rules: RuleSet, trigger: Trigger | None
) -> tuple[Heading, Explanation]:
    calls = Calls()
    reader = here.readers[store].telling(calls.count)
    sources = Sources(reader, here.state, here.changelog)
    try:
        found = explain_order(sources, store, order_id, rules, trigger)
    except NotFound as error:
        raise Rejected(f"store {store} has no order {order_id}") from error
    return Heading(f"order {order_id}", rules.version, store, calls.made), found


def _rules_of_file(draft: Path | None, config: Path, store: str | None) -> RuleSet:
    """Return a draft, for which no configuration is needed, or the rules in force."""
    if draft is not None:
        return read_compiled(draft).rules
    with opened(config) as here:
        return rules_to_try(here, chosen_store(here, store), None)
