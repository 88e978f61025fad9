"""What a person does when AWS refuses a command: who grants the permission, how to log in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

GRANTED_BY: Final[Mapping[str, tuple[str, ...]]] = {
    "cloudformation:DescribeStacks": ("ViewerPolicy",),
    "cloudwatch:DescribeAlarms": ("ViewerPolicy",),
    "dynamodb:BatchGetItem": ("ViewerPolicy",),
    "dynamodb:GetItem": ("ViewerPolicy",),
    "dynamodb:Query": ("ViewerPolicy",),
    "dynamodb:Scan": ("ViewerPolicy",),
    "sqs:GetQueueAttributes": ("ViewerPolicy",),
    "dynamodb:DeleteItem": ("OperatorPolicy", "ApproverPolicy"),
    "dynamodb:PutItem": ("OperatorPolicy", "ApproverPolicy"),
    "dynamodb:UpdateItem": ("OperatorPolicy", "ApproverPolicy"),
    "secretsmanager:GetSecretValue": ("OperatorPolicy",),
    "secretsmanager:PutSecretValue": ("OperatorPolicy",),
    "sqs:ChangeMessageVisibility": ("OperatorPolicy",),
    "sqs:DeleteMessage": ("OperatorPolicy",),
    "sqs:ReceiveMessage": ("OperatorPolicy",),
    "sqs:SendMessage": ("OperatorPolicy", "ApproverPolicy"),
}
"""What commands need → the policies of the stack that grant it; what is not here, none does."""

_DENIED: Final = frozenset(
    {"AccessDenied", "AccessDeniedException", "AuthorizationError", "UnauthorizedOperation"}
)
_NOT_BELIEVED: Final = frozenset(
    {
        "ExpiredToken",
        "ExpiredTokenException",
        "InvalidClientTokenId",
        "InvalidSignatureException",
        "RequestExpired",
        "SignatureDoesNotMatch",
        "UnrecognizedClientException",
    }
)
_LOG_IN: Final = (
    "set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or log in with "
    "`aws sso login`; `aws sts get-caller-identity` shows who you are"
)
_NOT_SET_UP: Final[Mapping[str, str]] = {
    **dict.fromkeys(
        ("InvalidRegionError", "NoRegionError"),
        "set AWS_DEFAULT_REGION, or name a profile with a region by AWS_PROFILE",
    ),
    "ProfileNotFound": "`aws configure list-profiles` shows what AWS_PROFILE may name",
    "ConfigParseError": "the file of AWS's profiles cannot be read: see AWS_CONFIG_FILE",
    **dict.fromkeys(
        (
            "CredentialRetrievalError",
            "LoginRefreshRequired",
            "LoginTokenLoadError",
            "NoAuthTokenError",
            "NoCredentialsError",
            "PartialCredentialsError",
            "SSOTokenLoadError",
            "TokenRetrievalError",
            "UnauthorizedSSOTokenError",
        ),
        _LOG_IN,
    ),
}
_NAMED: Final = re.compile(r"to perform: ([\w-]+:\w+)")


def remedy_of(cause: BaseException | None) -> str:
    """Return what to do about an error of the AWS client; empty where we cannot know."""
    response: Any = getattr(cause, "response", None)
    if not isinstance(response, dict):
        return _NOT_SET_UP.get(type(cause).__name__, "")
    told = response.get("Error", {})
    code = str(told.get("Code", ""))
    if code in _NOT_BELIEVED:
        return _LOG_IN
    operation = str(getattr(cause, "operation_name", ""))
    if (code, operation) == ("ResourceNotFoundException", "GetSecretValue"):
        return "`orderwarden init --stack NAME` stores the secrets of a store"
    if code not in _DENIED:
        return ""
    action = _action(str(told.get("Message", "")), operation)
    policies = GRANTED_BY.get(action)
    if not policies:
        return f"you lack {action}, which no policy of the stack grants: whoever deploys it has it"
    names = " or ".join(policies)
    return f"you lack {action}; the stack's {names} grants it: attach it to your user or role"


def _action(message: str, operation: str) -> str:
    """Return what was refused as IAM calls it; not every service names it, or spells it so."""
    named = _NAMED.search(message)
    wanted = named[1].lower() if named else f":{operation.lower()}"
    known = (each for each in GRANTED_BY if each.lower().endswith(wanted))
    return next(known, named[1] if named else operation)
