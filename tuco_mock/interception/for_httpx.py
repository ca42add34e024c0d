"""`httpx`, sync and async: its connection pool, httpcore's, is asked for the mock's origin instead of Tuco's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tuco_mock.interception.current import current
from tuco_mock.interception.hook import Function, Hook
from tuco_mock.interception.target import Target, is_tuco

if TYPE_CHECKING:
    from types import ModuleType

    import httpcore

_ABOUT_THE_ADDRESS = {"target", "sni_hostname"}
"""Extensions of a request that say again where it goes; the new address has it all."""


def hooks(module: ModuleType) -> list[Hook]:
    """What leads httpx, by way of httpcore."""

    def sync(real: Function) -> Function:
        def handle_request(self: httpcore.ConnectionPool, request: httpcore.Request) -> Any:
            target = current()
            if target is None or not is_tuco(request.url.host):
                return real(self, request)
            pool = module.ConnectionPool(max_keepalive_connections=0) if _is_proxied(module, self) else self
            return real(pool, _led(module, request, target))

        return handle_request

    def asynchronous(real: Function) -> Function:
        async def handle_async_request(self: httpcore.AsyncConnectionPool, request: httpcore.Request) -> Any:
            target = current()
            if target is None or not is_tuco(request.url.host):
                return await real(self, request)
            pool = module.AsyncConnectionPool(max_keepalive_connections=0) if _is_proxied(module, self) else self
            return await real(pool, _led(module, request, target))

        return handle_async_request

    return [
        Hook(module.ConnectionPool, "handle_request", sync),
        Hook(module.AsyncConnectionPool, "handle_async_request", asynchronous),
    ]


def _is_proxied(module: ModuleType, pool: object) -> bool:
    """Whether the pool's connections go to a proxy, which need not reach the mock, or not the same one."""
    kinds = (module.HTTPProxy, module.SOCKSProxy, module.AsyncHTTPProxy, module.AsyncSOCKSProxy)
    return isinstance(pool, kinds) or getattr(pool, "_proxy", None) is not None


def _led(module: ModuleType, request: httpcore.Request, target: Target) -> Any:
    """The same request, to the mock; the one that the client holds stays as it is."""
    extensions = {name: value for name, value in request.extensions.items() if name not in _ABOUT_THE_ADDRESS}
    headers = [
        (name, target.header(name.decode("latin-1"), value.decode("latin-1")).encode("latin-1"))
        for name, value in request.headers
    ]
    url = module.URL(scheme=target.scheme, host=target.host, port=target.port, target=request.url.target)
    return module.Request(request.method, url, headers=headers, content=request.stream, extensions=extensions)
