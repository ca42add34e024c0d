"""`tuco.webhooks`: a receiver of webhooks with a real socket, for as long as its workspace lasts."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import threading
from typing import TYPE_CHECKING, Any

import msgspec

from tuco_mock.client.arguments import number
from tuco_mock.client.blocking import refuse_to_block_a_loop
from tuco_mock.client.errors import TucoError
from tuco_mock.client.handle import Handle, id_of
from tuco_mock.client.received import Received, came, delivery_line, has, meant, seconds_of
from tuco_mock.client.receiving import Answer, Receiving
from tuco_mock.client.webhook_models import Delivery, Webhook

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import timedelta

    from tuco_mock.client.control import Control
    from tuco_mock.client.models import Lead

EVENTS = ("message.sent", "message.failed", "message.fallback", "message.opened", "message.reply")
"""What there is to be told."""

_SHOWN = 10


class _Plan(msgspec.Struct):
    answer: Answer
    event: str | None
    times: int | None


class _Listed(msgspec.Struct):
    deliveries: list[Delivery]
    pending: int


class _Known(msgspec.Struct):
    webhooks: list[Webhook]


class WebhookReceiver(Handle):
    """Registered in its workspace for every event, as the webhook `webhook_id`. What is wrongly signed gets 401.

    Attributes:
        url: where it listens.
        secret: what its webhooks are signed with.
        webhook_id: its id in the workspace.
    """

    def __init__(self, control: Control, workspace: str) -> None:
        super().__init__(control, workspace)
        self.secret = base64.b64encode(secrets.token_bytes(32)).decode()
        self.webhook_id = ""
        self._changed = threading.Condition()
        self._received: list[Received] = []
        self._plans: list[_Plan] = []
        self._server = Receiving(self._take)
        self.url = self._server.url
        try:
            self.register()
        except BaseException:
            self.stop()
            raise

    @property
    def received(self) -> list[Received]:
        """All that came, wrongly signed ones too, oldest first."""
        with self._changed:
            return list(self._received)

    def register(self) -> None:
        """Be a webhook of the workspace; nothing when it is one still."""
        known: _Known = self._call("GET", "/webhooks", answer=_Known)
        if self.webhook_id not in {each.id for each in known.webhooks}:
            fields = {"url": self.url, "events": EVENTS, "name": "tuco.webhooks", "secret": self.secret}
            made: Webhook = self._call("POST", "/webhooks", fields, answer=Webhook)
            self.webhook_id = made.id

    def clear(self) -> None:
        """Forget what came."""
        with self._changed:
            self._received.clear()

    def answer(
        self,
        status: int = 200,
        body: str = "OK",
        *,
        delay: str | timedelta | float = 0.0,
        hang: bool = False,
        reset: bool = False,
        event: str | None = None,
        times: int | None = None,
    ) -> None:
        """Answer from now on otherwise than with 200.

        Args:
            status: of the answer.
            body: of the answer.
            delay: how long it takes, as ``500ms``, a timedelta or seconds.
            hang: never answer; the server gives up after ten seconds.
            reset: break the connection.
            event: only for this event.
            times: only so often; what was told before counts again then.
        """
        often = None if times is None else number("times", times, 1)
        plan = _Plan(Answer(status, body, seconds_of("delay", delay), hang, reset), event, often)
        with self._changed:
            self._plans.append(plan)

    def wait(
        self,
        event: str | None = None,
        *,
        lead: Lead | str | None = None,
        json: Mapping[str, Any] | None = None,
        times: int = 1,
        timeout: str | timedelta | float = 5.0,
    ) -> Received:
        """Wait until such a webhook has come, or as many; at once when it has already.

        Args:
            event: what it tells; anything when left out.
            lead: whom it is about.
            json: a part of its body.
            times: how many of them.
            timeout: ``5s``, a timedelta or seconds, of real time.

        Returns:
            The last of those that were waited for; all of them are rightly signed.

        Raises:
            AssertionError: it did not come in time.
            BlockingCall: an event loop runs in this thread; `async_wait` is for that.
        """
        __tracebackhide__ = True
        refuse_to_block_a_loop("tuco.webhooks.wait", "tuco.webhooks.async_wait")
        return self._wait(event, lead, json, number("times", times, 1), seconds_of("timeout", timeout))

    async def async_wait(
        self,
        event: str | None = None,
        *,
        lead: Lead | str | None = None,
        json: Mapping[str, Any] | None = None,
        times: int = 1,
        timeout: str | timedelta | float = 5.0,  # noqa: ASYNC109 - the error tells what came instead
    ) -> Received:
        """`wait` for asynchronous tests: the event loop goes on meanwhile."""
        __tracebackhide__ = True
        import anyio.to_thread  # noqa: PLC0415 - only asynchronous tests need it

        often, seconds = number("times", times, 1), seconds_of("timeout", timeout)
        return await anyio.to_thread.run_sync(self._wait, event, lead, json, often, seconds)

    def assert_received(
        self,
        event: str | None = None,
        *,
        lead: Lead | str | None = None,
        json: Mapping[str, Any] | None = None,
        times: int | None = None,
    ) -> list[Received]:
        """Such a webhook has come: at least once, or exactly `times` times. What is on its way is not waited for.

        Raises:
            AssertionError: it has not; the message tells what came, and what the server did.
        """
        __tracebackhide__ = True
        found = self._found(event, lead, json)
        if len(found) != times if times is not None else not found:
            often = "" if times is None else f" {times} times"
            raise AssertionError(self._unmet(f"expected {meant(event, lead, json)}{often}, but {came(len(found))}"))
        return found

    def assert_not_received(
        self, event: str | None = None, *, lead: Lead | str | None = None, json: Mapping[str, Any] | None = None
    ) -> None:
        """No such webhook has come.

        Raises:
            AssertionError: one has.
        """
        __tracebackhide__ = True
        found = self._found(event, lead, json)
        if found:
            raise AssertionError(self._unmet(f"expected no {meant(event, lead, json)}, but {came(len(found))}"))

    def stop(self) -> None:
        """Stop listening; the workspace's end does it."""
        self._server.stop()

    def _take(self, headers: Mapping[str, str], raw: bytes) -> Answer:
        """What came, and how it is answered."""
        signed = hmac.new(self.secret.encode(), raw, hashlib.sha256).hexdigest()
        verified = hmac.compare_digest(signed, headers.get("x-tuco-signature", ""))
        try:
            body = msgspec.json.decode(raw)
        except msgspec.DecodeError:
            body = None
        event = headers.get("x-tuco-event", "")
        with self._changed:
            self._received.append(Received(event=event, body=body, raw=raw, headers=dict(headers), verified=verified))
            answer = self._planned(event) if verified else Answer(401, "wrong signature")
            self._changed.notify_all()
        return answer

    def _planned(self, event: str) -> Answer:
        for plan in reversed(self._plans):
            if plan.event in {None, event} and plan.times != 0:
                if plan.times is not None:
                    plan.times -= 1
                return plan.answer
        return Answer()

    def _wait(
        self, event: str | None, lead: Lead | str | None, json: Mapping[str, Any] | None, times: int, seconds: float
    ) -> Received:
        __tracebackhide__ = True
        with self._changed:
            self._changed.wait_for(lambda: len(self._found(event, lead, json)) >= times, seconds)
            found = self._found(event, lead, json)
        if len(found) < times:
            often = "" if times == 1 else f" {times} times"
            told = f"waited {seconds:g} s for {meant(event, lead, json)}{often}, but {came(len(found))}"
            raise AssertionError(self._unmet(told))
        return found[times - 1]

    def _found(self, event: str | None, lead: Lead | str | None, json: Mapping[str, Any] | None) -> list[Received]:
        if event is not None and event not in EVENTS:
            raise TucoError(f"there is no event {event!r}; there are {', '.join(EVENTS)}")
        lead_id = id_of(lead)
        with self._changed:
            return [
                each
                for each in self._received
                if each.verified
                and event in {None, each.event}
                and lead_id in {None, each.lead_id}
                and (json is None or has(each.body, json))
            ]

    def _unmet(self, told: str) -> str:
        """The expectation with all that may explain why it was not met."""
        lines = [told]
        came = self.received
        lines += ["received:", *(f"  {each}" for each in came[-_SHOWN:])] if came else ["nothing was received"]
        listed: _Listed = self._call("GET", "/deliveries", query={"webhook": self.webhook_id}, answer=_Listed)
        missing = [each for each in listed.deliveries if each.state != "delivered"]
        if missing:
            lines += ["not delivered:", *(f"  {delivery_line(each)}" for each in missing[-_SHOWN:])]
        elif not listed.deliveries:
            lines.append("the server had nothing to tell: was tuco.webhooks there before it happened?")
        return "\n".join(lines)
