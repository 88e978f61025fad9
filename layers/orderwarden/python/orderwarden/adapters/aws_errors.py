"""What AWS's refusals, and answers that never came, mean for what comes next.

Source: the "Errors" page of each service's API reference; botocore's own exceptions.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

from botocore.exceptions import (
    BotoCoreError,
    ChecksumError,
    ClientError,
    ConnectionError,  # noqa: A004  botocore's own, not Python's
    HTTPClientError,
    ParamValidationError,
)

from orderwarden.errors import ConfigurationError, OrderwardenError, Rejected, TryAgain

THROTTLED_RETRY_S: Final = 2.0
OUT_OF_REACH_RETRY_S: Final = 1.0
_LONGEST_TOLD: Final = 300

THROTTLED: Final = frozenset(
    {
        "KmsThrottled",
        "KMS.ThrottlingException",
        "OverLimit",
        "ProvisionedThroughputExceeded",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "Throttling",
        "ThrottlingError",
        "ThrottlingException",
        "TooManyRequestsException",
    }
)
CONTENDED: Final = frozenset(
    {
        "ConcurrentModificationException",
        "ReplicatedWriteConflictException",
        "TransactionConflict",
        "TransactionConflictException",
        "TransactionInProgressException",
    }
)
FAILED: Final = frozenset(
    {
        "InternalException",
        "InternalFailure",
        "InternalServerError",
        "InternalServiceError",
        "RequestTimeout",
        "RequestTimeoutException",
        "ServiceUnavailable",
    }
)
REJECTED: Final = frozenset({"InvalidMessageContents", "ItemCollectionSizeLimitExceededException"})
"""What is refused for what it says, not for who asks or how things are set up."""


@contextmanager
def in_our_words(place: str) -> Iterator[None]:
    """Raise what goes wrong in a call to AWS as one of our errors.

    Args:
        place: What is asked, for a person: `table orders`, `secret orderwarden/...`.

    Raises:
        TryAgain: `aws_throttled`, `aws_contended`, `aws_failed` or `aws_out_of_reach`; of a
            write, nobody knows whether it was made.
        Rejected: The code that AWS gave.
        ConfigurationError: Anything else: no permission, no such thing, no credentials.
    """
    try:
        yield
    except ClientError as error:
        raise _told(error, place) from error
    except (HTTPClientError, ConnectionError, ChecksumError) as error:
        raise TryAgain("aws_out_of_reach", OUT_OF_REACH_RETRY_S) from error
    except ParamValidationError:
        raise  # a mistake of ours; its text holds values
    except BotoCoreError as error:
        problem = f"{place}: the AWS client is not set up ({type(error).__name__})"
        raise ConfigurationError(problem) from error


def codes_of(error: ClientError) -> Sequence[str]:
    """Return AWS's codes for what went wrong; of a cancelled transaction, its parts' too."""
    details: Any = error.response
    told = details.get("Error", {})
    # SQS knows some errors by an old and a new name; botocore keeps the new one here.
    code = told.get("QueryErrorCode") or told.get("Code", "")
    return (code, *(part.get("Code", "") for part in details.get("CancellationReasons", ())))


def was_sent_again(answer: ClientError) -> bool:
    """Return whether botocore sent the request more than once before this answer came."""
    return answer.response.get("ResponseMetadata", {}).get("RetryAttempts", 0) > 0


def _told(error: ClientError, place: str) -> OrderwardenError:
    codes = codes_of(error)
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if not THROTTLED.isdisjoint(codes) or status == 429:
        return TryAgain("aws_throttled", THROTTLED_RETRY_S)
    if not CONTENDED.isdisjoint(codes):
        return TryAgain("aws_contended", OUT_OF_REACH_RETRY_S)
    if not FAILED.isdisjoint(codes) or status >= 500:
        return TryAgain("aws_failed", OUT_OF_REACH_RETRY_S)
    if not REJECTED.isdisjoint(codes):
        return Rejected(codes[0])
    told = str(error.response.get("Error", {}).get("Message", ""))[:_LONGEST_TOLD]
    return ConfigurationError(f"{place}: {error.operation_name} was refused, {codes[0]}: {told}")
