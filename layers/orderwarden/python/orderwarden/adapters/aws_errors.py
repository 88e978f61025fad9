"""What AWS's refusals, and answers that never came, mean for what comes next.

Source: the "Errors" page of each service's API reference; botocore's own exceptions.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

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
        "LimitExceededException",
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


def code_of(error: ClientError) -> str:
    """Return AWS's code for what went wrong, e.g. `ThrottlingException`."""
    details = error.response.get("Error", {})
    # SQS calls the same thing by an old and a new name; botocore keeps the new one here.
    return str(details.get("QueryErrorCode") or details.get("Code", ""))


def may_work_later(code: str) -> TryAgain | None:
    """Return what to raise for a code after which the same may work later; None for others."""
    if code in THROTTLED:
        return TryAgain("aws_throttled", THROTTLED_RETRY_S)
    if code in CONTENDED:
        return TryAgain("aws_contended", OUT_OF_REACH_RETRY_S)
    return TryAgain("aws_failed", OUT_OF_REACH_RETRY_S) if code in FAILED else None


def was_sent_again(answer: ClientError) -> bool:
    """Return whether botocore sent the request more than once before this answer came."""
    return answer.response.get("ResponseMetadata", {}).get("RetryAttempts", 0) > 0


def _told(error: ClientError, place: str) -> OrderwardenError:
    code = code_of(error)
    later = may_work_later(code)
    if later is not None:
        return later
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if status >= 500:
        return TryAgain("aws_failed", OUT_OF_REACH_RETRY_S)
    if status == 429:
        return TryAgain("aws_throttled", THROTTLED_RETRY_S)
    if code in REJECTED:
        return Rejected(code)
    message = str(error.response.get("Error", {}).get("Message", ""))[:_LONGEST_TOLD]
    return ConfigurationError(f"{place}: {error.operation_name} was refused, {code}: {message}")
