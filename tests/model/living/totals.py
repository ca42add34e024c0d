"""Whether all that counts counts the same: lists and their pages, leads of lists, the control plane, the queue."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.model.living.wire import View, Wire
    from tests.model.model import Thing

KINDS = ("lines", "lists", "leads", "campaigns", "messages", "replies", "webhooks")
STATUSES = ("queued", "pending", "scheduled", "sending", "sent", "delivered", "failed", "fallback", "cancelled")


def check_totals(wire: Wire, known: View, workspace: str) -> None:
    """All of them, against what the workspace is known to hold."""
    state = known.state
    counts = wire.control("GET", f"/{workspace}")["counts"]
    assert counts == {kind: len(state[kind]) for kind in KINDS}
    _check_leads(wire, state)
    _check_replies(wire, state)
    _check_messages(wire, state, workspace)
    queue = wire.control("GET", f"/{workspace}/queue")
    states = Counter(each["state"] for each in queue["jobs"])
    assert queue["counts"] == {name: states[name] for name in ("waiting", "delayed", "active")}
    _check_lines(wire, known)


def _check_leads(wire: Wire, state: Thing) -> None:
    for each in (None, *(each["id"] for each in state["lists"])):
        theirs = {lead["id"] for lead in state["leads"] if each is None or lead.get("listId") == each}
        path = "/leads?limit=2" + ("" if each is None else f"&listId={each}")
        pages = list(_pages(wire, path, lambda body: body["pagination"]["totalPages"]))
        found = [lead["_id"] for page in pages for lead in page["leads"]]
        assert sorted(found) == sorted(theirs), each
        assert {page["pagination"]["totalCount"] for page in pages} == {len(theirs)}
    of_lists = Counter(lead.get("listId") for lead in state["leads"])
    shown = {each["_id"]: each["leadCount"] for each in pages[0]["lists"]}
    assert shown == {each["id"]: of_lists[each["id"]] for each in state["lists"]}


def _check_replies(wire: Wire, state: Thing) -> None:
    leads = {each["leadId"] for each in state["replies"]} - {None}
    pages = list(_pages(wire, "/replies?limit=2", lambda body: body["totalPages"]))
    found = [item["leadId"] for page in pages for item in page["replies"]]
    assert sorted(found) == sorted(leads)
    assert {page["total"] for page in pages} == {len(leads)}


def _check_messages(wire: Wire, state: Thing, workspace: str) -> None:
    expected = Counter(each["status"] for each in state["messages"])
    for status in STATUSES:
        found = wire.control("GET", f"/{workspace}/messages?status={status}")
        assert len(found["messages"]) == expected[status], (status, found)


def _check_lines(wire: Wire, known: View) -> None:
    _, body = wire.api("GET", "/lines/by-user")
    today = known.now[:10]
    for shown, line in zip(body["lines"], known.state["lines"], strict=True):
        usage = line.get("usage") or {"date": ""}
        nothing = {"date": today, "newConversationsCount": 0, "totalMessagesCount": 0}
        assert shown["usage"] == (usage if usage["date"] == today else nothing), (shown, line)


def _pages(wire: Wire, path: str, count: Any) -> Iterator[Thing]:
    """All pages of a list, and the one behind the last, which is empty."""
    number = 1
    while True:
        status, body = wire.api("GET", f"{path}&page={number}")
        assert status == 200, body
        yield body
        if number > count(body):
            return
        number += 1
