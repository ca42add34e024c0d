"""The floor: a bare Starlette app with one fixed JSON answer of 1 KB on plain uvicorn, without an access log."""

from __future__ import annotations

import socket

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

BODY = b'{"filling":"' + b"x" * (1024 - 14) + b'"}'


async def answer(_: Request) -> Response:
    return Response(BODY, media_type="application/json")


async def answer_post(request: Request) -> Response:
    await request.body()
    return Response(BODY, media_type="application/json")


def main() -> None:
    app = Starlette(routes=[Route("/get", answer, methods=["GET"]), Route("/post", answer_post, methods=["POST"])])
    with socket.create_server(("127.0.0.1", 0)) as listener:
        print(listener.getsockname()[1], flush=True)
        uvicorn.Server(uvicorn.Config(app, access_log=False, log_config=None)).run(sockets=[listener])


if __name__ == "__main__":
    main()
