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
