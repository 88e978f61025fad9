"""What the template promises and no stand-in checks: read off what CloudFormation would get."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from typing import Any

import aws_stand_in
import pytest
from orderwarden.adapters.sqs_limits import KEPT
from orderwarden.bootstrap import INGEST, LEASE_S
from orderwarden.domain.receipt import KEPT as RECEIPT_KEPT
from orderwarden.services.batch import TIME_NEEDED_S
from orderwarden.services.process import PARK_AT_RECEIVES
from template.translated import ROOT, STEMS, properties, resources, source, text, translated

FUNCTIONS = [f"{stem.title()}Function" for stem in STEMS]
KEEPERS = ("ChangelogTable", "StateTable")
CFN_LINT = "from cfnlint.runner import main; main()"
DAY_S = 24 * 60 * 60


def test_cfn_lint_finds_nothing() -> None:
    run = subprocess.run(  # noqa: S603  our own interpreter and file
        [sys.executable, "-c", CFN_LINT, "--include-checks", "I", "--", "template.yaml"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (run.returncode, run.stdout) == (0, "")


# Functions


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_runs_on_python_313_and_arm64_with_both_layers(name: str) -> None:
    function = properties(name)

    assert (function["Runtime"], function["Architectures"]) == ("python3.13", ["arm64"])
    assert len(function["Layers"]) == 2
    assert function["Handler"] == f"{name.removesuffix('Function').lower()}_handler.lambda_handler"
    assert "ReservedConcurrentExecutions" not in function
    assert text(function["LoggingConfig"]["LogGroup"]) == name.replace("Function", "LogGroup")


def test_the_environment_is_what_the_settings_know() -> None:
    known = set(re.findall(r"ORDERWARDEN_[A-Z_]+", (ROOT / SETTINGS).read_text()))

    given = {name: set(properties(name)["Environment"]["Variables"]) for name in FUNCTIONS}

    assert given["IngestFunction"] == {
        "ORDERWARDEN_STORES",
        "ORDERWARDEN_QUEUE_URL",
        "ORDERWARDEN_SECRETS_PREFIX",
    }
    assert given["ReconcileFunction"] == known
    others = known - {"ORDERWARDEN_PUBLIC_URL"}  # one alone looks after hooks
    assert given["SweepFunction"] == given["ProcessFunction"] == others


SETTINGS = "layers/orderwarden/python/orderwarden/settings.py"


def test_process_has_time_for_what_it_begins_and_its_claims_outlive_it() -> None:
    timeout_s = properties("ProcessFunction")["Timeout"]

    assert timeout_s == 90
    assert timeout_s - TIME_NEEDED_S == 20
    assert timeout_s < LEASE_S < properties("SignalQueue")["VisibilityTimeout"]


def test_ingest_ends_before_the_gateway_gives_up_and_after_its_own_calls() -> None:
    config: Any = INGEST
    calls_s = 2 * 2 * (config.connect_timeout + config.read_timeout)
    [api] = resources("AWS::ApiGatewayV2::Api").values()
    integrations = [
        path["post"]["x-amazon-apigateway-integration"]["timeoutInMillis"]
        for path in api["Properties"]["Body"]["paths"].values()
    ]

    assert calls_s == 16
    assert calls_s < properties("IngestFunction")["Timeout"] < 29
    assert integrations == [29_000, 29_000]


# The queue


def test_the_queues_are_fifo_in_high_throughput_mode_and_keep_signals_for_14_days() -> None:
    for name in ("SignalQueue", "SignalDeadLetterQueue"):
        queue = properties(name)
        assert queue["FifoQueue"] is True
        assert queue["DeduplicationScope"] == "messageGroup"
        assert queue["FifoThroughputLimit"] == "perMessageGroupId"
        assert queue["MessageRetentionPeriod"] == 14 * DAY_S == KEPT.total_seconds()
        assert "ContentBasedDeduplication" not in queue


def test_a_signal_is_hidden_for_six_times_the_timeout_and_given_up_after_100_receives() -> None:
    queue = properties("SignalQueue")

    assert queue["VisibilityTimeout"] == 6 * properties("ProcessFunction")["Timeout"]
    assert text(queue["RedrivePolicy"]["deadLetterTargetArn"]) == "SignalDeadLetterQueue"
    assert PARK_AT_RECEIVES < queue["RedrivePolicy"]["maxReceiveCount"] == 100


def test_receipts_outlive_every_way_by_which_a_signal_may_come_again() -> None:
    queue_s = properties("SignalQueue")["MessageRetentionPeriod"]

    assert RECEIPT_KEPT.total_seconds() > queue_s + 3 * DAY_S


def test_lambda_reports_single_failures_and_takes_no_more_batches_than_asked() -> None:
    [mapping] = resources("AWS::Lambda::EventSourceMapping").values()
    told = mapping["Properties"]

    assert told["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert text(told["EventSourceArn"]) == "SignalQueue"
    assert text(told["ScalingConfig"]["MaximumConcurrency"]) == "MaximumConcurrency"
    assert told["BatchSize"] == 10
    assert "MaximumBatchingWindowInSeconds" not in told  # FIFO queues know none


def test_the_dead_letters_of_schedules_are_a_standard_queue() -> None:
    assert "FifoQueue" not in properties("ScheduleDeadLetterQueue")


@pytest.mark.parametrize(
    "name", ["SignalQueue", "SignalDeadLetterQueue", "ScheduleDeadLetterQueue"]
)
def test_a_queue_is_encrypted(name: str) -> None:
    assert properties(name)["SqsManagedSseEnabled"] is True


# Schedules


@pytest.mark.parametrize(("stem", "minutes"), [("Sweep", 5), ("Reconcile", 15)])
def test_a_schedule_is_not_retried_and_its_failures_are_kept(stem: str, minutes: int) -> None:
    schedule = properties(f"{stem}Schedule")
    target = schedule["Target"]

    assert schedule["ScheduleExpression"] == f"rate({minutes} minutes)"
    assert target["RetryPolicy"] == {
        "MaximumRetryAttempts": 0,
        "MaximumEventAgeInSeconds": minutes * 60,
    }
    assert text(target["Arn"]) == f"{stem}Function"
    assert text(target["DeadLetterConfig"]["Arn"]) == "ScheduleDeadLetterQueue"
    assert properties(f"{stem}Function")["Timeout"] < minutes * 60


@pytest.mark.parametrize(("stem", "minutes"), [("Sweep", 5), ("Reconcile", 15)])
def test_a_scheduled_function_that_fails_is_not_retried_and_told(stem: str, minutes: int) -> None:
    [config] = [
        each["Properties"]
        for each in resources("AWS::Lambda::EventInvokeConfig").values()
        if text(each["Properties"]["FunctionName"]) == f"{stem}Function"
    ]

    assert config["MaximumRetryAttempts"] == 0
    assert config["MaximumEventAgeInSeconds"] == minutes * 60
    assert text(config["DestinationConfig"]["OnFailure"]["Destination"]) == (
        "ScheduleDeadLetterQueue"
    )


# Tables


@pytest.mark.parametrize("name", KEEPERS)
def test_what_is_kept_for_ever_can_be_restored_and_outlives_the_stack(name: str) -> None:
    resource, table = translated()["Resources"][name], properties(name)

    assert (resource["DeletionPolicy"], resource["UpdateReplacePolicy"]) == ("Retain", "Retain")
    assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert table["DeletionProtectionEnabled"] == {"Fn::If": ["ProtectsTables", True, False]}


def test_receipts_expire_by_their_epoch() -> None:
    assert properties("ReceiptsTable")["TimeToLiveSpecification"] == {
        "AttributeName": "expires_at_epoch",
        "Enabled": True,
    }


@pytest.mark.parametrize(
    ("name", "stand_in"),
    [
        ("ReceiptsTable", aws_stand_in.RECEIPTS),
        ("ChangelogTable", aws_stand_in.CHANGELOG),
        ("StateTable", aws_stand_in.STATE),
    ],
)
def test_a_table_has_the_keys_and_indexes_that_the_adapters_are_tested_with(
    name: str, stand_in: str
) -> None:
    table = properties(name)
    [(key, indexes)] = [each[1:] for each in aws_stand_in.TABLES if each[0] == stand_in]

    found = {
        index["IndexName"]: names(index["KeySchema"])
        for index in table.get("GlobalSecondaryIndexes", [])
    }

    assert names(table["KeySchema"]) == key
    assert found == indexes
    assert {a["AttributeName"]: a["AttributeType"] for a in table["AttributeDefinitions"]} == (
        dict.fromkeys({*key, *(name for names in indexes.values() for name in names)}, "S")
    )
    assert all(
        index["Projection"] == {"ProjectionType": "KEYS_ONLY"}
        for index in table.get("GlobalSecondaryIndexes", [])
    )


def names(schema: list[dict[str, str]]) -> tuple[str, ...]:
    assert [each["KeyType"] for each in schema] == ["HASH", "RANGE"][: len(schema)]
    return tuple(each["AttributeName"] for each in schema)


@pytest.mark.parametrize("name", ["ReceiptsTable", *KEEPERS])
def test_a_table_is_paid_by_the_request_and_encrypted(name: str) -> None:
    assert properties(name)["BillingMode"] == "PAY_PER_REQUEST"
    assert properties(name)["SSESpecification"] == {"SSEEnabled": True}


# Webhooks


def test_the_two_routes_and_no_other() -> None:
    [api] = resources("AWS::ApiGatewayV2::Api").values()

    paths = api["Properties"]["Body"]["paths"]

    assert {path: set(methods) for path, methods in paths.items()} == {
        "/webhooks/{store_hash}": {"post"},
        "/webhooks/{store_hash}/exceptions": {"post"},
    }


def test_webhooks_are_throttled_by_a_parameter_alone_and_logged() -> None:
    [stage] = resources("AWS::ApiGatewayV2::Stage").values()
    told = stage["Properties"]

    assert told["DefaultRouteSettings"]["ThrottlingRateLimit"] == {"Ref": "WebhooksPerSecond"}
    assert told["DefaultRouteSettings"]["ThrottlingBurstLimit"] == 5000
    assert source()["Parameters"]["WebhooksPerSecond"]["Default"] == 1000
    assert text(told["AccessLogSettings"]["DestinationArn"]) == "AccessLogGroup"
    assert json.loads(told["AccessLogSettings"]["Format"])["status"] == "$context.status"


def test_every_log_has_an_end() -> None:
    logs = resources("AWS::Logs::LogGroup")

    assert len(logs) == len(STEMS) + 1
    assert all(
        text(log["Properties"]["RetentionInDays"]) == "LogRetentionDays" for log in logs.values()
    )


# Alarms


VISIBLE = "ApproximateNumberOfMessagesVisible"
ALARMS = resources("AWS::CloudWatch::Alarm")


def metrics_of(alarm: dict[str, Any]) -> set[tuple[str, str, str]]:
    """Return (namespace, metric, of what) of an alarm."""
    told = alarm["Properties"]
    plain = [told] if "MetricName" in told else []
    parts = [
        each["MetricStat"]["Metric"] for each in told.get("Metrics", []) if "MetricStat" in each
    ]
    return {
        (each["Namespace"], each["MetricName"], text(each["Dimensions"][0]["Value"]))
        for each in (*plain, *parts)
    }


@pytest.mark.parametrize(
    ("name", "metric"),
    [
        ("DeadLetters", ("AWS/SQS", VISIBLE, "SignalDeadLetterQueue.QueueName")),
        ("ScheduleDeadLetters", ("AWS/SQS", VISIBLE, "ScheduleDeadLetterQueue.QueueName")),
        ("OldestSignal", ("AWS/SQS", "ApproximateAgeOfOldestMessage", "SignalQueue.QueueName")),
        ("IngestErrors", ("AWS/ApiGateway", "5xx", "WebhookApi")),
        ("UnusableWebhooks", ("Orderwarden", "Unusable", "IngestFunction")),
        ("WrongSignatures", ("Orderwarden", "WrongSignatures", "IngestFunction")),
        ("UnauthorisedWebhooks", ("Orderwarden", "Unauthorised", "IngestFunction")),
        ("DeliveryErrors", ("Orderwarden", "DeliveryErrors", "IngestFunction")),
        ("WebhookRate", ("AWS/ApiGateway", "Count", "WebhookApi")),
        ("Throttles", ("AWS/Lambda", "Throttles", "IngestFunction")),
        ("FunctionErrors", ("AWS/Lambda", "Errors", "ProcessFunction")),
        ("HooksRepaired", ("Orderwarden", "HooksRepaired", "ReconcileFunction")),
        ("ApprovalWaits", ("Orderwarden", "ApprovalsWaiting", "SweepFunction")),
        ("StoreStopped", ("Orderwarden", "StoresStopped", "SweepFunction")),
        ("SweepSilent", ("Orderwarden", "SweepRuns", "SweepFunction")),
        ("ReconcileSilent", ("Orderwarden", "ReconcileRuns", "ReconcileFunction")),
    ],
)  # fmt: skip
def test_an_alarm_watches_its_metric(name: str, metric: tuple[str, str, str]) -> None:
    assert metric in metrics_of(dict(ALARMS[f"{name}Alarm"]))


@pytest.mark.parametrize("name", sorted(ALARMS))
def test_an_alarm_is_told_and_says_what_it_means(name: str) -> None:
    told = ALARMS[name]["Properties"]

    assert [text(each) for each in told["AlarmActions"]] == ["AlarmTopic"]
    assert told["AlarmDescription"].endswith((".", "?"))


def test_silence_is_an_alarm_and_only_silence() -> None:
    breaching = {
        n for n, a in ALARMS.items() if a["Properties"]["TreatMissingData"] == "breaching"
    }

    assert breaching == {"SweepSilentAlarm", "ReconcileSilentAlarm"}
    for name in breaching:
        told = ALARMS[name]["Properties"]
        assert (told["Period"], told["Threshold"]) == (3600, 1)
        assert told["ComparisonOperator"] == "LessThanThreshold"


@pytest.mark.parametrize(
    "name", [n for n, alarm in ALARMS.items() if len(alarm["Properties"].get("Metrics", [])) > 2]
)
def test_a_sum_needs_no_function_to_have_run(name: str) -> None:
    asked, *parts = ALARMS[name]["Properties"]["Metrics"]

    unfilled = {
        part["Id"] for part in parts if f"FILL({part['Id']}, 0)" not in asked["Expression"]
    }

    assert not unfilled, "without a value of its own, the whole expression has none"


def test_an_error_is_seen_however_long_ago_its_run_began() -> None:
    told = ALARMS["FunctionErrorsAlarm"]["Properties"]
    period_s = told["Metrics"][1]["MetricStat"]["Period"]
    longest_s = max(properties(name)["Timeout"] for name in FUNCTIONS)

    assert (told["EvaluationPeriods"] - 1) * period_s >= longest_s
    assert told["DatapointsToAlarm"] == 1


def test_an_alarm_tells_at_half_of_the_rate() -> None:
    told = ALARMS["WebhookRateAlarm"]["Properties"]

    assert told["Metrics"][0]["Expression"] == {
        "Fn::Sub": "100 * requests / 60 / ${WebhooksPerSecond}"
    }
    assert told["Threshold"] == 50


@pytest.mark.parametrize(
    ("webhooks", "refused", "rings"),
    [
        (100, 5, True),
        (100, 4, False),
        (10, 1, True),
        (9, 2, False),
        (3, 3, True),  # a quiet shop of which every webhook is refused, and sent again
        (1, 1, False),
        (0, 0, False),
    ],
)
def test_refused_webhooks_ring_by_their_share_and_in_a_quiet_shop_too(
    webhooks: int, refused: int, *, rings: bool
) -> None:
    told = ALARMS["UnauthorisedWebhooksAlarm"]["Properties"]
    found = re.fullmatch(
        r"IF\(FILL\(webhooks, 0\) >= (\d+) OR FILL\(unauthorised, 0\) >= (\d+), "
        r"100 \* FILL\(unauthorised, 0\) / FILL\(webhooks, 0\), 0\)",
        told["Metrics"][0]["Expression"],
    )

    assert found
    many, several = int(found[1]), int(found[2])
    is_enough = webhooks >= many or refused >= several
    share = 100 * refused / webhooks if is_enough else 0

    assert (share >= told["Threshold"]) is rings


def test_every_metric_of_ours_that_is_watched_is_written_by_its_function() -> None:
    for alarm in ALARMS.values():
        for namespace, metric, function in metrics_of(dict(alarm)):
            if namespace == "Orderwarden":
                stem = function.removesuffix("Function").lower()
                code = (ROOT / f"functions/{stem}/{stem}_handler.py").read_text()
                assert f'"{metric}"' in code


# Who is told


def test_the_topic_is_encrypted_by_a_key_that_alarms_and_notices_may_use() -> None:
    assert text(properties("AlarmTopic")["KmsMasterKeyId"]) == "AlarmKey"
    services = {
        text(statement["Principal"].get("Service", ""))
        for statement in properties("AlarmKey")["KeyPolicy"]["Statement"]
    }
    assert {"cloudwatch.amazonaws.com", "events.amazonaws.com"} <= services
    assert properties("AlarmKey")["EnableKeyRotation"] is True


def test_each_way_of_notices_has_its_switch() -> None:
    to_topic, by_email = properties("NoticesToTopicRule"), properties("NoticesByEmailRule")

    assert to_topic["State"] == {"Fn::If": ["SendsNoticesToTopic", "ENABLED", "DISABLED"]}
    assert translated()["Resources"]["NoticesByEmailRule"]["Condition"] == "MailsNotices"
    for rule in (to_topic, by_email):
        assert text(rule["EventBusName"]) == "NoticeBus.Name"
        assert rule["EventPattern"] == {"source": ["orderwarden"]}


# Looking


def test_the_dashboard_is_json_and_shows_metrics_that_are_written() -> None:
    body = json.loads(properties("Dashboard")["DashboardBody"]["Fn::Sub"])
    handlers = "".join(path.read_text() for path in (ROOT / "functions").rglob("*.py"))

    shown = {
        metric[1]
        for widget in body["widgets"]
        for metric in widget["properties"]["metrics"]
        if metric[0] in {"Orderwarden", "."} and not metric[1].startswith("Approximate")
    }

    assert len(body["widgets"]) == 6
    assert not {name for name in shown if f'"{name}"' not in handlers}


def test_the_saved_queries_ask_the_logs_for_fields_that_are_there() -> None:
    code = "".join(
        (ROOT / path).read_text()
        for path in (
            "layers/orderwarden/python/orderwarden/services/log_fields.py",
            "layers/orderwarden/python/orderwarden/adapters/cloudwatch_log.py",
            "functions/process/process_handler.py",
        )
    )

    for query in resources("AWS::Logs::QueryDefinition").values():
        [fields] = re.findall(r"^fields (.+)$", query["Properties"]["QueryString"], re.MULTILINE)
        asked = {field.split()[0] for field in fields.split(", ")} - {"@timestamp"}
        assert not {field for field in asked if f'"{field}"' not in code}


def test_every_parameter_is_described_and_checked() -> None:
    for name, parameter in source()["Parameters"].items():
        assert parameter["Description"].endswith("."), name
        limits = {"AllowedPattern", "AllowedValues", "MinValue"}
        assert limits & parameter.keys(), name
        assert "Default" in parameter or name == "Stores"


def test_every_output_is_described() -> None:
    assert all(output["Description"].endswith(".") for output in source()["Outputs"].values())
