"""Each role allows exactly what its function does: compared both ways with the adapters' calls."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import orderwarden.adapters
import pytest
from orderwarden_cli.aws_remedies import GRANTED_BY
from template.translated import STEMS, permissions, properties, resources, statements, text

ADAPTERS: Final = Path(orderwarden.adapters.__path__[0])

ACTIONS: Final = {
    "batch_get_item": ("dynamodb:BatchGetItem",),
    "delete_item": ("dynamodb:DeleteItem",),
    "get_item": ("dynamodb:GetItem",),
    "put_item": ("dynamodb:PutItem",),
    "query": ("dynamodb:Query",),
    "scan": ("dynamodb:Scan",),  # for commands alone
    "transact_write_items": ("dynamodb:PutItem",),  # of puts alone
    "update_item": ("dynamodb:UpdateItem",),
    "change_message_visibility": ("sqs:ChangeMessageVisibility",),
    "change_message_visibility_batch": ("sqs:ChangeMessageVisibility",),
    "delete_message": ("sqs:DeleteMessage",),
    "get_queue_attributes": ("sqs:GetQueueAttributes",),
    "receive_message": ("sqs:ReceiveMessage",),
    "send_message": ("sqs:SendMessage",),
    "get_secret_value": ("secretsmanager:GetSecretValue",),
    "put_secret_value": ("secretsmanager:PutSecretValue",),
    "put_events": ("events:PutEvents",),
}
"""What the adapters call → what IAM calls it. Source: the Service Authorization Reference."""

Uses = dict[str, tuple[str, set[str]]]
SECRET: Final = "arn:AWS::Partition:secretsmanager:AWS::Region:AWS::AccountId:secret:SecretsPrefix"

OF_A_LOG: Final = {"logs:CreateLogStream", "logs:PutLogEvents"}
OF_THE_EVENT_SOURCE: Final = {"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"}
"""Source: Lambda Developer Guide, "Using Lambda with Amazon SQS", "Execution role permissions"."""

METHODS: Final[dict[str, list[tuple[str, str, str]]]] = {
    "ingest": [
        ("sqs_queue", "put", "SignalQueue"),
        ("secrets_manager", "_read", f"{SECRET}*/hooks-??????"),
    ],
    "process": [
        ("dynamodb_receipts", "look_up replace", "ReceiptsTable"),
        ("dynamodb_changelog", "of_order replace settle mark_undone", "ChangelogTable"),
        ("dynamodb_controls", "controls stop", "StateTable"),
        ("dynamodb_counters", "take give_back", "StateTable"),
        ("dynamodb_bookmarks", "bookmark replace_bookmark", "StateTable"),
        ("dynamodb_orders", "seen replace_seen holds", "StateTable"),
        ("dynamodb_parked", "park", "StateTable"),
        ("dynamodb_reviews", "open_review reviews", "StateTable"),
        ("dynamodb_rules", "_versions", "StateTable"),
        ("eventbridge_notifier", "notify", "NoticeBus"),
        ("secrets_manager", "_read", f"{SECRET}*/api-??????"),
        ("sqs_queue", "give_back", "SignalQueue"),
        ("sqs_dead_letters", "bury", "SignalDeadLetterQueue"),
    ],
    "sweep": [
        ("sqs_queue", "put depth", "SignalQueue"),
        ("sqs_queue", "depth", "SignalDeadLetterQueue"),
        ("dynamodb_receipts", "look_up replace", "ReceiptsTable"),
        ("dynamodb_changelog", "of_order between", "ChangelogTable"),
        ("dynamodb_bookmarks", "bookmark replace_bookmark", "StateTable"),
        ("dynamodb_controls", "controls stop resume", "StateTable"),
        ("dynamodb_orders", "seen_many holds", "StateTable"),
        ("dynamodb_parked", "due waiting_for unpark", "StateTable"),
        ("dynamodb_reviews", "open_review reviews", "StateTable"),
        ("dynamodb_rules", "_versions", "StateTable"),
        ("dynamodb_runs", "replace_run", "StateTable"),
        ("eventbridge_notifier", "notify", "NoticeBus"),
        ("secrets_manager", "_read", f"{SECRET}*/api-??????"),
    ],
    "reconcile": [
        ("sqs_queue", "put depth", "SignalQueue"),
        ("sqs_queue", "depth", "SignalDeadLetterQueue"),
        ("dynamodb_receipts", "look_up replace", "ReceiptsTable"),
        ("dynamodb_changelog", "of_order replace settle", "ChangelogTable"),
        ("dynamodb_bookmarks", "bookmark replace_bookmark", "StateTable"),
        ("dynamodb_controls", "controls stop resume", "StateTable"),
        ("dynamodb_counters", "take", "StateTable"),
        ("dynamodb_orders", "seen_many replace_seen", "StateTable"),
        ("dynamodb_reviews", "open_review", "StateTable"),
        ("dynamodb_rules", "_versions", "StateTable"),
        ("dynamodb_runs", "replace_run", "StateTable"),
        ("eventbridge_notifier", "notify", "NoticeBus"),
        ("dynamodb_parked", "waiting_for unpark", "StateTable"),
        ("secrets_manager", "_read", f"{SECRET}*/api-??????"),
        ("secrets_manager", "_read", f"{SECRET}*/hooks-??????"),
        ("secrets_manager_rotations", "rotation replace_rotation", f"{SECRET}*/hooks-??????"),
    ],
}
"""Function → adapter, the methods that it uses, and of which resource."""


def methods(module: str) -> dict[str, ast.FunctionDef]:
    """Return the methods of a module's classes, by name."""
    tree = ast.parse((ADAPTERS / f"{module}.py").read_text())
    return {node.name: node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def calls_on(node: ast.AST, attribute: str) -> Iterator[ast.Call]:
    """Yield the calls of `self.<attribute>.<something>(...)`."""
    for call in ast.walk(node):
        if (
            isinstance(call, ast.Call)
            and isinstance(call.func, ast.Attribute)
            and isinstance(call.func.value, ast.Attribute)
            and call.func.value.attr == attribute
        ):
            yield call


def own_calls(node: ast.AST) -> Iterator[str]:
    """Yield the names of the methods that a method calls of its own object."""
    for call in ast.walk(node):
        if (
            isinstance(call, ast.Call)
            and isinstance(call.func, ast.Attribute)
            and ast.unparse(call.func.value) == "self"
        ):
            yield call.func.attr


def operations(module: str, name: str) -> set[str]:
    """Return the boto3 operations that a method leads to in its own class."""
    known, found, waiting = methods(module), set[str](), [name]
    seen: set[str] = set()
    while waiting:
        if (current := waiting.pop()) in seen or current not in known:
            continue
        seen.add(current)
        found |= {c.func.attr for c in calls_on(known[current], "_client")}  # type: ignore[attr-defined]
        waiting += own_calls(known[current])
    return found


def needed(module: str, name: str, resource: str) -> Iterator[tuple[str, str]]:
    """Yield (action, resource) of what a port's method does, through the table or directly."""
    known = methods(module)
    assert name in known, f"{module} has no method {name}"
    for operation in operations(module, name):
        for action in ACTIONS[operation]:
            yield action, resource
    for each in {name, *own_calls(known[name])} & known.keys():
        for call in calls_on(known[each], "_table"):
            yield from _of_table(call, resource)


def _of_table(call: ast.Call, resource: str) -> Iterator[tuple[str, str]]:
    method = call.func.attr  # type: ignore[attr-defined]
    if method == "query_index":
        index = ast.literal_eval(call.args[0])
        yield "dynamodb:Query", f"{resource}/index/{index}"
        yield "dynamodb:BatchGetItem", resource
        return
    for operation in operations("dynamodb_table", method):
        for action in ACTIONS[operation]:
            yield action, resource


def expected(stem: str) -> set[tuple[str, str]]:
    """Return what a function needs, all told."""
    log = f"arn:AWS::Partition:logs:AWS::Region:AWS::AccountId:log-group:{stem.title()}LogGroup:*"
    found = {(action, log) for action in OF_A_LOG}
    for module, names, resource in METHODS[stem]:
        for name in names.split():
            found |= set(needed(module, name, resource))
    if stem == "process":
        found |= {(action, "SignalQueue") for action in OF_THE_EVENT_SOURCE}
    if stem in {"sweep", "reconcile"}:  # what an asynchronous call that failed is sent by
        found.add(("sqs:SendMessage", "ScheduleDeadLetterQueue"))
    return found


@pytest.mark.parametrize("stem", STEMS)
def test_a_role_allows_what_its_function_does_and_nothing_else(stem: str) -> None:
    allowed = permissions(f"{stem.title()}Role")

    wanted = expected(stem)

    assert allowed - wanted == set(), "allowed, and never done"
    assert wanted - allowed == set(), "done, and not allowed"


def test_every_call_of_the_adapters_is_known_to_the_table() -> None:
    called = {
        call.func.attr  # type: ignore[attr-defined]
        for path in ADAPTERS.glob("*.py")
        for call in calls_on(ast.parse(path.read_text()), "_client")
    }

    assert called == ACTIONS.keys()


def test_each_function_has_the_role_of_its_name_and_no_other_role_exists_for_functions() -> None:
    roles = {
        name: text(function["Properties"]["Role"])
        for name, function in resources("AWS::Lambda::Function").items()
    }

    assert roles == {f"{stem.title()}Function": f"{stem.title()}Role" for stem in STEMS}
    assert set(resources("AWS::IAM::Role")) == {
        *roles.values(),
        "ScheduleRole",
        "NoticesByEmailRole",
        "MailerRole",
    }


def test_ingest_may_read_no_secret_but_those_of_the_hooks() -> None:
    secrets = {r for a, r in permissions("IngestRole") if a.startswith("secretsmanager:")}

    assert secrets == {f"{SECRET}*/hooks-??????"}


@pytest.mark.parametrize("role", sorted(resources("AWS::IAM::Role")))
def test_no_role_allows_every_action_or_every_resource(role: str) -> None:
    for action, resource in permissions(role):
        assert "*" not in action
        assert resource != "*"


@pytest.mark.parametrize("name", ["ViewerPolicy", "OperatorPolicy", "ApproverPolicy"])
def test_a_policy_for_people_names_its_actions(name: str) -> None:
    every = set(statements(properties(name)["PolicyDocument"]))

    assert every
    assert not {action for action, _, _ in every if "*" in action}
    assert {action for action, resource, _ in every if resource == "*"} <= {
        "cloudwatch:DescribeAlarms",
        "cloudwatch:GetDashboard",
        "cloudwatch:GetMetricData",
        "logs:DescribeQueryDefinitions",
        "logs:GetQueryResults",
    }


def test_a_viewer_cannot_write_and_an_operator_cannot_close_a_review() -> None:
    viewer = {action for action, _, _ in statements(properties("ViewerPolicy")["PolicyDocument"])}
    operator = set(statements(properties("OperatorPolicy")["PolicyDocument"]))

    assert not {a for a in viewer if a.split(":")[1].startswith(("Put", "Update", "Delete"))}
    assert ("dynamodb:UpdateItem", "StateTable", True) in operator
    assert ("dynamodb:UpdateItem", "StateTable", False) not in operator


BY_OPERATORS: Final = [
    ("sqs_queue", "put", "SignalQueue"),
    ("dynamodb_receipts", "replace", "ReceiptsTable"),
    ("dynamodb_changelog", "replace settle", "ChangelogTable"),
    ("dynamodb_bookmarks", "replace_bookmark", "StateTable"),
    ("dynamodb_controls", "stop resume pause_rule resume_rule", "StateTable"),
    ("dynamodb_counters", "take", "StateTable"),
    ("dynamodb_parked", "unpark", "StateTable"),
    ("dynamodb_rules", "publish", "StateTable"),
    ("dynamodb_runs", "replace_run", "StateTable"),
    ("secrets_manager", "_read", f"{SECRET}*/api-??????"),
    ("secrets_manager", "_read", f"{SECRET}*/hooks-??????"),
    ("secrets_manager_rotations", "rotation replace_rotation", f"{SECRET}*/hooks-??????"),
]
"""Adapter, the methods of it that an operator's commands use besides a viewer's, of what."""

BY_APPROVERS: Final = [
    ("sqs_queue", "put", "SignalQueue", ""),
    ("dynamodb_controls", "approve", "StateTable", "*#controls"),
    ("dynamodb_orders", "lift", "StateTable", "*#order#*"),
    ("dynamodb_parked", "park unpark", "StateTable", "*#parked"),
    ("dynamodb_reviews", "close_review", "StateTable", "*#reviews"),
]
"""The same of `reviews approve` and `reject` besides a viewer's; which items, by their keys."""

OF_DEAD_LETTERS: Final = {
    ("sqs:ReceiveMessage", "SignalDeadLetterQueue"),
    ("sqs:ChangeMessageVisibility", "SignalDeadLetterQueue"),
    ("sqs:DeleteMessage", "SignalDeadLetterQueue"),
}


def of_people(*names: str) -> set[tuple[str, str]]:
    """Return every (action, resource) that policies for people allow, under a condition or not."""
    return {
        (action, resource)
        for name in names
        for action, resource, _ in statements(properties(name)["PolicyDocument"])
    }


def test_an_operator_may_do_what_the_commands_do_and_nothing_else() -> None:
    wanted = set(OF_DEAD_LETTERS)
    for module, names, resource in BY_OPERATORS:
        for name in names.split():
            wanted |= set(needed(module, name, resource))

    allowed = of_people("OperatorPolicy")

    assert allowed - wanted == set(), "allowed, and never done"
    assert wanted - allowed - of_people("ViewerPolicy") == set(), "done, and not allowed"


def test_an_approver_may_write_what_a_verdict_writes_and_no_other_item() -> None:
    wanted = {
        (*each, keys)
        for module, names, resource, keys in BY_APPROVERS
        for name in names.split()
        for each in needed(module, name, resource)
    }

    allowed = {
        (action, resource, keys)
        for statement in properties("ApproverPolicy")["PolicyDocument"]["Statement"]
        for action, resource, _ in statements({"Statement": [statement]})
        for keys in leading_keys(statement)
    }

    looked = {each for each in wanted if each[:2] in of_people("ViewerPolicy")}
    assert allowed == wanted - looked


def leading_keys(statement: Mapping[str, Any]) -> list[str]:
    """Return what the keys of the items must look like; an empty text for any."""
    if "Condition" not in statement:
        return [""]
    found: list[str] = statement["Condition"]["ForAllValues:StringLike"]["dynamodb:LeadingKeys"]
    return found


def test_people_find_the_stack_by_its_name() -> None:
    [resource] = [r for a, r in of_people("ViewerPolicy") if a == "cloudformation:DescribeStacks"]

    assert resource.endswith(":stack/AWS::StackName/*")


def test_a_command_that_is_refused_names_the_policies_that_grant_it() -> None:
    granted = {
        action: tuple(
            name
            for name in ("ViewerPolicy", "OperatorPolicy", "ApproverPolicy")
            if action in {each for each, _ in of_people(name)}
        )
        for action in GRANTED_BY
    }

    assert granted == GRANTED_BY
    by_console_alone = {"cloudwatch:GetDashboard", "cloudwatch:GetMetricData"}
    every = {action for action, _ in of_people("ViewerPolicy", "OperatorPolicy", "ApproverPolicy")}
    assert {each for each in every - GRANTED_BY.keys() if each[:5] != "logs:"} == by_console_alone
