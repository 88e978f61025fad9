"""The functions as Lambda runs them: loaded anew, with an environment, on moto."""

from __future__ import annotations

import base64
import importlib.util
import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, Final
from unittest.mock import patch

import aws_stand_in
from orderwarden.adapters.dynamodb_state import DynamoState
from orderwarden.adapters.system_clock import SystemClock
from orderwarden.domain.authenticity import OWN_HEADER
from orderwarden.services.publish import publish
from orderwarden_cli.rules_yaml import read_rules
from scenario import COMPLETE
from webhook_builders import signed_now

ROOT: Final = Path(__file__).parents[2]
STORE: Final = "abc123"
CLIENT_SECRET: Final = "client-secret-of-the-event"
HOOK_SECRET: Final = "hook-secret-of-the-event"
TOKEN: Final = "token-of-the-event"
BUS: Final = "notices"
STEMS: Final = ("ingest", "process", "sweep", "reconcile")


@dataclass(frozen=True)
class Context:
    """What Lambda says of an invocation, as far as handlers ask."""

    left_s: Callable[[], float] = lambda: 89.0
    aws_request_id: str = "6d1f7d1c-1f0f-4b7e-9c3a-0d2b5a6c7e8f"

    def get_remaining_time_in_millis(self) -> int:
        return int(self.left_s() * 1000)


@dataclass(frozen=True)
class Deployed:
    """Tables, queues, secrets and a bus on moto, and the environment that names them."""

    environment: dict[str, str]
    queue_url: str
    dead_letters_url: str
    state: DynamoState

    def handler(self, stem: str) -> Callable[[dict[str, Any], Context], Any]:
        """Load a function anew, as a cold start does, and return its handler."""
        with patch.dict("os.environ", self.environment):
            module = load(stem)
        handle: Callable[[dict[str, Any], Context], Any] = module.lambda_handler
        return handle

    def waiting(self, url: str | None = None) -> list[dict[str, Any]]:
        """Receive what can be received, without keeping it."""
        found: list[dict[str, Any]] = []
        answer = aws_stand_in.sqs().receive_message(
            QueueUrl=url or self.queue_url,
            MaxNumberOfMessages=10,
            VisibilityTimeout=0,
            MessageSystemAttributeNames=["All"],
            MessageAttributeNames=["All"],
        )
        found += answer.get("Messages", [])  # type: ignore[arg-type] # a TypedDict
        return found

    def put_secret(self, which: str, value: Mapping[str, object]) -> None:
        """Rotate a secret of the store."""
        secrets = aws_stand_in.new_secrets_manager()
        name = f"orderwarden/stores/{STORE}/{which}"
        secrets.put_secret_value(SecretId=name, SecretString=json.dumps(value))


@contextmanager
def deployed(api_url: str = "http://127.0.0.1:9") -> Iterator[Deployed]:
    """Create everything that the functions work on; rules are published."""
    clock = SystemClock()
    with aws_stand_in.aws(clock):
        dynamodb = aws_stand_in.dynamodb()
        aws_stand_in.create_tables(dynamodb)
        queue_url, dead_letters_url = aws_stand_in.create_queues(aws_stand_in.sqs())
        aws_stand_in.new_events().create_event_bus(Name=BUS)
        secrets = aws_stand_in.new_secrets_manager()
        hooks = {"client_secrets": [CLIENT_SECRET], "hook_secrets": [HOOK_SECRET]}
        for which, value in (("hooks", hooks), ("api", {"access_token": TOKEN})):
            name = f"orderwarden/stores/{STORE}/{which}"
            secrets.create_secret(Name=name, SecretString=json.dumps(value))
        state = DynamoState(dynamodb, aws_stand_in.STATE)
        rules = read_rules(COMPLETE, "rules.yaml")
        publish(state, clock, STORE, rules, source=COMPLETE, author="test")
        environment = {
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "-",
            "AWS_SECRET_ACCESS_KEY": "-",
            "AWS_LAMBDA_FUNCTION_NAME": "the-function",
            "ORDERWARDEN_STORES": STORE,
            "ORDERWARDEN_QUEUE_URL": queue_url,
            "ORDERWARDEN_DEAD_LETTERS_URL": dead_letters_url,
            "ORDERWARDEN_RECEIPTS_TABLE": aws_stand_in.RECEIPTS,
            "ORDERWARDEN_CHANGELOG_TABLE": aws_stand_in.CHANGELOG,
            "ORDERWARDEN_STATE_TABLE": aws_stand_in.STATE,
            "ORDERWARDEN_EVENT_BUS": BUS,
            "ORDERWARDEN_API_URL": api_url,
        }
        yield Deployed(environment, queue_url, dead_letters_url, state)


def load(stem: str) -> ModuleType:
    """Execute a function's file as a module of its own."""
    path = ROOT / f"functions/{stem}/{stem}_handler.py"
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def event(name: str) -> dict[str, Any]:
    """Return an event of `events/` as it stands there."""
    found: dict[str, Any] = json.loads((ROOT / f"events/{name}.json").read_text())
    return found


def webhook(name: str, *, secret: str = CLIENT_SECRET, own: str = "") -> dict[str, Any]:
    """Return a webhook of `events/` as if it were sent now: what is old is refused.

    It is signed anew with a secret; `own` is what our own header says.
    """
    found = event(name)
    text = found["body"]
    text = base64.b64decode(text).decode() if found["isBase64Encoded"] else text
    body = json.dumps({**json.loads(text), "created_at": int(time.time())}).encode()
    found["headers"] |= signed_now(body, secret) | {OWN_HEADER.lower(): own}
    found["body"] = base64.b64encode(body).decode() if found["isBase64Encoded"] else body.decode()
    return found


def lines(printed: str) -> list[dict[str, Any]]:
    """Return a log, each line an object."""
    return [json.loads(line) for line in printed.splitlines()]
