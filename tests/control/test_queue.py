"""The queue: look, let a worker take a job, let it finish; each in its turn only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.control.described import refused

if TYPE_CHECKING:
    import httpx

    from tests.support import World

NOW = "2026-03-13T00:00:00.000Z"


@pytest.fixture
def lead(world: World) -> str:
    """A lead to write to."""
    return world.lead(phone="+14155550100")


def turn(world: World, message: str, verb: str) -> httpx.Response:
    """Let a worker start or finish, whatever comes of it."""
    return world.http.post(f"/_tuco/workspaces/{world.id}/queue/{message}/{verb}")


def shown(world: World, message: str) -> Any:
    """A message as it stands."""
    return next(each for each in world.control("GET", "/messages")["messages"] if each["id"] == message)


def test_an_empty_queue(world: World) -> None:
    assert world.control("GET", "/queue") == {"counts": {"waiting": 0, "delayed": 0, "active": 0}, "jobs": []}


def test_jobs_are_shown_in_the_order_they_are_taken(world: World, lead: str) -> None:
    late = world.message(lead, status="scheduled", scheduledDate="+2h")
    first = world.message(lead)
    soon = world.message(lead, status="scheduled", scheduledDate="+1h")
    held = world.message(lead, status="sending", job="active")
    second = world.message(lead, status="pending")
    world.message(lead, status="sent")
    assert world.control("GET", "/queue") == {
        "counts": {"waiting": 2, "delayed": 2, "active": 1},
        "jobs": [
            {"messageId": held, "state": "active", "dueAt": None},
            {"messageId": first, "state": "waiting", "dueAt": None},
            {"messageId": second, "state": "waiting", "dueAt": None},
            {"messageId": soon, "state": "delayed", "dueAt": "2026-03-13T01:00:00.000Z"},
            {"messageId": late, "state": "delayed", "dueAt": "2026-03-13T02:00:00.000Z"},
        ],
    }


@pytest.mark.parametrize("status", ["queued", "pending", "scheduled"])
def test_a_worker_takes_a_job_and_finishes_it(world: World, lead: str, status: str) -> None:
    message = world.message(lead, status=status)
    taken = turn(world, message, "start")
    assert (taken.status_code, taken.json()) == (200, shown(world, message))
    assert taken.json()["status"] == status  # taking the job changes the job alone
    assert world.jobs() == {message: "active"}
    world.clock(advance="3s")
    done = turn(world, message, "finish")
    assert (done.status_code, done.json()) == (200, shown(world, message))
    later = "2026-03-13T00:00:03.000Z"
    assert (done.json()["status"], done.json()["sentAt"], done.json()["updatedAt"]) == ("sent", later, later)
    assert world.jobs() == {}


def test_a_sent_message_is_a_parent_of_the_reply(world: World, lead: str) -> None:
    message = world.message(lead, message="Hi")
    turn(world, message, "start")
    turn(world, message, "finish")
    world.reply(lead, message="Hello")
    [item] = world.replies()["replies"]
    assert [each["messageId"] for each in item["parentMessages"]] == [message]
    assert world.cancel(leadId=lead)["cancelledCount"] == 0


@pytest.mark.clause("C13")
def test_a_held_job_is_not_removed(world: World, lead: str) -> None:
    held, free = world.message(lead), world.message(lead)
    turn(world, held, "start")
    cancelled = world.cancel(leadId=lead)
    assert (cancelled["messageIds"], cancelled["jobsRemovedFromQueue"]) == ([held, free], 1)
    assert world.jobs() == {held: "active"}


@pytest.mark.clause("C14")
def test_a_cancelled_message_is_not_sent_when_its_job_finishes(world: World, lead: str) -> None:
    message = world.message(lead)
    turn(world, message, "start")
    world.cancel(leadId=lead)
    before = shown(world, message)
    world.clock(advance="1m")
    assert turn(world, message, "finish").status_code == 200
    after = shown(world, message)
    assert after == {name: value for name, value in before.items() if name != "job"}
    assert (after["status"], "sentAt" in after, world.jobs()) == ("cancelled", False, {})


def test_a_job_is_taken_once(world: World, lead: str) -> None:
    message = world.message(lead)
    turn(world, message, "start")
    refused(turn(world, message, "start"), 409, message, "held")
    assert world.jobs() == {message: "active"}


def test_a_job_is_finished_by_who_holds_it(world: World, lead: str) -> None:
    message = world.message(lead)
    refused(turn(world, message, "finish"), 409, message, "start it first")
    assert (world.jobs(), world.statuses()) == ({message: "waiting"}, {message: "queued"})
    turn(world, message, "start")
    turn(world, message, "finish")
    refused(turn(world, message, "finish"), 409, message)
    refused(turn(world, message, "start"), 409, message, "no job")


@pytest.mark.parametrize("given", [{"status": "sent"}, {"status": "queued", "job": "none"}, {"status": "failed"}])
def test_a_message_without_a_job_has_none_to_take(world: World, lead: str, given: dict[str, str]) -> None:
    message = world.message(lead, **given)
    before = world.state()
    for verb in ("start", "finish"):
        refused(turn(world, message, verb), 409, message)
    assert world.state() == before


@pytest.mark.clause("C13")
def test_a_cancelled_job_can_t_be_taken_any_more(world: World, lead: str) -> None:
    message = world.message(lead)
    world.cancel(leadId=lead)
    refused(turn(world, message, "start"), 409, message)
    assert world.statuses() == {message: "cancelled"}


@pytest.mark.parametrize("name", ["f" * 24, "42", "nothing", "%20"])
def test_a_message_that_is_not_there(world: World, name: str) -> None:
    for verb in ("start", "finish"):
        refused(turn(world, name, verb), 404, world.id)


def test_an_id_in_capitals_is_the_same_id(world: World, lead: str) -> None:
    message = world.message(lead, id="abcdef" * 4)
    assert turn(world, message.upper(), "start").json()["id"] == message
    assert turn(world, message.upper(), "finish").json()["status"] == "sent"


def test_a_job_of_another_workspace_is_not_there(world: World, lead: str, make_world: Any) -> None:
    message = world.message(lead)
    refused(turn(make_world(), message, "start"), 404)
    assert world.jobs() == {message: "waiting"}
