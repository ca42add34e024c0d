"""Clauses V1 to V6: the lines, what they have used today, and how they are."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.clauses.busy import BUSY
from tests.clauses.checking import CALLS, CHECKS, LINE, LINES, SECOND_LINE, ask, told
from tests.clauses.checks import INACTIVE, METHOD_NOT_ALLOWED, UNAUTHORIZED, contents, held
from tests.support import Json, World, error

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.clauses.engines import OwnServer

every_operation = pytest.mark.parametrize(("method", "path", "body"), CALLS.values(), ids=CALLS.keys())


def lines(world: World) -> list[Json]:
    """The lines as the API shows them."""
    found: list[Json] = told(ask(world, "GET", LINES))["lines"]
    return found


@pytest.mark.clause("V1", "V4", "A12")
def test_the_documented_line(make_world: Callable[..., World]) -> None:
    """The published example comes out as it stands, key by key."""
    line: Json = {
        "phone": "+16462230920",
        "email": "goforlisa@icloud.com",
        "firstName": "Lindsey",
        "lastName": "Rodriguez",
        "isActive": True,
        "provisioningStatus": "active",
        "lineType": "byon",
        "dailyNewConversationsLimit": 20,
        "dailyTotalMessagesLimit": 50,
        "usage": {"date": "2026-03-01", "newConversationsCount": 4, "totalMessagesCount": 11},
        "healthCheck": {"status": "healthy", "lastCheckedAt": "2026-03-01T20:52:00.097Z"},
        "createdAt": "2026-02-25T21:57:31.276Z",
        "updatedAt": "2026-03-01T20:52:04.622Z",
    }
    given = {"id": "699f704bc405fae6ca299a08", **line}
    world = make_world(state={"clock": "2026-03-01T20:53:00Z", "lines": [given]})
    shown = {"lines": [{"_id": given["id"], "workspaceId": world.id, **line}]}
    assert ask(world, "GET", LINES).text == json.dumps(shown, separators=(",", ":"))


@pytest.mark.clause("V1", "V2", "V3", "A7")
def test_what_is_not_said_of_a_line(make_world: Callable[..., World]) -> None:
    """Defaults, nulls, order; inactive and downed lines are shown, those of others are not."""
    world = make_world(
        state={
            "clock": "2026-03-13T00:00:00Z",
            "lines": [
                {**SECOND_LINE, "createdAt": "-1d"},
                {**LINE, "isActive": False, "createdAt": "-2d", "healthCheck": {"status": "down"}},
            ],
        }
    )
    make_world(state={"lines": [LINE]})
    assert lines(world) == [
        {
            "_id": SECOND_LINE["id"],
            "workspaceId": world.id,
            "phone": None,
            "email": SECOND_LINE["email"],
            "firstName": None,
            "lastName": None,
            "isActive": True,
            "provisioningStatus": "active",
            "lineType": "byon",
            "dailyNewConversationsLimit": 20,
            "dailyTotalMessagesLimit": 50,
            "usage": {"date": "2026-03-13", "newConversationsCount": 0, "totalMessagesCount": 0},
            "healthCheck": {"status": "healthy", "lastCheckedAt": "2026-03-12T00:00:00.000Z"},
            "createdAt": "2026-03-12T00:00:00.000Z",
            "updatedAt": "2026-03-12T00:00:00.000Z",
        },
        {
            "_id": LINE["id"],
            "workspaceId": world.id,
            "phone": LINE["phone"],
            "email": None,
            "firstName": None,
            "lastName": None,
            "isActive": False,
            "provisioningStatus": "active",
            "lineType": "byon",
            "dailyNewConversationsLimit": 20,
            "dailyTotalMessagesLimit": 50,
            "usage": {"date": "2026-03-13", "newConversationsCount": 0, "totalMessagesCount": 0},
            "healthCheck": {"status": "down", "lastCheckedAt": "2026-03-11T00:00:00.000Z"},
            "createdAt": "2026-03-11T00:00:00.000Z",
            "updatedAt": "2026-03-11T00:00:00.000Z",
        },
    ]


@pytest.mark.clause("V1")
def test_no_lines(world: World) -> None:
    """A workspace without any shows none."""
    assert lines(world) == []


@pytest.mark.clause("V3")
def test_limits_of_its_own(world: World) -> None:
    """A line may have other limits, and none left at all."""
    world.add("lines", **LINE, dailyNewConversationsLimit=0, dailyTotalMessagesLimit=7)
    (line,) = lines(world)
    assert (line["dailyNewConversationsLimit"], line["dailyTotalMessagesLimit"]) == (0, 7)


@pytest.mark.clause("V4")
@pytest.mark.parametrize(
    ("clock", "shown"),
    [
        ("2026-02-28T23:59:59.999Z", ("2026-02-28", 0, 0)),
        ("2026-03-01T00:00:00Z", ("2026-03-01", 4, 11)),
        ("2026-03-01T23:59:59.999Z", ("2026-03-01", 4, 11)),
        ("2026-03-02T00:00:00Z", ("2026-03-02", 0, 0)),
        ("2027-03-01T00:00:00Z", ("2027-03-01", 0, 0)),
    ],
)
def test_usage_is_of_today(world: World, clock: str, shown: tuple[str, int, int]) -> None:
    """Only what was counted on the very day counts, and the day is that of the workspace's clock, in UTC."""
    usage = {"date": "2026-03-01", "newConversationsCount": 4, "totalMessagesCount": 11}
    world.add("lines", **LINE, usage=usage)
    world.clock(set=clock)
    assert tuple(lines(world)[0]["usage"].values()) == shown


@pytest.mark.clause("V4")
def test_usage_without_a_day_is_of_today(world: World) -> None:
    """What a fixture counts without a day was counted today, and tomorrow it counts no more."""
    world.add("lines", **LINE, usage={"totalMessagesCount": 3})
    assert lines(world)[0]["usage"] == {"date": "2026-03-13", "newConversationsCount": 0, "totalMessagesCount": 3}
    world.clock(advance="1d")
    assert lines(world)[0]["usage"] == {"date": "2026-03-14", "newConversationsCount": 0, "totalMessagesCount": 0}


@pytest.mark.clause("V6", "A8", "A10")
def test_lines_can_be_asked_for_as_often_as_wanted(busy: World) -> None:
    """There is no limit, the call changes nothing, and looks at nothing it is given; read-only workspaces show them."""
    before = held(busy)
    busy.patch(readOnly=True)
    answers = {ask(busy, "GET", f"{LINES}?id=x&%00").text for _ in range(250)}
    assert len(answers) == 1
    busy.patch(readOnly=False)
    assert held(busy) == before


@pytest.mark.clause("A1", "A10")
@every_operation
@pytest.mark.parametrize("key", [None, "", "Bearer nobody", "Basic {key}", "Bearer {key}x"])
def test_refuses_without_a_valid_key(busy: World, method: str, path: str, body: Any, key: str | None) -> None:
    """Whatever else is asked or sent, 401 comes first and nothing changes."""
    before = held(busy)
    headers = {} if key is None else {"Authorization": key.format(key=busy.key)}
    for sent in ({"content": b"{"}, {"json": body}):
        assert error(busy.http.request(method, path, headers=headers, **sent)) == UNAUTHORIZED
    assert held(busy) == before


@pytest.mark.clause("A4", "V25", "A10")
@every_operation
def test_refuses_an_inactive_workspace(busy: World, method: str, path: str, body: Any) -> None:
    """Each operation says so with its own text."""
    busy.patch(active=False)
    before = held(busy)
    own = (400, {"error": "No active workspace - No orgId"})
    bulk = (method, path) == CALLS["checkLeads"][:2]
    assert error(ask(busy, method, path, body)) == (own if bulk else INACTIVE)
    assert held(busy) == before


@pytest.mark.clause("A9", "A16")
@every_operation
@pytest.mark.parametrize("other", ["PUT", "DELETE", "OPTIONS"])
def test_other_methods_are_not_allowed(busy: World, method: str, path: str, body: Any, other: str) -> None:
    """Each path says which methods it has."""
    answer = ask(busy, other, path, body)
    assert error(answer) == METHOD_NOT_ALLOWED
    assert method in answer.headers["allow"].split(", ")


@pytest.mark.clause("V5", "A11", "A10")
@every_operation
@pytest.mark.parametrize("failing", ["workspaces", "lines"])
def test_a_failure_is_told_as_documented(own: OwnServer, method: str, path: str, body: Any, failing: str) -> None:
    """When the engine fails the answer is the documented 500, tells nothing of it, and nothing is changed."""
    world = own.world(state=BUSY)
    before = contents(world)

    def fail(collection: str, called: str) -> None:
        if collection == failing:
            raise RuntimeError(f"secret detail of {collection}.{called}")

    own.documents.watch = fail
    answer = ask(world, method, path, body)
    own.documents.watch = None
    assert error(answer) == (500, {"error": "Internal server error"})
    assert contents(world) == before
    told(ask(world, method, path, body))


def test_there_are_calls_to_make() -> None:
    """The tables name every operation once."""
    assert len(CALLS) == len(CHECKS) + 1 == 6
