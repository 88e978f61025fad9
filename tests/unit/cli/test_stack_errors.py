"""What is wrong with a stack, or with whoever asks for it, is told with its remedy."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import aws_stand_in
import boto3
import pytest
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    NoCredentialsError,
    ProfileNotFound,
    SSOTokenLoadError,
)
from click.testing import CliRunner
from fakes import TurnableClock
from orderwarden.adapters.aws_errors import in_our_words
from orderwarden_cli.aws_remedies import remedy_of
from orderwarden_cli.failures import told
from orderwarden_cli.main import main
from orderwarden_cli.stack import _unfit, ringing_alarms
from stacks import CREDENTIALS, a_stack

Ask = Callable[..., tuple[int, str]]


@pytest.fixture
def ask(monkeypatch: pytest.MonkeyPatch) -> Iterator[Ask]:
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)

    def run(stack: str = "shop", *more: str) -> tuple[int, str]:
        result = CliRunner().invoke(main, ["hooks", "status", "--stack", stack, *more])
        return result.exit_code, result.stderr

    with aws_stand_in.aws(TurnableClock()):
        yield run


def test_a_stack_that_is_not_there_is_told_with_where_it_was_looked_for(ask: Ask) -> None:
    code, said = ask("nobody")

    assert code == 3
    assert "stack nobody: there is none of this name in us-east-1; AWS_PROFILE and" in said


def test_a_stack_of_somebody_else_is_told(ask: Ask) -> None:
    a_stack("shop", Stores="abc123")

    code, said = ask()

    assert (code, "is none of Orderwarden's, or of an older version" in said) == (3, True)
    assert "QueueUrl" in said


def test_a_store_that_the_stack_does_not_serve_is_told_with_what_to_deploy(ask: Ask) -> None:
    names = ("QueueUrl", "DeadLettersUrl", "ReceiptsTable", "ChangelogTable", "StateTable")
    more = dict.fromkeys(("EventBus", "SecretsPrefix", "ApiUrl"), "-")
    a_stack("shop", Stores="abc123", **dict.fromkeys(names, "-"), **more)

    code, said = ask("shop", "--store", "xyz789")

    assert (code, "deploy it with Stores=abc123,xyz789 first" in said) == (3, True)


@pytest.mark.parametrize(
    ("status", "code", "said"),
    [
        ("CREATE_IN_PROGRESS", 4, "stack shop is CREATE_IN_PROGRESS"),
        ("ROLLBACK_IN_PROGRESS", 4, "stack shop is ROLLBACK_IN_PROGRESS"),
        ("ROLLBACK_COMPLETE", 3, "delete it, and deploy anew"),
        ("CREATE_FAILED", 3, "see its events for what failed"),
        ("UPDATE_COMPLETE", 3, "it has no output QueueUrl"),
    ],
)
def test_a_stack_that_is_not_whole_is_told_by_its_status(
    status: str, code: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended, told():
        raise _unfit("shop", status, ["QueueUrl"])

    assert (ended.value.code, said in capsys.readouterr().err) == (code, True)


def test_without_a_region_it_is_told_what_to_set(
    ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_DEFAULT_REGION")

    code, said = ask()

    assert (code, "remedy: set AWS_DEFAULT_REGION" in said) == (3, True)


def test_a_profile_that_is_not_there_is_told(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "nobody")

    code, said = ask()

    assert (code, "shows what AWS_PROFILE may name" in said) == (3, True)


def test_only_alarms_of_the_stack_itself_ring(ask: Ask) -> None:  # noqa: ARG001  it stands in for AWS
    client = boto3.client("cloudwatch")
    rings = {"shop-DeadLettersAlarm-1A": "ALARM", "shop-ThrottlesAlarm-2B": "OK"}
    for name, state in {**rings, "shop-dev-DeadLettersAlarm-3C": "ALARM"}.items():
        client.put_metric_alarm(
            AlarmName=name,
            MetricName="m",
            Namespace="n",
            Period=60,
            EvaluationPeriods=1,
            Threshold=1.0,
            Statistic="Sum",
            ComparisonOperator="GreaterThanThreshold",
        )
        client.set_alarm_state(AlarmName=name, StateValue=state, StateReason="-")

    assert ringing_alarms("shop") == ["shop-DeadLettersAlarm-1A"]


def refused(code: str, message: str = "", operation: str = "PutItem") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, operation)


USER = "User: arn:aws:iam::123456789012:user/eve is not authorized to perform: "


@pytest.mark.parametrize(
    ("error", "remedy"),
    [
        (
            refused("AccessDeniedException", f"{USER}dynamodb:Query on resource: x"),
            "you lack dynamodb:Query; the stack's ViewerPolicy grants it",
        ),
        (
            refused("AccessDenied", f"{USER}sqs:sendmessage on resource: x", "SendMessage"),
            "you lack sqs:SendMessage; the stack's OperatorPolicy or ApproverPolicy grants it",
        ),
        (
            refused("AccessDeniedException", "no", "PutSecretValue"),
            "you lack secretsmanager:PutSecretValue; the stack's OperatorPolicy grants it",
        ),
        (
            refused("AccessDeniedException", f"{USER}secretsmanager:CreateSecret on x"),
            "you lack secretsmanager:CreateSecret, which no policy of the stack grants",
        ),
        (
            refused("ResourceNotFoundException", "no such secret", "GetSecretValue"),
            "`orderwarden init --stack NAME` stores the secrets of a store",
        ),
        (refused("ExpiredToken"), "set AWS_PROFILE"),
        (NoCredentialsError(), "set AWS_PROFILE"),
        (SSOTokenLoadError(error_msg="-"), "`aws sso login`"),
        (ProfileNotFound(profile="p"), "`aws configure list-profiles`"),
    ],
)
def test_a_refusal_of_aws_has_its_remedy(
    error: BotoCoreError | ClientError, remedy: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended, told(), in_our_words("table x"):
        raise error

    assert ended.value.code == 3
    said = capsys.readouterr().err
    assert said.count("remedy: ") == 1
    assert remedy in said


@pytest.mark.parametrize("cause", [None, ValueError("x"), refused("ValidationException")])
def test_what_nobody_knows_has_none(cause: Any) -> None:  # noqa: ANN401  whatever is caught
    assert remedy_of(cause) == ""
