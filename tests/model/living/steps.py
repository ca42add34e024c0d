"""What people, code and workers do in the workspace; each step checks its own answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.model import notation
from tests.model.living import town
from tests.model.living.observed import EVENTS, SOME, Observed
from tests.model.model import WAITING

if TYPE_CHECKING:
    from tests.model.model import Thing

ADVANCES = ["1s", "30s", "1m", "20m", "7h", "1d", "1d", "2d", "1w", "1w", "5w"]
CHANGES: list[Thing] = [{"isActive": False}, {"isActive": True}, {"events": EVENTS}, {"events": EVENTS[:1]}]
STATUSES = {"sent", "pending", "scheduled", "failed", "fallback"}


def duration(text: str) -> str:
    """A duration as the control plane reads it."""
    return f"{int(text[:-1]) * 7}d" if text.endswith("w") else text


class Steps(Observed):
    """The steps, but for those with the workspace as a whole."""

    # leads

    @rule(rows=st.lists(town.people(), min_size=1, max_size=3))
    def import_leads(self, rows: list[Thing]) -> None:
        status, body = self.call("POST", "/leads", {"leads": rows})
        assert status in {200, 201}, body

    @rule(numbers=st.lists(SOME, min_size=1, max_size=2))
    def delete_leads(self, numbers: list[int]) -> None:
        ids = {each for number in numbers if (each := self.some("leads", number))}
        if ids:
            assert self.call("DELETE", "/leads", {"ids": sorted(ids)}) == (200, {"deletedCount": len(ids)})
            state = self.control("GET", "/state")
            for kind in ("messages", "replies"):
                assert [each for each in state[kind] if each["leadId"] in ids] == []

    @rule(numbers=st.lists(SOME, min_size=1, max_size=3), address=town.phones)
    def check_availability(self, numbers: list[int], address: str) -> None:
        ids = [each for number in numbers if (each := self.some("leads", number))]
        status, body = self.call("POST", "/check-availability", {"addresses": [address]})
        assert status in {200, 429}, body
        if ids:
            status, body = self.call("POST", "/leads/check-availability", {"leadIds": ids})
            assert status in {200, 429}, body

    # messages

    def body_of(self, drawn: Thing) -> Thing:
        """A drawn message with the lead and the time that it means."""
        body = {name: each for name, each in drawn.items() if name not in {"to", "when"}}
        if drawn["when"]:
            body["scheduledDate"] = notation.moment(drawn["when"], notation.millis(self.before.now))
        if not self.before.state["fallbackConfigured"]:
            body.pop("sendFallbackSmsOnFailed", None)
        if "to" in drawn and (lead := self.some("leads", drawn["to"])):
            body["leadId"] = lead
        return body

    @rule(drawn=st.lists(town.sendings(), min_size=2, max_size=6))
    def send(self, drawn: list[Thing]) -> None:
        for each in drawn:
            body = self.body_of(each)
            status, shown = self.call("POST", "/messages", body)
            if status in {200, 201}:
                assert shown["status"] in STATUSES, shown
                assert (shown["status"] == "scheduled") or "scheduledDate" not in body, shown
            elif status == 404:  # the line that it names is out of use
                lines = {each["id"]: each.get("isActive", True) for each in self.control("GET", "/lines")["lines"]}
                assert (shown, lines[body["fromLineId"]]) == ({"error": "Line not found"}, False), shown
            else:
                assert status == 400, shown

    @rule(
        drawn=st.lists(town.sendings(), min_size=1, max_size=4),
        campaign=st.integers(0, 2),
        numbers=st.lists(SOME, min_size=1, max_size=3),
        ways=st.lists(st.sampled_from(ADVANCES), min_size=1, max_size=2),
    )
    def work_some_days(self, drawn: list[Thing], campaign: int, numbers: list[int], ways: list[str]) -> None:
        """Much to do, and time to do it."""
        self.send(drawn)
        for number in numbers:
            self.enrol(campaign, number, None)
        self.advance(ways)

    @rule(campaign=st.integers(0, 2), number=SOME, person=st.one_of(st.none(), town.people()))
    def enrol(self, campaign: int, number: int, person: Thing | None) -> None:
        chosen = town.CAMPAIGNS[campaign]
        lead = self.some("leads", number)
        body: Thing = {"lead": person} if person or lead is None else {"leadId": lead}
        status, shown = self.call("POST", f"/campaigns/{chosen['id']}/leads", body)
        if status == 201:
            assert shown["messageCount"] == len(chosen["steps"])
        else:
            assert status == (200 if "leadId" in body or shown.get("alreadyInCampaign") else 400), shown

    @rule(number=SOME, way=st.sampled_from(["leadId", "phone", "altPhone1", "email"]), again=st.booleans())
    def cancel(self, number: int, way: str, again: bool) -> None:
        """All that waits for a lead ends, and a second call finds nothing."""
        lead_id = self.some("leads", number)
        if lead_id is None:
            return
        lead = next(each for each in self.before.state["leads"] if each["id"] == lead_id)
        body: Thing = {"leadId": lead_id}
        if way in lead:
            body = {"recipientEmail" if way == "email" else "recipientPhone": lead[way]}
        waiting = [
            each["id"]
            for each in self.before.state["messages"]
            if each["leadId"] == lead_id and each["status"] in WAITING
        ]
        jobs = sum(self.before.jobs[each]["state"] != "active" for each in waiting)
        status, shown = self.call("POST", "/messages/cancel-for-lead", body)
        assert (status, sorted(shown["messageIds"])) == (200, sorted(waiting)), shown
        assert (shown["cancelledCount"], shown["jobsRemovedFromQueue"]) == (len(waiting), jobs), shown
        assert shown["jobsRemovedFromQueue"] <= shown["cancelledCount"]
        if again:
            shown = self.call("POST", "/messages/cancel-for-lead", body)[1]
            assert (shown["cancelledCount"], shown["jobsRemovedFromQueue"]) == (0, 0), shown

    # people

    @rule(number=SOME, text=st.sampled_from(["Stop", "Yes"]), by_address=st.booleans())
    def reply(self, number: int, text: str, by_address: bool) -> None:
        """A lead answers what it got last, and the line and the campaign of that are those of the reply."""
        lead_id = self.some("leads", number)
        if lead_id is None:
            return
        lead = next(each for each in self.before.state["leads"] if each["id"] == lead_id)
        address = {"recipientPhone": lead["phone"]} if "phone" in lead else {}
        said = {"message": text, **(address if by_address and address else {"leadId": lead_id})}
        shown = self.control("POST", "/replies", said, status=201)
        got = [
            (each["sentAt"], each["id"], each)
            for each in self.before.state["messages"]
            if each["leadId"] == lead_id and "sentAt" in each
        ]
        last: Thing = max(got, key=lambda each: each[:2])[2] if got else {}
        assert (shown["leadId"], shown.get("lineId"), shown.get("campaignId")) == (
            lead_id,
            last.get("fromLineId"),
            last.get("campaignId"),
        ), shown

    @rule(number=SOME)
    def open_message(self, number: int) -> None:
        message_id = self.some("messages", number)
        if message_id is not None:
            expected = 200 if "sentAt" in self.before.messages[message_id] else 409
            path = f"/messages/{message_id}/open"
            self.control("POST", path, status=expected)
            self.control("POST", path, status=expected)  # which tells nobody anything

    # the worker

    @rule(most=st.sampled_from([None, 1, 2]))
    def run_queue(self, most: int | None) -> None:
        self.control("POST", "/queue/run", {} if most is None else {"max": most})

    @rule()
    def settle(self) -> None:
        self.control("POST", "/settle")
        assert self.control("POST", "/settle")["happened"] == []

    @rule(number=SOME, verb=st.sampled_from(["start", "start", "finish", "fail"]))
    def work_by_hand(self, number: int, verb: str) -> None:
        """Take a job, or be done with one that is held."""
        held = verb != "start"
        jobs = sorted(each for each, job in self.before.jobs.items() if (job["state"] == "active") == held)
        if jobs:
            message_id = jobs[number % len(jobs)]
            self.control("POST", f"/queue/{message_id}/{verb}")
            if verb == "finish":
                self.by_hand = message_id

    @rule(ways=st.lists(st.sampled_from(ADVANCES), min_size=1, max_size=2))
    def advance(self, ways: list[str]) -> None:
        for each in ways:
            self.control("POST", "/clock", {"advance": duration(each)})

    @rule(worker=st.sampled_from(["auto", "manual"]))
    def change_worker(self, worker: str) -> None:
        self.control("PATCH", "", {"worker": worker})

    # webhooks

    @precondition(lambda self: len(self.before.state["webhooks"]) < 3)
    @rule(where=st.integers(0, 2), events=st.lists(st.sampled_from(EVENTS), min_size=1, unique=True))
    def add_webhook(self, where: int, events: list[str]) -> None:
        body = {"url": self.receivers.urls[where], "events": events, "name": "w"}
        assert self.call("POST", "/webhooks", body)[0] == 201

    @rule(
        number=SOME,
        change=st.sampled_from([*CHANGES, None]),
        drawn=st.lists(town.sendings(), min_size=1, max_size=3),
    )
    def change_webhook(self, number: int, change: Thing | None, drawn: list[Thing]) -> None:
        """Change one, or remove it; from then on it is told what it then wants."""
        webhook_id = self.some("webhooks", number)
        if webhook_id is not None:
            method = "DELETE" if change is None else "PATCH"
            assert self.call(method, f"/webhooks/{webhook_id}", change)[0] == 200
            self.agree()
            self.send(drawn)
