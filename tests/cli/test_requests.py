"""`requests`: what came to the simulated API."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.cli.running import COMMAND, Ended, environment, one_line, readable
from tests.cli.terminal import on_terminal
from tests.support import CANCEL

if TYPE_CHECKING:
    from tests.support import World
    from tuco_mock.server import BackgroundServer

Tuco = Callable[..., Ended]


@pytest.fixture
def at(world: World, server: BackgroundServer) -> tuple[str, ...]:
    """The options that name the workspace; three requests came to it."""
    lead = world.lead(phone="+14155550100")
    world.message(lead)
    world.cancel(recipientPhone="+14155550100")
    world.replies(limit=5)
    world.post_cancel({"leadId": "nobody"})
    return ("--url", server.url, "--workspace", world.id)


def lines(ended: Ended) -> list[Any]:
    """The records a command printed."""
    assert (ended.code, ended.err) == (0, "")
    return [json.loads(line) for line in ended.out.splitlines()]


def test_one_json_line_each(tuco: Tuco, at: tuple[str, ...], world: World) -> None:
    for given in ((), ("--json",)):
        records = lines(tuco("requests", *at, *given))
        assert [(each["method"], each["path"], each["status"]) for each in records] == [
            ("POST", CANCEL, 200),
            ("GET", "/api/replies", 200),
            ("POST", CANCEL, 400),
        ]
        assert records == world.control("GET", "/requests")["requests"]


def test_the_newest(tuco: Tuco, at: tuple[str, ...]) -> None:
    assert [each["status"] for each in lines(tuco("requests", *at, "-n", "1"))] == [400]
    assert len(lines(tuco("requests", *at, "--number", "9"))) == 3


def test_those_about_a_lead(tuco: Tuco, at: tuple[str, ...], world: World) -> None:
    [lead] = [each["id"] for each in world.control("GET", "/leads")["leads"]]
    world.replies(recipientPhone="+14155550100")
    for name in (lead, "+14155550100", "(415) 555-0100"):
        assert [each["method"] for each in lines(tuco("requests", *at, "--lead", name))] == ["POST", "GET"]
        assert [each["method"] for each in lines(tuco("requests", *at, "--lead", name, "-n", "1"))] == ["GET"]
    nobody = tuco("requests", *at, "--lead", "+14155550199")
    assert (nobody.code, nobody.out) == (0, "")
    assert nobody.err.startswith("no lead has +14155550199")


@pytest.mark.parametrize(
    ("other", "told"),
    [
        ("--clear", "--clear forgets all requests: leave --lead out"),
        ("--unclaimed", "--unclaimed requests are about nobody's lead: leave --lead out"),
    ],
)
def test_a_lead_and_what_has_none(tuco: Tuco, at: tuple[str, ...], world: World, other: str, told: str) -> None:
    ended = tuco("requests", *at, "--lead", "+14155550100", other)
    assert (ended.code, ended.out) == (2, "")
    assert told in ended.err
    assert len(world.requests()) == 3


def test_a_table_on_a_terminal(home: Path, at: tuple[str, ...]) -> None:
    with on_terminal([*COMMAND, "requests", *at], home, environment(home)) as terminal:
        head, *rows = terminal.everything().splitlines()
        head, *rows = terminal.everything().splitlines()
        assert terminal.process.returncode == 0
    assert head.split() == ["id", "at", "status", "ms", "request"]
    assert [row.split()[2] for row in rows] == ["200", "200", "400"]
    assert f'POST {CANCEL} {{"recipientPhone":"+14155550100"}}' in rows[0]
    assert rows[0].endswith("1 messages.cancelled; 1 jobs.removed")
    assert "GET /api/replies?limit=5" in rows[1]
    assert len({row.index(path) for row, path in zip(rows, ("POST", "GET", "POST"), strict=True)}) == 1


def test_json_on_a_terminal(home: Path, at: tuple[str, ...]) -> None:
    with on_terminal([*COMMAND, "requests", "--json", *at], home, environment(home)) as terminal:
        assert [json.loads(line)["status"] for line in terminal.everything().splitlines()] == [200, 200, 400]


def test_nothing_came(tuco: Tuco, home: Path, world: World, server: BackgroundServer) -> None:
    at = ("--url", server.url, "--workspace", world.id)
    assert tuco("requests", *at) == (0, "", "")
    with on_terminal([*COMMAND, "requests", *at], home, environment(home)) as terminal:
        assert terminal.everything() == "no requests\n"


def test_they_are_forgotten(tuco: Tuco, at: tuple[str, ...]) -> None:
    assert lines(tuco("requests", *at, "--clear")) == [{"cleared": 3}]
    assert tuco("requests", *at).out == ""


def test_those_that_came_with_nobody_s_key(tuco: Tuco, server: BackgroundServer) -> None:
    httpx.get(f"{server.url}/api/replies", headers={"Authorization": "Bearer tuco_sk_nobody"})
    newest = lines(tuco("requests", "--url", server.url, "--unclaimed", "-n", "1"))
    assert [(each["path"], each["status"]) for each in newest] == [("/api/replies", 401)]


def test_a_journal_that_is_full_says_so(tuco: Tuco, serve: Callable[..., Any]) -> None:
    url = json.loads(serve("--port", "0", "--journal-limit", "2").line())["url"]
    key = {"Authorization": "Bearer tuco_sk_xxxxxxxxxxxxx"}
    with httpx.Client(base_url=url, headers=key) as client:
        for _ in range(100):
            client.get("/api/replies")
    ended = tuco("requests", TUCO_MOCK_URL=url)
    kept = ended.out.count("\n")
    assert (ended.code, ended.err) == (0, f"{100 - kept} older requests are no longer kept\n")
    assert 2 <= kept < 100


@pytest.mark.parametrize(
    ("arguments", "said"),
    [(("-n", "0"), "-n"), (("-n", "few"), "-n"), (("--clear", "-n", "1"), "--clear"), (("--follow",), "--follow")],
)
def test_wrong_usage(tuco: Tuco, arguments: tuple[str, ...], said: str) -> None:
    ended = tuco("requests", *arguments)
    assert (ended.code, ended.out) == (2, "")
    readable(ended, "Error: ", said)


def test_nobody_to_ask(tuco: Tuco, nobody: str, server: BackgroundServer) -> None:
    one_line(tuco("requests", "--url", nobody), nobody, "refused", code=1)
    one_line(tuco("requests", "--url", server.url, "--workspace", "nowhere"), "nowhere")


def test_a_server_that_hangs_up(tuco: Tuco) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        listener.close()
        one_line(tuco("requests", "--url", f"http://127.0.0.1:{port}"), "no server", code=1)
