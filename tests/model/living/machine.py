"""The machine: the steps with single things, those with the whole workspace, and the end of all."""

from __future__ import annotations

import sys
from collections import Counter
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st
from hypothesis.stateful import rule

from tests.model.living import town
from tests.model.living.observed import SOME, WORKSPACE
from tests.model.living.steps import ADVANCES, duration
from tests.model.living.surroundings import Surroundings
from tests.model.living.totals import check_totals
from tests.model.living.wire import KEY, View, essence, view
from tests.model.model import WAITING
from tests.model.remote import same

if TYPE_CHECKING:
    from tests.model.living.ledger import Ledger
    from tests.model.model import Thing

TWIN, TWIN_KEY = "org_twin", "tuco_sk_twin"
EFFECTS: list[Thing] = [{"status": 503}, {"status": 500}, *({"drop": each} for each in ("reset", "empty"))]


class Machine(Surroundings):
    """A workspace that lives.

    Attributes:
        snapshots: what it was when each was taken, and its history until then.
        elsewhere: what the webhooks of its twins were sent.
    """

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.snapshots: dict[str, tuple[View, Ledger]] = {}
        self.elsewhere: list[Thing] = []

    @rule()
    def look_at_totals(self) -> None:
        check_totals(self.wire, self.before, WORKSPACE)

    @rule(effect=st.sampled_from(EFFECTS), drawn=town.sendings())
    def fail_before(self, effect: Thing, drawn: Thing) -> None:
        """Nothing is done then."""
        self.control("PATCH", "/faults", {"effect": effect, "phase": "before", "times": 1})
        assert self.call("POST", "/messages", self.body_of(drawn))[0] in {0, 500, 503}
        same("the workspace", essence(view(self.wire, WORKSPACE)), essence(self.before))

    @rule(effect=st.sampled_from(EFFECTS), number=SOME)
    def fail_after(self, effect: Thing, number: int) -> None:
        """All is done, and the answer is lost: a second call finds nothing to do."""
        lead_id = self.some("leads", number)
        if lead_id is not None:
            self.control("PATCH", "/faults", {"effect": effect, "phase": "after", "times": 1})
            assert self.call("POST", "/messages/cancel-for-lead", {"leadId": lead_id})[0] in {0, 500, 503}
            messages = self.control("GET", f"/messages?leadId={lead_id}")["messages"]
            assert [each for each in messages if each["status"] in WAITING] == []
            again = self.call("POST", "/messages/cancel-for-lead", {"leadId": lead_id})[1]
            assert again["cancelledCount"] == again["jobsRemovedFromQueue"] == 0

    @rule(name=st.sampled_from(["a", "b"]))
    def take_snapshot(self, name: str) -> None:
        self.control("POST", "/snapshots", {"name": name}, status=201)
        self.snapshots[name] = (self.before, self.ledger.copy())

    @rule(name=st.sampled_from(["a", "b"]))
    def restore_snapshot(self, name: str) -> None:
        """All is as it was, and goes on from there."""
        if name in self.snapshots:
            self.control("POST", f"/snapshots/{name}/restore")
            was, ledger = self.snapshots[name]
            found = view(self.wire, WORKSPACE)
            same("the workspace restored", essence(found), essence(was))
            self.before, self.ledger = found, ledger.copy()

    @rule(drawn=st.lists(town.sendings(), min_size=1, max_size=4), way=st.sampled_from(ADVANCES))
    def go_there_and_back(self, drawn: list[Thing], way: str) -> None:
        """What happened after a snapshot has not happened, once that is restored."""
        self.take_snapshot("c")
        self.send(drawn)
        self.agree()
        self.advance([way])
        self.agree()
        self.restore_snapshot("c")

    @rule()
    def out_and_in(self) -> None:
        """An export that is imported in its own place changes nothing."""
        self.control("PUT", "/state", self.control("GET", "/state"))
        same("the workspace", essence(view(self.wire, WORKSPACE)), essence(self.before))

    @rule(
        ways=st.lists(st.sampled_from(ADVANCES), min_size=1, max_size=2),
        drawn=st.lists(town.sendings(), min_size=1, max_size=6),
    )
    def compare_with_a_twin(self, ways: list[str], drawn: list[Thing]) -> None:
        """A workspace made of an export is the same, and stays the same when the same is done to both."""
        words = {name: each for name, each in self.before.state.items() if name not in {"id", "apiKeys"}}
        self.wire.control("POST", "", {"id": TWIN, "apiKeys": [TWIN_KEY], "state": words}, status=201)
        same("the twin", essence(view(self.wire, TWIN)), essence(self.before))
        self.clear_lab()  # the twin has none
        known = len(self.deliveries)
        for message in map(self.body_of, drawn):
            mine, its = (self.wire.api("POST", "/messages", message, key) for key in (KEY, TWIN_KEY))
            assert mine[0] == its[0], (mine, its)
        for way in ways:
            self.agree()
            for workspace in (WORKSPACE, TWIN):
                self.wire.control("POST", f"/{workspace}/clock", {"advance": duration(way)})
                self.wire.control("POST", f"/{workspace}/settle")
        self.agree()
        same("the twin, later", essence(view(self.wire, TWIN)), essence(self.before))
        theirs = self.wire.control("GET", f"/{TWIN}/deliveries")["deliveries"]
        assert what(theirs) == what(self.deliveries[known:])
        self.elsewhere += theirs
        self.wire.control("DELETE", f"/{TWIN}")

    def end(self) -> None:
        """Everything that waits is cancelled, whatever holds its job; then time goes on, and nothing more is sent."""
        check_totals(self.wire, self.before, WORKSPACE)
        self.clear_lab()
        for lead in self.before.ids("leads"):
            assert self.call("POST", "/messages/cancel-for-lead", {"leadId": lead})[0] == 200
        self.agree()
        self.change_worker("auto")
        self.advance(["5w", "5w"])
        self.agree()
        for message_id, job in self.before.jobs.items():
            if job["state"] == "active":
                self.control("POST", f"/queue/{message_id}/finish")
        sent = {each for each, message in self.before.messages.items() if message["status"] == "cancelled"}
        self.agree()
        assert {each for each, message in self.before.messages.items() if message["status"] == "cancelled"} >= sent
        check_totals(self.wire, self.before, WORKSPACE)
        found = self.control("GET", "/deliveries")["deliveries"]
        assert [each["id"] for each in found] == [each["id"] for each in self.deliveries]
        self.receivers.check([*found, *self.elsewhere])

    def teardown(self) -> None:
        """Look at the end, unless a step has failed; then all of it goes."""
        try:
            if sys.exc_info()[0] is None and hasattr(self, "before"):
                self.end()
        finally:
            for workspace in (WORKSPACE, TWIN):
                self.wire.drop(workspace)
            self.wire.close()


def what(deliveries: list[Thing]) -> Counter[tuple[str, str, str, str]]:
    """What was told to whom, and when."""
    return Counter((each["webhookId"], each["event"], each["messageId"], each["timestamp"]) for each in deliveries)
