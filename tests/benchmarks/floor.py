"""The floor: a bare Starlette app with one fixed JSON answer of 1 KB, served as the mock is."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tuco_mock.server import bind, run

BODY = b'{"filling":"' + b"x" * (1024 - 14) + b'"}'


async def answer(_: Request) -> Response:
    return Response(BODY, media_type="application/json")


async def answer_post(request: Request) -> Response:
    await request.body()
    return Response(BODY, media_type="application/json")


def main() -> None:
    app = Starlette(routes=[Route("/get", answer, methods=["GET"]), Route("/post", answer_post, methods=["POST"])])
    with bind("127.0.0.1", 0) as listener:
        run(app, listener, lambda: print(listener.getsockname()[1], flush=True))


if __name__ == "__main__":
    main()
