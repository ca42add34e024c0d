"""The machine: random steps, each taken on the server and on the model, which must agree about answer and state."""

from __future__ import annotations

import json
import sys
import time
from functools import partial
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st
from hypothesis.stateful import rule

from tests.model import api, contents, notation, requests, sweep
from tests.model import strategies as s
from tests.model.base import WHERE
from tests.model.remote import adopt_ids, same
from tests.model.whole import WholeWorkspaces

if TYPE_CHECKING:
    from tests.model.model import Thing, Workspace

AUTHORIZATIONS = st.sampled_from(
    ["Bearer {}"] * 30 + ["bearer  {}", "BEARER {}", "Basic {}", "Bearer {}x", "Bearer", "", None, "{}"]
)
ADVANCES = {"1ms": 1, "500ms": 500, "1s": 1_000, "PT5M": 300_000, "1h30m": 5_400_000, "2d": 172_800_000}
WAYS = ["start", "start", "finish", "start finish"]
MOMENTS = ("-2h", "+90s", notation.iso(s.BASE))
CLOCK_CHANGES: list[Thing] = [
    *({"advance": each} for each in [*ADVANCES, "-1s"]),
    *({way: each} for way in ("set", "freeze") for each in [*MOMENTS, "soon"]),
    {"freeze": True},
    {"run": "0s"},
    {"run": "1h30m"},
    {},
]


class Machine(WholeWorkspaces):
    """Steps with what a workspace holds, and with the simulated API; those with whole workspaces are inherited."""

    def add(self, workspace: Workspace, kind: str, drawn: Thing | list[Thing]) -> None:
        """Put things there: all of them, or 422 and none."""
        given = self.pick(workspace, drawn)
        things = given if isinstance(given, list) else [given]
        expected = 201 if workspace.accepts(kind, things) else 422
        status, shown = self.remote.control("POST", f"/{workspace.id}/{kind}", given)
        same(f"the status of adding {given}", (status, shown), (expected, shown))
        if status == 201:
            many = shown if isinstance(given, list) else [shown]
            put = workspace.answer if kind == "replies" else partial(workspace.add, kind)
            added = put(adopt_ids(things, many))
            same("the things added", many, [contents.words(workspace, kind, thing) for thing in added])

    @rule(where=WHERE, given=s.batches(s.leads(), most=2))
    def add_leads(self, where: int, given: Thing | list[Thing]) -> None:
        self.add(self.at(where), "leads", given)

    @rule(where=WHERE, given=s.lines(), campaign=s.campaigns())
    def add_line_and_campaign(self, where: int, given: Thing, campaign: Thing) -> None:
        self.add(self.at(where), "lines", given)
        self.add(self.at(where), "campaigns", campaign)

    @rule(where=WHERE, given=s.batches(s.messages()))
    def add_messages(self, where: int, given: Thing | list[Thing]) -> None:
        self.add(self.at(where), "messages", given)

    @rule(where=WHERE, given=s.batches(s.replies()))
    def add_replies(self, where: int, given: Thing | list[Thing]) -> None:
        self.add(self.at(where), "replies", given)

    @rule(where=WHERE, messages=s.batches(s.messages()), replies=s.batches(s.replies()))
    def add_both(self, where: int, messages: Thing | list[Thing], replies: Thing | list[Thing]) -> None:
        self.add(self.at(where), "messages", messages)
        self.add(self.at(where), "replies", replies)

    @rule(
        where=WHERE,
        who=requests.lead_ids(),
        statuses=st.lists(st.sampled_from([*s.STATUSES, "queued", "scheduled"]), min_size=1, max_size=4),
        line=s.present("lines"),
        campaign=s.present("campaigns"),
        by_address=st.booleans(),
    )
    def answer_a_campaign(
        self, where: int, who: s.Pick, statuses: list[str], line: Any, campaign: Any, by_address: bool
    ) -> None:
        """A lead that got something of a campaign answers, and the rest of it does not come (P15, P16)."""
        workspace = self.at(where)
        lead_id = self.pick(workspace, who)
        of_campaign = {"leadId": lead_id, "campaignId": self.pick(workspace, campaign)}
        got = {**of_campaign, "status": "sent", "fromLineId": self.pick(workspace, line), "sentAt": "-1s"}
        self.add(workspace, "messages", [got, *({**of_campaign, "status": each} for each in statuses)])
        lead = workspace.find("leads", str(lead_id).lower())
        address = lead and next((lead[name] for name in ("altPhone1", "phone") if name in lead), None)
        reply = {"recipientPhone": address} if by_address and address else {"leadId": lead_id}
        self.add(workspace, "replies", {**reply, "message": "Stop"})

    @rule(where=WHERE, who=requests.lead_ids(), count=st.integers(9, 12), sent=st.booleans())
    def add_a_long_talk(self, where: int, who: s.Pick, count: int, sent: bool) -> None:
        """More than an item shows (R17, R18), some of it at the same time."""
        lead_id = self.pick(self.at(where), who)
        times = [notation.iso(s.BASE - n // 2 * 1000) for n in range(count)]
        talk: list[Thing] = [{"leadId": lead_id, "message": str(n)} for n in range(count)]
        words = [{"status": "delivered", "sentAt": at} if sent else {"receivedAt": at} for at in times]
        given = [{**thing, **word} for thing, word in zip(talk, words, strict=True)]
        self.add(self.at(where), "messages" if sent else "replies", given)

    @rule(where=WHERE, which=st.integers(0, 30), ways=st.sampled_from(WAYS), upper=st.booleans())
    def work(self, where: int, which: int, ways: str, upper: bool) -> None:
        """A worker takes a job, or is done with it."""
        workspace = self.at(where)
        message_id = self.pick(workspace, s.Pick("messages", which, form="upper" if upper else "plain"))
        for way in ways.split():
            self.work_on(workspace, message_id, way)

    def work_on(self, workspace: Workspace, message_id: str, way: str) -> None:
        """`start` a message's job, or `finish` it."""
        expected = (api.start if way == "start" else api.finish)(workspace, message_id)
        status, shown = self.remote.control("POST", f"/{workspace.id}/queue/{message_id}/{way}")
        same("the status", (status, shown), (expected, shown))
        if status == 200:
            message = workspace.find("messages", message_id.lower())
            assert message is not None
            same("the message", shown, contents.words(workspace, "messages", message))

    # the clock

    @rule(where=WHERE, change=st.sampled_from(CLOCK_CHANGES))
    def move_clock(self, where: int, change: Thing) -> None:
        """Freeze, advance and set a clock that stands still; only `set` goes back."""
        workspace = self.at(where)
        if "run" in change:
            self.let_clock_run(workspace, change["run"])
            return
        now = workspace.now
        [(way, value)] = change.items() or [("", "")]
        if way == "advance":
            now += ADVANCES.get(value, -1)
        elif value in MOMENTS:
            now = notation.millis(notation.moment(value, now))
        refused = not change or value == "soon" or (way != "set" and now < workspace.now)
        status, shown = self.remote.control("POST", f"/{workspace.id}/clock", change)
        same("the status", (status, shown), (400 if refused else 200, shown))
        if not refused:
            is_back, workspace.now = now < workspace.now, now
            same("the clock", shown, {"now": notation.iso(now), "mode": "frozen"})
            if is_back:  # and on again: no clause says what the bucket gains by that, so it starts afresh
                self.patch(where, {"rateLimits": workspace.settings["rateLimits"]})

    def let_clock_run(self, workspace: Workspace, ahead: str) -> None:
        """A clock runs for a moment, no faster than real time, and is stopped for the steps to come."""
        began = time.monotonic()
        same("the mode", self.remote.control("POST", f"/{workspace.id}/clock", {"resume": True})[1]["mode"], "live")
        self.remote.control("POST", f"/{workspace.id}/clock", {"advance": ahead})
        _, shown = self.remote.control("POST", f"/{workspace.id}/clock", {"freeze": True})
        least = workspace.now + ADVANCES.get(ahead, 0)
        workspace.now = notation.millis(shown["now"])
        assert least <= workspace.now <= least + (time.monotonic() - began) * 1000 + 2, shown

    # the simulated API

    @rule(where=WHERE, given=st.lists(requests.cancel_bodies(), min_size=1, max_size=4), authorization=AUTHORIZATIONS)
    def cancel(self, where: int, given: list[Any], authorization: str | None) -> None:
        workspace = self.at(where)
        header, caller = self.caller(workspace, authorization)
        for drawn in given:
            if isinstance(drawn, tuple):
                content, body = drawn
            else:
                body = self.pick(workspace, drawn)
                content = json.dumps(body).encode()
            found = self.remote.cancel(header, content)
            same(f"the answer to {body}", found, api.cancel(caller, body))
            if found.status == 200:
                assert found.body["jobsRemovedFromQueue"] <= found.body["cancelledCount"]
        self.open_again(workspace)

    @rule(where=WHERE, drawn=requests.cancel_bodies())
    def cancel_twice(self, where: int, drawn: Any) -> None:
        """The second call finds nothing (C17)."""
        self.cancel(where, [drawn, drawn], "Bearer {}")

    @rule(
        where=WHERE,
        asked=st.lists(requests.queries(), min_size=1, max_size=5),
        authorization=AUTHORIZATIONS,
        bare_plus=st.booleans(),
    )
    def list_replies(
        self, where: int, asked: list[list[tuple[str, Any]]], authorization: str | None, bare_plus: bool
    ) -> None:
        workspace = self.at(where)
        header, caller = self.caller(workspace, authorization)
        for drawn in asked:
            parameters = [(name, self.pick(workspace, value)) for name, value in drawn]
            found = self.remote.replies(header, requests.encoded(parameters, bare_plus=bare_plus))
            same(f"the answer to {parameters}", found, api.replies(caller, parameters))
        self.open_again(workspace)

    @rule(where=WHERE, asked=st.lists(requests.queries(), min_size=1, max_size=5))
    def list_more_replies(self, where: int, asked: list[list[tuple[str, Any]]]) -> None:
        self.list_replies(where, asked, "Bearer {}", False)

    def open_again(self, workspace: Workspace) -> None:
        """Now that it was seen closed: the key works again, so that the steps to come find something."""
        change: Thing = {} if workspace.settings["active"] else {"active": True}
        if not workspace.settings["apiKeys"]:
            change["apiKeys"] = [f"tuco_sk_of_{workspace.id}"]
        if change:
            workspace.settings.update(change)
            self.remote.control("PATCH", f"/{workspace.id}", change)

    @rule(
        where=WHERE,
        per_minute=st.sampled_from([120, 11, 7, 1]),
        calls=st.integers(1, 3),
        units=st.sampled_from([0, 1, 30_000, 59_999, 60_000, 90_001]),
        back=st.booleans(),
    )
    def empty_bucket(self, where: int, per_minute: int, calls: int, units: int, back: bool) -> None:
        """Ask with a nearly empty bucket; after `Retry-After` seconds a call is let through (R21).

        With `back`, the clock was set back since the bucket was last looked at: that refills nothing.
        """
        workspace = self.at(where)
        self.open_again(workspace)
        state = {**contents.state(workspace), "rateLimits": {"replies": per_minute}}
        state["rateLimitBuckets"] = {"replies": {"tokens": units / 60_000, "at": state["clock"]}}
        self.put(workspace, state)
        workspace = self.at(where)
        if back:
            same("the status", self.remote.control("POST", f"/{workspace.id}/clock", {"set": "-2h"})[0], 200)
            workspace.now -= 7_200_000
        header, caller = self.caller(workspace, "Bearer {}")
        for _ in range(calls):
            found = self.remote.replies(header, "")
            same("the answer", found, api.replies(caller, []))
            if found.retry_after is not None:
                self.remote.control("POST", f"/{workspace.id}/clock", {"advance": f"{found.retry_after}s"})
                workspace.now += found.retry_after * 1000
                found = self.remote.replies(header, "")
                same("the answer after waiting", found, api.replies(caller, []))
                same("the status after waiting", found.status, 200)

    # the end

    def sweep(self, workspace: Workspace) -> None:
        """Ask all there is to ask, with an open key and no limit; cancel all there is to cancel; send what is left."""
        self.remote.compare(workspace)
        change = {"rateLimits": {"replies": None}, "active": True, "apiKeys": [f"tuco_sk_of_{workspace.id}"]}
        same("the status", self.remote.control("PATCH", f"/{workspace.id}", change)[0], 200)
        workspace.settings.update(change)
        workspace.bucket = None
        header = f"Bearer tuco_sk_of_{workspace.id}"
        everybody = [lead["id"] for lead in workspace.things["leads"]]
        self.add(workspace, "campaigns", {"id": sweep.CAMPAIGN, "name": "Late", "leads": everybody})
        for parameters in sweep.queries(workspace):
            found = self.remote.replies(header, requests.encoded(parameters, bare_plus=False))
            same(f"the answer to {parameters}", found, api.replies(workspace, parameters))
        for message_id in sorted(workspace.jobs)[::2]:
            self.work_on(workspace, message_id, "start")
        for body in sweep.cancel_bodies(workspace):
            found = self.remote.cancel(header, json.dumps(body).encode())
            same(f"the answer to {body}", found, api.cancel(workspace, body))
        for message_id in sorted(workspace.jobs):
            self.work_on(workspace, message_id, "finish")
        self.remote.compare(workspace)

    def teardown(self) -> None:
        """At the end everything is looked at, also what no step named; then all of it goes."""
        try:
            if sys.exc_info()[0] is None:  # else a step has failed already, and its failure is the one to show
                for workspace in self.workspaces:
                    self.sweep(workspace)
        finally:
            for workspace in self.workspaces:
                self.remote.control("DELETE", f"/{workspace.id}")
            self.remote.close()
