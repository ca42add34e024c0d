"""Back to the start: one workspace, or the whole server."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

from tests.control.described import refused
from tests.support import CANCEL, World
from tuco_mock.domain.timestamps import millis

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import httpx

ALL = "/_tuco/workspaces"
LEAD = "69b2c41d352a78479d2c623b"
HOUR = 3_600_000


def stir(world: World) -> None:
    """Change about everything there is to change."""
    lead = world.lead(phone="+14155550199")
    world.message(lead, status="scheduled")
    world.reply(lead, message="Hi")
    world.add("campaigns", name="New", leads=[lead])
    world.get_replies()
    world.cancel(leadId=LEAD)
    world.clock(advance="3d")
    world.patch(name="stirred", readOnly=True, rateLimits={"replies": 1}, defaultCountryCode="+44")


def test_a_workspace_goes_back_to_what_it_was_made_with(make_world: Callable[..., World]) -> None:
    world = make_world(
        name="as made",
        clock="2026-03-13T00:00:00Z",
        rateLimits={"replies": 5},
        leads=[{"id": LEAD, "phone": "+14155550100", "createdAt": "-2h"}],
        messages=[{"leadId": LEAD}, {"leadId": LEAD, "status": "pending", "job": "active"}],
        replies=[{"leadId": LEAD, "message": "Stop"}],
    )
    before, jobs = world.state(), world.jobs()
    for _ in range(2):
        stir(world)
        assert world.state() != before
        shown = world.control("POST", "/reset", status=200)
        assert (shown["name"], shown["counts"]["leads"]) == ("as made", 1)
        assert (world.state(), world.jobs()) == (before, jobs)


def test_what_was_made_empty_is_empty_again(world: World) -> None:
    before = world.state()
    world.lead(id=LEAD, phone="+14155550100")
    stir(world)
    world.control("POST", "/reset", status=200)
    assert world.state() == before


def test_a_reset_brings_back_keys_that_were_rotated(world: World) -> None:
    new = world.patch(rotateApiKeys=True)["apiKeys"][0]
    assert world.post_cancel({}).status_code == 401
    world.control("POST", "/reset", status=200)
    assert world.post_cancel({}).status_code == 400
    world.key = new
    assert world.post_cancel({}).status_code == 401


def test_a_state_put_there_later_is_not_the_start(world: World) -> None:
    before = world.state()
    world.control("PUT", "/state", {"leads": [{"phone": "+14155550100"}]})
    world.control("POST", "/reset", status=200)
    assert world.state() == before


def test_times_that_were_relative_are_counted_again(make_world: Callable[..., World]) -> None:
    world = make_world(leads=[{"phone": "+14155550100", "createdAt": "-2h"}])
    first = millis(world.state()["leads"][0]["createdAt"])
    world.clock(advance="9d")
    before = real()
    world.control("POST", "/reset", status=200)
    again = millis(world.state()["leads"][0]["createdAt"])
    assert before <= again + 2 * HOUR <= real()
    assert again > first


def test_a_relative_clock_is_counted_again(make_world: Callable[..., World]) -> None:
    world = make_world(clock="-1h", leads=[{"phone": "+14155550100", "createdAt": "+30m"}])
    world.clock(advance="9d")
    before = real()
    shown = world.control("POST", "/reset", status=200)
    now = millis(shown["clock"]["now"])
    assert shown["clock"]["mode"] == "frozen"
    assert before <= now + HOUR <= real()
    assert millis(world.state()["leads"][0]["createdAt"]) == now + HOUR // 2


def test_a_running_clock_runs_as_it_did(make_world: Callable[..., World]) -> None:
    world = make_world(clock={"live": "+1h"})
    world.clock(freeze="+9d")
    world.control("POST", "/reset", status=200)
    assert world.state()["clock"] == {"live": f"{HOUR}ms"}


def test_a_reset_that_is_refused_changes_nothing(make_world: Callable[..., World], http: httpx.Client) -> None:
    world = make_world(clock="2026-03-13T00:00:00Z")
    old = world.key
    [world.key] = world.patch(rotateApiKeys=True)["apiKeys"]
    make_world(apiKeys=[old])  # somebody else has the key now that a reset would bring back
    world.lead(phone="+14155550100")
    world.clock(advance="1h")
    world.get_replies()
    before = world.state()
    refused(http.post(f"{ALL}/{world.id}/reset"), 409, world.id)
    assert world.state() == before


def test_resetting_one_leaves_the_others_alone(make_world: Callable[..., World], world: World) -> None:
    other = make_world(clock="2026-03-13T00:00:00Z")
    other.message(other.lead(phone="+14155550100"))
    before = other.state()
    world.control("POST", "/reset", status=200)
    assert other.state() == before


def test_there_is_nothing_to_reset(http: httpx.Client) -> None:
    refused(http.post(f"{ALL}/nowhere/reset"), 404, "nowhere")


# the whole server, on one of its own


FIXTURE = """\
workspaces:
  - id: first
    apiKeys: [tuco_sk_first]
    clock: 2026-03-13T00:00:00Z
    leads: [{id: 69b2c41d352a78479d2c623b, phone: "+14155550100", createdAt: -2h}]
    messages: [{leadId: 69b2c41d352a78479d2c623b}, {leadId: 69b2c41d352a78479d2c623b, status: pending, job: active}]
  - {apiKeys: [tuco_sk_second], leads: [{phone: "+14155550100"}]}
  - {name: keyless, leads: [{phone: "+14155550100", createdAt: -2h}]}
"""


@pytest.fixture
def alone(own: Callable[..., httpx.Client], tmp_path: Path) -> httpx.Client:
    """A server that starts with that fixture."""
    (tmp_path / "start.yaml").write_text(FIXTURE)
    return own(fixture=str(tmp_path / "start.yaml"))


def everything(http: httpx.Client) -> list[Any]:
    """The states of all workspaces, and their jobs."""
    names = [each["id"] for each in http.get(ALL).json()["workspaces"]]
    return [[http.get(f"{ALL}/{name}/{part}").json() for part in ("state", "queue")] for name in names]


def without_real_time(states: list[Any]) -> list[Any]:
    """The states, but for what real time shows in them."""
    for state, _ in states:
        if isinstance(state["clock"], dict):
            for lead in state["leads"]:
                lead.pop("createdAt")
                lead.pop("updatedAt")
    return states


def test_the_server_goes_back_to_its_fixture(alone: httpx.Client) -> None:
    before = without_real_time(everything(alone))
    names = [each["id"] for each in alone.get(ALL).json()["workspaces"]]
    for _ in range(2):
        made = World(alone, id="made")
        for name in ("first", names[1]):
            world = World.existing(alone, name)
            world.clock(advance="1d")
            world.cancel(leadId=LEAD)
            world.get_replies()
            world.lead(phone="+14155550123")
        alone.delete(f"{ALL}/{names[2]}")
        alone.patch(f"{ALL}/first", json={"rotateApiKeys": True})
        answer = alone.post("/_tuco/reset")
        assert (answer.status_code, answer.json()) == (200, {"workspaces": names})
        assert without_real_time(everything(alone)) == before
        refused(alone.get(f"{ALL}/made"), 404)
        assert made.post_cancel({}).status_code == 401
    cancelled = alone.post(CANCEL, json={"leadId": LEAD}, headers={"Authorization": "Bearer tuco_sk_first"}).json()
    assert (cancelled["cancelledCount"], cancelled["jobsRemovedFromQueue"]) == (2, 1)


def test_a_server_s_reset_counts_relative_times_again(alone: httpx.Client) -> None:
    def created(position: int) -> int:
        name = alone.get(ALL).json()["workspaces"][position]["id"]
        return millis(alone.get(f"{ALL}/{name}/leads").json()["leads"][0]["createdAt"])

    first = created(2)
    before = real()
    alone.post("/_tuco/reset")
    assert before <= created(2) + 2 * HOUR <= real()
    assert created(2) > first
    assert created(0) == millis("2026-03-12T22:00:00.000Z")  # its clock is frozen


def test_a_workspace_of_the_fixture_goes_back_to_the_fixture(alone: httpx.Client) -> None:
    before = alone.get(f"{ALL}/first/state").json()
    alone.put(f"{ALL}/first/state", json={"leads": []})
    alone.patch(f"{ALL}/first", json={"apiKeys": []})
    assert alone.post(f"{ALL}/first/reset").json()["counts"]["leads"] == 1
    assert alone.get(f"{ALL}/first/state").json() == before


def test_a_workspace_made_again_under_a_fixture_s_id_goes_back_to_what_it_was_made_with(alone: httpx.Client) -> None:
    alone.delete(f"{ALL}/first")
    alone.post(ALL, json={"id": "first", "leads": [{"phone": "+14155550111"}, {"phone": "+14155550112"}]})
    alone.put(f"{ALL}/first/state", json={})
    assert alone.post(f"{ALL}/first/reset").json()["counts"]["leads"] == 2
    alone.post("/_tuco/reset")
    assert alone.post(f"{ALL}/first/reset").json()["counts"]["leads"] == 1


def real() -> int:
    """Real time, in milliseconds since 1970."""
    return time.time_ns() // 1_000_000
