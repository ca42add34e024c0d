"""What webhooks are told: look, wait, send once more, and let it go wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct

from tuco_mock.client.arguments import duration, patience
from tuco_mock.client.blocking import refuse_to_block_a_loop
from tuco_mock.client.control import PATIENCE
from tuco_mock.client.handle import Handle, id_of, part
from tuco_mock.client.webhook_models import Delivery, LabRule

if TYPE_CHECKING:
    import builtins
    from datetime import timedelta

    from tuco_mock.client.arguments import Patience
    from tuco_mock.client.webhook_models import Webhook


class _Deliveries(Struct):
    deliveries: list[Delivery]


class _Delivered(Struct):
    delivered: bool
    pending: int


class _Rules(Struct):
    rules: list[LabRule]


class DeliveryVerbs(Handle):
    """The deliveries of a workspace's webhooks."""

    def deliveries(
        self, *, webhook: Webhook | str | None = None, event: str | None = None, state: str | None = None
    ) -> list[Delivery]:
        """What webhooks were told, in order: this one, of this event, in this state.

        Raises:
            ControlError: there is no such event or state.
        """
        query = {"webhook": id_of(webhook), "event": event, "state": state}
        found: _Deliveries = self._call("GET", "/deliveries", query=query, answer=_Deliveries)
        return found.deliveries

    def redeliver(self, delivery: Delivery | int) -> Delivery:
        """Send the body of a delivery once more, signed with the present secret of its webhook.

        Raises:
            ControlError: there is no such delivery, or its webhook is gone.
        """
        found: Delivery = self._call("POST", f"/deliveries/{part(id_of(delivery))}/redeliver", answer=Delivery)
        return found

    def wait_for_deliveries(self, timeout: str | timedelta | float = 15.0) -> None:
        """Wait until no delivery is pending: each was answered, or came to nothing.

        What the webhook lab holds back or delays is not pending.

        Raises:
            AssertionError: some still are at the timeout.
            BlockingCall: an event loop runs in this thread; `async_wait_for_deliveries` is for that.
        """
        __tracebackhide__ = True
        refuse_to_block_a_loop("wait_for_deliveries", "tuco.async_wait_for_deliveries")
        wait = patience(timeout)
        path, body, seconds = self._path("/deliveries/wait"), {"timeout": wait.sent}, wait.seconds + PATIENCE
        _all_done(wait, self._control.call("POST", path, body, answer=_Delivered, seconds=seconds))

    async def async_wait_for_deliveries(self, timeout: str | timedelta | float = 15.0) -> None:  # noqa: ASYNC109 - the server keeps it
        """`wait_for_deliveries` for asynchronous tests: the event loop goes on meanwhile."""
        __tracebackhide__ = True
        wait = patience(timeout)
        path, body, seconds = self._path("/deliveries/wait"), {"timeout": wait.sent}, wait.seconds + PATIENCE
        _all_done(wait, await self._control.call_async("POST", path, body, answer=_Delivered, seconds=seconds))


def _all_done(wait: Patience, found: _Delivered) -> None:
    __tracebackhide__ = True
    if not found.delivered:
        raise AssertionError(f"after {wait.told} {found.pending} deliveries to webhooks are still pending")


class WebhookLab(Handle):
    """What goes wrong with deliveries. Each rule is for `times` deliveries, None for all until it is cleared.

    Which deliveries: of this `event`, to this `webhook`, about this `lead`; what is not given, any.
    """

    def list(self) -> list[LabRule]:
        """All rules, with how often each has struck."""
        return self._answered("GET")

    def add(self, *rules: LabRule | dict[str, Any]) -> builtins.list[LabRule]:
        """Put more there; all rules that there are then.

        Raises:
            ControlError: a rule contradicts itself; nothing was added.
        """
        return self._answered("PATCH", rules[0] if len(rules) == 1 else rules)

    def replace(self, *rules: LabRule | dict[str, Any]) -> builtins.list[LabRule]:
        """Put these in place of all others; see `add`."""
        return self._answered("POST", rules[0] if len(rules) == 1 else rules)

    def clear(self) -> None:
        """Take all of them away, and let go what they held back."""
        self._call("DELETE", "/webhook-lab")

    def lose(self, *, times: int | None = 1, **match: Any) -> LabRule:
        """Never send the next delivery, or deliveries."""
        return self._plan("lose", times, match)

    def duplicate(self, *, copies: int = 2, times: int | None = 1, **match: Any) -> LabRule:
        """Send the next delivery more than once."""
        return self._plan("duplicate", times, match, copies=copies)

    def delay(self, by: str | timedelta | float, *, times: int | None = 1, **match: Any) -> LabRule:
        """Send the next delivery later, by the workspace's clock: ``2h``, a timedelta or seconds."""
        return self._plan("delay", times, match, delay=duration(by, "by"))

    def reorder(self, *, times: int | None = 1, **match: Any) -> LabRule:
        """Send the next delivery behind the one after it."""
        return self._plan("reorder", times, match)

    def missign(self, *, times: int | None = 1, **match: Any) -> LabRule:
        """Sign the next delivery wrongly."""
        return self._plan("missign", times, match)

    def rotated_secret(self, secret: str | None = None, *, times: int | None = 1, **match: Any) -> LabRule:
        """Sign the next delivery with another secret than the webhook's: this one, if it is given."""
        return self._plan("rotatedSecret", times, match, secret=secret)

    def _plan(self, effect: str, times: int | None, match: dict[str, Any], **more: Any) -> LabRule:
        unknown = sorted(match.keys() - {"event", "webhook", "lead"})
        if unknown:
            raise TypeError(f"a rule is for deliveries of an event, to a webhook, about a lead, and not {unknown[0]}")
        meant = {name: id_of(value) for name, value in match.items() if value is not None}
        return self.add(LabRule(effect=effect, match=meant, times=times, **more))[-1]

    def _answered(self, method: str, body: Any = None) -> builtins.list[LabRule]:
        found: _Rules = self._call(method, "/webhook-lab", body, answer=_Rules)
        return found.rules
