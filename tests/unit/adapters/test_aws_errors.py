"""What AWS's refusals and broken connections mean; none is forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from string import Formatter

import boto3
import botocore.exceptions as broken
import pytest
from botocore.exceptions import BotoCoreError, ClientError
from orderwarden.adapters.aws_errors import in_our_words
from orderwarden.errors import ConfigurationError, Rejected, TryAgain

CALLS = {
    "dynamodb": (
        "GetItem",
        "BatchGetItem",
        "Query",
        "PutItem",
        "UpdateItem",
        "DeleteItem",
        "TransactWriteItems",
    ),
    "sqs": (
        "SendMessage",
        "ReceiveMessage",
        "DeleteMessage",
        "ChangeMessageVisibility",
        "ChangeMessageVisibilityBatch",
        "GetQueueAttributes",
    ),
    "secretsmanager": ("GetSecretValue",),
    "events": ("PutEvents",),
}
"""Every call of our adapters."""

LATER = {
    "InternalException",
    "InternalServerError",
    "InternalServiceError",
    "KmsThrottled",
    "OverLimit",
    "ProvisionedThroughputExceededException",
    "ReplicatedWriteConflictException",
    "RequestLimitExceeded",
    "RequestThrottled",
    "ThrottlingException",
    "TransactionConflictException",
    "TransactionInProgressException",
}
NEVER = {"InvalidMessageContents", "ItemCollectionSizeLimitExceededException"}
A_PERSON = {
    # Set up wrongly, or not at all.
    "DecryptionFailure",
    "InvalidAddress",
    "InvalidAttributeName",
    "InvalidSecurity",
    "KmsAccessDenied",
    "KmsDisabled",
    "KmsInvalidKeyUsage",
    "KmsInvalidState",
    "KmsNotFound",
    "KmsOptInRequired",
    "QueueDoesNotExist",
    "ResourceNotFoundException",
    "UnsupportedOperation",
    # A secret that is being deleted.
    "InvalidRequestException",
    # Only a mistake of ours would bring these.
    "BatchEntryIdsNotDistinct",
    "EmptyBatchRequest",
    "IdempotentParameterMismatchException",
    "InvalidBatchEntryId",
    "InvalidIdFormat",
    "InvalidParameterException",
    "TooManyEntriesInBatchRequest",
}
WHERE_THEY_OCCUR = {
    "ConditionalCheckFailedException",
    "MessageNotInflight",
    "ReceiptHandleIsInvalid",
    "TransactionCanceledException",
}
"""Answers, not errors: the adapters handle them before."""

OUT_OF_REACH = {
    "ChecksumError",
    "ConnectTimeoutError",
    "ConnectionClosedError",
    "ConnectionError",
    "EndpointConnectionError",
    "HTTPClientError",
    "ProxyConnectionError",
    "ReadTimeoutError",
    "ResponseStreamingError",
    "SSLError",
}


def refused(code: str, status: int = 400, **more: object) -> ClientError:
    answer = {
        "Error": {"Code": code, "Message": "as AWS says it"},
        "ResponseMetadata": {"HTTPStatusCode": status},
        **more,
    }
    return ClientError(answer, "PutItem")  # type: ignore[arg-type]


def told(error: Exception) -> Exception:
    try:
        with in_our_words("table orders"):
            raise error
    except Exception as ours:  # noqa: BLE001  whatever it is, it is what we ask about
        return ours


def declared_errors() -> Iterator[str]:
    """Return every error that AWS's own description of our calls declares."""
    for service, operations in CALLS.items():
        client = boto3.client(
            service,  # type: ignore[call-overload]
            region_name="us-east-1",
            aws_access_key_id="-",
            aws_secret_access_key="-",
        )
        for operation in operations:
            shapes = client.meta.service_model.operation_model(operation).error_shapes
            yield from (shape.name for shape in shapes)


def exceptions_of_botocore() -> dict[str, type[BotoCoreError]]:
    kinds = (kind for kind in vars(broken).values() if isinstance(kind, type))
    ours = (kind for kind in kinds if issubclass(kind, BotoCoreError))
    return {kind.__name__: kind for kind in ours if kind is not broken.WaiterError}  # we have none


def made(kind: type[BotoCoreError]) -> BotoCoreError:
    names = {name for _, name, _, _ in Formatter().parse(kind.fmt) if name}
    return kind(**dict.fromkeys(names, "x"))


def test_every_error_that_aws_declares_for_our_calls_has_its_place() -> None:
    known = LATER | NEVER | A_PERSON | WHERE_THEY_OCCUR

    assert set(declared_errors()) <= known


@pytest.mark.parametrize("code", sorted(LATER | {"Throttling", "RequestTimeout"}))
def test_what_aws_cannot_do_now_may_work_later(code: str) -> None:
    ours = told(refused(code))

    assert isinstance(ours, TryAgain)
    assert ours.retry_after_s in {1.0, 2.0}


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_an_unknown_code_with_a_status_of_this_kind_may_work_later(status: int) -> None:
    assert isinstance(told(refused("Whatever", status)), TryAgain)


@pytest.mark.parametrize("code", sorted(NEVER))
def test_what_is_refused_for_what_it_says_can_never_work(code: str) -> None:
    ours = told(refused(code))

    assert isinstance(ours, Rejected)
    assert ours.reason == code


@pytest.mark.parametrize(
    "code", sorted(A_PERSON | {"AccessDeniedException", "ValidationException", "ExpiredToken"})
)
def test_what_only_a_person_can_mend_names_place_call_and_code(code: str) -> None:
    ours = told(refused(code))

    assert isinstance(ours, ConfigurationError)
    assert str(ours) == f"table orders: PutItem was refused, {code}: as AWS says it"


def test_sqs_errors_are_known_by_their_new_name() -> None:
    error = refused("AWS.SimpleQueueService.NonExistentQueue")
    error.response["Error"]["QueryErrorCode"] = "QueueDoesNotExist"  # type: ignore[typeddict-unknown-key]

    assert "QueueDoesNotExist" in str(told(error))


@pytest.mark.parametrize(
    ("reason", "kind"),
    [
        ("TransactionConflict", TryAgain),
        ("ThrottlingError", TryAgain),
        ("ProvisionedThroughputExceeded", TryAgain),
        ("ValidationError", ConfigurationError),
    ],
)
def test_a_cancelled_transaction_means_what_its_parts_say(
    reason: str, kind: type[Exception]
) -> None:
    parts = [{"Code": "None"}, {"Code": reason}]

    ours = told(refused("TransactionCanceledException", CancellationReasons=parts))

    assert isinstance(ours, kind)


@pytest.mark.parametrize(("name", "kind"), sorted(exceptions_of_botocore().items()))
def test_every_exception_of_botocore_becomes_one_of_ours(
    name: str, kind: type[BotoCoreError]
) -> None:
    error = made(kind)

    ours = told(error)

    if name in OUT_OF_REACH:
        assert isinstance(ours, TryAgain)
        assert ours.reason == "aws_out_of_reach"
    elif name == "ParamValidationError":
        assert ours is error  # a mistake of ours, which nothing may hide
    else:
        assert isinstance(ours, ConfigurationError)
        assert str(ours) == f"table orders: the AWS client is not set up ({name})"
