"""moto's server: a GET of an S3 object of about 1 KB of JSON, and a POST to DynamoDB that gets an item of that size.

As ``moto_server`` comes; it has no switch for its log, which is thrown away. Its AWS services are the nearest it has to
two operations of one API; GetItem is a reading POST, which is kinder to it than a writing one. The first answer of a
start is S3's list of buckets, since a service is loaded when it is first asked.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx

from tests.benchmarks import processes
from tests.benchmarks.contestants import ANSWER, Contestant
from tests.benchmarks.load import Call
from tests.benchmarks.peers.installed import distribution
from tests.benchmarks.processes import Running

NAMES = ("moto server",)


def _signed(service: str) -> str:
    """A signature, of which moto looks at region and service only."""
    credential = f"Credential=key/20260101/us-east-1/{service}/aws4_request"
    return f"AWS4-HMAC-SHA256 {credential}, SignedHeaders=host, Signature=none"


GET: Call = ("GET", "/bucket/answer.json", {"Authorization": _signed("s3")}, None)


def contestants(peers: Path) -> list[Contestant]:
    """The one."""
    interpreter, version = distribution(peers, "moto")

    @contextlib.contextmanager
    def start(folder: Path) -> Iterator[Running]:
        with serving(interpreter, folder) as running:
            with httpx.Client(base_url=f"http://127.0.0.1:{running.port}", trust_env=False, headers=GET[2]) as client:
                client.put("/bucket").raise_for_status()
                client.put(GET[1], content=ANSWER, headers={"Content-Type": "application/json"}).raise_for_status()
            make_table(running.port)
            item = {"id": {"S": "1"}, "filling": {"S": json.loads(ANSWER)["filling"]}}
            ask(running.port, aws("dynamodb", "PutItem", {"TableName": "rows", "Item": item}))
            yield running

    post = aws("dynamodb", "GetItem", {"TableName": "rows", "Key": {"id": {"S": "1"}}})
    return [Contestant(NAMES[0], version, start, [GET], [post])]


def serving(interpreter: Path, folder: Path) -> contextlib.AbstractContextManager[Running]:
    """An empty moto server."""
    port = processes.free_port()
    command = [str(interpreter.parent / "moto_server"), "-H", "127.0.0.1", "-p", str(port)]
    return processes.peer(command, port, "/", folder)


def make_table(port: int) -> None:
    """A table of DynamoDB, `rows` by `id`."""
    table = {
        "TableName": "rows",
        "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
        "BillingMode": "PAY_PER_REQUEST",
    }
    ask(port, aws("dynamodb", "CreateTable", table))


def aws(service: str, operation: str, body: dict[str, Any]) -> Call:
    """A call of DynamoDB or SQS in AWS's JSON protocol."""
    target = {"dynamodb": "DynamoDB_20120810", "sqs": "AmazonSQS"}[service]
    headers = {
        "Content-Type": "application/x-amz-json-1.0",
        "X-Amz-Target": f"{target}.{operation}",
        "Authorization": _signed(service),
    }
    return "POST", "/", headers, json.dumps(body).encode()


def ask(port: int, call: Call) -> Any:
    """Make one call; what it is answered."""
    method, path, headers, body = call
    answer = httpx.request(
        method, f"http://127.0.0.1:{port}{path}", headers=headers, content=body, trust_env=False, timeout=60
    )
    return answer.raise_for_status().json()
