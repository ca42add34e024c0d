"""What can go wrong when a test talks to a server.

::

    TucoError
    ├── ControlError        the control plane refused: its status, its detail, its list of mistakes
    ├── ServerUnreachable   nobody answers there, or somebody who is no tuco-mock
    ├── ServerStopped       the server stopped while a test waited for a request
    ├── FixtureError        a fixture that is not there, or is not one
    └── BlockingCall        a call that waits, made where waiting would stop the code that it waits for

An expectation that was not met (`assert_called` and its kin) is an AssertionError, as pytest and unittest know it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence


class Mistake(NamedTuple):
    """One mistake in what was sent.

    Attributes:
        path: where it is, as ``leads[0].phone``; empty for the whole.
        message: what is wrong with it.
    """

    path: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}: {self.message}" if self.path else self.message


class TucoError(Exception):
    """What all errors of the client are."""


class ControlError(TucoError):
    """The control plane refused a call.

    Attributes:
        status: HTTP status of the refusal.
        detail: what the server says about it.
        mistakes: all mistakes in what was sent.
    """

    def __init__(self, status: int, detail: str, mistakes: Sequence[Mistake] = (), *, about: str = "") -> None:
        self.status = status
        self.detail = detail
        self.mistakes = tuple(mistakes)
        told = "\n  ".join((f"{len(mistakes)} mistakes:", *map(str, mistakes))) if len(mistakes) > 1 else detail
        super().__init__(f"{about}: {told}" if about else told)


class ServerUnreachable(TucoError):
    """No tuco-mock answers there.

    Attributes:
        url: where it was looked for.
    """

    def __init__(self, url: str, why: str) -> None:
        self.url = url
        super().__init__(
            f"no tuco-mock answers at {url}: {why}. Start one with `tuco-mock serve`, or correct the address."
        )


class ServerStopped(TucoError):
    """The server stopped while a request was waited for."""


class FixtureError(TucoError):
    """A fixture that is not there, or a file that holds none."""


class BlockingCall(TucoError):
    """A call that waits, made within an event loop: the code under test could not go on meanwhile."""
