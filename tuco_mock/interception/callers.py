"""Which client is it that is calling?"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import FrameType

_STANDARD_CLIENTS = {"urllib.request", "http.client", "xmlrpc.client"}
_HELPERS = {"httpcore", "anyio", "sniffio", "h11", "h2", "aiohappyeyeballs", "uvloop"}
"""What clients are built on, and nobody calls the service with."""


def caller() -> str | None:
    """Name of the HTTP client whose call this is: the one nearest to the code that uses it. None when it can't be seen.

    The stack is read from the inside out. Modules of the standard library lie between, but a client that is none of it
    ends the search as soon as other code than its own and that of clients beneath it comes.
    """
    found = None
    known = {"httpx", "requests", "aiohttp", "urllib3"}
    frame: FrameType | None = sys._getframe(1)  # noqa: SLF001 - there is no other way to see a caller
    while frame is not None:
        module = str(frame.f_globals.get("__name__", ""))
        top = module.partition(".")[0]
        if module in _STANDARD_CLIENTS:
            found = module
        elif top in known:
            found = top
        elif top not in sys.stdlib_module_names and top not in _HELPERS and not module.startswith(__package__ or "-"):
            return found or top
        frame = frame.f_back
    return found
