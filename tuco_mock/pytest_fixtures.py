"""What the fixtures of the pytest plugin do, loaded when the first of them is used.

The plugin itself is read, rewritten and compiled by each run of pytest that can't keep bytecode, whether a test uses
it or not: it declares, and leaves the work to this.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tuco_mock.client import Server, Tuco

_MARKER = ("fixture", "clock", "rate_limits", "seed", "worker", "intercept")
_TAIL = 20


class Chosen(NamedTuple):
    """What options and ini settings say."""

    url: str | None
    token: str | None
    fixture: str | None
    record: Path | None


_CHOSEN = pytest.StashKey[Chosen]()
_MADE = pytest.StashKey["list[Tuco]"]()
_FAILED = pytest.StashKey[bool]()


def chosen(config: pytest.Config) -> Chosen:
    """What options and ini settings say, checked when it is first asked for.

    Raises:
        pytest.UsageError: there is no such fixture, or nothing can be written where recordings should be.
    """
    found = config.stash.get(_CHOSEN, None)
    if found is None:
        url, token = setting(config, "tuco_url"), setting(config, "tuco_control_token")
        found = config.stash[_CHOSEN] = Chosen(url, token, _fixture(config), _record(config))
    return found


def setting(config: pytest.Config, name: str) -> str | None:
    """What an option says, else the ini setting of the same name."""
    value: str | None = config.getoption(name) or config.getini(name)
    return value or None


@contextlib.contextmanager
def server(config: pytest.Config, address: tuple[str, int]) -> Iterator[Server]:
    """The session's server at an address, or the one of `--tuco-url`."""
    options = chosen(config)
    if options.url is not None:
        from tuco_mock.client import Server, TucoError

        with _told_in_a_line(TucoError, "--tuco-url: "):
            running = Server(options.url, options.token)
        with running:
            with _told_in_a_line(TucoError, "--tuco-url: "):
                running.info()
            yield running
        return
    from tuco_mock.mock.serving import serving
    from tuco_mock.server import PortTaken
    from tuco_mock.settings import Settings

    host, port = address
    with contextlib.ExitStack() as stack:
        parallel = ", a server a worker" if "PYTEST_XDIST_WORKER" in os.environ else ""
        with _told_in_a_line(PortTaken, f"tuco_listen_address{parallel}: "):
            running = stack.enter_context(serving(Settings(host=host, port=port)))
        yield running


@contextlib.contextmanager
def workspace(request: pytest.FixtureRequest, server: Server) -> Iterator[Tuco]:
    """A workspace of a test's own, as its marker wants it."""
    options = _marked(request)
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


@contextlib.contextmanager
def making(request: pytest.FixtureRequest, server: Server) -> Iterator[Callable[..., Tuco]]:
    """Make workspaces for a fixture; at its end write their recordings, if wanted, and drop them with the next one."""
    item = request.node
    made: list[Tuco] = item.stash.setdefault(_MADE, [])
    mine: dict[int, Tuco] = {}
    options_of_all = chosen(request.config)

    def make(**options: Any) -> Tuco:
        number = len(made) + 1
        if "state" not in options:
            options.setdefault("fixture", options_of_all.fixture)
        if options.get("seed") is None:
            options["seed"] = item.nodeid if number == 1 else f"{item.nodeid}#{number}"
        options.setdefault("name", item.nodeid)
        options.setdefault("near", (item.path.parent, request.config.rootpath))
        mine[number] = server.workspace(**options)
        made.append(mine[number])
        return mine[number]

    try:
        yield make
    finally:
        try:
            if options_of_all.record is not None:
                _write(item, mine, options_of_all.record)
        finally:
            for each in mine.values():
                server.drop_soon(each)
                made.remove(each)


def show(item: pytest.Item, report: pytest.TestReport) -> None:
    """Show in the report of a failed test what the mock saw."""
    item.stash[_FAILED] = True
    made = item.stash.get(_MADE, [])
    for each in made:
        title = "tuco timeline" if len(made) == 1 else f"tuco timeline of {each.id}"
        report.sections.append((title, _seen(each)))


def nobody_to_lead_to() -> None:
    """Fail a test that believes its calls are led to a workspace, which it doesn't have."""
    pytest.fail(
        "@pytest.mark.tuco(intercept=True) leads calls to the workspace of the `tuco` fixture, which this test "
        'does not use: add the argument `tuco`, or @pytest.mark.usefixtures("tuco")',
        pytrace=False,
    )


@contextlib.contextmanager
def _told_in_a_line(errors: type[Exception] | tuple[type[Exception], ...], where: str = "") -> Iterator[None]:
    """Fail with the error's text alone, where a traceback would only show the house from inside."""
    try:
        yield
    except errors as error:
        raise pytest.fail.Exception(f"{where}{error}", pytrace=False) from None


def _record(config: pytest.Config) -> Path | None:
    """The directory of recordings, made if it is not there.

    Raises:
        pytest.UsageError: nothing can be written there.
    """
    value = setting(config, "tuco_record")
    if value is None:
        return None
    path = _base(config, "tuco_record") / value
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise pytest.UsageError(f"--tuco-record: no directory can be made of {path}: {error.strerror}") from error
    if not os.access(path, os.W_OK | os.X_OK):
        raise pytest.UsageError(f"--tuco-record: nothing may be written in {path}")
    return path


def _base(config: pytest.Config, name: str) -> Path:
    """What a path is relative to: of an option, where pytest was started; of a setting, where the ini file is."""
    if config.getoption(name) or config.inipath is None:
        return config.invocation_params.dir
    return config.inipath.parent


def _fixture(config: pytest.Config) -> str | None:
    """The fixture of all workspaces.

    Raises:
        pytest.UsageError: there is none of that name.
    """
    value = setting(config, "tuco_fixture")
    if value is None:
        return None
    from tuco_mock.client.errors import FixtureError
    from tuco_mock.client.fixtures import find

    try:
        return str(find(value, [_base(config, "tuco_fixture")]))
    except FixtureError as error:
        raise pytest.UsageError(f"--tuco-fixture: {error}") from error


def _marked(request: pytest.FixtureRequest) -> dict[str, Any]:
    """What the test's markers say, the one nearest to it first."""
    options: dict[str, Any] = {}
    for marker in request.node.iter_markers("tuco"):
        unknown = sorted(marker.kwargs.keys() - set(_MARKER))
        if marker.args or unknown:
            given = ", ".join((*map(repr, marker.args), *unknown))
            pytest.fail(f"@pytest.mark.tuco takes {', '.join(_MARKER)}, all by name, and not {given}", pytrace=False)
        options = {**marker.kwargs, **options}
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
