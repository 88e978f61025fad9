"""The documents say what the code does: every name in both, every example and link good."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from orderwarden import errors
from orderwarden.domain.backtest import Found
from orderwarden.domain.line import Result
from orderwarden.domain.rules import (
    action_entries,
    actions,
    durations,
    effects,
    fields,
    kinds,
    notes,
    repeat,
    rule_entry,
    store_settings,
    test_entry,
)
from orderwarden.domain.rules import compile as rule_file
from orderwarden.domain.rules.model import Test
from orderwarden.domain.rules.operators import OPERATORS
from orderwarden.domain.scopes import DELIVERY_FAULTS
from orderwarden.domain.statuses import NAMES
from orderwarden.services import backtest
from orderwarden_cli.main import main
from orderwarden_cli.rules_yaml import read_rules
from orderwarden_local import configuration

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
README, RULES, OPERATE = ROOT / "README.md", DOCS / "rules.md", DOCS / "operate.md"
PAGES = (README, *sorted(DOCS.glob("*.md")))
MODULES = [
    path.relative_to(ROOT).as_posix()
    for folder in ("layers", "tools", "tests")
    for path in sorted((ROOT / folder).rglob("*.py"))
    if path != Path(__file__)
]

LAYER = "layers/orderwarden/python/orderwarden"
DOMAIN, SERVICES = f"{LAYER}/domain", f"{LAYER}/services"
ONE_MACHINE = "tools/orderwarden_local"

RULE = "version: 1\nrules:\n  - name: r\n    on: order_updated\n"
WHEN, DO = "    when: {status: Pending}\n", "    do: [{staff_note: x}]\n"


# What the documents say


def prose(page: Path) -> str:
    """Return a page without its code blocks."""
    return re.sub(r"^```.*?^```$", "", page.read_text(), flags=re.DOTALL | re.MULTILINE)


def headings(page: Path) -> list[str]:
    return re.findall(r"^#+ (.+)$", prose(page), re.MULTILINE)


def section(page: Path, heading: str) -> str:
    """Return what stands under a heading, up to the next one."""
    found = re.search(rf"^#+ {heading}$(.*?)(?=^#|\Z)", prose(page), re.DOTALL | re.MULTILINE)
    assert found, f"{page.name} has no section {heading}"
    return found[1]


def spans(text: str) -> set[str]:
    """Return what stands between backticks."""
    return set(re.findall(r"`([^`\n]+)`", text))


def rows(text: str) -> dict[str, list[str]]:
    """Return the further cells of each row of the tables, by the name in its first."""
    found = re.findall(r"^\| `([^`|]+)` \| (.+) \|$", text, re.MULTILINE)
    return {name: cells.split(" | ") for name, cells in found}


def yaml_examples(page: Path) -> list[str]:
    return re.findall(r"^```yaml\n(.*?)^```$", page.read_text(), re.DOTALL | re.MULTILINE)


def whole_file(example: str) -> str:
    """Return a rule file around an example that is only a part of one."""
    if example.startswith("version:"):
        return example
    part = "".join(f"    {line}\n" for line in example.splitlines())
    return RULE + part + DO if example.startswith("when:") else RULE + WHEN + DO + part


# What the code says


def trees(*parts: str) -> Iterator[ast.AST]:
    """Yield the syntax of every module under these files and folders."""
    for module in MODULES:
        if any(module == part or module.startswith(f"{part}/") for part in parts):
            yield ast.parse((ROOT / module).read_text())


def calls(*names: str, within: tuple[str, ...]) -> Iterator[ast.Call]:
    """Yield the calls of functions or methods of these names."""
    for tree in trees(*within):
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "id", None) or getattr(node.func, "attr", None)
                if name in names:
                    yield node


def said(*names: str, within: tuple[str, ...], position: int = 0) -> set[str]:
    """Return the texts that stand as the n-th argument of calls of these names."""
    found = (call.args[position : position + 1] for call in calls(*names, within=within))
    return {text for values in found for text in texts(*values)}


def texts(*values: ast.expr) -> Iterator[str]:
    """Yield the plain texts among some values, of a choice both."""
    for value in values:
        if isinstance(value, ast.IfExp):
            yield from texts(value.body, value.orelse)
        elif isinstance(value, ast.Constant) and isinstance(value.value, str):
            yield value.value


def told_in_docstring(module: str, before: str) -> set[str]:
    """Return the words of a list in a docstring, from some words on to the end of the sentence."""
    found = re.search(rf"{before} (.*?)\.\n", (ROOT / module).read_text(), re.DOTALL)
    assert found
    return set(re.findall(r"\w+", found[1])) - {"or", "of", "a", "webhook", "that", "is", "proved"}


# Rules


@pytest.mark.parametrize("name", fields.FIELDS)
def test_every_field_is_documented_with_an_example_that_compiles(name: str) -> None:
    example = rows(section(RULES, "Fields"))[name][-1].strip("`")

    assert example.startswith(f"{name}: ")
    assert read_rules(f"{RULE}    when: {{{example}}}\n{DO}", "rules.md").rules


@pytest.mark.parametrize("example", [*yaml_examples(RULES), *yaml_examples(README)])
def test_every_yaml_example_compiles(example: str) -> None:
    assert read_rules(whole_file(example), "example").rules


def test_every_name_of_the_language_is_documented() -> None:
    names = {
        *(*fields.FIELDS, *OPERATORS, *actions._VALUES, "all", "any", "not"),
        *(*rule_file._KEYS, *store_settings._KEYS, *rule_entry._KEYS, "approve_after", "per_hour"),
        *(*rule_entry._TRIGGERS, *rule_entry.MODES),
        *(f"{{{name}}}" for name in notes.PLACEHOLDERS),
        *(
            *test_entry._KEYS,
            *repeat.Repeat,
            *action_entries.PERMISSIONS,
            *action_entries.PROVIDERS,
        ),
        *(*effects.TEXT_FIELDS, *effects.MONEY_FIELDS, *effects.ADDRESS_FIELDS),
        *(choice for field in fields.FIELDS.values() for choice in field.choices if choice),
    }

    assert not names - spans(prose(RULES))


@pytest.mark.parametrize("name", sorted(OPERATORS))
def test_every_operator_is_documented_for_the_kinds_that_it_is_for(name: str) -> None:
    _, told, example = rows(section(RULES, "Operators"))[name]
    found = {str(kind) for kind, known in kinds.OPERATORS_OF.items() if name in known}

    every = {str(kind) for kind in kinds.Kind} - {"duration", "time_of_day"}
    assert found == {
        "all but durations and times": every,
        "all but durations, times and flags": every - {"flag"},
    }.get(told, set(told.split(", ")))
    [rule] = read_rules(f"{RULE}    when: {{{example.strip('`')}}}\n{DO}", "rules.md").rules
    assert isinstance(rule.when, Test)
    assert rule.when.operator == name


@pytest.mark.parametrize("name", effects.KINDS)
def test_every_action_is_documented_with_an_example_that_compiles(name: str) -> None:
    example = rows(section(RULES, "Actions"))[name][-1].strip("`")

    text = f"{RULE}{WHEN}    do:\n      - {example}\nallow_payment_actions: true\n"
    [rule] = read_rules(text, "rules.md").rules
    assert [action.kind for action in rule.actions] == [name]


def test_every_unit_of_durations_is_documented_with_an_example() -> None:
    told = rows(section(RULES, "Durations"))
    units = re.findall(r"\d+ ?(business days|[wdhms])\b", " ".join(told))
    assert set(units) == {"s", "m", "h", "d", "w", "business days"}

    for written, (same,) in told.items():
        for parsed in (durations.parse, durations.parse_business_days):
            assert parsed(written) == parsed(same.strip("`"))


def test_every_result_of_a_backtest_is_documented() -> None:
    assert {*Found} <= set(rows(section(RULES, "A backtest")))
    assert spans(section(RULES, "A backtest")) >= backtest.PAST_ONLY


def test_the_numbers_of_the_language_are_documented() -> None:
    dangerous, other = rule_entry.DANGEROUS_LIMITS, rule_entry.OTHER_LIMITS
    text = RULES.read_text()

    assert f"| {dangerous.approve_after} for rules that set Cancelled" in text
    assert f"| {dangerous.per_hour} for those rules; {other.per_hour:,} for others |" in text
    assert f"1 to {notes.LONGEST_TEMPLATE:,} characters, with placeholders" in text
    assert f"`{store_settings.DEFAULT_RESERVE:.0%}` if left out" in text
    assert f"at most `{store_settings.MOST_RESERVED:.0%}`" in text
    assert f"{rule_file.MOST_RULES} rules, 512 KiB" in text


def test_every_reason_to_hold_back_is_documented() -> None:
    reasons = said("Blocked", "LimitReached", within=(DOMAIN, SERVICES))
    made_elsewhere = {
        "offline_method",
        "unknown_method",
        "changed",
        "no_room_for_note",
        "rejected",
        "nothing_authorised",
        "nothing_to_refund",
        "moved_by_store",
    }
    made_elsewhere |= {"approve_after", "per_hour"}

    # `had_already` and `paused` leave no line
    wanted = reasons - {"had_already", "paused"} | made_elsewhere
    assert set(rows(section(RULES, "Safeguards"))) == wanted


# Operation


def test_every_status_is_documented_under_its_id() -> None:
    told = re.findall(r"^\| (\d+) \| ([\w ]+) \|", prose(DOCS / "bigcommerce.md"), re.MULTILINE)

    assert {int(status_id): name for status_id, name in told} == NAMES


def test_every_error_is_documented() -> None:
    known = {name for name, value in vars(errors).items() if isinstance(value, type)}
    assert "AnswerLost" in known

    assert set(rows(section(DOCS / "architecture.md", "Errors"))) == known


def commands(command: click.Command, name: str) -> Iterator[str]:
    if isinstance(command, click.Group):
        for part, inner in command.commands.items():
            yield from commands(inner, f"{name} {part}")
    else:
        yield name


@pytest.mark.parametrize("name", [*commands(main, "orderwarden")])
def test_every_command_is_documented(name: str) -> None:
    assert any(row.startswith(name) for row in rows(section(OPERATE, "Commands")))


def test_every_configuration_key_is_documented() -> None:
    known = {*configuration.FILE_KEYS, *configuration.STORE_KEYS}

    assert set(rows(section(OPERATE, "Configuration"))) == known


def test_every_outcome_is_documented() -> None:
    made = said("Outcome", "Nothing", "NotWritten", within=(SERVICES, ONE_MACHINE))
    listed = told_in_docstring(f"{SERVICES}/process_steps/outcome.py", "kind:")
    assert {"applied", "again"} <= made & listed

    assert not (made | listed) - set(rows(section(OPERATE, "Outcomes of signals")))


def test_every_result_of_a_line_is_documented() -> None:
    assert set(rows(section(OPERATE, "Changelog"))) == {str(result) for result in Result}


def test_every_kind_of_review_is_documented() -> None:
    kinds: set[str] = set()
    for call in calls("Review", "ask_person", "Blocked", within=(SERVICES, DOMAIN)):
        named = {keyword.arg: keyword.value for keyword in call.keywords}
        kinds |= set(texts(*[named["kind"]] if "kind" in named else []))
        kinds |= set(texts(*call.args[:1] if "needs_person" in named else []))
    assert {"refused", "tug_of_war"} <= kinds

    assert set(rows(section(OPERATE, "Reviews"))) == kinds


def test_every_notice_is_documented() -> None:
    kinds = said("notify", within=(SERVICES,), position=1)
    assert "store_stopped" in kinds

    assert set(rows(section(OPERATE, "Notices"))) == kinds


def test_every_reason_to_wait_is_documented() -> None:
    clients = (name for name in MODULES if name.startswith(f"{LAYER}/adapters/bigcommerce_"))
    within = (DOMAIN, SERVICES, ONE_MACHINE, *clients)
    reasons = said("TryAgain", "AnswerLost", "LeaseLost", "unclear", within=within)
    assert {"quota", "held", "timeout"} <= reasons

    assert not reasons - spans(section(OPERATE, "Outcomes of signals"))


def test_every_code_of_a_webhook_is_documented() -> None:
    codes = {
        *said("Ingested", "tell", within=(f"{SERVICES}/ingest.py",), position=1),
        *said("Rejected", within=(f"{DOMAIN}/webhook.py",)),
        *told_in_docstring(f"{DOMAIN}/authenticity.py", "Its fault is one of"),
        *DELIVERY_FAULTS.values(),
    }
    assert {"queued", "not_json", "too_old"} <= codes

    assert spans(section(OPERATE, "Codes of webhooks")) == codes


def test_every_event_of_the_log_is_documented() -> None:
    events = {
        text
        for call in calls("write", within=(ONE_MACHINE, "tools/orderwarden_cli"))
        if "log" in ast.unparse(call.func)
        for text in texts(*call.args[:1])
    }
    assert {"webhook", "signal", "stopped"} <= events

    assert set(rows(section(OPERATE, "Logs"))) == events


# Links and citations


CITATION = re.compile(r'docs/(\w+\.md)((?:,? (?:and )?"[^"]+")*)')


def citations() -> Iterator[tuple[str, str, str]]:
    """Yield the module, the page and the section of every citation; no section is empty."""
    for module in MODULES:
        text = re.sub(r"\s*\n[\s#]*", " ", (ROOT / module).read_text())
        for page, sections in CITATION.findall(text):
            for cited in re.findall(r'"([^"]+)"', sections) or [""]:
                yield module, page, cited


def test_every_cited_section_exists() -> None:
    found = list(citations())
    assert len({cited for _, _, cited in found}) > 10

    assert not [
        (module, page, cited)
        for module, page, cited in found
        if not (DOCS / page).exists() or cited not in {"", *headings(DOCS / page)}
    ]


def anchor_of(heading: str) -> str:
    """Return a heading's anchor, as code hosts make it."""
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    broken = []
    for link in re.findall(r"\]\(([^)\s]+)\)", prose(page)):
        name, _, anchor = link.partition("#")
        target = page.parent / name if name else page
        is_known = "://" in link or (
            target.exists() and (not anchor or anchor in map(anchor_of, headings(target)))
        )
        broken += [] if is_known else [link]

    assert not broken


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_module_and_folder_that_is_named_exists(page: Path) -> None:
    names = {span for span in spans(prose(page)) if re.fullmatch(r"[\w./-]+", span)}
    modules = {name for name in names if name.endswith(".py")}
    folders = {name for name in names if re.match(r"(layers|tools|tests|examples)/", name)}

    is_there = {m for m in modules if (ROOT / m).exists()}
    missing = modules - is_there
    assert not {m for m in missing if not any(f"/{path}".endswith(f"/{m}") for path in MODULES)}
    assert not {folder for folder in folders if not (ROOT / folder).exists()}
