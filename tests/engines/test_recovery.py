"""A process dies before each of its commands to the engines in turn: others bring to its end what it had begun."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from tests.engines.mortals import two_processes
from tuco_mock.actions import worker
from tuco_mock.actions.answer import answer
from tuco_mock.actions.cancel import cancel_for_lead
from tuco_mock.actions.enrol import enrol
from tuco_mock.actions.load import make_workspace
from tuco_mock.actions.remove_leads import remove_leads
from tuco_mock.actions.send import Outgoing, send
from tuco_mock.domain.fixture import model
from tuco_mock.domain.fixture.check import check_workspace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.engines.mortals import Two
    from tests.engines.servers import MongoServer, RedisServer
    from tuco_mock.domain.workspaces import Workspace
    from tuco_mock.state.store import Store

LEAD, CAMPAIGN, LINE = "69ab444ac1feb77d7f46462a", "69ab444ac1feb77d7f46462f", "69ab444ac1feb77d7f464620"
NOON = 1_773_403_200_000
_STEPS = [{"message": "Hi"}, {"message": "So", "delay": "1d"}]
_URLS = ["http://127.0.0.1:9/a", "http://127.0.0.1:9/b"]
_EVENTS = ["message.sent", "message.failed", "message.fallback", "message.reply"]

Deed = "Callable[[Store, Workspace], object]"


def world_of(store: Store, **further: Any) -> Workspace:
    """A workspace with a lead to whom messages wait, a campaign, and two webhooks."""
    spec = {
        "id": f"w-{uuid4().hex[:12]}",
        "clock": "2026-03-13T12:00:00Z",
        "lines": [{"id": LINE, "phone": "+16462230920"}],
        "leads": [{"id": LEAD, "phone": "+14155550100"}],
        "campaigns": [{"id": CAMPAIGN, "name": "C", "steps": [{"message": "Hi"}, {"message": "So", "delay": "1d"}]}],
        "messages": [
            {"leadId": LEAD, "job": "waiting", "status": "queued"},
            {"leadId": LEAD, "job": "delayed", "status": "scheduled", "scheduledDate": "2026-03-14T12:00:00Z"},
            {"leadId": LEAD, "campaignId": CAMPAIGN, "job": "waiting", "status": "queued"},
        ],
        "webhooks": [{"name": url, "url": url, "secret": "s", "events": _EVENTS} for url in _URLS],
        **further,
    }
    return make_workspace(store, check_workspace(spec))


@pytest.fixture(scope="module")
def two(redis_server: RedisServer, mongo_server: MongoServer) -> Iterator[Two]:
    with two_processes(redis_server, mongo_server) as found:
        yield found


def _send(**given: Any) -> Callable[[Store, Workspace], object]:
    def deed(store: Store, workspace: Workspace) -> object:
        outgoing = Outgoing(model.Message(message="Hello", **given), model.Lead(), True)
        return send(store, workspace, outgoing, store.leads.get(workspace.id, LEAD))

    return deed


def _work(store: Store, workspace: Workspace) -> object:
    """Whatever is due."""
    found = worker.things_due(store, workspace.id, NOON)
    return [worker.do(store, workspace, each, NOON) for each in found]


DEEDS: dict[str, tuple[Callable[[Store, Workspace], object], dict[str, Any]]] = {
    "send": (_send(), {}),
    "send to nobody's iMessage": (_send(), {"imessage": False, "fallbackConfigured": True}),
    "send when no line can": (_send(), {"lines": []}),
    "send later": (_send(scheduled_date="2026-03-14T12:00:00.000Z"), {}),
    "cancel": (lambda store, workspace: cancel_for_lead(store, workspace, LEAD, ()), {}),
    "reply": (
        lambda store, workspace: answer(
            store, workspace, model.Reply(lead_id=LEAD, message="Yes", campaign_id=CAMPAIGN)
        ),
        {},
    ),
    "enrol": (
        lambda store, workspace: enrol(
            store, workspace, _campaign(store, workspace), store.leads.get(workspace.id, LEAD), None
        ),
        {},
    ),
    "remove": (lambda store, workspace: remove_leads(store, workspace, [LEAD]), {}),
    "work": (_work, {}),
}


def _campaign(store: Store, workspace: Workspace) -> dict[str, Any]:
    found = store.get("campaigns", workspace.id, CAMPAIGN)
    assert found is not None
    return found


@pytest.mark.parametrize("name", DEEDS)
def test_whenever_it_dies_nothing_is_half_done(two: Two, name: str) -> None:
    deed, further = DEEDS[name]
    commands = 0
    while True:
        workspace = world_of(two.living, **further)
        died = two.die_in(deed, workspace, commands)
        if died:
            two.go_on()
            if deed is _work:  # what waits again is taken by somebody else
                _work(two.living, workspace)
        is_whole(two.living, workspace.id)
        if not died:
            break
        commands += 1
    assert commands > 5


def is_whole(store: Store, here: str) -> None:
    """What waits has a job, of what happened everybody was told once, and what follows from it will happen."""
    messages = {each["id"]: each for each in store.all("messages", here)}
    waiting = {each for each, message in messages.items() if message["phase"] == "waiting"}
    jobs = store.queue.jobs(here)
    assert {each.message_id for each in jobs} == waiting
    assert len(jobs) == len(waiting)
    assert all(each.state != "active" for each in jobs)
    told = Counter((each.event, each.message_id) for each in store.deliveries.all(here))
    replies = store.all("replies", here)
    happened = {("message.reply", each["id"]) for each in replies}
    happened |= {
        (f"message.{message['status']}", each)
        for each, message in messages.items()
        if message["status"] in {"sent", "failed", "fallback"}
    }
    assert told == Counter(dict.fromkeys(happened, 2))
    assert store.deliveries.pending(here) == 2 * len(happened)
    planned = Counter((each.deed["deed"], each.deed.get("messageId")) for each in store.agenda.all(here))
    assert planned == Counter(("delivered", each) for each in messages if messages[each]["status"] == "sent")
    instead = Counter(each.get("fallbackOf") for each in messages.values() if each.get("fallbackOf"))
    assert instead == Counter(each for each, message in messages.items() if message["status"] == "fallback")
    for each in replies:
        assert store.replies.last_of(here, each["leadId"], "all") is not None
        assert not store.messages.cancellable_of_campaign(here, each["leadId"], CAMPAIGN)
    enrolled = store.members(here, CAMPAIGN)
    if enrolled:
        assert sum(each.get("stepIndex") is not None for each in messages.values()) == 2
    if not store.leads.exists(here, LEAD):
        assert (messages, replies, enrolled, jobs) == ({}, [], [], [])
