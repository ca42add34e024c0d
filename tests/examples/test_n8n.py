"""Two n8n workflows against the mock. n8n itself is not run: `n8n/interpreter.py` does what their nodes say."""

from __future__ import annotations

import contextlib
import http.server
import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.examples.n8n.interpreter import Workflow

if TYPE_CHECKING:
    from tuco_mock.client import Tuco

FOLDER = Path(__file__).parent / "n8n"
README = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
CANCEL = "/api/messages/cancel-for-lead"
PHONE = "+14155550100"

pytestmark = pytest.mark.tuco(worker="auto", clock="2026-03-13T17:00:00Z")


def workflow(tuco: Tuco, name: str, secret: str = "") -> Workflow:
    """A workflow with the credential that the README says, led to the mock."""
    credential = ("Authorization", f"Bearer {tuco.api_key}")
    return Workflow((FOLDER / name).read_text("utf-8"), credential, tuco.base_url, secret)


class Instance(http.server.ThreadingHTTPServer):
    """Where n8n listens: takes what comes for a Webhook node, and answers when the last node has finished.

    Attributes:
        items: what the Webhook node gave.
    """

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Call)
        self.flow: Workflow | None = None
        self.items: list[dict[str, Any]] = []

    def take(self, path: str, headers: dict[str, str], raw: bytes) -> int:
        """A POST; the status of its answer."""
        assert self.flow is not None
        if ("POST", path) != self.flow.path():
            return 404
        item = {"headers": headers, "params": {}, "query": {}, "body": json.loads(raw)}
        self.items.append({**item, "webhookUrl": "", "executionMode": "production"})
        try:
            self.flow.start(self.items[-1])
        except Exception:  # noqa: BLE001 - a workflow that fails, whatever with, is answered 500
            return 500
        return 200


class _Call(http.server.BaseHTTPRequestHandler):
    server: Instance

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers["Content-Length"]))
        status = self.server.take(self.path, {name.lower(): text for name, text in self.headers.items()}, raw)
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as the standard library has it
        """Nobody wants it on stderr."""


@pytest.fixture
def n8n(tuco: Tuco) -> Iterator[Instance]:
    """n8n, with the first workflow active and registered as a webhook."""
    with Instance() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        with contextlib.ExitStack() as running:
            running.callback(thread.join)
            running.callback(server.shutdown)
            url = f"http://127.0.0.1:{server.server_port}/webhook/tuco"
            hook = {"url": url, "events": ["message.reply"], "name": "n8n"}
            made = tuco.client.post("/api/webhooks", json=hook).raise_for_status().json()
            server.flow = workflow(tuco, "opt_out.json", made["secret"])
            yield server


@pytest.fixture
def lead(tuco: Tuco) -> str:
    """A lead that got one message, and is to get another."""
    tuco.add_line(phone="+16462230920")
    found = tuco.add_lead(firstName="Zoë", phone=PHONE, customFields={"note": 'a "quoted" </text>'}).id
    tuco.add_message(found)
    tuco.add_message(found, status="scheduled", scheduledDate="+2d")
    tuco.clock.advance("1d")
    return found


@pytest.mark.parametrize("text", ["Stop", " STOP!", "unsubscribe."])
def test_an_opt_out_is_carried_out(tuco: Tuco, n8n: Instance, lead: str, text: str) -> None:
    tuco.reply(text, phone=PHONE)
    tuco.clock.advance("7d")

    assert [each.status for each in tuco.deliveries()] == [200]
    [call] = tuco.assert_called("POST", CANCEL, json={"leadId": lead}, times=1)
    assert call.headers["content-type"] == "application/json"
    assert [each.status for each in tuco.messages(lead)] == ["delivered", "cancelled"]
    tuco.assert_nothing_sent_after_stop()


def test_the_webhook_node_is_given_what_the_expressions_name(tuco: Tuco, n8n: Instance, lead: str) -> None:
    tuco.reply("Ça va? 👍", phone=PHONE)
    tuco.wait_for_deliveries()

    [item] = n8n.items
    assert (item["body"]["event"], item["body"]["message"], item["body"]["leadId"]) == (
        "message.reply",
        "Ça va? 👍",
        lead,
    )
    assert item["headers"]["x-tuco-event"] == "message.reply"
    assert len(item["headers"]["x-tuco-signature"]) == 64


@pytest.mark.parametrize("text", ["Please don't stop", "Stop by tomorrow", "Yes", "👍"])
def test_anything_else_is_left_alone(tuco: Tuco, n8n: Instance, lead: str, text: str) -> None:
    tuco.reply(text, phone=PHONE)
    tuco.wait_for_deliveries()

    assert [each.status for each in tuco.deliveries()] == [200]
    tuco.assert_not_called("POST", CANCEL)


def test_somebody_unknown_is_left_alone(tuco: Tuco, n8n: Instance) -> None:
    tuco.reply("Stop", phone="+14155550199")
    tuco.wait_for_deliveries()

    assert [each.status for each in tuco.deliveries()] == [200]
    tuco.assert_not_called("POST", CANCEL)


@pytest.mark.parametrize("break_it", [lambda lab: lab.missign(), lambda lab: lab.rotated_secret("old")])
def test_a_wrong_signature_does_nothing(
    tuco: Tuco, n8n: Instance, lead: str, break_it: Callable[[Any], object]
) -> None:
    break_it(tuco.webhook_lab)
    tuco.reply("Stop", phone=PHONE)
    tuco.wait_for_deliveries()
    tuco.assert_not_called("POST", CANCEL)

    tuco.redeliver(tuco.deliveries()[0])
    tuco.wait_for_deliveries()
    tuco.assert_called("POST", CANCEL, times=1)


def test_a_cancellation_that_fails_fails_the_workflow(tuco: Tuco, n8n: Instance, lead: str) -> None:
    tuco.fail_next(500)
    tuco.reply("Stop", phone=PHONE)
    tuco.wait_for_deliveries()

    assert [(each.state, each.status) for each in tuco.deliveries()] == [("failed", 500)]


def test_polling_finds_what_a_lost_webhook_did_not_tell(tuco: Tuco, n8n: Instance, lead: str) -> None:
    polling = workflow(tuco, "opt_out_poll.json")
    assert polling.schedule() == {"field": "minutes", "minutesInterval": 1}
    tuco.webhook_lab.lose()
    tuco.reply("Stop", phone=PHONE)
    tuco.reply(tuco.add_lead(phone="+14155550101"), "Sounds good")
    tuco.wait_for_deliveries()
    tuco.assert_not_called("POST", CANCEL)

    for _ in range(3):
        tuco.clock.advance("1m")
        polling.start({})

    tuco.clock.advance("7d")
    tuco.assert_nothing_sent_after_stop()
    calls = tuco.assert_called("POST", CANCEL, json={"leadId": lead}, times=3)  # again and again, which does no harm
    assert [each.answer["cancelledCount"] for each in calls] == [1, 0, 0]
    tuco.assert_called("GET", "/api/replies", query={"limit": "100"}, times=3)


def test_polling_where_nobody_has_replied(tuco: Tuco) -> None:
    workflow(tuco, "opt_out_poll.json").start({})

    tuco.assert_not_called("POST", CANCEL)


@pytest.mark.parametrize("name", ["opt_out.json", "opt_out_poll.json"])
def test_ids_are_there_once_and_the_readme_names_the_file(name: str) -> None:
    nodes = json.loads((FOLDER / name).read_text("utf-8"))["nodes"]
    assert len({each["id"] for each in nodes}) == len({each["name"] for each in nodes}) == len(nodes)
    assert f"tests/examples/n8n/{name}" in README
