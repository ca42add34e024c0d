"""`faults list`, `add` and `clear`."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.cli.running import COMMAND, Ended, environment, one_line, readable
from tests.cli.terminal import on_terminal

if TYPE_CHECKING:
    from tests.support import World
    from tuco_mock.server import BackgroundServer

Tuco = Callable[..., Ended]


@pytest.fixture
def at(world: World, server: BackgroundServer) -> tuple[str, ...]:
    """The options that name the workspace."""
    return ("--url", server.url, "--workspace", world.id)


def lines(ended: Ended) -> list[Any]:
    """The records a command printed."""
    assert (ended.code, ended.err) == (0, "")
    return [json.loads(line) for line in ended.out.splitlines()]


def test_a_fault_as_json(tuco: Tuco, at: tuple[str, ...], world: World) -> None:
    added = lines(tuco("faults", "add", *at, '{"id": "mine", "effect": {"status": 503}, "times": 1}'))
    assert added == world.control("GET", "/faults")["faults"]
    assert world.get_replies().status_code == 503
    assert world.get_replies().status_code == 200


def test_a_list_of_faults(tuco: Tuco, at: tuple[str, ...]) -> None:
    given = [{"id": name, "effect": {"status": 500}} for name in ("one", "two")]
    assert [each["id"] for each in lines(tuco("faults", "add", *at, json.dumps(given)))] == ["one", "two"]


@pytest.mark.parametrize(
    ("options", "fault"),
    [
        (("--status", "503"), {"effect": {"status": 503}}),
        (
            ("--status", "429", "--retry-after", "7", "--times", "2"),
            {"effect": {"status": 429, "retryAfter": 7}, "times": 2},
        ),
        (("--delay", "1500ms", "--jitter", "200ms"), {"effect": {"delay": "1500ms", "jitter": "200ms"}}),
        (("--drop", "reset", "--phase", "after"), {"effect": {"drop": "reset"}, "phase": "after"}),
        (
            ("--status", "500", "--method", "POST", "--path", "/api/messages/*", "--probability", "0.5"),
            {"effect": {"status": 500}, "match": {"method": "POST", "path": "/api/messages/*"}, "probability": 0.5},
        ),
        (
            ("--status", "500", "--group", "replies", "--lead", "69b2c41d352a78479d2c623b"),
            {"effect": {"status": 500}, "match": {"group": "replies", "lead": "69b2c41d352a78479d2c623b"}},
        ),
    ],
)
def test_a_fault_as_options(
    tuco: Tuco, at: tuple[str, ...], world: World, options: tuple[str, ...], fault: dict[str, Any]
) -> None:
    lines(tuco("faults", "add", *at, *options))
    (shown,) = world.control("GET", "/faults")["faults"]
    assert {"match": {}, **{name: shown[name] for name in shown if name in fault}} == {"match": {}, **fault}


def test_faults_are_added_to_those_that_are_there_and_cleared(tuco: Tuco, at: tuple[str, ...]) -> None:
    tuco("faults", "add", *at, "--status", "500")
    tuco("faults", "add", *at, "--drop", "empty")
    listed = lines(tuco("faults", "list", *at))
    assert [each["effect"] for each in listed] == [{"status": 500}, {"drop": "empty"}]
    assert lines(tuco("faults", "clear", *at)) == [{"cleared": 2}]
    assert tuco("faults", "list", *at) == (0, "", "")


def test_a_table_on_a_terminal(tuco: Tuco, home: Path, at: tuple[str, ...], world: World) -> None:
    def shown(*arguments: str) -> str:
        with on_terminal([*COMMAND, "faults", *arguments, *at], home, environment(home)) as terminal:
            return terminal.everything()

    assert shown("list") == "no faults\n"
    head, row = shown("add", '{"id": "mine", "effect": {"status": 503}, "times": 3}').splitlines()
    assert head.split() == ["id", "effect", "phase", "times", "fired", "for"]
    assert row.split() == ["mine", '{"status":503}', "before", "3", "0", "any", "call"]
    world.get_replies()
    tuco("faults", "add", *at, "--delay", "1ms", "--path", "/api/*")
    rows = shown("list").splitlines()[1:]
    assert rows[0].split()[4] == "1"
    assert rows[1].endswith('before  always  0      {"path":"/api/*"}')
    assert shown("clear") == "2 faults removed\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "--status 503"),
        (('{"effect": ',), "no JSON"),
        (('{"effect": {"status": 500}}', "--times", "2"), "--times"),
        (("--status", "200"), "--status"),
        (("--drop", "gently"), "--drop"),
        (("--times", "0", "--status", "500"), "--times"),
        (("--probability", "0", "--status", "500"), "--probability"),
        (("--phase", "during", "--status", "500"), "--phase"),
    ],
)
def test_wrong_usage(tuco: Tuco, arguments: tuple[str, ...], said: str) -> None:
    ended = tuco("faults", "add", *arguments)
    assert (ended.code, ended.out) == (2, "")
    readable(ended, "Error: ", said)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--status", "500", "--drop", "reset"), "drop contradicts status"),
        (("--times", "2"), "is empty"),
        (("--retry-after", "5", "--drop", "reset"), "retryAfter"),
        (("--delay", "banana"), "banana"),
        (("--status", "500", "--group", "nothing"), "nothing"),
        (('{"efect": {}}',), "efect"),
    ],
)
def test_a_fault_that_the_server_refuses(
    tuco: Tuco, at: tuple[str, ...], world: World, arguments: tuple[str, ...], said: str
) -> None:
    ended = tuco("faults", "add", *at, *arguments)
    assert (ended.code, ended.out) == (2, "")
    readable(ended, said)
    assert world.control("GET", "/faults")["faults"] == []


def test_nobody_to_ask(tuco: Tuco, nobody: str, server: BackgroundServer) -> None:
    for verb in (("list",), ("add", "--status", "500"), ("clear",)):
        one_line(tuco("faults", *verb, "--url", nobody), nobody, "refused", code=1)
        one_line(tuco("faults", *verb, "--url", server.url, "--workspace", "nowhere"), "nowhere")
