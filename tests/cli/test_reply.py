"""`reply`: a lead replies."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.cli.running import COMMAND, Ended, environment, one_line, readable
from tests.cli.terminal import on_terminal

if TYPE_CHECKING:
    from tests.support import World
    from tuco_mock.server import BackgroundServer

Tuco = Callable[..., Ended]
NOW = "2026-03-13T00:00:00.000Z"


@pytest.mark.parametrize("who", ["--lead", "--phone", "--email"])
def test_a_lead_replies(tuco: Tuco, world: World, server: BackgroundServer, who: str) -> None:
    lead = world.lead(phone="+14155550100", altEmail1="jane@example.com")
    name = {"--lead": lead, "--phone": "(415) 555-0100", "--email": "jane@example.com"}[who]
    ended = tuco("reply", who, name, "Stop", "--url", server.url, "--workspace", world.id)
    assert (ended.code, ended.err) == (0, "")
    told = json.loads(ended.out)
    assert (told["leadId"], told["message"], told["receivedAt"]) == (lead, "Stop", NOW)
    (item,) = world.replies()["replies"]
    assert (item["messageId"], item["message"]) == (told["id"], "Stop")


def test_somebody_unknown_replies(tuco: Tuco, world: World, server: BackgroundServer) -> None:
    ended = tuco("reply", "--phone", "+14155550199", "Who is this?", "--url", server.url, "--workspace", world.id)
    assert json.loads(ended.out)["recipientPhone"] == "+14155550199"
    assert world.replies()["total"] == 0


def test_told_to_people(home: Path, world: World, server: BackgroundServer) -> None:
    lead = world.lead(phone="+14155550100")
    given = ["reply", "--lead", lead, "Stop", "--url", server.url, "--workspace", world.id]
    with on_terminal([*COMMAND, *given], home, environment(home)) as terminal:
        shown = terminal.everything()
    assert shown.startswith(f"{NOW}  lead {lead}: Stop  (")
    with on_terminal([*COMMAND, *given, "--json"], home, environment(home)) as terminal:
        assert json.loads(terminal.everything())["leadId"] == lead


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("Stop",), "--lead"),
        (("--lead", "69b2c41d352a78479d2c623b", "--phone", "+14155550100", "Stop"), "--lead"),
        (("--phone", "+14155550100"), "TEXT"),
        (("--fax", "1", "Stop"), "--fax"),
    ],
)
def test_wrong_usage(tuco: Tuco, arguments: tuple[str, ...], said: str) -> None:
    ended = tuco("reply", *arguments)
    assert (ended.code, ended.out) == (2, "")
    readable(ended, "Error: ", said)


def test_a_lead_that_is_not_there(tuco: Tuco, world: World, server: BackgroundServer) -> None:
    at = ("--url", server.url, "--workspace", world.id)
    for bad in ("nobody", "69b2c41d352a78479d2c623b"):
        ended = tuco("reply", "--lead", bad, "Stop", *at)
        assert (ended.code, ended.out) == (2, "")
        readable(ended, bad)


def test_nobody_to_ask(tuco: Tuco, nobody: str, server: BackgroundServer) -> None:
    one_line(tuco("reply", "--phone", "+14155550100", "Stop", "--url", nobody), nobody, "refused", code=1)
    at = ("--url", server.url, "--workspace", "nowhere")
    one_line(tuco("reply", "--phone", "+14155550100", "Stop", *at), "nowhere")
