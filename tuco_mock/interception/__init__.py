"""Lead calls to ``https://app.tuco.ai`` to a mock, for code that has that address hard-wired.

`httpx` (sync and async), `requests` and `aiohttp` are led: each has one documented place at which it picks the
connection of a call, and while an `intercept` is entered that place picks one to the mock. All above it (retries,
redirects, hooks, the address the response shows) and below it (bodies, streaming, timeouts, resets) stays the client's
own. That is why none of the libraries that fake answers is used: respx, responses, aioresponses and aiointercept return
canned responses or let a call pass unchanged, and would have to make up what a broken connection looks like. They can
be used beside this for other services, as long as they let ``app.tuco.ai`` pass.

Whatever else asks for the address of ``app.tuco.ai`` meanwhile gets `UnsupportedClient` instead of it, so that no
call of a test reaches the real service. All other hosts are left alone.
"""

from __future__ import annotations

from tuco_mock.interception.active import intercept
from tuco_mock.interception.guard import UnsupportedClient
from tuco_mock.interception.target import TUCO_HOST

__all__ = ["TUCO_HOST", "UnsupportedClient", "intercept"]
