"""Clauses C13, C14 and C17: jobs and workers, and two cancellations at the same moment."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.clauses.busy import (
    BUSY,
    JANE,
    JANE_EMAIL,
    JANE_PHONE,
    JANES_WAITING,
    NOW,
    OMARS,
    PENDING_HELD,
    QUEUED,
    SCHEDULED,
    STRANGERS,
)
from tests.clauses.checks import after_cancelling, cancelled, held, without_sequence
from tests.support import CANCEL, Json, World
from tuco_mock.actions.cancel import Cancelled, cancel_for_lead
from tuco_mock.actions.work import finish_job, start_job

if TYPE_CHECKING:
    from tests.clauses.engines import OwnServer
    from tuco_mock.server import BackgroundServer

Worlds = Callable[..., World]

JOBS = [
    ("queued", "waiting", 1),
    ("queued", "delayed", 1),
    ("queued", "active", 0),
    ("queued", "none", 0),
    ("pending", "waiting", 1),
    ("pending", "active", 0),
    ("pending", "none", 0),
    ("scheduled", "delayed", 1),
    ("scheduled", "waiting", 1),
    ("scheduled", "active", 0),
    ("scheduled", "none", 0),
]


@pytest.mark.clause("C13")
@pytest.mark.parametrize(("status", "job", "removed"), JOBS)
def test_counts_the_job_only_if_it_was_removed(busy: World, status: str, job: str, removed: int) -> None:
    """A waiting or delayed job is removed and counted, a held one stays, and none adds nothing."""
    message = busy.message(recipientPhone="+14155550100", status=status, job=job)
    before = held(busy)
    done = busy.cancel(recipientPhone="+14155550100")
    assert done == cancelled(message, lead=None, jobs=removed)
    assert busy.jobs().get(message) == ("active" if job == "active" else None)
    assert without_sequence(held(busy)) == without_sequence(after_cancelling(before, [message], NOW))


@pytest.mark.clause("C13")
def test_removes_the_jobs_of_the_cancelled_messages_only(busy: World) -> None:
    """Of a lead's jobs those that wait are removed, the held one stays, and other people's are untouched."""
    assert busy.cancel(leadId=JANE) == cancelled(*JANES_WAITING, lead=JANE, jobs=2)
    assert busy.jobs() == {PENDING_HELD: "active", OMARS: "waiting", STRANGERS: "waiting"}


@pytest.mark.clause("C13")
@pytest.mark.parametrize("taken", [[QUEUED], [SCHEDULED], [SCHEDULED, QUEUED]], ids=["waiting", "delayed", "both"])
def test_job_that_a_worker_took_meanwhile_stays(busy: World, taken: list[str]) -> None:
    """A job that a worker takes before the cancellation is not removed and not counted."""
    for message in taken:
        busy.control("POST", f"/queue/{message}/start")
    assert busy.cancel(leadId=JANE) == cancelled(*JANES_WAITING, lead=JANE, jobs=2 - len(taken))
    held_now = {PENDING_HELD: "active", **dict.fromkeys(taken, "active")}
    assert busy.jobs() == {**held_now, OMARS: "waiting", STRANGERS: "waiting"}


@pytest.mark.clause("C14")
@pytest.mark.parametrize("message", [QUEUED, SCHEDULED])
def test_cancelled_message_is_not_sent_when_its_job_finishes(busy: World, message: str) -> None:
    """A worker that finishes a held job leaves the cancelled message as the cancellation made it."""
    busy.control("POST", f"/queue/{message}/start")
    busy.cancel(leadId=JANE)
    as_cancelled = busy.state()["messages"]
    busy.clock(advance="10m")
    busy.control("POST", f"/queue/{message}/finish")
    after = busy.state()["messages"]
    expected = [
        {name: value for name, value in each.items() if (each["id"], name) != (message, "job")} for each in as_cancelled
    ]
    assert after == expected
    (shown,) = [each for each in after if each["id"] == message]
    assert (shown["status"], shown["updatedAt"], shown.get("sentAt")) == ("cancelled", NOW, None)
    assert message not in busy.jobs()
    parents = busy.replies(leadId=JANE)["replies"][0]["parentMessages"]
    assert message not in [each["messageId"] for each in parents]
    assert busy.cancel(leadId=JANE) == cancelled(lead=JANE)


@pytest.mark.clause("C14")
def test_message_that_was_not_cancelled_is_sent_when_its_job_finishes(busy: World) -> None:
    """The same worker does send what nobody cancelled."""
    busy.control("POST", f"/queue/{QUEUED}/start")
    busy.control("POST", f"/queue/{QUEUED}/finish")
    assert busy.statuses()[QUEUED] == "sent"
    assert busy.cancel(leadId=JANE) == cancelled(PENDING_HELD, SCHEDULED, lead=JANE, jobs=1)


@pytest.mark.clause("C14")
def test_no_webhook_tells_of_a_cancelled_message(busy: World) -> None:
    """Nobody is told that a cancelled message was sent or failed when its job finishes."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/hook"
        events = ["message.sent", "message.failed", "message.fallback"]
        busy.add("webhooks", url=url, events=events, name="hook")
        busy.cancel(leadId=JANE)
        busy.control("POST", f"/queue/{PENDING_HELD}/finish")
        assert busy.statuses()[PENDING_HELD] == "cancelled"
        with pytest.raises(BlockingIOError):
            listener.accept()


@pytest.mark.clause("C17")
@pytest.mark.parametrize(
    ("body", "lead"),
    [
        ({"leadId": JANE}, JANE),
        ({"recipientPhone": JANE_PHONE}, JANE),
        ({"recipientEmail": JANE_EMAIL}, JANE),
        ({"recipientPhone": "+14422640303"}, None),
    ],
    ids=["id", "phone", "email", "stranger"],
)
def test_second_call_gives_zeros_and_changes_nothing(busy: World, body: dict[str, str], lead: str | None) -> None:
    """A cancellation that is repeated is answered with zeros and leaves everything as the first one did."""
    assert busy.cancel(**body)["cancelledCount"] > 0
    busy.clock(advance="1m")
    before = held(busy)
    assert [busy.cancel(**body) for _ in range(3)] == [cancelled(lead=lead)] * 3
    assert held(busy) == before


CLIENTS = 8


@pytest.mark.clause("C17")
def test_clients_at_the_same_moment_count_each_message_once(world: World, server: BackgroundServer) -> None:
    """Of several clients that cancel the same lead at once each message and job is counted by exactly one."""
    lead = world.lead(phone=JANE_PHONE, email=JANE_EMAIL)
    made = [{"leadId": lead, "status": status} for status in ("queued", "pending", "scheduled") * 20]
    made += [{"leadId": lead, "status": "queued", "job": job} for job in ("active", "none") * 5]
    ids = {each["id"] for each in world.control("POST", "/messages", made, status=201)}
    bodies = [{"leadId": lead}, {"recipientPhone": JANE_PHONE}, {"recipientEmail": JANE_EMAIL}]
    ready = threading.Barrier(CLIENTS)

    def cancel(client: int) -> list[Json]:
        with httpx.Client(base_url=server.url, trust_env=False, timeout=30) as http:
            ready.wait()
            return [http.post(CANCEL, json=bodies[(client + n) % 3], headers=world.headers).json() for n in range(4)]

    with ThreadPoolExecutor(CLIENTS) as pool:
        answers = [answer for several in pool.map(cancel, range(CLIENTS)) for answer in several]
    told = [each for answer in answers for each in answer["messageIds"]]
    assert len(answers) == CLIENTS * 4
    assert (len(told), set(told)) == (len(ids), ids)
    assert sum(answer["cancelledCount"] for answer in answers) == len(ids)
    assert sum(answer["jobsRemovedFromQueue"] for answer in answers) == 60
    assert {(answer["success"], answer["leadId"]) for answer in answers} == {(True, lead)}
    assert set(world.statuses().values()) == {"cancelled"}
    assert set(world.jobs().values()) == {"active"}


def before_the_first(method: str, step: Callable[[], Any]) -> Callable[[str, str], None]:
    """A watch that steps in once, right before this method of the messages is called."""
    left = [step]

    def watch(collection: str, called: str) -> None:
        if (collection, called) == ("messages", method) and left:
            left.pop()()

    return watch


@pytest.mark.clause("C17", "C16")
def test_loser_of_a_race_counts_nothing(own: OwnServer) -> None:
    """What another call cancels between our look and our update is counted by that call alone."""
    world = own.world(state=BUSY)
    workspace = own.app.store.workspaces.get(world.id)
    other: list[Cancelled] = []
    own.documents.watch = before_the_first(
        "update_many", lambda: other.append(cancel_for_lead(own.app.store, workspace, JANE, []))
    )
    assert world.cancel(leadId=JANE) == cancelled(lead=JANE)
    own.documents.watch = None
    assert other == [Cancelled(JANE, list(JANES_WAITING), 2)]


@pytest.mark.clause("C17", "C11", "C16")
def test_message_that_leaves_during_a_cancellation_is_not_counted(own: OwnServer) -> None:
    """A message that a worker sends between our look and our update stays sent, and the others are cancelled."""
    world = own.world(state=BUSY)
    store = own.app.store
    workspace = store.workspaces.get(world.id)

    def send() -> None:
        start_job(store, workspace, QUEUED)
        finish_job(store, workspace, QUEUED)

    own.documents.watch = before_the_first("update_many", send)
    assert world.cancel(leadId=JANE) == cancelled(PENDING_HELD, SCHEDULED, lead=JANE, jobs=1)
    own.documents.watch = None
    assert world.statuses()[QUEUED] == "sent"
    assert world.jobs() == {PENDING_HELD: "active", OMARS: "waiting", STRANGERS: "waiting"}
