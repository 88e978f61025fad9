"""The documents of AWS name everything that the template has, and nothing else."""

from __future__ import annotations

import re
from pathlib import Path

from template.translated import resources, source

ROOT = Path(__file__).parents[2]
DEPLOY = (ROOT / "docs/deploy.md").read_text()
OPERATE = (ROOT / "docs/operate.md").read_text()


def section(text: str, heading: str) -> str:
    """Return what stands under a heading, up to the next one."""
    found = re.search(rf"^#+ {heading}$(.*?)(?=^#+ |\Z)", text, re.DOTALL | re.MULTILINE)
    assert found, heading
    return found[1]


def first_cells(text: str) -> set[str]:
    """Return every name between backticks in the first cells of a table."""
    cells = re.findall(r"^\| ([^|]+) \|", text, re.MULTILINE)
    return {name for cell in cells for name in re.findall(r"`([^`]+)`", cell)}


def test_every_parameter_is_documented() -> None:
    assert first_cells(section(DEPLOY, "2. Deploy")) == source()["Parameters"].keys()


def test_every_deployment_names_its_environment_and_takes_the_stores_from_its_file() -> None:
    commands = re.findall(r"sam deploy[^`\n]*", DEPLOY)

    assert commands
    assert not {command for command in commands if "--config-env" not in command}
    assert not {command for command in commands if "--parameter-overrides" in command}


def test_the_cost_of_the_alarms_counts_the_metrics_that_they_watch() -> None:
    alarms = [alarm["Properties"] for alarm in resources("AWS::CloudWatch::Alarm").values()]
    watched = sum(
        sum("MetricStat" in each for each in alarm.get("Metrics", [])) or 1 for alarm in alarms
    )

    told = re.search(r"(\d+) alarms about \$([\d.]+) \(by the (\d+) metrics", DEPLOY)

    assert told
    assert (int(told[1]), int(told[3])) == (len(alarms), watched)
    assert float(told[2]) == watched / 10  # a tenth of a dollar each


def test_every_alarm_is_documented() -> None:
    assert first_cells(section(OPERATE, "Alarms")) == resources("AWS::CloudWatch::Alarm").keys()


def test_every_variable_is_documented() -> None:
    settings = (ROOT / "layers/orderwarden/python/orderwarden/settings.py").read_text()

    named = first_cells(section(DEPLOY, "The variables of the functions"))

    assert named == set(re.findall(r"ORDERWARDEN_[A-Z_]+", settings))


def test_every_metric_is_documented() -> None:
    handlers = "".join(path.read_text() for path in (ROOT / "functions").rglob("*.py"))
    written = set(re.findall(r'"([A-Z]\w+)"\]? ?(?::|=)', handlers))

    told = set(re.findall(r"`([A-Z]\w+)`", section(OPERATE, "Metrics")))

    assert {name for name in told if not name.endswith("Function")} - {"Orderwarden"} == written
