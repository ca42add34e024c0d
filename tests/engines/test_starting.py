"""Starts of servers on real engines: one at a time, on halves that belong together, never on what others work on."""

from __future__ import annotations

import contextlib
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from tests.engines.test_real_engines import ADDRESS, cancelled, changed, default, serving, shared
from tuco_mock.app import TucoApp, create_app
from tuco_mock.state.engines import Engines, UnusableEngine, open_engines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tuco_mock.settings import Settings

__all__ = ["shared"]


@contextlib.contextmanager
def engines_of(settings: Settings) -> Iterator[Engines]:
    engines = open_engines(settings.mongo_url, settings.redis_url, settings.namespace)
    with contextlib.closing(engines):
        yield engines


def lose(settings: Settings, half: str) -> None:
    """Let one of the engines have nothing any more of what is below the namespace."""
    with engines_of(changed(settings, **{"redis_url" if half == "documents" else "mongo_url": None})) as engines:
        engines.forget()


def refusal(settings: Settings) -> str:
    with pytest.raises(UnusableEngine) as raised:
        create_app(settings)
    return str(raised.value)


def test_of_servers_that_start_at_once_one_loads_the_fixture(shared: Settings) -> None:
    def start(_: int) -> TucoApp:
        return create_app(shared)

    with ThreadPoolExecutor(4) as threads:
        started = list(threads.map(start, range(4)))
    try:
        assert sorted(app.goes_on for app in started) == [False, True, True, True]
        assert {tuple(workspace.id for workspace in app.started_with) for app in started} == {
            tuple(workspace.id for workspace in started[0].store.workspaces.all())
        }
    finally:
        for app in started:
            app.close()
    with serving(shared) as http:
        assert default(http).cancel(recipientPhone=ADDRESS)["jobsRemovedFromQueue"] == 2


@pytest.mark.parametrize("half", ["documents", "queue"])
def test_half_of_what_was_there_is_not_gone_on_with(shared: Settings, half: str) -> None:
    """Nor is it dropped unasked: the address of the other half may be wrong."""
    with serving(shared) as http:
        assert cancelled(default(http)) == 3
    lose(shared, half)
    lost, kept = ("MongoDB", "Redis") if half == "documents" else ("Redis", "MongoDB")
    assert refusal(shared).startswith(f"{lost} at ")
    assert f"holds nothing of what {kept} at " in refusal(shared)
    assert "--fresh" in refusal(shared)
    with serving(changed(shared, fresh=True)) as http:
        assert cancelled(default(http)) == 3
    with serving(shared) as http:
        assert cancelled(default(http)) == 0


def test_halves_of_different_servers_are_not_taken_for_one(shared: Settings) -> None:
    other = changed(shared, namespace=f"t-{uuid4().hex[:8]}")
    for settings in (shared, other):
        with serving(settings):
            pass
    with engines_of(shared) as one, engines_of(other) as two:
        mark = two.redis.get("tuco:installation")
        assert mark is not None
        one.redis.set("tuco:installation", str(mark))
    assert "hold halves of different servers" in refusal(shared)


@pytest.mark.parametrize("half", ["documents", "queue"])
def test_a_running_server_tells_that_an_engine_has_lost_everything(shared: Settings, half: str) -> None:
    """A reset would drop what is left and have nothing to load: it is refused."""
    with serving(shared) as http:
        lose(shared, half)
        for answer in (http.get("/_tuco/readyz"), http.post("/_tuco/reset")):
            assert answer.status_code == 503
            assert "has lost what it held; start tuco-mock again with --fresh" in answer.json()["detail"]


def test_nothing_is_done_by_half_where_redis_has_lost_everything(shared: Settings) -> None:
    """A cancellation would find no jobs, and a message would be accepted that nobody will send."""
    with serving(shared) as http:
        world = default(http)
        before = world.statuses()
        lose(shared, "queue")
        refused = world.post_cancel({"recipientPhone": ADDRESS})
        assert (refused.status_code, refused.json()) == (500, {"error": "Internal server error"})
        added = http.post("/_tuco/workspaces/default/leads", json={"phone": "+14155550199"})
        assert added.status_code == 503
        assert added.json()["detail"].startswith("Redis at ")
        assert added.json()["detail"].endswith(" has lost what it held; start tuco-mock again with --fresh.")
    with engines_of(changed(shared, redis_url=None)) as engines:
        kept = {str(each["_id"]).rpartition("/")[2]: each["status"] for each in engines.documents["messages"].find()}
        assert {each: kept[each] for each in before} == before


@pytest.mark.parametrize("embedded", ["mongo_url", "redis_url"])
def test_one_engine_alone_is_not_wiped_of_half_a_server(shared: Settings, embedded: str) -> None:
    alone = changed(shared, **{embedded: None})
    with serving(shared) as http:
        assert "holds one half of a server on two engines" in refusal(alone)
        assert cancelled(default(http)) == 3
    with serving(changed(alone, fresh=True)) as http:
        assert http.get("/_tuco/readyz").status_code == 200


def test_what_others_work_on_is_not_dropped(shared: Settings) -> None:
    with serving(shared) as http:
        assert "1 process of another server works on what --fresh would drop" in refusal(changed(shared, fresh=True))
        assert cancelled(default(http)) == 3
        assert http.post("/api/messages/cancel-for-lead", json={"recipientPhone": ADDRESS}).status_code == 401
    with serving(changed(shared, fresh=True)) as http:  # at once: who ends orderly is no longer believed alive
        assert cancelled(default(http)) == 3
