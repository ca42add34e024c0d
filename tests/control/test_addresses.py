"""What addresses do, said and forgotten through the control plane, and in a workspace's state."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support import Json, World

ALL: Json = {
    "address": "+14155550100",
    "imessage": False,
    "fails": "Unreachable",
    "takes": "5s",
    "replies": {"message": "Stop", "after": "2m"},
    "opens": "1m",
}


def said(world: World) -> list[Json]:
    """What is said of addresses."""
    found: list[Json] = world.control("GET", "/addresses")["addresses"]
    return found


def test_one_and_several(world: World) -> None:
    assert said(world) == []
    assert world.control("POST", "/addresses", {**ALL, "address": "(415) 555-0100"}, status=201) == ALL
    more = [{"address": "B@x.com "}, {"address": "a@x.com", "imessage": True}]
    assert world.control("POST", "/addresses", more) == [{"address": "b@x.com"}, more[1]]
    assert world.control("POST", "/addresses", []) == []
    assert said(world) == [more[1], {"address": "b@x.com"}, ALL]
    again = {"address": "4155550100", "takes": "1s"}
    assert world.control("POST", "/addresses", again) == {**again, "address": "+14155550100"}
    assert said(world)[2:] == [{"address": "+14155550100", "takes": "1s"}]


def test_forgetting(world: World) -> None:
    more = [ALL, {"address": "a@x.com"}, {"address": "b@x.com"}]
    world.control("POST", "/addresses", more)
    assert world.control("DELETE", "/addresses?address=%20A@x.com") == {"cleared": 1}
    assert world.control("DELETE", "/addresses?address=a@x.com") == {"cleared": 0}
    assert world.control("DELETE", "/addresses?address=+14155550100") == {"cleared": 1}
    assert "neither a phone number" in world.control("DELETE", "/addresses?address=x", status=400)["detail"]
    assert world.control("DELETE", "/addresses") == {"cleared": 1}
    assert said(world) == []


@pytest.mark.parametrize(
    ("body", "mistakes"),
    [
        (None, [""]),
        ({}, [""]),
        ({"address": "x"}, ["address"]),
        ({"address": 5}, ["address"]),
        ({"address": " "}, ["address"]),
        ({**ALL, "takes": "5"}, ["takes"]),
        ({**ALL, "fails": ""}, ["fails"]),
        ({**ALL, "opens": "-1m", "imessage": "no"}, ["imessage", "opens"]),
        ({**ALL, "replies": "Stop"}, ["replies"]),
        ({**ALL, "replies": {"after": "soon"}}, ["replies", "replies.after"]),
        ({**ALL, "blocked": True}, ["blocked"]),
        ([ALL, {**ALL, "address": "415 555 0100"}], ["[1].address"]),
        ([ALL, "x"], ["[1]"]),
        ("x", [""]),
    ],
)
def test_mistakes(world: World, body: Any, mistakes: list[str]) -> None:
    problem = world.control("POST", "/addresses", body, status=422)
    assert sorted(each["path"] for each in problem["errors"]) == mistakes
    assert said(world) == []


def test_the_state_holds_them(make_world: Callable[..., World]) -> None:
    world = make_world(state={"addresses": [{**ALL, "address": "415-555-0100"}, {"address": "a@x.com"}]})
    state = world.state()
    assert state["addresses"] == [{"address": "a@x.com"}, ALL]
    world.control("PUT", "/state", state)
    assert world.state() == state
    world.control("DELETE", "/addresses")
    world.control("POST", "/reset")
    assert said(world) == state["addresses"]
    world.control("PUT", "/state", {})
    assert said(world) == []


def test_mistakes_in_a_state(world: World) -> None:
    state = {"addresses": [ALL, {"address": "x"}, {**ALL, "takes": 5}, {"address": "(415) 555-0100"}]}
    problem = world.control("PUT", "/state", state, status=422)
    wanted = ["addresses[1].address", "addresses[2].address", "addresses[2].takes", "addresses[3].address"]
    assert sorted(each["path"] for each in problem["errors"]) == wanted


def test_snapshots_and_other_workspaces(make_world: Callable[..., World]) -> None:
    world, other = make_world(), make_world()
    world.control("POST", "/addresses", ALL)
    world.control("POST", "/snapshots", {"name": "then"})
    world.control("POST", "/addresses", [{"address": "a@x.com"}, {"address": ALL["address"], "opens": "1s"}])
    assert said(other) == []
    world.control("POST", "/snapshots/then/restore")
    assert said(world) == [ALL]
    world.control("DELETE", "/addresses")
    world.control("POST", "/snapshots/then/restore")
    assert said(world) == [ALL]


def test_the_timeline_tells_of_them(world: World) -> None:
    world.control("POST", "/addresses", [ALL, {"address": "a@x.com"}])
    world.control("DELETE", "/addresses")
    world.control("DELETE", "/addresses")
    told = [each["text"] for each in world.control("GET", "/timeline")["events"] if each["cause"]]
    assert told == ["addresses.set: 2 (+14155550100, a@x.com)", "addresses.forgotten: 2"]
