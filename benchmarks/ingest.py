"""What ingest costs on Lambda: its start, and one warm webhook; as ratios to the bare SDK.

Run it with the environment of the tests: `.venv/bin/python benchmarks/ingest.py`. Both sides are
measured in turn, each as often first as second; a ratio is the median of the ratios of all turns,
and half of those lie in the bounds beside it. CPU time is counted; the queue is a process that
answers at once.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import botocore.session
from orderwarden import bootstrap
from orderwarden.domain.webhook import parse, signal_of
from standardwebhooks import Webhook as Signer

ROOT = Path(__file__).parents[1]
STARTS, ROUNDS, CALLS = 20, 100, 20
RATIO_OF_START, RATIO_WHEN_WARM = 1.15, 1.10
"""The targets."""

STORE, NOW = "abc123", datetime.now(UTC)
SECRET = "client-secret-of-the-benchmark"
ENVIRONMENT = {
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_ACCESS_KEY_ID": "-",
    "AWS_SECRET_ACCESS_KEY": "-",
    "AWS_LAMBDA_FUNCTION_NAME": "ingest",
    "ORDERWARDEN_STORES": STORE,
    "ORDERWARDEN_QUEUE_URL": "https://queue.example.com/123456789012/signals.fifo",
}
BARE_START = "import boto3; boto3.client('sqs')"
OUR_START = "import ingest_handler"
BODY = json.dumps(
    {
        "scope": "store/shipment/created",
        "store_id": "1025646",
        "data": {"type": "shipment", "id": 12, "orderId": 100},
        "hash": "dc19dd3e3a3ffbb6a31a1c4e7b6d1b2c9a6f0f9a",
        "created_at": int(NOW.timestamp()),
        "producer": f"stores/{STORE}",
    }
)


class Answers(BaseHTTPRequestHandler):
    """SQS and Secrets Manager, as far as ingest asks them."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 65_536

    def do_POST(self) -> None:
        """Answer one call."""
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if "MessageBody" in asked:
            digest = hashlib.md5(asked["MessageBody"].encode(), usedforsecurity=False).hexdigest()
            answer = {"MessageId": "1", "MD5OfMessageBody": digest, "SequenceNumber": "1"}
        else:
            answer = {"SecretString": json.dumps({"client_secrets": [SECRET]})}
        body = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/x-amz-json-1.0")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def start_cpu(code: str, *, has_bytecode: bool) -> float:
    """Return the CPU seconds of a process that only starts."""
    path = f"{ROOT}/functions/ingest:{ROOT}/layers/orderwarden/python"
    more = {"PYTHONPATH": path}
    if not has_bytecode:
        more |= {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONPYCACHEPREFIX": "/nowhere"}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-c", code], check=True, env=ENVIRONMENT | more)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def compare_starts(name: str, *, has_bytecode: bool) -> None:
    """Print how much longer ingest starts than the SDK alone."""
    compare(
        f"{name}, CPU ms",
        lambda: start_cpu(BARE_START, has_bytecode=has_bytecode) * 1e3,
        lambda: start_cpu(OUR_START, has_bytecode=has_bytecode) * 1e3,
        turns=STARTS,
        target=RATIO_OF_START,
    )


@contextmanager
def answering() -> Iterator[str]:
    """Run the queue in a process of its own; yield its address."""
    code = "import runpy, sys; runpy.run_path(sys.argv[1])['serve']()"
    with subprocess.Popen(
        [sys.executable, "-c", code, __file__], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        try:
            yield process.stdout.readline().strip()
        finally:
            process.kill()


def serve() -> None:
    """Answer until killed."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    print("http://{}:{}".format(*server.server_address[:2]), flush=True)
    server.serve_forever()


def handler() -> Callable[[dict[str, Any], object], Any]:
    """Return the handler, loaded as Lambda loads it."""
    path = ROOT / "functions/ingest/ingest_handler.py"
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    found: Callable[[dict[str, Any], object], Any] = module.lambda_handler
    return found


def compare_warm(endpoint: str) -> None:
    """Print how much more CPU a webhook takes than the one call that it cannot do without."""
    os.environ.update(ENVIRONMENT, AWS_ENDPOINT_URL=endpoint)  # noqa: TID251
    handle, event = handler(), webhook()
    client = botocore.session.get_session().create_client("sqs", config=bootstrap.INGEST)
    url, signal = ENVIRONMENT["ORDERWARDEN_QUEUE_URL"], signal_of(parse(BODY.encode(), STORE), NOW)
    message, group, once = signal.to_json(), signal.group, bootstrap.new_id()

    def send() -> None:
        client.send_message(
            QueueUrl=url, MessageBody=message, MessageGroupId=group, MessageDeduplicationId=once
        )

    def ingest() -> None:
        assert handle(event, object()) == {"statusCode": 200}

    compare(
        "a warm webhook, CPU us",
        lambda: cpu(send) * 1e6,
        lambda: cpu(ingest) * 1e6,
        turns=ROUNDS,
        target=RATIO_WHEN_WARM,
    )


def webhook() -> dict[str, Any]:
    """Return an event of API Gateway that is proved."""
    headers = {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(int(NOW.timestamp())),
        "webhook-signature": Signer(SECRET.encode()).sign("msg_1", NOW, BODY),
    }
    event: dict[str, Any] = json.loads((ROOT / "events/ingest-shipment-created.json").read_text())
    event["headers"] |= headers
    return event | {"body": BODY}


def cpu(act: Callable[[], None]) -> float:
    """Return the CPU seconds of one call, log lines written included."""
    with Path(os.devnull).open("w") as nowhere, redirect_stdout(nowhere):
        began = time.process_time()
        for _ in range(CALLS):
            act()
        return (time.process_time() - began) / CALLS


def compare(
    name: str, bare: Callable[[], float], ours: Callable[[], float], *, turns: int, target: float
) -> None:
    """Measure both in turn, and print medians and the ratio; a first turn only warms up."""
    bare(), ours()
    pairs = []
    for turn in range(turns):
        first = bare() if turn % 2 else None
        own = ours()
        pairs.append((own, first or bare()))
    low, ratio, high = quantiles([own / base for own, base in pairs], n=4)
    own, base = (median(side) for side in zip(*pairs, strict=True))
    print(f"{name}: {own:,.0f}, bare {base:,.0f}: ", end="")
    print(f"{ratio:.2f} x ({low:.2f} to {high:.2f}; target {target:.2f})")


if __name__ == "__main__":
    compare_starts("a start", has_bytecode=True)
    compare_starts("a start, nothing compiled before", has_bytecode=False)
    with answering() as endpoint:
        compare_warm(endpoint)
