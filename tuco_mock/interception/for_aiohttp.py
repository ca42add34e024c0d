"""`aiohttp`: its connector connects to the mock instead of Tuco."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tuco_mock.interception.current import current
from tuco_mock.interception.hook import Function, Hook
from tuco_mock.interception.target import is_tuco

if TYPE_CHECKING:
    from types import ModuleType

    import aiohttp


def hooks(module: ModuleType) -> list[Hook]:
    """What leads aiohttp."""
    from yarl import URL  # noqa: PLC0415 - comes with aiohttp, which need not be there

    def leading(real: Function) -> Function:
        async def connect(self: aiohttp.BaseConnector, req: aiohttp.ClientRequest, *given: Any, **named: Any) -> Any:
            target = current()
            if target is None or not is_tuco(req.url.raw_host):
                return await real(self, req, *given, **named)
            for name, value in list(req.headers.items()):
                req.headers[name] = target.header(name, value)
            req.update_proxy(None, None, None)  # it is near
            asked, req.url = req.url, URL(target.url)
            try:
                return await real(self, req, *given, **named)
            finally:
                req.url = asked  # the path that is sent, and what the response shows

        return connect

    return [Hook(module.BaseConnector, "connect", leading)]
