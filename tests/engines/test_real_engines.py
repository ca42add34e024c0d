"""Servers on real engines: what they share, what each has to itself, what outlives one, and engines that go."""

from __future__ import annotations

import contextlib
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING
from uuid import uuid4

import httpx
import pytest

from tests.cli.running import SOON
from tests.control.test_events import listening
from tests.support import CANCEL, World
from tuco_mock.app import create_app
from tuco_mock.server import BackgroundServer
from tuco_mock.settings import Settings
from tuco_mock.state.engines import open_engines

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.engines.servers import MongoServer, RedisServer

ADDRESS = "+14422646782"
"""That of the lead of the default fixture, who has three messages to cancel."""


@pytest.fixture
def shared(redis_server: RedisServer, mongo_server: MongoServer) -> Settings:
    """Settings of servers that have a namespace of their own on both engines."""
    return Settings(mongo_url=mongo_server.url, redis_url=redis_server.url, namespace=f"t-{uuid4().hex[:8]}")


@contextlib.contextmanager
def serving(settings: Settings) -> Iterator[httpx.Client]:
    """A client of a server with these settings."""
    with (
        BackgroundServer(create_app(settings)) as server,
        httpx.Client(base_url=server.url, trust_env=False, timeout=SOON) as http,
    ):
        yield http


def changed(settings: Settings, **changes: object) -> Settings:
    """The settings, but for these."""
    kept = {name: getattr(settings, name) for name in Settings.__slots__}
    return Settings(**{**kept, **changes})


def cancelled(world: World) -> int:
    return int(world.cancel(recipientPhone=ADDRESS)["cancelledCount"])


def default(http: httpx.Client) -> World:
    return World.existing(http, "default")


def test_two_servers_are_one(shared: Settings) -> None:
    """What one does, the other one knows: nothing of it is in a process. The second one goes on with what is there."""
    with serving(shared) as one, serving(shared) as other:
        here = World(one, rateLimits={"messages": 5}, worker="manual")
        there = World.existing(other, here.id)
        here.add("lines", phone="+16462230920")
        lead = here.lead(phone="+14155550100")
        sent = [
            (here, there)[number % 2].post_message({"message": "Hi", "leadId": lead}).status_code for number in range(7)
        ]
        assert sent == [201] * 5 + [429] * 2
        assert there.statuses() == here.statuses()
        assert len(here.requests()) == len(there.requests()) == 7
        there.clock(freeze=True)
        assert here.control("GET", "/clock")["mode"] == "frozen"
        there.fault({"status": 500}, times=1)
        assert [here.get_replies().status_code for _ in range(2)] == [500, 200]
        here.control("POST", "/snapshots", {"name": "before"}, status=201)
        there.reply(lead, message="Stop")
        assert len(here.replies()["replies"]) == 1
        there.control("POST", "/snapshots/before/restore", {})
        assert here.replies()["replies"] == []
        one.delete(f"/_tuco/workspaces/{here.id}").raise_for_status()
        assert there.post_cancel({"leadId": lead}).status_code == 401


def test_events_of_one_are_told_by_the_other(shared: Settings) -> None:
    """Live, from one workspace and from all; who waits is woken by Redis."""
    with serving(shared) as one, serving(shared) as other:
        here = World(one)
        there = World.existing(other, here.id)
        url = str(other.base_url)
        with listening(url) as all_events, listening(url, workspace=here.id) as events:
            here.get_replies()
            assert (
                events.next()
                == all_events.next()
                == {"workspace": here.id, **there.control("GET", "/timeline")["events"][0]}
            )
            lead = there.lead(phone="+14155550100")
            here.message(lead)
            assert [event["kind"] for event in events.take(4)] == [
                "control",
                "leads.added",
                "control",
                "messages.added",
            ]


def test_what_is_there_outlives_a_server(shared: Settings) -> None:
    with serving(shared) as http:
        assert cancelled(default(http)) == 3
        before = default(http).state()
    with serving(changed(shared, fixture="agency")) as http:  # which is not loaded
        assert default(http).state() == before
        assert cancelled(default(http)) == 0
        http.post("/_tuco/reset").raise_for_status()
        assert cancelled(default(http)) == 3
    with serving(changed(shared, fresh=True)) as http:
        assert cancelled(default(http)) == 3
    with serving(changed(shared, fresh=True, fixture="agency")) as http:
        assert default(http).id == "org_agency_us"


@pytest.mark.parametrize("embedded", ["mongo_url", "redis_url"])
def test_with_a_single_real_engine_all_begins_anew(shared: Settings, embedded: str) -> None:
    """Half of what a server before has left is of no use."""
    for _ in range(2):
        with serving(changed(shared, **{embedded: None})) as http:
            assert http.get("/_tuco/workspaces").json()["workspaces"][0]["id"] == default(http).id
            assert World(http, id="mine").id == "mine"
            assert cancelled(default(http)) == 3
            engines = http.get("/_tuco/info").json()["engines"]
            assert [name.startswith("embedded") for name in engines.values()].count(True) == 1


def test_namespaces_keep_installations_apart(shared: Settings) -> None:
    """None as well: it is one of its own."""
    other, plain = changed(shared, namespace=shared.namespace + "x"), changed(shared, namespace="", fresh=True)
    with serving(shared) as one, serving(other) as two, serving(plain) as three:
        assert [cancelled(default(http)) for http in (one, two, three, one, two, three)] == [3, 3, 3, 0, 0, 0]
        for http in (two, three):
            http.post("/_tuco/reset").raise_for_status()
        assert [cancelled(default(http)) for http in (one, two, three)] == [0, 3, 3]
        engines = open_engines(shared.mongo_url, shared.redis_url, "")
        with contextlib.closing(engines):
            engines.forget()
        assert three.get("/_tuco/readyz").status_code == 503
        assert [http.get("/_tuco/readyz").status_code for http in (one, two)] == [200, 200]


def until(true: Callable[[], bool]) -> None:
    """Wait for something that comes true of itself."""
    deadline = time.monotonic() + SOON
    while not true():
        assert time.monotonic() < deadline


@pytest.mark.clause("A11", "C19")
@pytest.mark.parametrize("which", ["redis_server", "mongo_server"])
def test_an_engine_that_goes_away(shared: Settings, which: str, request: pytest.FixtureRequest) -> None:
    """Calls are answered as documented, the control plane says which one it is; nothing is lost when it comes back."""
    engine = request.getfixturevalue(which)
    quick = "/?serverSelectionTimeoutMS=300"
    with serving(changed(shared, mongo_url=f"{shared.mongo_url}{quick}")) as http:
        world = default(http)
        before = world.state()
        engine.kill()
        try:
            answer = world.post_cancel({"recipientPhone": ADDRESS})
            assert (answer.status_code, answer.json()) == (500, {"error": "Internal server error"})
            ready = http.get("/_tuco/readyz")
            assert ready.status_code == 503
            assert f":{engine.port}" in ready.json()["detail"]
            assert f":{engine.port}" in world.control("GET", "/state", status=503)["detail"]
            assert http.get("/_tuco/livez").status_code == 200
        finally:
            engine.start()
        until(lambda: http.get("/_tuco/readyz").status_code == 200)
        assert world.state() == before
        assert cancelled(world) == 3


@pytest.mark.parametrize("which", ["redis_server", "mongo_server"])
def test_an_engine_that_hangs_holds_up_nobody_else(
    shared: Settings, which: str, request: pytest.FixtureRequest
) -> None:
    """Who asks it waits; the event loop goes on meanwhile, and says what is wrong."""
    engine = request.getfixturevalue(which)
    with serving(shared) as http, ThreadPoolExecutor(1) as aside:
        world = default(http)
        engine.signal(signal.SIGSTOP)
        try:
            waiting = aside.submit(http.post, CANCEL, json={"recipientPhone": ADDRESS}, headers=world.headers)
            assert all(http.get("/_tuco/livez").status_code == 200 for _ in range(20))
            assert not waiting.done()
        finally:
            engine.signal(signal.SIGCONT)
        assert waiting.result().json()["cancelledCount"] == 3
