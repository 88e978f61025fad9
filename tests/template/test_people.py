"""The policies for people allow what the commands do that each is for."""

from __future__ import annotations

from typing import Final

import pytest
from template.test_permissions import needed, of_people
from template.translated import properties

VIEWER: Final = [
    ("dynamodb_receipts", "look_up of_order", "ReceiptsTable"),
    ("dynamodb_changelog", "of_order between of_run every_line", "ChangelogTable"),
    ("dynamodb_bookmarks", "bookmark", "StateTable"),
    ("dynamodb_controls", "controls", "StateTable"),
    ("dynamodb_counters", "counted", "StateTable"),
    ("dynamodb_orders", "seen holds every_seen every_hold", "StateTable"),
    ("dynamodb_parked", "waiting_for count_parked", "StateTable"),
    ("dynamodb_reviews", "reviews", "StateTable"),
    ("dynamodb_rules", "_versions", "StateTable"),
    ("dynamodb_runs", "run runs", "StateTable"),
    ("sqs_queue", "depth", "SignalQueue"),
    ("sqs_queue", "depth", "SignalDeadLetterQueue"),
]
IMPORTER: Final = [
    ("dynamodb_receipts", "look_up replace", "ReceiptsTable"),
    ("dynamodb_changelog", "of_order replace", "ChangelogTable"),
    ("dynamodb_bookmarks", "bookmark replace_bookmark", "StateTable"),
    ("dynamodb_controls", "approve pause_rule", "StateTable"),
    ("dynamodb_counters", "every_count raise_to", "StateTable"),
    ("dynamodb_orders", "seen_many replace_seen holds hold", "StateTable"),
    ("dynamodb_parked", "every_parked park", "StateTable"),
    ("dynamodb_reviews", "open_review", "StateTable"),
    ("dynamodb_rules", "publish", "StateTable"),
    ("dynamodb_runs", "run replace_run", "StateTable"),
    ("sqs_queue", "put", "SignalQueue"),
]
"""What `changelog import` uses; whoever operates may do it."""

APPROVER: Final = [
    ("dynamodb_controls", "approve", "StateTable"),
    ("dynamodb_orders", "lift", "StateTable"),
    ("dynamodb_parked", "unpark", "StateTable"),
    ("dynamodb_reviews", "close_review", "StateTable"),
    ("sqs_queue", "put", "SignalQueue"),
]


@pytest.mark.parametrize(
    ("policies", "uses"),
    [
        (["ViewerPolicy"], VIEWER),
        (["ViewerPolicy", "OperatorPolicy"], IMPORTER),
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

    assert wanted - of_people(*policies) == set()


def test_an_approver_may_lift_the_hold_that_a_review_is_about() -> None:
    [patterns] = [
        each["Condition"]["ForAllValues:StringLike"]["dynamodb:LeadingKeys"]
        for each in properties("ApproverPolicy")["PolicyDocument"]["Statement"]
        if each["Action"] == "dynamodb:DeleteItem"
    ]

    assert patterns == ["*#parked", "*#order#*"]
