"""The whole loop: leads are written to, one answers "Stop", a signed webhook tells of it, and nothing more is sent."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import json
import socket
import threading
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

if TYPE_CHECKING:
    from tuco_mock.client import Tuco

# The code under test: a service that is told of replies, and cancels what waits for a lead that opts out.

OPT_OUT = {"stop", "unsubscribe", "opt out"}


class OptOuts:
    """Takes webhooks at `/tuco`. It answers once the cancellation is made, so that a failure counts as one."""

    def __init__(self, base_url: str, api_key: str, secret: str) -> None:
        self._base_url = base_url
        self._headers = {"Authorization": f"Bearer {api_key}"}
        self._secret = secret.encode()
        self.app = Starlette(routes=[Route("/tuco", self.receive, methods=["POST"])])

    async def receive(self, request: Request) -> Response:
        """Take one webhook: refuse it when it is not Tuco's."""
        raw = await request.body()  # the very bytes that were signed
        signed = hmac.new(self._secret, raw, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(signed, request.headers.get("X-Tuco-Signature", "")):
            return PlainTextResponse("wrong signature", 401)
        event = json.loads(raw)
        if event["event"] == "message.reply" and "leadId" in event and self.is_opt_out(event["message"]):
            await self.cancel(event["leadId"])
        return PlainTextResponse("OK")

    def is_opt_out(self, text: str) -> bool:
        """Whether who wrote this wants nothing any more."""
        return text.strip(" .!\n").lower() in OPT_OUT

    async def cancel(self, lead: str) -> None:
        """Cancel all that waits for a lead."""
        async with httpx.AsyncClient(base_url=self._base_url, headers=self._headers) as client:
            answer = await client.post("/api/messages/cancel-for-lead", json={"leadId": lead})
            answer.raise_for_status()


class Deaf(OptOuts):
    """The same with a bug: it takes every webhook, and does nothing about it."""

    async def cancel(self, lead: str) -> None:
        """Forget it."""


# The tests. Time is the workspace's: a clock that is moved sets off all that is due on the way, and stands still at
# each moment until the service has answered.

pytestmark = pytest.mark.tuco(worker="auto", clock="2026-03-13T17:00:00Z")

JANE, JOE = "+14155550100", "+14155550101"

Serve = Callable[..., str]


@pytest.fixture
def serve(tuco: Tuco) -> Iterator[Serve]:
    """Let a service listen on a real socket, in a thread, registered as a webhook; the webhook's id."""
    with contextlib.ExitStack() as running:

        def start(service: type[OptOuts] = OptOuts) -> str:
            listener = running.enter_context(socket.create_server(("127.0.0.1", 0)))
            url = f"http://127.0.0.1:{listener.getsockname()[1]}/tuco"
            hook = {"url": url, "events": ["message.reply"], "name": "opt-outs"}
            made = tuco.client.post("/api/webhooks", json=hook).raise_for_status().json()
            app = service(tuco.base_url, tuco.api_key, made["secret"]).app
            server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off", ws="none"))
            thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
            thread.start()
            running.callback(thread.join)
            running.callback(setattr, server, "should_exit", True)
            return str(made["id"])

        yield start


@pytest.fixture
def leads(tuco: Tuco) -> dict[str, str]:
    """Jane and Joe by their phones: imported, in a campaign, and with an invoice to come that is none of it."""
    tuco.add_line(phone="+16462230920")
    steps = [{"message": "Hi {firstName|there}"}, {"message": "Still interested?", "delay": "3d"}]
    campaign = tuco.add_campaign(name="Spring", steps=steps)
    rows = [
        {"firstName": "Jane", "phone": JANE, "altPhone1": "+14422646782"},
        {"firstName": "Joe", "phone": JOE},
    ]
    post(tuco, "/api/leads", {"leads": rows})
    found = {str(lead.phone): lead.id for lead in tuco.leads()}
    for lead in found.values():
        post(tuco, f"/api/campaigns/{campaign.id}/leads", {"leadId": lead})
        invoice = {"leadId": lead, "message": "Your invoice", "scheduledDate": "2026-03-20T09:00:00Z"}
        post(tuco, "/api/messages", invoice)
    return found


def post(tuco: Tuco, path: str, body: Any) -> Any:
    """Call the API."""
    return tuco.client.post(path, json=body).raise_for_status().json()


def sent(tuco: Tuco, lead: str) -> list[str]:
    """What a lead has got."""
    return [each.message for each in tuco.messages(lead, status=("sent", "delivered"))]


ALL = ["Hi Joe", "Still interested?", "Your invoice"]


def test_nothing_is_sent_after_stop(tuco: Tuco, serve: Serve, leads: dict[str, str]) -> None:
    serve()
    tuco.clock.advance("1d")
    assert (sent(tuco, leads[JANE]), sent(tuco, leads[JOE])) == (["Hi Jane"], ["Hi Joe"])

    tuco.reply("Stop", phone="+14422646782")  # from her other phone
    tuco.wait_for_deliveries()
    tuco.clock.advance("14d")

    [told] = tuco.deliveries(event="message.reply")
    assert (told.status, told.lead_id) == (200, leads[JANE])
    tuco.assert_called("POST", "/api/messages/cancel-for-lead", json={"leadId": leads[JANE]}, times=1)
    assert {each.status for each in tuco.messages(leads[JANE])} == {"delivered", "cancelled"}
    assert sent(tuco, leads[JOE]) == ALL
    assert [reply.message for reply in tuco.assert_nothing_sent_after_stop()] == ["Stop"]


def test_a_lead_that_answers_by_itself_in_the_middle_of_two_weeks(
    tuco: Tuco, serve: Serve, leads: dict[str, str]
) -> None:
    serve()
    tuco.set_address(JANE, replies={"message": "Unsubscribe!", "after": "2h"})

    tuco.clock.advance("14d")

    assert sent(tuco, leads[JANE]) == ["Hi Jane", "Still interested?"]  # which was the first that she answered
    assert sent(tuco, leads[JOE]) == ALL
    tuco.assert_nothing_sent_after_stop()


@pytest.mark.tuco(worker="manual")
def test_step_by_step(tuco: Tuco, serve: Serve, leads: dict[str, str]) -> None:
    serve()
    for _ in range(2):  # the second one waits for the line
        tuco.settle()
        tuco.clock.advance("1m")
    tuco.reply("Stop", phone=JANE)
    for _ in range(14):
        tuco.clock.advance("1d")
        tuco.settle()

    assert (sent(tuco, leads[JANE]), sent(tuco, leads[JOE])) == (["Hi Jane"], ALL)
    tuco.assert_nothing_sent_after_stop()


def test_a_service_that_does_nothing_is_found_out(tuco: Tuco, serve: Serve, leads: dict[str, str]) -> None:
    serve(Deaf)
    tuco.clock.advance("1d")
    tuco.reply("Stop", phone=JANE)
    tuco.wait_for_deliveries()
    assert [each.status for each in tuco.deliveries()] == [200]  # it said that all was well
    tuco.assert_nothing_sent_after_stop()  # so far

    tuco.clock.advance("14d")

    with pytest.raises(AssertionError) as told:
        tuco.assert_nothing_sent_after_stop()
    assert "sent after an opt-out: 1\n" in str(told.value)  # the campaign stops by itself, all else does not
    assert "'Your invoice'" in str(told.value)
    assert "at 2026-03-20T09:00:00.000Z to +14155550100" in str(told.value)
    assert "cancel-for-lead should have cancelled it, but was not called for it" in str(told.value)


@pytest.mark.parametrize("wrong", ["missigned", "rotated"])
def test_a_wrong_signature_is_refused(tuco: Tuco, serve: Serve, leads: dict[str, str], wrong: str) -> None:
    hook = serve()
    tuco.clock.advance("1d")
    if wrong == "missigned":
        tuco.webhook_lab.missign()
    else:
        tuco.webhook_lab.rotated_secret("the one before")

    tuco.reply("Stop", phone=JANE)
    tuco.wait_for_deliveries()

    [refused] = tuco.deliveries()
    assert (refused.state, refused.status, refused.response) == ("failed", 401, "wrong signature")
    assert tuco.client.get(f"/api/webhooks/{hook}").json()["failureCount"] == 1
    tuco.assert_not_called("POST", "/api/messages/cancel-for-lead")

    tuco.redeliver(refused)  # the same bytes, rightly signed
    tuco.wait_for_deliveries()

    assert [each.status for each in tuco.deliveries()] == [401, 200]
    tuco.assert_called("POST", "/api/messages/cancel-for-lead", json={"leadId": leads[JANE]}, times=1)


def test_a_webhook_that_comes_twice_does_no_harm(tuco: Tuco, serve: Serve, leads: dict[str, str]) -> None:
    serve()
    tuco.clock.advance("1d")
    tuco.webhook_lab.duplicate()

    tuco.reply("Stop", phone=JANE)
    tuco.wait_for_deliveries()

    calls = tuco.assert_called("POST", "/api/messages/cancel-for-lead", times=2)
    assert [(each.status, each.answer["cancelledCount"]) for each in calls] == [(200, 1), (200, 0)]


def test_a_cancellation_that_fails_shows_in_the_delivery(tuco: Tuco, serve: Serve, leads: dict[str, str]) -> None:
    serve()
    tuco.clock.advance("1d")
    tuco.fail_next(500, lead=leads[JANE])

    tuco.reply("Stop", phone=JANE)
    tuco.wait_for_deliveries()

    assert [(each.state, each.status) for each in tuco.deliveries()] == [("failed", 500)]
