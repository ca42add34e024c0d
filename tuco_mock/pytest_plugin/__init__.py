"""The pytest plugin: a workspace a test, on a server that starts with the first test that wants one.

Fixtures `tuco`, `make_tuco`, `tuco_server`, `tuco_listen_address`; marker `tuco`; options `--tuco-url`,
`--tuco-fixture`, `--tuco-record`, `--tuco-control-token`, each also as an ini setting. Nothing of the house is imported
until a test needs it, so that pytest itself stays fast: what fixtures and hooks do is in `work`.

PYTEST_DONT_REWRITE: there is no assertion here to be explained, and looking for some is a third of what this file costs
a run of pytest that can't keep bytecode.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Protocol

import pytest

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from tuco_mock.client import Server, Tuco

_NAMES = ("tuco_mock", "tuco_mock.pytest_plugin")
"""What this plugin is called: by its entry point, and as a module (`-p`, `pytest_plugins`)."""

_OPTIONS = (
    ("tuco-url", "URL", "a tuco-mock server that runs already; one is started for the session otherwise"),
    ("tuco-control-token", "TOKEN", "the control token of that server, if it wants one"),
    ("tuco-fixture", "FILE", "what fills each test's workspace: a fixture file, or a shipped name as `default`"),
    ("tuco-record", "DIR", "write what each test did, to be run again by `tuco-mock replay FILE`"),
)


class MakeTuco(Protocol):
    """Makes a workspace that is dropped at the end of the test; options as of `Server.workspace`."""

    def __call__(self, **options: Any) -> Tuco:
        """Make one."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare options and ini settings."""
    group = parser.getgroup("tuco", "tuco-mock")
    try:
        for name, metavar, help_text in _OPTIONS:
            group.addoption(f"--{name}", metavar=metavar, default=None, help=help_text)
    except ValueError as error:
        raise pytest.UsageError(
            f"tuco-mock's pytest plugin is loaded twice ({error}): keep the installed one, and take the other one "
            "out of `-p`, `pytest_plugins` and conftest.py"
        ) from error
    for name, _, help_text in _OPTIONS:
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
    if _is_any_given(config):
        from tuco_mock.pytest_plugin.choosing import chosen

        chosen(config)


def pytest_report_header(config: pytest.Config) -> str | None:
    """Say which server is used when it isn't the session's own."""
    if not _is_any_given(config):
        return None
    from tuco_mock.pytest_plugin.choosing import chosen

    url = chosen(config).url
    return None if url is None else f"tuco-mock: {url}"


@pytest.fixture(scope="session")
def tuco_listen_address() -> tuple[str, int]:
    """Where the session's server listens; override it for another host or a fixed port. Port 0 picks a free one."""
    return ("127.0.0.1", 0)


@pytest.fixture(scope="session")
def tuco_server(pytestconfig: pytest.Config, tuco_listen_address: tuple[str, int]) -> Iterator[Server]:
    """The server: one a session, and under xdist one a worker, or the one of `--tuco-url`."""
    from tuco_mock.pytest_plugin import work

    with work.server(pytestconfig, tuco_listen_address) as server:
        yield server


@pytest.fixture
def make_tuco(request: pytest.FixtureRequest, tuco_server: Server) -> Iterator[MakeTuco]:
    """Make workspaces, as many as the test wants, with the options of `Server.workspace`.

    A fixture that is not given is that of `--tuco-fixture`, None is an empty workspace; a relative path is looked for
    beside the test's file first. The seed follows from the test's id, so that ids and chance are the same in any order
    of tests.
    """
    from tuco_mock.pytest_plugin import work

    with work.making(request, tuco_server) as make:
        yield make


@pytest.fixture
def tuco(request: pytest.FixtureRequest, tuco_server: Server) -> Iterator[Tuco]:
    """A workspace of the test's own, empty unless the marker or `--tuco-fixture` fills it."""
    from tuco_mock.pytest_plugin import work

    with work.workspace(request, tuco_server) as made:
        yield made


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown(nextitem: pytest.Item | None) -> Generator[None]:
    """Ask for the next test's workspace once all of this one's is gone: it is made while pytest reports."""
    yield
    if nextitem is not None and "tuco" in getattr(nextitem, "fixturenames", ()):
        from tuco_mock.pytest_plugin import work

        work.ask_ahead(nextitem)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Let no test believe that its calls are led to a workspace that it doesn't have."""
    led = next((each.kwargs["intercept"] for each in item.iter_markers("tuco") if "intercept" in each.kwargs), False)
    if led and "tuco" not in getattr(item, "fixturenames", ()):
        from tuco_mock.pytest_plugin import work

        work.refuse_to_lead()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show in the report of a failed test what the mock saw."""
    report = yield
    if report.failed:
        from tuco_mock.pytest_plugin import work

        work.show(item, report)
    return report


def _is_any_given(config: pytest.Config) -> bool:
    """Whether there is an option or ini setting of ours to be checked."""
    names = [name.replace("-", "_") for name, _, _ in _OPTIONS]
    return any(config.getoption(name) or config.getini(name) for name in names)
