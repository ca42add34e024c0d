"""The control plane's operations on what the simulated API is asked, and on what goes wrong with it on purpose."""

from __future__ import annotations

from tuco_mock.control import events, faults, journal
from tuco_mock.control import schemas as s
from tuco_mock.control.door import ControlOperation
from tuco_mock.control.places import PAGE, WORKSPACE

FAULTS = (
    ControlOperation(
        "GET", WORKSPACE + "/faults", faults.HANDLERS.look, "The faults, and how often each struck", answer=s.FAULTS
    ),
    ControlOperation(
        "POST",
        WORKSPACE + "/faults",
        faults.HANDLERS.replace,
        "Put faults in place of all that are there",
        body=s.FAULT_OR_FAULTS,
        answer=s.FAULTS,
        status=201,
    ),
    ControlOperation(
        "PATCH", WORKSPACE + "/faults", faults.HANDLERS.add, "Add faults", body=s.FAULT_OR_FAULTS, answer=s.FAULTS
    ),
    ControlOperation("DELETE", WORKSPACE + "/faults", faults.HANDLERS.clear, "Remove all faults", answer=s.CLEARED),
)

JOURNAL = (
    ControlOperation(
        "GET",
        "/_tuco/requests",
        journal.look_unclaimed,
        "The requests that came with no key of any workspace",
        answer=s.REQUESTS,
        query=PAGE,
    ),
    ControlOperation("DELETE", "/_tuco/requests", journal.clear_unclaimed, "Forget those requests", answer=s.CLEARED),
    ControlOperation(
        "GET", WORKSPACE + "/requests", journal.look, "The journal, oldest first", answer=s.REQUESTS, query=PAGE
    ),
    ControlOperation(
        "DELETE", WORKSPACE + "/requests", journal.clear, "Clear the journal", answer=s.CLEARED, is_logged=False
    ),
    ControlOperation(
        "POST",
        WORKSPACE + "/requests/find",
        journal.find,
        "The requests that match, or the nearest ones and why they differ",
        body=s.QUESTION,
        answer=s.FOUND,
        is_logged=False,
    ),
    ControlOperation(
        "POST",
        WORKSPACE + "/requests/count",
        journal.count,
        "How many requests match",
        body=s.QUESTION,
        answer=s.COUNTED,
        is_logged=False,
    ),
    ControlOperation(
        "POST",
        WORKSPACE + "/requests/wait",
        journal.wait,
        "Answer once so many requests match, or at the timeout",
        body=s.PATIENCE,
        answer=s.FOUND,
        is_logged=False,
    ),
    ControlOperation(
        "GET",
        WORKSPACE + "/timeline",
        journal.past,
        "What happened, in order, with causes",
        answer=s.TIMELINE,
        query={"limit": "so many events, the newest"},
    ),
    ControlOperation(
        "GET",
        "/_tuco/events",
        events.stream,
        "What happens, live, as server-sent events: the timeline of one workspace, or of all",
        answer=s.EVENT_STREAM,
        query={
            "workspace": "only this one",
            "after": "begin behind this event of that one, and not with what comes next (header Last-Event-ID as well)",
        },
        content_type="text/event-stream",
    ),
    ControlOperation(
        "GET", WORKSPACE + "/recording", journal.recording, "The start and all that was done since", answer=s.OBJECT
    ),
)
