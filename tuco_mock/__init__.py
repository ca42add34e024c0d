"""tuco-mock: a local, stateful mock of the Tuco messaging API. Unofficial; not affiliated with the vendor.

The house, from the top floor down; imports run downwards only (import-linter holds it):

======================  =========================================================================
`cli`                   the ``tuco-mock`` command
`pytest_plugin`         fixtures, marker and options for pytest
`mock`                  a server and a workspace on it for a with-block, without pytest
`contract`              the API description, the behaviour catalogue, checks of answers against them
`server`                uvicorn in front or in a thread
`app`                   composition root: settings -> engines -> rooms
`control`, `api`        ``/_tuco`` (the control plane) and ``/api`` (the simulated service)
`wire`                  what both need of HTTP: bodies, tokens, JSON answers
`delivery`              sends webhooks what happened
`actions`               the verbs: cancel, list replies, load a state, move the clock
`state`                 what is remembered, in two engines: documents and queue
`domain`                the rules, in plain Python
`settings`              what can be set from outside
`client`                what a test talks to a server with; knows HTTP and nothing of the house
`interception`          leads calls to the vendor's address to a mock; knows nothing of the house
======================  =========================================================================
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tuco_mock.app import create_app
    from tuco_mock.mock import TucoMock
    from tuco_mock.settings import Settings

__version__ = "0.1.0"

__all__ = ["Settings", "TucoMock", "__version__", "create_app"]


def __getattr__(name: str) -> Any:
    """Import public names on first use, so that `import tuco_mock` costs next to nothing."""
    if name == "create_app":
        from tuco_mock.app import create_app  # noqa: PLC0415 - lazy by design

        return create_app
    if name == "TucoMock":
        from tuco_mock.mock import TucoMock  # noqa: PLC0415 - lazy by design

        return TucoMock
    if name == "Settings":
        from tuco_mock.settings import Settings  # noqa: PLC0415 - lazy by design

        return Settings
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
