"""What the fixtures and hooks of the plugin do, loaded when the first test wants it, or fails.

The plugin itself is read and compiled by each run of a pytest that can't keep bytecode, whether a test uses it or not:
it declares, and leaves the work to this.
"""

from __future__ import annotations

import contextlib
import os
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest

from tuco_mock.pytest_plugin.choosing import chosen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tuco_mock.client import Server, Tuco

_MARKER = ("fixture", "clock", "rate_limits", "seed", "worker", "intercept")
_TAIL = 20

_SERVER = pytest.StashKey["Server"]()
_MADE = pytest.StashKey["list[Tuco]"]()
_NUMBERS = pytest.StashKey["count[int]"]()
_FAILED = pytest.StashKey[bool]()


@contextlib.contextmanager
def server(config: pytest.Config, address: tuple[str, int]) -> Iterator[Server]:
    """The session's server: one at an address, or the one of `--tuco-url`."""
    url, token, *_ = chosen(config)
    used = _started(address) if url is None else _running(url, token)
    with used as server:
        config.stash[_SERVER] = server
        yield server
        del config.stash[_SERVER]


@contextlib.contextmanager
def making(request: pytest.FixtureRequest, server: Server) -> Iterator[Callable[..., Tuco]]:
    """Make workspaces for a fixture; at its end write their recordings, if wanted, and drop them with the next one."""
    item = request.node
    made: list[Tuco] = item.stash.setdefault(_MADE, [])
    numbers = item.stash.setdefault(_NUMBERS, count(1))  # a test may make some in threads of its own
    mine: dict[int, Tuco] = {}
    record = chosen(item.config).record

    def make(**options: Any) -> Tuco:
        number = next(numbers)
        mine[number] = server.workspace(**_completed(item, number, options))
        made.append(mine[number])
        return mine[number]

    try:
        yield make
    finally:
        try:
            if record is not None:
                _write(item, mine, record)
        finally:
            for each in mine.values():
                server.drop_soon(each)
                made.remove(each)


@contextlib.contextmanager
def workspace(request: pytest.FixtureRequest, server: Server) -> Iterator[Tuco]:
    """A workspace of a test's own, as its markers want it."""
    options = _checked(request.node)
    intercept = options.pop("intercept", False)
    from tuco_mock.client import TucoError

    with making(request, server) as make:
        with _told_in_a_line(TucoError):
            made = make(**options)
        if intercept:
            with made.intercept():
                yield made
        else:
            yield made


def ask_ahead(item: pytest.Item) -> None:
    """Ask for the workspace of the test that comes next, if there is a server by now."""
    server = item.config.stash.get(_SERVER, None)
    if server is None:
        return
    options = _marked(item)
    options.pop("intercept", None)
    if options.keys() <= set(_MARKER):  # else it will fail before it is made
        server.workspace_ahead(**_completed(item, 1, options))


def refuse_to_lead() -> None:
    """Fail a test that believes that its calls are led to a workspace, which it doesn't have."""
    pytest.fail(
        "@pytest.mark.tuco(intercept=True) leads calls to the workspace of the `tuco` fixture, which this test "
        'does not use: add the argument `tuco`, or @pytest.mark.usefixtures("tuco")',
        pytrace=False,
    )


def show(item: pytest.Item, report: pytest.TestReport) -> None:
    """Show in the report of a failed test what the mock saw."""
    item.stash[_FAILED] = True
    made = item.stash.get(_MADE, [])
    for each in made:
        title = "tuco timeline" if len(made) == 1 else f"tuco timeline of {each.id}"
        report.sections.append((title, _seen(each)))


@contextlib.contextmanager
def _started(address: tuple[str, int]) -> Iterator[Server]:
    """A server of the session's own."""
    from tuco_mock.mock.serving import serving
    from tuco_mock.server import PortTaken
    from tuco_mock.settings import Settings

    if not (isinstance(address, tuple) and [type(each) for each in address] == [str, int]):
        pytest.fail(f'tuco_listen_address gives host and port, as ("127.0.0.1", 0), and not {address!r}', pytrace=False)
    host, port = address
    with contextlib.ExitStack() as running:
        parallel = ", a server a worker" if "PYTEST_XDIST_WORKER" in os.environ else ""
        with _told_in_a_line(PortTaken, f"tuco_listen_address{parallel}: "):
            server = running.enter_context(serving(Settings(host=host, port=port)))
        yield server


@contextlib.contextmanager
def _running(url: str, token: str | None) -> Iterator[Server]:
    """A server that somebody else has started."""
    from tuco_mock.client import Server, TucoError

    with _told_in_a_line(TucoError, "--tuco-url: "):
        server = Server(url, token)
    with server:
        with _told_in_a_line(TucoError, "--tuco-url: "):
            server.info()
        yield server


@contextlib.contextmanager
def _told_in_a_line(errors: type[Exception] | tuple[type[Exception], ...], where: str = "") -> Iterator[None]:
    """Fail with the error's text alone, where a traceback would only show the house from inside."""
    try:
        yield
    except errors as error:
        raise pytest.fail.Exception(f"{where}{error}", pytrace=False) from None


def _marked(item: pytest.Item) -> dict[str, Any]:
    """What the test's markers say, the one nearest to it first."""
    options: dict[str, Any] = {}
    for marker in item.iter_markers("tuco"):
        options = {**marker.kwargs, **options}
    return options


def _checked(item: pytest.Item) -> dict[str, Any]:
    """The same, and the test fails when they say what they can't."""
    for marker in item.iter_markers("tuco"):
        unknown = sorted(marker.kwargs.keys() - set(_MARKER))
        if marker.args or unknown:
            given = ", ".join((*map(repr, marker.args), *unknown))
            pytest.fail(f"@pytest.mark.tuco takes {', '.join(_MARKER)}, all by name, and not {given}", pytrace=False)
    return _marked(item)


def _completed(item: pytest.Item, number: int, options: dict[str, Any]) -> dict[str, Any]:
    """What a test's first, second, … workspace is made with: what it asks for, and what is the same for all tests."""
    if "state" not in options:
        options.setdefault("fixture", chosen(item.config).fixture)
    if options.get("seed") is None:
        options["seed"] = item.nodeid if number == 1 else f"{item.nodeid}#{number}"
    options.setdefault("name", item.nodeid)
    options.setdefault("near", (item.path.parent, item.config.rootpath))
    return options


def _seen(made: Tuco) -> str:
    from tuco_mock.client.telling import seen

    return seen(made, _TAIL)


def _write(item: pytest.Item, made: dict[int, Tuco], record: Path) -> None:
    from tuco_mock.client import TucoError
    from tuco_mock.client.recordings import write

    # a test that has failed has said what is wrong, as that the server has ended
    muted = contextlib.suppress(TucoError) if item.stash.get(_FAILED, False) else contextlib.nullcontext()
    with _told_in_a_line((TucoError, OSError)), muted:
        for number, each in made.items():
            write(record, item.nodeid, number, each)
