"""The policies for people allow what the commands do that each is for."""

from __future__ import annotations

from typing import Final

import pytest
from template.test_permissions import SECRET, needed
from template.translated import properties, statements

VIEWER: Final = [
    ("dynamodb_receipts", "look_up of_order", "ReceiptsTable"),
    ("dynamodb_changelog", "of_order between of_run", "ChangelogTable"),
    ("dynamodb_bookmarks", "bookmark", "StateTable"),
    ("dynamodb_controls", "controls", "StateTable"),
    ("dynamodb_counters", "counted", "StateTable"),
    ("dynamodb_orders", "seen holds", "StateTable"),
    ("dynamodb_parked", "waiting_for count_parked", "StateTable"),
    ("dynamodb_reviews", "reviews", "StateTable"),
    ("dynamodb_rules", "_versions", "StateTable"),
    ("dynamodb_runs", "run runs", "StateTable"),
    ("sqs_queue", "depth", "SignalQueue"),
    ("sqs_queue", "depth", "SignalDeadLetterQueue"),
]
OPERATOR: Final = [
    ("dynamodb_receipts", "replace", "ReceiptsTable"),
    ("dynamodb_bookmarks", "replace_bookmark", "StateTable"),
    ("dynamodb_controls", "stop resume pause_rule resume_rule", "StateTable"),
    ("dynamodb_orders", "replace_seen lift", "StateTable"),
    ("dynamodb_parked", "unpark", "StateTable"),
    ("dynamodb_reviews", "open_review", "StateTable"),
    ("dynamodb_rules", "publish", "StateTable"),
    ("dynamodb_runs", "replace_run", "StateTable"),
    ("secrets_manager", "_read", f"{SECRET}*/api-??????"),
    ("sqs_dead_letters", "_receive _put_down", "SignalDeadLetterQueue"),
    ("sqs_queue", "put", "SignalQueue"),
]
APPROVER: Final = [
    ("dynamodb_controls", "approve", "StateTable"),
    ("dynamodb_orders", "lift", "StateTable"),
    ("dynamodb_parked", "unpark", "StateTable"),
    ("dynamodb_reviews", "close_review", "StateTable"),
    ("sqs_queue", "put", "SignalQueue"),
]


def allowed(*policies: str) -> set[tuple[str, str]]:
    """Return every (action, resource) of policies; any index of a table by name."""
    return {
        (action, resource)
        for policy in policies
        for action, resource, _ in statements(properties(policy)["PolicyDocument"])
    }


@pytest.mark.parametrize(
    ("policies", "uses"),
    [
        (["ViewerPolicy"], VIEWER),
        (["ViewerPolicy", "OperatorPolicy"], OPERATOR),
        (["ViewerPolicy", "ApproverPolicy"], APPROVER),
    ],
)
def test_a_policy_allows_what_its_commands_do(
    policies: list[str], uses: list[tuple[str, str, str]]
) -> None:
    wanted = {
        (action, resource.partition("/index/")[0] + ("/index/*" if "/index/" in resource else ""))
        for module, names, of in uses
        for name in names.split()
        for action, resource in needed(module, name, of)
    }

    assert wanted - allowed(*policies) == set()


def test_an_approver_may_lift_the_hold_that_a_review_is_about() -> None:
    [patterns] = [
        each["Condition"]["ForAllValues:StringLike"]["dynamodb:LeadingKeys"]
        for each in properties("ApproverPolicy")["PolicyDocument"]["Statement"]
        if each["Action"] == "dynamodb:DeleteItem"
    ]

    assert patterns == ["*#parked", "*#order#*"]
