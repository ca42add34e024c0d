"""What happens, live: server-sent events, as an `EventSource` reads them from a real socket."""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.support import World
from tuco_mock.app import create_app
from tuco_mock.server import BackgroundServer
from tuco_mock.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PHONE = "+14155550101"
EVENTS = "/_tuco/events"


class Listener:
    """A client that reads a stream of events."""

    def __init__(self, answer: httpx.Response) -> None:
        self.answer = answer
        self.last_id = ""
        self._lines = answer.iter_lines()
        assert next(self._lines) == ": listening"
        assert next(self._lines) == ""

    def next(self) -> dict[str, Any]:
        """The next event."""
        data = ""
        for line in self._lines:
            name, _, value = line.partition(": ")
            if name == "data":
                data = value
            elif name == "id":
                self.last_id = value
            elif not line and data:
                found: dict[str, Any] = json.loads(data)
                return found
        raise EOFError

    def take(self, count: int) -> list[dict[str, Any]]:
        """The next so many."""
        return [self.next() for _ in range(count)]


@contextlib.contextmanager
def listening(url: str, headers: dict[str, str] | None = None, **query: object) -> Iterator[Listener]:
    with (
        httpx.Client(base_url=url, trust_env=False, timeout=20) as http,
        http.stream(
            "GET", EVENTS, params={name: str(value) for name, value in query.items()}, headers=headers
        ) as answer,
    ):
        assert (answer.status_code, answer.headers["content-type"]) == (200, "text/event-stream")
        yield Listener(answer)


def timeline(world: World) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = world.control("GET", "/timeline")["events"]
    return [{"workspace": world.id, **event} for event in found]


def test_it_tells_the_timeline_as_it_comes(world: World, server: BackgroundServer) -> None:
    before = world.lead(phone="+14155550199")
    with listening(server.url, workspace=world.id) as events:
        lead = world.lead(phone=PHONE)
        world.message(lead)
        world.post_cancel({"recipientPhone": PHONE})
        told = events.take(7)
    assert told == timeline(world)[2:]
    assert before not in str(told)
    assert [event["kind"] for event in told][-3:] == ["request", "messages.cancelled", "jobs.removed"]


def test_other_workspaces_are_not_told_of(
    world: World, make_world: Callable[[], World], server: BackgroundServer
) -> None:
    other = make_world()
    with listening(server.url, workspace=world.id) as events:
        other.get_replies()
        world.get_replies()
        assert events.next() == timeline(world)[-1]


def test_of_all_workspaces_also_new_ones_and_what_has_nobodys_key(world: World, server: BackgroundServer) -> None:
    with listening(server.url) as events:
        world.get_replies()
        assert events.next() == timeline(world)[-1]
        new = World(world.http)
        new.get_replies()
        assert events.next() == timeline(new)[-1]
        world.http.get("/api/replies", headers={"Authorization": "Bearer nobodys"})
        told = events.next()
        assert (told["workspace"], told["kind"]) == (None, "request")
        new.drop()
        assert (told := events.next())["workspace"] == new.id
        assert (told["kind"], told["text"]) == ("dropped", "the workspace was dropped")


def test_an_eventsource_resumes_behind_what_it_has_seen(world: World, server: BackgroundServer) -> None:
    for _ in range(3):
        world.get_replies()
    with listening(server.url, workspace=world.id, after=0) as events:
        assert events.take(3) == timeline(world)
        assert events.last_id == f"{world.id}/3"
    world.get_replies()
    with listening(server.url, {"Last-Event-ID": events.last_id}, workspace=world.id, after=0) as events:
        assert events.next() == timeline(world)[-1]


def test_a_delivery_is_told_when_it_is_done_with(world: World, server: BackgroundServer) -> None:
    world.add("webhooks", url="http://127.0.0.1:9/nobody", name="hook", events=["message.reply"])
    lead = world.lead(phone=PHONE)
    with listening(server.url, workspace=world.id) as events:
        world.reply(lead, message="Stop")
        told = [events.next()]
        while told[-1]["kind"] != "delivery":
            told.append(events.next())
        assert told[-1]["cause"] in {event["id"] for event in told}
        assert "message.reply to http://127.0.0.1:9/nobody: failed" in told[-1]["text"]
    with listening(server.url, workspace=world.id) as events:  # and not again
        world.get_replies()
        assert events.next()["kind"] == "request"


def test_a_reset_begins_anew(world: World, server: BackgroundServer) -> None:
    with listening(server.url, workspace=world.id) as events:
        world.get_replies()
        assert events.next()["id"] == "1"
        world.control("POST", "/reset")
        world.get_replies()
        assert [event["id"] for event in events.take(2)] == [event["id"] for event in timeline(world)]


def test_what_the_journal_has_dropped_is_missed() -> None:
    with BackgroundServer(create_app(Settings(journal_limit=1))) as server, httpx.Client(base_url=server.url) as http:
        world = World(http)
        for _ in range(400):
            world.get_replies()
        with listening(server.url, workspace=world.id, after=0) as events:
            missed, kept = events.take(2)
        assert missed["kind"] == "missed"
        assert int(missed["text"].partition(" ")[0]) == int(missed["id"]) == int(kept["id"]) - 1


def test_the_stream_of_a_dropped_workspace_ends(http: httpx.Client, server: BackgroundServer) -> None:
    world = World(http)
    with listening(server.url, workspace=world.id) as events:
        world.drop()
        assert events.next()["kind"] == "dropped"
        with pytest.raises(EOFError):
            events.next()


@pytest.mark.parametrize(
    ("query", "status", "told"),
    [
        ("workspace=none", 404, "There is no workspace 'none'"),
        ("after=3", 400, "say which one with ?workspace="),
        ("workspace=default&after=x", 400, "after is a number"),
    ],
)
def test_what_it_can_not_tell(http: httpx.Client, query: str, status: int, told: str) -> None:
    answer = http.get(f"{EVENTS}?{query}")
    assert answer.status_code == status
    assert told in answer.json()["detail"]


def test_streams_end_with_the_server_and_with_their_clients() -> None:
    app = create_app()
    with contextlib.ExitStack() as running, contextlib.ExitStack() as streams:
        server = running.enter_context(BackgroundServer(app))
        http = streams.enter_context(httpx.Client(base_url=server.url, trust_env=False))
        world = World(http)
        with listening(server.url, workspace=world.id) as gone:
            world.get_replies()
            gone.next()
        one = streams.enter_context(listening(server.url))
        other = streams.enter_context(listening(server.url, workspace=world.id))
        world.get_replies()
        assert one.next() == other.next()
        running.close()
        for each in (one, other):
            with pytest.raises(EOFError):
                each.next()
    assert app.store.bell.listeners == 0
