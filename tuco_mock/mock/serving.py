"""Servers for tests: on a socket in a thread, or without sockets."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from typing import TYPE_CHECKING

from tuco_mock.app import create_app
from tuco_mock.client.server import Server
from tuco_mock.server import BackgroundServer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.types import ASGIApp

    from tuco_mock.settings import Settings


@contextlib.contextmanager
def serving(settings: Settings, *, in_process: bool = False) -> Iterator[Server]:
    """A server in this process, gone with all its threads and sockets when it is left.

    Raises:
        PortTaken: the address can't be listened on.
        InvalidInput: the fixture it starts with has mistakes.
        OSError: that fixture can't be read.
    """
    if in_process:
        from tuco_mock.mock.in_process import HOST, InProcess  # noqa: PLC0415 - the other way needs none of it

        allowed = replace(settings, allowed_hosts=(*settings.allowed_hosts, HOST))
        with InProcess(_app(allowed)) as connector, Server(connector, settings.control_token) as server:
            yield server
    else:
        with (
            BackgroundServer(_app(settings), settings.host, settings.port) as running,
            Server(running.url, settings.control_token) as server,
        ):
            yield server


def _app(settings: Settings) -> ASGIApp:
    app = create_app(settings)
    if not settings.validate:
        return app
    from tuco_mock.contract.spec import load_spec  # noqa: PLC0415 - jsonschema takes its time
    from tuco_mock.contract.validation import ResponseValidator  # noqa: PLC0415 - only who needs it pays for it

    return ResponseValidator(app, load_spec())
