"""`orderwarden rules test`: what the rules of a file do, against what is expected beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path

import click
from orderwarden.domain.rules.rule_tests import RuleTestResult, run_rule_test
from orderwarden.services.shop_words import status_labels
from orderwarden_local.bootstrap import reader_of
from orderwarden_local.configuration import read_configuration
from rich.text import Text

from orderwarden_cli.failures import NO, told
from orderwarden_cli.options import AS_JSON, CONFIG_FILE, chosen
from orderwarden_cli.rule_files import NO_LABELS, each_of, read_compiled
from orderwarden_cli.shown import print_json, print_text

Results = Mapping[Path, Sequence[RuleTestResult]]


@click.command("test")
@CONFIG_FILE
@AS_JSON
@click.option("--store", help="Ask this store what it calls its statuses; else none is needed.")
@click.argument("files", nargs=-1, type=click.Path(dir_okay=False, path_type=Path))
def test_rules(config: Path, *, as_json: bool, store: str | None, files: tuple[Path, ...]) -> None:
    """Run the expectations that stand under tests: in rule files.

    Changes nothing. Without FILES, the configured rule files are tested. Exits with 1 if a test
    fails.

    Example: orderwarden rules test rules.yaml --json
    """
    with told():
        labels = _labels(config, store) if store else NO_LABELS
        results = _run(files or _configured(config), labels)
        if as_json:
            print_json([_file_fields(path, results[path]) for path in results])
        else:
            for path in results:
                _tell(path, results[path])
        if not all(each.has_passed for found in results.values() for each in found):
            raise SystemExit(NO)


def _configured(config: Path) -> Sequence[Path]:
    stores = read_configuration(config).stores.values()
    return [store.rules for store in stores if store.rules is not None]


def _labels(config: Path, store: str) -> Mapping[int, str]:
    configuration = read_configuration(config)
    configured = configuration.stores[chosen(configuration, store)]
    with closing(reader_of(configured)) as reader:
        return status_labels(reader)


def _run(files: Sequence[Path], labels: Mapping[int, str]) -> Results:
    paths = list(dict.fromkeys(files))
    compiled = each_of(partial(read_compiled, path, labels) for path in paths)
    return {
        path: [run_rule_test(file.rules, test) for test in file.tests]
        for path, file in zip(paths, compiled, strict=True)
    }


def _tell(path: Path, results: Sequence[RuleTestResult]) -> None:
    """Tell what came of a file, the failures with what was expected and found."""
    failed = [each for each in results if not each.has_passed]
    click.echo(f"{path}: {len(results) - len(failed)} passed, {len(failed)} failed")
    if not results:
        click.echo(f"warning: {path}: no tests; write some under tests:", err=True)
    for each in results:
        if each.has_passed:
            print_text(Text.assemble("  ", ("passed", "green"), f"  {each.test.name}"))
            continue
        print_text(Text.assemble("  ", ("FAILED", "bold red"), f"  {each.test.name}"))
        print_text(Text(f"          at {path}:{each.test.line}"))
        print_text(Text(f"          expected: {each.expected}"))
        print_text(Text(f"          found:    {each.found}"))


def _file_fields(path: Path, results: Sequence[RuleTestResult]) -> Mapping[str, object]:
    return {
        "file": str(path),
        "passed": sum(each.has_passed for each in results),
        "failed": sum(not each.has_passed for each in results),
        "tests": [
            {
                "name": each.test.name,
                "line": each.test.line,
                "passed": each.has_passed,
                "expected": each.expected,
                "found": each.found,
            }
            for each in results
        ],
    }
