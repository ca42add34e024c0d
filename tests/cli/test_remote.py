"""The commands that talk to a running server: `readyz`, `state export | import`, `clock advance`."""

from __future__ import annotations

import json
import socket
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.cli.running import CANCELLED, COMMAND, SOON, Ended, environment, one_line, readable
from tuco_mock.app import create_app
from tuco_mock.server import BackgroundServer

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

    from tests.support import World

Tuco = Callable[..., Ended]


@pytest.fixture(scope="module")
def other() -> Iterator[BackgroundServer]:
    """A second server, with the default fixture like the first one."""
    with BackgroundServer(create_app()) as running:
        yield running


def state(url: str, workspace: str = "default") -> Any:
    """A workspace's whole state."""
    return httpx.get(f"{url}/_tuco/workspaces/{workspace}/state").json()


# readyz


def test_readyz_of_a_server_that_is_there(tuco: Tuco, server: BackgroundServer) -> None:
    for wait in ((), ("--wait", "5")):
        assert tuco("readyz", "--url", server.url, *wait) == (0, f"{server.url} is ready\n", "")


@pytest.mark.parametrize("wait", [(), ("--wait", "0.3")])
def test_readyz_with_nobody_there(tuco: Tuco, nobody: str, wait: tuple[str, ...]) -> None:
    one_line(tuco("readyz", *wait, TUCO_MOCK_URL=nobody), nobody, "refused", code=1)


def test_readyz_waits_for_a_server_that_comes_up_later(home: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as early:
        port = early.getsockname()[1]
        arguments = [*COMMAND, "readyz", "--url", f"http://127.0.0.1:{port}", "--wait", "25"]
        waiting = subprocess.Popen(arguments, env=environment(home), stdout=subprocess.PIPE, text=True)
        early.settimeout(SOON)
        early.accept()[0].close()  # it has asked once, and has got nothing
    with BackgroundServer(create_app(), port=port):
        out, _ = waiting.communicate(timeout=SOON)
    assert (waiting.returncode, out) == (0, f"http://127.0.0.1:{port} is ready\n")


async def somebody_else(scope: Scope, receive: Receive, send: Send) -> None:
    """A web server that is no tuco-mock."""
    headers = [(b"content-type", b"text/html"), (b"content-length", b"13")]
    await send({"type": "http.response.start", "status": 404, "headers": headers})
    await send({"type": "http.response.body", "body": b"<p>Nothing</p"})


def test_a_server_that_is_no_tuco_mock(tuco: Tuco, home: Path) -> None:
    with BackgroundServer(somebody_else) as running:
        one_line(tuco("readyz", "--url", running.url), running.url, "404", code=1)
        one_line(tuco("state", "export", "--url", running.url), running.url, "404", code=1)
        one_line(tuco("clock", "advance", "5m", "--url", running.url), running.url, "404", code=1)


def test_a_time_before_now_is_told_as_what_it_is(tuco: Tuco, server: BackgroundServer) -> None:
    """And not as an option that there isn't."""
    for duration in ("-5m", "5x"):
        one_line(tuco("clock", "advance", duration, "--url", server.url), f"'{duration}' is no duration: write ")


@pytest.mark.parametrize("url", ["no url", "ftp://127.0.0.1", "http://127.0.0.1:banana"])
def test_a_url_that_is_none(tuco: Tuco, url: str) -> None:
    for command in (("readyz",), ("clock", "advance", "5m")):
        ended = tuco(*command, "--url", url)
        assert ended.code in {1, 2}
        readable(ended, url)


def test_readyz_wants_a_number_of_seconds(tuco: Tuco) -> None:
    for bad in ("soon", "-1"):
        assert tuco("readyz", "--wait", bad).code == 2


# state


def test_a_state_goes_through_a_pipe_into_another_server(
    home: Path, server: BackgroundServer, other: BackgroundServer
) -> None:
    url = f"{other.url}/_tuco/workspaces/default"
    httpx.post(f"{url}/leads", json={"phone": "+14155550100"})
    httpx.post(f"{url}/clock", json={"freeze": "+1d"})
    command = " ".join(COMMAND)
    with BackgroundServer(create_app()) as third:
        line = f"{command} state export --url {other.url} | {command} state import --url {third.url}"
        shell = ["bash", "-o", "pipefail", "-c", line]
        ended = subprocess.run(shell, env=environment(home), capture_output=True, text=True, timeout=SOON, check=True)
        assert state(third.url) == state(other.url)
        assert state(third.url) != state(server.url)
    assert (ended.stdout.count("\n"), ended.stderr) == (1, "")
    assert "2 leads" in ended.stdout


def test_a_state_goes_through_a_file(tuco: Tuco, home: Path, world: World, server: BackgroundServer) -> None:
    lead = world.lead(phone="+14155550100", firstName="Zoë")
    world.message(lead, status="pending", job="active")
    before = world.state()
    at = ("--url", server.url, "--workspace", world.id)
    exported = tuco("state", "export", *at, "state.json")
    assert exported == (0, "", "")
    assert json.loads((home / "state.json").read_bytes()) == {"workspaces": [before]}
    assert tuco("fixture", "validate", "state.json").code == 0  # what comes out is a fixture
    world.cancel(leadId=lead)
    imported = tuco("state", "import", *at, "state.json")
    assert (imported.code, imported.err) == (0, "")
    assert world.id in imported.out
    assert "1 leads, 1 messages" in imported.out
    assert world.state() == before


def test_a_yaml_file_comes_in(tuco: Tuco, home: Path, world: World, server: BackgroundServer) -> None:
    (home / "state.yaml").write_text(
        "workspaces:\n"
        "  - clock: 2026-03-13T00:00:00Z\n"
        "    leads: [{id: 69b2c41d352a78479d2c623b, phone: '+14155550100', createdAt: -2h}]\n"
    )
    ended = tuco("state", "import", "state.yaml", "--workspace", world.id, TUCO_MOCK_URL=server.url)
    assert (ended.code, ended.out) == (0, f"{world.id}: 1 leads\n")
    assert world.state()["leads"][0]["createdAt"] == "2026-03-12T22:00:00.000Z"


def test_the_shipped_fixture_comes_in_by_file(tuco: Tuco, other: BackgroundServer) -> None:
    path = Path(__file__).parents[2] / "fixtures" / "default.yaml"
    assert tuco("state", "import", path, "--url", other.url).code == 0
    answer = httpx.post(
        f"{other.url}/api/messages/cancel-for-lead",
        json={"recipientPhone": "+14422646782"},
        headers={"Authorization": "Bearer tuco_sk_xxxxxxxxxxxxx"},
    )
    assert answer.json() == CANCELLED


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("workspaces: [", ("line ",)),
        ("", ("one workspace",)),
        ("[]", ("one workspace",)),
        ("workspaces: [{}, {}]", ("one workspace",)),
        ("workspaces: [{leads: [{phone: 1}, {}], lines: [{}]}]", ("leads[0].phone", "leads[1]", "lines[0]")),
        ("workspaces: [{id: another_one}]", ("another_one",)),
        ("workspaces: [null]", ("",)),
    ],
)
def test_a_state_with_mistakes_changes_nothing(
    tuco: Tuco, world: World, server: BackgroundServer, given: str, said: tuple[str, ...]
) -> None:
    world.lead(phone="+14155550100")
    before = world.state()
    ended = tuco("state", "import", "--url", server.url, "--workspace", world.id, stdin=given)
    assert (ended.code, ended.out) == (2, "")
    readable(ended, *said)
    assert world.state() == before


def test_a_missing_file_and_a_missing_workspace(tuco: Tuco, home: Path, server: BackgroundServer) -> None:
    one = ("--url", server.url, "--workspace", "nowhere")
    ended = tuco("state", "import", "missing.yaml", *one)
    assert ended.code == 2
    readable(ended, "missing.yaml")
    one_line(tuco("state", "import", *one, stdin="workspaces: [{}]"), "nowhere")
    (home / "kept.json").write_text("precious")
    one_line(tuco("state", "export", "kept.json", *one), "nowhere")
    assert (home / "kept.json").read_text() == "precious"


def test_nobody_to_take_or_give_a_state(tuco: Tuco, nobody: str) -> None:
    one_line(tuco("state", "export", "--url", nobody), nobody, "refused", code=1)
    one_line(tuco("state", "import", "--url", nobody, stdin="workspaces: [{}]"), nobody, "refused", code=1)


# clock


@pytest.mark.parametrize(
    ("duration", "shown"),
    [
        ("90s", "2026-03-13T00:01:30.000Z"),
        ("PT5M", "2026-03-13T00:05:00.000Z"),
        ("1h30m", "2026-03-13T01:30:00.000Z"),
        ("2d", "2026-03-15T00:00:00.000Z"),
    ],
)
def test_the_clock_is_advanced(tuco: Tuco, world: World, server: BackgroundServer, duration: str, shown: str) -> None:
    ended = tuco("clock", "advance", duration, "--url", server.url, "--workspace", world.id)
    assert ended == (0, f"{shown} (frozen)\n", "")
    assert world.control("GET", "/clock")["now"] == shown


@pytest.mark.parametrize("duration", ["banana", "-5m", "", "9999999d"])
def test_no_duration(tuco: Tuco, world: World, server: BackgroundServer, duration: str) -> None:
    ended = tuco("clock", "advance", "--url", server.url, "--workspace", world.id, duration)
    assert (ended.code, ended.out) == (2, "")
    readable(ended)
    assert world.control("GET", "/clock")["now"] == "2026-03-13T00:00:00.000Z"


def test_the_clock_of_no_workspace(tuco: Tuco, server: BackgroundServer, nobody: str) -> None:
    for name in ("nowhere", "no/w?here", ".."):
        ended = tuco("clock", "advance", "5m", "--workspace", name, "--url", server.url)
        assert (ended.code, ended.out) == (2, "")
        readable(ended)
    one_line(tuco("clock", "advance", "5m", "--url", nobody), nobody, "refused", code=1)
