"""`template.yaml` as CloudFormation gets it: parsed, and translated by SAM's own transform."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final
from unittest.mock import patch

from samtranslator.translator.transform import transform
from samtranslator.yaml_helper import yaml_parse

ROOT: Final = Path(__file__).parents[2]
STEMS: Final = ("ingest", "process", "sweep", "reconcile")
CODE: Final = "s3://code-of-the-test/code.zip"

Resource = Mapping[str, Any]


@cache
def source() -> Mapping[str, Any]:
    """Return the template as written."""
    found: Mapping[str, Any] = yaml_parse((ROOT / "template.yaml").read_text())
    return found


@cache
def translated() -> Mapping[str, Any]:
    """Return the template translated, its code uploaded."""
    template = json.loads(json.dumps(source()))
    for resource in template["Resources"].values():
        for where in ("CodeUri", "ContentUri"):
            if where in resource.get("Properties", {}):
                resource["Properties"][where] = CODE
    with patch.dict("os.environ", AWS_DEFAULT_REGION="us-east-1"):
        found: Mapping[str, Any] = transform(template, {}, _NoPolicies())
    return found


class _NoPolicies:
    """We name no managed policy."""

    def load(self) -> dict[str, str]:
        return {}


def resources(kind: str) -> dict[str, Resource]:
    """Return the resources of a type, by logical id."""
    return {
        name: resource
        for name, resource in translated()["Resources"].items()
        if resource["Type"] == kind
    }


def properties(name: str) -> Mapping[str, Any]:
    """Return a resource's properties."""
    found: Mapping[str, Any] = translated()["Resources"][name]["Properties"]
    return found


def text(value: Any) -> str:  # noqa: ANN401  JSON
    """Return a value in one line, with what it refers to: `ChangelogTable`, `X/index/by_day`."""
    match value:
        case {"Ref": name}:
            return str(name)
        case {"Fn::GetAtt": [name, attribute]}:
            return str(name) if attribute == "Arn" else f"{name}.{attribute}"
        case {"Fn::Sub": str(pattern)}:
            return pattern.replace(".Arn}", "}").replace("${", "").replace("}", "")
    return json.dumps(value) if isinstance(value, dict | list) else str(value)


def statements(policy: Mapping[str, Any]) -> Iterator[tuple[str, str, bool]]:
    """Yield each (action, resource, whether a condition holds it back) of a policy document."""
    for statement in policy["Statement"]:
        assert statement["Effect"] == "Allow"
        for action in _list(statement["Action"]):
            for resource in _list(statement["Resource"]):
                yield action, text(resource), "Condition" in statement


def permissions(role: str) -> set[tuple[str, str]]:
    """Return every (action, resource) that a role allows."""
    return {
        (action, resource)
        for policy in properties(role)["Policies"]
        for action, resource, _ in statements(policy["PolicyDocument"])
    }


def _list(value: Any) -> list[Any]:  # noqa: ANN401  JSON
    return value if isinstance(value, list) else [value]
