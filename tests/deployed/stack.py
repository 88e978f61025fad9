"""The stack on moto, which stands in for AWS, and its functions, each in a process of its own.

moto knows no HTTP APIs and no schedules, and fires no event source: `gateway.py` and `source.py`
do that. It creates neither alarms nor saved queries; tests/template looks at what these say.
"""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Final, Self

import boto3
from template.translated import CODE, ROOT, STEMS, translated

NAME: Final = "shop"
STORE: Final = "abc123"
CLIENT_SECRET: Final = "client-secret-of-the-stack"
TOKEN: Final = "token-of-the-stack"
CREDENTIALS: Final = {
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_ACCESS_KEY_ID": "-",
    "AWS_SECRET_ACCESS_KEY": "-",
}
STAND_IN: Final = """
import sys
from moto.server import ThreadedMotoServer
server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
print("http://{}:{}".format(*server.get_host_and_port()), flush=True)
sys.stdin.read()
"""
NOT_CREATED: Final = {
    "AWS::ApiGatewayV2::Api": "gateway.py calls the function instead",
    "AWS::ApiGatewayV2::Stage": "gateway.py calls the function instead",
    "AWS::CloudWatch::Alarm": "nothing rings here",
    "AWS::Lambda::EventInvokeConfig": "nothing is invoked asynchronously",
    "AWS::Logs::QueryDefinition": "nobody asks",
    "AWS::SNS::TopicPolicy": "moto lets everybody publish",
    "AWS::Scheduler::Schedule": "tests invoke what is scheduled",
    "AWS::Scheduler::ScheduleGroup": "tests invoke what is scheduled",
}
"""Resources that moto skips → why that is no loss."""


@dataclass
class Function:
    """A function of the stack, running.

    Attributes:
        environment: Exactly what the template gives it.
        log: What it wrote, line by line.
    """

    environment: Mapping[str, str]
    timeout_s: float
    process: subprocess.Popen[str]
    answers: IO[str]
    log: list[dict[str, Any]] = field(default_factory=list)

    def invoke(self, event: Mapping[str, Any]) -> Any:  # noqa: ANN401  JSON
        """Return what the handler returns; fail as it does."""
        assert self.process.stdin
        self.process.stdin.write(json.dumps({"event": event, "timeout_s": self.timeout_s}) + "\n")
        self.process.stdin.flush()
        answer = json.loads(self.answers.readline())
        assert "error" not in answer, answer["error"]
        return answer["result"]


class Stack:
    """What CloudFormation made of the template."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint
        self.functions: dict[str, Function] = {}
        self._running = ExitStack()

    def client(self, service: str) -> Any:  # noqa: ANN401  any client
        return boto3.client(  # type: ignore[call-overload] # any service
            service,
            region_name="us-east-1",
            aws_access_key_id="-",
            aws_secret_access_key="-",
            endpoint_url=self.endpoint,
        )

    def create(self, **parameters: str) -> None:
        """Create the stack, and the secrets, which operators create."""
        bucket, key = CODE.removeprefix("s3://").split("/")
        self.client("s3").create_bucket(Bucket=bucket)
        self.client("s3").put_object(Bucket=bucket, Key=key, Body=_empty_zip())
        self.client("cloudformation").create_stack(
            StackName=NAME,
            TemplateBody=json.dumps(translated()),
            Parameters=[
                {"ParameterKey": name, "ParameterValue": value}
                for name, value in parameters.items()
            ],
            Capabilities=["CAPABILITY_IAM"],
        )
        secrets = self.client("secretsmanager")
        for which, value in (
            ("hooks", {"client_secrets": [CLIENT_SECRET]}),
            ("api", {"access_token": TOKEN}),
        ):
            name = f"orderwarden/stores/{STORE}/{which}"
            secrets.create_secret(Name=name, SecretString=json.dumps(value))

    @property
    def outputs(self) -> dict[str, str]:
        [stack] = self.client("cloudformation").describe_stacks(StackName=NAME)["Stacks"]
        return {each["OutputKey"]: each["OutputValue"] for each in stack["Outputs"]}

    @property
    def types(self) -> set[str]:
        """Return the types of the resources that are really there."""
        found = self.client("cloudformation").describe_stack_resources(StackName=NAME)
        return {
            resource["ResourceType"]
            for resource in found["StackResources"]
            if "ResourceType" in resource
        }

    def start(self) -> Self:
        """Start every function, with the environment that the stand-in was told."""
        deployed = self.client("lambda").list_functions()["Functions"]
        for stem in STEMS:
            [told] = [f for f in deployed if f["Handler"].startswith(f"{stem}_handler.")]
            self.functions[stem] = self._running.enter_context(self._function(stem, told))
        return self

    def close(self) -> None:
        self._running.close()

    @contextmanager
    def _function(self, stem: str, told: Mapping[str, Any]) -> Iterator[Function]:
        environment = dict(told["Environment"]["Variables"])
        read, write = os.pipe()
        folder = ROOT / f"functions/{stem}"
        process = subprocess.Popen(  # noqa: S603  our own interpreter and files
            [
                *(sys.executable, "-B", str(Path(__file__).with_name("runtime.py"))),
                *(str(folder / f"{stem}_handler.py"), str(write)),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            pass_fds=[write],
            cwd=folder,
            env={
                **environment,
                **CREDENTIALS,
                "AWS_LAMBDA_FUNCTION_NAME": told["FunctionName"],
                "AWS_ENDPOINT_URL": self.endpoint,
                "PYTHONPATH": str(ROOT / "layers/orderwarden/python"),
            },
        )
        os.close(write)
        try:
            with os.fdopen(read) as answers:
                function = Function(environment, told["Timeout"], process, answers)
                yield function
        finally:
            process.kill()
            process.communicate()


@contextmanager
def standing(api_url: str, **parameters: str) -> Iterator[Stack]:
    """Deploy the template, and run its functions for the length of the block."""
    with _stand_in() as endpoint, closing(Stack(endpoint)) as stack:
        stack.create(Stores=STORE, ApiUrl=api_url, **parameters)
        yield stack.start()


@contextmanager
def _stand_in() -> Iterator[str]:
    """Run moto in a process of its own, which ends with its stdin."""
    with subprocess.Popen(  # noqa: S603  our own interpreter and text
        [sys.executable, "-c", STAND_IN],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdout
        try:
            yield process.stdout.readline().strip()
        finally:
            process.kill()


def _empty_zip() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("nothing.txt", "")
    return content.getvalue()
