"""A workspace's handle: all that a test does with it."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

from tuco_mock.client.assertions import Assertions
from tuco_mock.client.clock import Clock
from tuco_mock.client.deliveries import DeliveryVerbs, WebhookLab
from tuco_mock.client.errors import ControlError, TucoError
from tuco_mock.client.faults import FaultVerbs
from tuco_mock.client.opt_outs import OptOuts
from tuco_mock.client.rate_limit import RateLimit

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from types import TracebackType

    from tuco_mock.client.receiver import WebhookReceiver


class Tuco(OptOuts, Assertions, FaultVerbs, DeliveryVerbs):
    """One workspace: things to put there and look at, requests to expect, faults to plan, time to move.

    As a context manager it is dropped at the end.
    """

    _receiver: WebhookReceiver | None = None

    @cached_property
    def clock(self) -> Clock:
        """Its time."""
        return Clock(self._control, self.id)

    @cached_property
    def rate_limit(self) -> RateLimit:
        """Its rate limits."""
        return RateLimit(self._control, self.id)

    @cached_property
    def webhook_lab(self) -> WebhookLab:
        """What goes wrong with what its webhooks are told."""
        return WebhookLab(self._control, self.id)

    def __repr__(self) -> str:
        return f"<Tuco {self.id} at {self.base_url}>"

    def intercept(self) -> AbstractContextManager[None]:
        """While it is entered, calls of this process to ``https://app.tuco.ai`` come to this workspace.

        Whatever key they carry, they get this workspace's. See `tuco_mock.interception`.

        Raises:
            TucoError: the mock runs in-process, without a socket that calls could be led to.
        """
        from tuco_mock.interception import intercept  # noqa: PLC0415 - only tests that use it pay for it

        if not self._control.connector.on_network:
            raise TucoError("intercept leads calls to a socket, and this mock has none: leave in_process=True out")
        return intercept(self.base_url, self.api_key)

    @property
    def webhooks(self) -> WebhookReceiver:
        """A receiver of webhooks in this process, which listens, and is registered here for every event, from now on.

        Its signatures are verified; what it got is kept until the workspace is dropped. The server must run on this
        machine.
        """
        if self._receiver is None:
            from tuco_mock.client.receiver import WebhookReceiver  # noqa: PLC0415 - only tests that use it pay for it

            self._receiver = WebhookReceiver(self._control, self.id)
        return self._receiver

    def _settled(self, shown: dict[str, Any]) -> None:
        super()._settled(shown)
        if self._receiver is not None:
            self._receiver.register()

    def drop(self) -> None:
        """Remove the workspace and all that is in it; nothing when it is gone already."""
        try:
            self._call("DELETE", "")
        except ControlError as error:
            if error.status != 404:
                raise
        finally:
            self.end()

    def end(self) -> None:
        """Close what the handle has opened in this process: HTTP clients, the receiver of webhooks."""
        self.release()
        if self._receiver is not None:
            self._receiver.stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        try:
            self.drop()
        except TucoError:
            if kind is None:  # what went wrong in the block says more
                raise
