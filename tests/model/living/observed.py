"""A workspace that is looked at after every step: what has to hold holds then, whatever the step was."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant

from tests.model.living import invariants, town
from tests.model.living.ledger import Ledger
from tests.model.living.wire import KEY, Lost, View, Wire, view

if TYPE_CHECKING:
    from tests.model.living.receivers import Receivers
    from tests.model.model import Thing

WORKSPACE = "org_living"
_LIMITS = st.sampled_from([[1, 2, 2, 3], [2, 4, 0, 5], [3, 3, 20, 50]])
EVENTS = ["message.sent", "message.failed", "message.fallback", "message.opened", "message.reply"]
SOME = st.integers(0, 30)
"""One of the things that there are, counted round and round."""


class Observed(RuleBasedStateMachine):
    """One workspace on a running server.

    Attributes:
        wire: the way to it.
        before: what it was when it was last looked at.
        ledger: what has happened in it.
        by_hand: the message that the present step said was sent.
        deliveries: all that its webhooks were sent.
        has_run: whether the clock ran by itself in the present step.
    """

    before: View

    def __init__(self, url: str, receivers: Receivers) -> None:
        super().__init__()
        self.wire = Wire(url)
        self.receivers = receivers
        self.ledger = Ledger()
        self.by_hand: str | None = None
        self.deliveries: list[Thing] = []
        self.has_run = False
        receivers.forget()

    @initialize(
        start=st.sampled_from(town.STARTS),
        limits=_LIMITS,
        worker=st.sampled_from(["auto", "auto", "manual"]),
        fallback=st.booleans(),
        rows=st.lists(town.people(), min_size=2, max_size=5),
        where=st.integers(0, 2),
    )
    def begin(self, start: str, limits: list[int], worker: str, fallback: bool, rows: list[Thing], where: int) -> None:
        """A workspace with lines, campaigns, some leads, and a webhook that is told everything."""
        made = {"id": WORKSPACE, "apiKeys": [KEY], **town.world(start, limits, worker=worker, fallback=fallback)}
        self.wire.control("POST", "", made, status=201)
        self.before = view(self.wire, WORKSPACE)
        assert self.call("POST", "/leads", {"leads": rows})[0] in {200, 201}
        webhook = {"url": self.receivers.urls[where], "events": EVENTS, "name": "all"}
        assert self.call("POST", "/webhooks", webhook)[0] == 201

    def control(self, method: str, path: str, body: Any = None, status: int = 200) -> Any:
        """A call of the control plane about the workspace."""
        return self.wire.control(method, f"/{WORKSPACE}{path}", body, status)

    def call(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """A call of the simulated API; status 0 when the answer is lost."""
        try:
            return self.wire.api(method, path, body)
        except Lost:
            return 0, None

    def some(self, kind: str, number: int) -> str | None:
        """The id of one of the things of a kind; None when there is none."""
        found = self.before.ids(kind)
        return found[number % len(found)] if found else None

    @invariant()
    def agree(self) -> None:
        """All that has to hold."""
        if self.before.is_auto or self.control("GET", "")["worker"] == "auto":
            settled = self.control("POST", "/settle")
            invariants.what_waits_is_told(settled, self.control("GET", "/deliveries")["deliveries"])
        after = view(self.wire, WORKSPACE)
        self.ledger.follow(self.before, after, self.by_hand)
        self.check(after, self.told())
        self.before, self.by_hand, self.has_run = after, None, False

    def told(self) -> list[Thing]:
        """What webhooks were sent since the last look, once all of it was answered."""
        assert self.control("POST", "/deliveries/wait", {"timeout": "20s"})["delivered"]
        last = self.deliveries[-1]["id"] if self.deliveries else 0
        found: list[Thing] = self.control("GET", f"/deliveries?after={last}")["deliveries"]
        self.deliveries += found
        return found

    def check(self, after: View, told: list[Thing]) -> None:
        """All invariants."""
        before, ledger = self.before, self.ledger
        invariants.each_is_sent_once(before, after)
        invariants.each_that_waits_has_one_job(before, after)
        invariants.worker_is_not_behind(after)
        invariants.each_thing_has_its_own_moment(before, after, ledger, has_run=self.has_run)
        invariants.leads_share_no_address(after)
        invariants.lines_keep_their_limits(after, ledger)
        invariants.lines_count_what_they_send(after, ledger)
        invariants.times_are_kept(before, after, ledger)
        invariants.replies_stop_campaigns(after, ledger)
        invariants.webhooks_are_told(before, ledger, told)
