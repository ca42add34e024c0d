"""What ``tuco-mock serve`` does: build the application, put the checks in front if wanted, listen, say where."""

from __future__ import annotations

import logging
import shlex
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import msgspec

import tuco_mock
from tuco_mock.app import TucoApp, create_app
from tuco_mock.cli import collector
from tuco_mock.server import bind, run, url_of

if TYPE_CHECKING:
    import socket
    from pathlib import Path

    from starlette.types import ASGIApp

    from tuco_mock.settings import Settings


def serve(settings: Settings, port_file: Path | None = None) -> None:
    """Serve until SIGINT or SIGTERM.

    Args:
        settings: what can be set from outside.
        port_file: where to write the port that was picked, once the server answers.

    Raises:
        InvalidInput: the fixture has mistakes.
        PortTaken: the address can't be listened on.
        OSError: the fixture can't be read, or the port file not be written.
    """
    log_to_stderr(settings.log_format)
    if port_file is not None:
        port_file.unlink(missing_ok=True)  # whoever waits for it must not find that of a server before
    with bind(settings.host, settings.port) as listener:
        settings = replace(settings, port=listener.getsockname()[1])
        app = create_app(settings)

        def started() -> None:
            app.start_working()
            announce(app, listener, settings, port_file)
            collector.keep_what_is_there()

        try:
            run(checked(app) if settings.validate else app, listener, started, app.stop_waiting)
        finally:
            app.close()
            if port_file is not None:
                port_file.unlink(missing_ok=True)


def announce(app: TucoApp, listener: socket.socket, settings: Settings, port_file: Path | None) -> None:
    """Tell where the server answers: whoever waits for the port file, and people."""
    if port_file is not None:
        port_file.write_text(f"{listener.getsockname()[1]}\n")
    print(_banner(app, url_of(listener), settings), flush=True)


def checked(app: ASGIApp) -> ASGIApp:
    """The application behind a check of each answer against the API description."""
    from tuco_mock.contract.spec import load_spec
    from tuco_mock.contract.validation import ResponseValidator

    return ResponseValidator(app, load_spec())


def _banner(app: TucoApp, url: str, settings: Settings) -> str:
    """Where the server is, with what key, and a call to paste."""
    keys = [key for workspace in app.started_with for key in workspace.api_keys]
    key = keys[0] if keys else None
    call = None if key is None else _call(url, key)
    if settings.log_format == "json":
        record = {"level": "info", "message": "listening", "url": url, "apiKey": key, "curl": call}
        if app.goes_on:
            record["message"] = "listening; goes on with what was there, no fixture was loaded"
        return msgspec.json.encode(record).decode()
    filled = "goes on with what was there, --fresh begins anew" if app.goes_on else f"fixture {settings.fixture}"
    return "\n".join(
        (
            f"tuco-mock {tuco_mock.__version__}: {url}  ({filled}; Ctrl-C stops)",
            f"API key: {key or 'none; POST /_tuco/workspaces makes a workspace'}",
            *((f"Try:     {call}",) if call else ()),
            f"Control: {url}/_tuco/openapi.json",
        )
    )


def _call(url: str, key: str) -> str:
    """The vendor's own example, led here; whatever the key holds, a shell takes it as it is."""
    header = f"Authorization: Bearer {key}"
    header = f'"{header}"' if key.isidentifier() else shlex.quote(header)
    return (
        f'curl -X POST "{url}/api/messages/cancel-for-lead" -H {header} '
        '-H "Content-Type: application/json" -d \'{ "recipientPhone": "+14422646782" }\''
    )


def log_to_stderr(log_format: str) -> None:
    """Let the log go to stderr, as text or as JSON lines."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_JsonLines() if log_format == "json" else logging.Formatter("%(levelname)s %(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    logging.getLogger("uvicorn").setLevel(logging.WARNING)


class _JsonLines(logging.Formatter):
    """One JSON record a line, a traceback inside it."""

    def format(self, record: logging.LogRecord) -> str:
        """The line of a record."""
        line = {
            "level": record.levelname.lower(),
            "time": self.formatTime(record),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return msgspec.json.encode(line).decode()
