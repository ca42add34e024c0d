"""A workspace's handle: all that a test does with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from tuco_mock.client.assertions import Assertions
from tuco_mock.client.clock import Clock
from tuco_mock.client.errors import ControlError, TucoError
from tuco_mock.client.faults import Faults, FaultVerbs
from tuco_mock.client.opt_outs import OptOuts
from tuco_mock.client.rate_limit import RateLimit

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from types import TracebackType

    from tuco_mock.client.control import Control


class Tuco(OptOuts, Assertions, FaultVerbs):
    """One workspace: things to put there and look at, requests to expect, faults to plan, time to move.

    As a context manager it is dropped at the end.

    Attributes:
        clock: its time.
        rate_limit: its rate limits.
        faults: what goes wrong in it.
    """

    def __init__(self, control: Control, workspace: str, api_key: str) -> None:
        super().__init__(control, workspace, api_key)
        self.clock = Clock(control, workspace)
        self.rate_limit = RateLimit(control, workspace)
        self.faults = Faults(control, workspace)

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

    def drop(self) -> None:
        """Remove the workspace and all that is in it; nothing when it is gone already."""
        self._forget_clients()
        try:
            self._call("DELETE", "")
        except ControlError as error:
            if error.status != 404:
                raise

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
