"""What more data costs the peers that keep some: rows of json-server, messages and items of moto, stubs of WireMock."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from statistics import median

from tests.benchmarks import load, processes
from tests.benchmarks.contestants import HEADERS
from tests.benchmarks.load import Call
from tests.benchmarks.peers import json_server, moto, wiremock
from tests.benchmarks.peers.installed import distribution, node_command, package
from tests.benchmarks.run import Figures, Measured, Run

BATCH = 25
"""As many items as DynamoDB takes at once."""

FILLED = """
import sys, uuid
from moto.server import main
from moto.sqs.models import Message, sqs_backends

queue = sqs_backends["123456789012"]["us-east-1"].create_queue("growing")
for _ in range(int(sys.argv[1])):
    message = Message(str(uuid.uuid4()), "Hello, it is nice to write to you.")
    message.mark_sent(delay_seconds=0)
    queue.add_message(message)
main(sys.argv[2:])
"""
"""moto's server with messages in a queue from the start: to send ten thousand takes a quarter of an hour."""


def growth(run: Run) -> Measured:
    """Latency of those that are there, with little and with much."""
    measured: Measured = {}
    names = {contestant.name for contestant in run.contestants}
    ways: tuple[tuple[str, Callable[[Run, Path], Figures]], ...] = (
        (json_server.NAMES[0], rows),
        (moto.NAMES[0], messages),
        (moto.NAMES[0], items),
        (wiremock.NAMES[1], stubs),
    )
    for name, way in ways:
        if name in names and run.peers is not None:
            figures = run.attempt("growth", name, way, run, run.peers)
            measured[name] = measured.get(name, {}) | (figures or {})
    return measured


def rows(run: Run, peers: Path) -> Figures:
    """A row more of json-server; and memory a row, and the time to load all."""
    command, _ = node_command(peers, "json-server", "json-server")
    figures: Figures = {}
    starts, memory = [], []
    for count in run.scale.rows:
        with json_server.starting(command, count)(run.scratch()) as running:
            starts.append(running.cold_start)
            memory.append(running.resident())
            figures[f"adding a row, µs at {count:,}"] = _median_us(run, running.port, [json_server.ADD])
    few, many = run.scale.rows
    figures["adding a row, most / fewest"] = (
        figures[f"adding a row, µs at {many:,}"] / figures[f"adding a row, µs at {few:,}"]
    )
    figures[f"load {many:,}, s"] = starts[1] - starts[0]
    figures["KB each"] = (memory[1] - memory[0]) * 1024 / (many - few)
    return figures


def messages(run: Run, peers: Path) -> Figures:
    """A message more in a queue of moto's SQS."""
    interpreter, _ = distribution(peers, "moto")
    figures: Figures = {}
    for count in run.scale.stored:
        port = processes.free_port()
        command = [str(interpreter), "-c", FILLED, str(count), "-H", "127.0.0.1", "-p", str(port)]
        with processes.peer(command, port, "/", run.scratch()):
            url = moto.ask(port, moto.aws("sqs", "GetQueueUrl", {"QueueName": "growing"}))["QueueUrl"]
            send = moto.aws("sqs", "SendMessage", {"QueueUrl": url, "MessageBody": "Hello"})
            figures[f"SQS SendMessage, µs at {count:,}"] = _median_us(run, port, [send])
    few, many = figures.values()
    return figures | {"SQS SendMessage, most / fewest": many / few}


def items(run: Run, peers: Path) -> Figures:
    """A scan of moto's DynamoDB with a filter that one item passes."""
    interpreter, _ = distribution(peers, "moto")
    figures: Figures = {}
    query = {
        "TableName": "rows",
        "FilterExpression": "phone = :phone",
        "ExpressionAttributeValues": {":phone": {"S": "+14155550001"}},
    }
    for count in run.scale.stored:
        with moto.serving(interpreter, run.scratch()) as running:
            moto.make_table(running.port)
            for first in range(0, count, BATCH):
                put = [
                    {"PutRequest": {"Item": {"id": {"S": str(number)}, "phone": {"S": f"+1415555{number:04}"}}}}
                    for number in range(first, min(first + BATCH, count))
                ]
                moto.ask(running.port, moto.aws("dynamodb", "BatchWriteItem", {"RequestItems": {"rows": put}}))
            scan = moto.aws("dynamodb", "Scan", query)
            figures[f"DynamoDB Scan, µs at {count:,}"] = _median_us(run, running.port, [scan])
    few, many = figures.values()
    return figures | {"DynamoDB Scan, most / fewest": many / few}


def stubs(run: Run, peers: Path) -> Figures:
    """A GET of WireMock without a journal, its stubs asked in turn."""
    folder, _ = package(peers, "wiremock")
    figures: Figures = {}
    for count in run.scale.stored:
        start = wiremock.starting(folder, wiremock.stubs(count), "--no-request-journal")
        step = max((count - 2) // 200, 1)
        calls: list[Call] = [("GET", f"/get/{number}", HEADERS, None) for number in range(1, count - 1, step)]
        with start(run.scratch()) as running:
            load.throughput(running.port, calls, seconds=run.scale.warm_up)
            figures[f"GET, µs at {count:,} stubs"] = _median_us(run, running.port, calls)
    few, many = figures.values()
    return figures | {"GET, most / fewest": many / few}


def _median_us(run: Run, port: int, calls: list[Call]) -> float:
    load.sequential(port, calls, 10)
    return median(load.sequential(port, calls, run.scale.growth_calls, run.scale.growth_seconds)) * 1e6
