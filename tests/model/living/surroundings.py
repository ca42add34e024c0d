"""What changes around those who send: the lines, the webhook lab, and a clock that runs by itself."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.model import notation
from tests.model.living import town
from tests.model.living.invariants import what_was_told_of_the_removed_is_dropped
from tests.model.living.observed import EVENTS, SOME
from tests.model.living.steps import Steps

if TYPE_CHECKING:
    from tests.model.model import Thing

RULES: list[Thing] = [
    {"effect": "lose"},
    {"effect": "duplicate"},
    {"effect": "delay", "delay": "40s"},
    {"effect": "delay", "delay": "3d"},
    {"effect": "reorder"},
    {"effect": "missign"},
    {"effect": "rotatedSecret"},
]
SOON = 10.0
"""Seconds in which a clock that runs gets to what is due in a few milliseconds; a hang meets it, nothing else."""


class Surroundings(Steps):
    """The steps with lines, lab and clock."""

    # lines

    @precondition(lambda self: len(self.before.state["lines"]) < 6)
    @rule(limits=st.sampled_from([(1, 2), (3, 50), (0, 4)]), drawn=st.lists(town.sendings(), min_size=1, max_size=4))
    def add_line(self, limits: tuple[int, int], drawn: list[Thing]) -> None:
        """One more line takes its turns."""
        number = len(self.before.state["lines"])
        words = {"dailyNewConversationsLimit": limits[0], "dailyTotalMessagesLimit": limits[1]}
        self.control("POST", "/lines", {"phone": f"+164622301{number:02}", **words}, status=201)
        self.agree()
        self.send(drawn)

    @rule(number=SOME, drawn=st.lists(town.sendings(), min_size=1, max_size=4), way=st.sampled_from(["1m", "1d"]))
    def switch_line(self, number: int, drawn: list[Thing], way: str) -> None:
        """A line goes out of use, or comes back; what waits for it is sent by another one, or fails."""
        state = self.control("GET", "/state")
        line = state["lines"][number % len(state["lines"])]
        line["isActive"] = not line.get("isActive", True)
        self.control("PUT", "/state", state)
        self.agree()
        self.send(drawn)
        self.agree()
        self.advance([way])

    # the webhook lab

    @rule(
        drawn=st.lists(st.sampled_from(RULES), min_size=1, max_size=2),
        times=st.sampled_from([1, 1, 2, 3]),
        event=st.sampled_from([None, None, *EVENTS]),
        sent=st.lists(town.sendings(), min_size=1, max_size=4),
    )
    def disturb_webhooks(self, drawn: list[Thing], times: int, event: str | None, sent: list[Thing]) -> None:
        """Things go wrong with deliveries, and with nothing else."""
        match = {} if event is None else {"event": event}
        rules = [
            {**each, "id": f"{each['effect']}-{place}", "times": times, "match": match}
            for place, each in enumerate(drawn)
        ]
        self.control("PATCH", "/webhook-lab", rules)
        self.send(sent)

    @rule()
    def clear_lab(self) -> None:
        """What is held back goes, and nothing is any more; what is delayed comes in its time."""
        self.control("DELETE", "/webhook-lab")
        assert self.control("POST", "/deliveries/wait", {"timeout": "20s"})["delivered"]
        assert self.control("GET", "/deliveries?state=held")["deliveries"] == []

    @rule(number=SOME, sent=st.lists(town.sendings(), min_size=1, max_size=3))
    def remove_webhook_that_is_kept_waiting(self, number: int, sent: list[Thing]) -> None:
        """What waits for it goes with it."""
        webhook_id = self.some("webhooks", number)
        if webhook_id is not None:
            self.control("PATCH", "/webhook-lab", {"id": "delay-here", "effect": "delay", "delay": "1d", "times": 2})
            self.send(sent)
            self.agree()
            assert self.call("DELETE", f"/webhooks/{webhook_id}")[0] == 200
            found = self.control("GET", f"/deliveries?webhook={webhook_id}")["deliveries"]
            what_was_told_of_the_removed_is_dropped({"webhooks": []}, found)

    # the clock

    @precondition(lambda self: self.before.is_auto)
    @rule(drawn=st.lists(town.sendings(), min_size=1, max_size=4))
    def send_while_the_clock_runs(self, drawn: list[Thing]) -> None:
        self.has_run = True
        self.control("POST", "/clock", {"resume": True})
        self.send(drawn)
        self.control("POST", "/clock", {"freeze": True})

    @precondition(lambda self: self.before.is_auto and self.before.state.get("agenda"))
    @rule(number=SOME)
    def let_the_clock_run(self, number: int) -> None:
        """What is due in some milliseconds happens by itself, and not before."""
        agenda = self.before.state["agenda"]
        act = agenda[number % len(agenda)]
        just_before = notation.iso(notation.millis(act["due"]) - 20)
        if just_before > self.before.now:
            self.control("POST", "/clock", {"freeze": just_before})
            self.agree()
        self.has_run = True
        self.control("POST", "/clock", {"resume": True})
        until = time.monotonic() + SOON
        while act in self.control("GET", "/state").get("agenda", []):
            assert time.monotonic() < until, act
        stopped = self.control("POST", "/clock", {"freeze": True})
        assert stopped["now"] >= act["due"]
