"""The pytest plugin: a workspace a test, on a server that starts with the first test that wants one.

Fixtures `tuco`, `make_tuco`, `tuco_server`, `tuco_listen_address`; marker `tuco`; options `--tuco-url`,
`--tuco-fixture`, `--tuco-record`, `--tuco-control-token`, each also as an ini setting. Nothing of the house is imported
until a test needs it, so that pytest itself stays fast.
"""

from __future__ import annotations

import contextlib
import os
import sys
from typing import TYPE_CHECKING, Any, Protocol

import pytest

from tuco_mock.pytest_plugin.choosing import OPTIONS, Chosen, chosen

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from pathlib import Path

    from tuco_mock.client import Server, Tuco

_NAMES = ("tuco_mock", "tuco_mock.pytest_plugin")
"""What this plugin is called: by its entry point, and as a module (`-p`, `pytest_plugins`)."""

_MARKER = ("fixture", "clock", "rate_limits", "seed", "worker", "intercept")
_TAIL = 20


class MakeTuco(Protocol):
    """Makes a workspace that is dropped at the end of the test; options as of `Server.workspace`."""

    def __call__(self, **options: Any) -> Tuco:
        """Make one."""


_CHOSEN = pytest.StashKey[Chosen]()
_SERVER = pytest.StashKey["Server"]()
_MADE = pytest.StashKey["list[Tuco]"]()
_FAILED = pytest.StashKey[bool]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare options and ini settings."""
    group = parser.getgroup("tuco", "tuco-mock")
    try:
        for name, metavar, help_text in OPTIONS:
            group.addoption(f"--{name}", metavar=metavar, default=None, help=help_text)
    except ValueError as error:
        raise pytest.UsageError(
            f"tuco-mock's pytest plugin is loaded twice ({error}): keep the installed one, and take the other one "
            "out of `-p`, `pytest_plugins` and conftest.py"
        ) from error
    for name, _, help_text in OPTIONS:
        parser.addini(name.replace("-", "_"), help_text)


def pytest_plugin_registered(plugin: object, plugin_name: str, manager: pytest.PytestPluginManager) -> None:
    """Be there once only: installed and named with `-p` or in `pytest_plugins`, too, is no mistake."""
    if plugin is sys.modules[__name__] and plugin_name in _NAMES:
        for name in _NAMES:
            if name != plugin_name:
                manager.set_blocked(name)


def pytest_configure(config: pytest.Config) -> None:
    """Check options and settings before any test runs."""
    config.addinivalue_line(
        "markers",
        "tuco(fixture=…, clock=…, rate_limits=…, seed=…, worker=…, intercept=True): what the workspace of the `tuco` "
        "fixture is made with, and whether calls to https://app.tuco.ai are led to it",
    )
    config.stash[_CHOSEN] = chosen(config)


def pytest_report_header(config: pytest.Config) -> str | None:
    """Say which server is used when it isn't the session's own."""
    url = config.stash[_CHOSEN].url
    return None if url is None else f"tuco-mock: {url}"


@pytest.fixture(scope="session")
def tuco_listen_address() -> tuple[str, int]:
    """Where the session's server listens; override it for another host or a fixed port. Port 0 picks a free one."""
    return ("127.0.0.1", 0)


@pytest.fixture(scope="session")
def tuco_server(pytestconfig: pytest.Config, tuco_listen_address: tuple[str, int]) -> Iterator[Server]:
    """The server: one a session, and under xdist one a worker, or the one of `--tuco-url`."""
    chosen = pytestconfig.stash[_CHOSEN]
    used = _started(tuco_listen_address) if chosen.url is None else _running(chosen.url, chosen.token)
    with used as server:
        pytestconfig.stash[_SERVER] = server
        yield server
        del pytestconfig.stash[_SERVER]


@pytest.fixture
def make_tuco(request: pytest.FixtureRequest, tuco_server: Server) -> Iterator[MakeTuco]:
    """Make workspaces, as many as the test wants, with the options of `Server.workspace`.

    A fixture that is not given is that of `--tuco-fixture`, None is an empty workspace; a relative path is looked for
    beside the test's file first. The seed follows from the test's id, so that ids and chance are the same in any order
    of tests.
    """
    with _making(request, tuco_server) as make:
        yield make


@pytest.fixture
def tuco(request: pytest.FixtureRequest, tuco_server: Server) -> Iterator[Tuco]:
    """A workspace of the test's own, empty unless the marker or `--tuco-fixture` fills it."""
    options = _checked(request.node)
    intercept = options.pop("intercept", False)
    from tuco_mock.client import TucoError

    with _making(request, tuco_server) as make:
        with _told_in_a_line(TucoError):
            made = make(**options)
        if intercept:
            with made.intercept():
                yield made
        else:
            yield made


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Generator[None]:
    """Ask for the next test's workspace once all of this one's is gone: it is made while pytest reports."""
    yield
    server = item.config.stash.get(_SERVER, None)
    if server is None or nextitem is None or "tuco" not in getattr(nextitem, "fixturenames", ()):
        return
    options = _marked(nextitem)
    options.pop("intercept", None)
    if options.keys() <= set(_MARKER):  # else it will fail before it is made
        server.workspace_ahead(**_completed(nextitem, 1, options))


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Let no test believe that its calls are led to a workspace that it doesn't have."""
    led = next((each.kwargs["intercept"] for each in item.iter_markers("tuco") if "intercept" in each.kwargs), False)
    if led and "tuco" not in getattr(item, "fixturenames", ()):
        pytest.fail(
            "@pytest.mark.tuco(intercept=True) leads calls to the workspace of the `tuco` fixture, which this test "
            'does not use: add the argument `tuco`, or @pytest.mark.usefixtures("tuco")',
            pytrace=False,
        )


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show in the report of a failed test what the mock saw."""
    report = yield
    if report.failed:
        item.stash[_FAILED] = True
        made = item.stash.get(_MADE, [])
        for each in made:
            title = "tuco timeline" if len(made) == 1 else f"tuco timeline of {each.id}"
            report.sections.append((title, _seen(each)))
    return report


@contextlib.contextmanager
def _started(address: tuple[str, int]) -> Iterator[Server]:
    """A server of the session's own."""
    from tuco_mock.mock.serving import serving
    from tuco_mock.server import PortTaken
    from tuco_mock.settings import Settings

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
        options.setdefault("fixture", item.config.stash[_CHOSEN].fixture)
    if options.get("seed") is None:
        options["seed"] = item.nodeid if number == 1 else f"{item.nodeid}#{number}"
    options.setdefault("name", item.nodeid)
    options.setdefault("near", (item.path.parent, item.config.rootpath))
    return options


def _seen(made: Tuco) -> str:
    from tuco_mock.client.telling import seen

    return seen(made, _TAIL)


@contextlib.contextmanager
def _making(request: pytest.FixtureRequest, server: Server) -> Iterator[MakeTuco]:
    """Make workspaces for a fixture; at its end write their recordings, if wanted, and drop them with the next one."""
    item = request.node
    made: list[Tuco] = item.stash.setdefault(_MADE, [])
    mine: dict[int, Tuco] = {}
    record = item.config.stash[_CHOSEN].record

    def make(**options: Any) -> Tuco:
        number = len(made) + 1
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


def _write(item: pytest.Item, made: dict[int, Tuco], record: Path) -> None:
    from tuco_mock.client import TucoError
    from tuco_mock.client.recordings import write

    # a test that has failed has said what is wrong, as that the server has ended
    muted = contextlib.suppress(TucoError) if item.stash.get(_FAILED, False) else contextlib.nullcontext()
    with _told_in_a_line((TucoError, OSError)), muted:
        for number, each in made.items():
            write(record, item.nodeid, number, each)
