"""The simulated API's own description: `openapi/tuco.yaml`, served as JSON at ``/openapi.json``."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, cast

from starlette.responses import Response
from starlette.routing import Route

from tuco_mock.settings import resource

if TYPE_CHECKING:
    from starlette.requests import Request


@cache
def description() -> bytes:
    """The OpenAPI document as JSON; read when it is first asked for, since start-up counts."""
    import msgspec  # noqa: PLC0415 - only who needs it pays for it
    import yaml  # noqa: PLC0415 - likewise

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    document = cast("dict[str, Any]", yaml.load(resource("openapi/tuco.yaml").read_bytes(), Loader=loader))  # noqa: S506 - a safe loader
    return msgspec.json.encode(document)


def description_route() -> Route:
    """The route that serves it."""

    async def answer(_: Request) -> Response:
        return Response(description(), media_type="application/json")

    return Route("/openapi.json", answer, methods=["GET"])
