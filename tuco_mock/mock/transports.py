"""httpx transports that hop to the thread in which the application runs, and tell what came of it in httpx's terms."""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio
import httpx

from tuco_mock.mock.aside import result_of
from tuco_mock.mock.in_process import Call, ConnectionLost, ProtocolBroken

if TYPE_CHECKING:
    import concurrent.futures

    from tuco_mock.mock.in_process import Answer, InProcess


class SyncTransport(httpx.BaseTransport):
    """For `httpx.Client`."""

    def __init__(self, server: InProcess) -> None:
        self._server = server

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Call, and wait for the answer."""
        outcome = _started(self._server, request, request.read())
        try:
            return _response(outcome.result(_patience(request)))
        except TimeoutError as error:
            raise httpx.ReadTimeout("timed out") from error
        except (ConnectionLost, ProtocolBroken) as error:
            raise _as_httpx(error) from error
        finally:
            outcome.cancel()


class AsyncTransport(httpx.AsyncBaseTransport):
    """For `httpx.AsyncClient`, on asyncio and trio."""

    def __init__(self, server: InProcess) -> None:
        self._server = server

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Call, and wait for the answer while the event loop goes on."""
        outcome = _started(self._server, request, await request.aread())
        try:
            with anyio.fail_after(_patience(request)):
                return _response(await result_of(outcome))
        except TimeoutError as error:
            raise httpx.ReadTimeout("timed out") from error
        except (ConnectionLost, ProtocolBroken) as error:
            raise _as_httpx(error) from error
        finally:
            outcome.cancel()


def _started(server: InProcess, request: httpx.Request, body: bytes) -> concurrent.futures.Future[Answer]:
    headers = [(name.lower(), value) for name, value in request.headers.raw]
    try:
        return server.submit(Call(request.method, request.url.raw_path, headers, body))
    except RuntimeError as error:
        raise httpx.ConnectError("the server has ended") from error


def _patience(request: httpx.Request) -> float | None:
    seconds: float | None = request.extensions.get("timeout", {}).get("read")
    return seconds


def _response(answer: Answer) -> httpx.Response:
    return httpx.Response(answer.status, headers=answer.headers, stream=httpx.ByteStream(answer.body))


def _as_httpx(error: Exception) -> httpx.TransportError:
    return httpx.ReadError(str(error)) if isinstance(error, ConnectionLost) else httpx.RemoteProtocolError(str(error))
