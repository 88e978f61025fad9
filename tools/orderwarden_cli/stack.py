"""A stack as CloudFormation tells of it: where everything is, or why it cannot be worked with."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from orderwarden.errors import ConfigurationError, TryAgain
from orderwarden.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_OUTPUTS: Final = {
    "stores": "Stores",
    "queue_url": "QueueUrl",
    "dead_letters_url": "DeadLettersUrl",
    "receipts_table": "ReceiptsTable",
    "changelog_table": "ChangelogTable",
    "state_table": "StateTable",
    "event_bus": "EventBus",
    "secrets_prefix": "SecretsPrefix",
    "api_url": "ApiUrl",
}
_UNDER_WAY: Final = "_IN_PROGRESS"


@dataclass(frozen=True, slots=True)
class Stack:
    """A stack of ours.

    Attributes:
        place: Region and account, for a person.
    """

    name: str
    place: str
    settings: Settings


def read_stack(name: str) -> Stack:
    """Ask CloudFormation for a stack.

    Raises:
        ConfigurationError: There is no such stack of ours, no credentials, or no SDK here.
        TryAgain: AWS is out of reach, or the stack is being created.
    """
    found, region = _described(name)
    outputs = {each["OutputKey"]: each["OutputValue"] for each in found.get("Outputs", [])}
    missing = sorted(set(_OUTPUTS.values()) - outputs.keys())
    if missing:
        raise _unfit(name, found["StackStatus"], missing)
    texts = {field: outputs[output] for field, output in _OUTPUTS.items() if field != "stores"}
    settings = Settings(
        stores=tuple(outputs["Stores"].split(",")),
        public_url=outputs.get("PublicUrl", "").rstrip("/"),  # older stacks have none
        **texts,
    )
    account = found["StackId"].split(":")[4]
    return Stack(found["StackName"], f"{region}, account {account}", settings)


def aws_client(service: str) -> Any:  # noqa: ANN401  botocore makes its clients' classes at run time
    """Return a client that gives up soon: a person waits."""
    import botocore.session  # noqa: PLC0415
    from orderwarden.installation import PATIENT  # noqa: PLC0415

    return botocore.session.get_session().create_client(service, config=PATIENT)


def ringing_alarms(stack: str) -> Sequence[str]:
    """Return the names of a stack's alarms that ring.

    CloudFormation names them `<stack>-<logical id>-<random>`, and logical ids have no dashes: so
    those of a stack whose name begins alike are told apart.
    """
    from orderwarden.adapters.aws_errors import in_our_words  # noqa: PLC0415

    with in_our_words(f"the alarms of stack {stack}"):
        pages = (
            aws_client("cloudwatch")
            .get_paginator("describe_alarms")
            .paginate(AlarmNamePrefix=f"{stack}-")
        )
        alarms = [alarm for page in pages for alarm in page["MetricAlarms"]]
    ours = re.compile(rf"{re.escape(stack)}-[A-Za-z0-9]+-[A-Za-z0-9]+")
    names = (alarm["AlarmName"] for alarm in alarms if alarm["StateValue"] == "ALARM")
    return [name for name in names if ours.fullmatch(name)]


def not_served(stack: str, store: str, stores: tuple[str, ...]) -> ConfigurationError:
    """Return the error for a store that a stack was not deployed with."""
    return ConfigurationError(
        f"store {store} is not among the stores of stack {stack}: {', '.join(stores)}; "
        f"deploy it with Stores={','.join((*stores, store))} first"
    )


def _described(name: str) -> tuple[Mapping[str, Any], str]:
    try:
        from botocore.exceptions import ClientError  # noqa: PLC0415  not everybody has the SDK
        from orderwarden.adapters.aws_errors import in_our_words  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise ConfigurationError(
            "--stack needs AWS's SDK, which is not installed: pip install 'orderwarden[aws]'"
        ) from error
    with in_our_words(f"stack {name}"):
        client = aws_client("cloudformation")
        region = client.meta.region_name
        try:
            [found] = client.describe_stacks(StackName=name)["Stacks"]
        except ClientError as error:
            if "does not exist" not in str(error):
                raise
            raise ConfigurationError(
                f"stack {name}: there is none of this name in {region}; AWS_PROFILE and "
                "AWS_DEFAULT_REGION say in which account and region it is looked for"
            ) from error
    return found, region


def _unfit(name: str, status: str, missing: list[str]) -> ConfigurationError | TryAgain:
    if status.endswith(_UNDER_WAY):
        return TryAgain("stack_incomplete", detail=f"stack {name} is {status}")
    if status.endswith("_COMPLETE") and not status.startswith(("ROLLBACK", "DELETE")):
        told = f"it has no output {', '.join(missing)}"
        return ConfigurationError(
            f"stack {name} is none of Orderwarden's, or of an older version: {told}"
        )
    return ConfigurationError(
        f"stack {name} is {status}: see its events for what failed, delete it, and deploy anew"
    )
