"""Steps with whole workspaces: make, change, read out, load, reset, drop."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from tests.model import api, contents, notation
from tests.model import strategies as s
from tests.model.base import WHERE, Base
from tests.model.model import KINDS, PHONES, Thing, Workspace
from tests.model.remote import adopt_ids_of_state, same

if TYPE_CHECKING:
    from collections.abc import Sequence

LIMITS = st.sampled_from([{}, {}, {"replies": None}, {"replies": None}, {"replies": 2}, {"replies": 7}])
CHANGES: Sequence[Thing] = [
    {"active": False},
    {"name": "Ours", "seed": "s", "readOnly": True},
    {"apiKeys": []},
    *({"imessage": has} for has in (True, False)),
    *({"defaultCountryCode": code} for code in [*s.COUNTRY_CODES, "+999"]),
    *({"rateLimits": {"replies": limit}} for limit in (None, 1, 3, 7, 120, 0)),
    *({"apiKeys": [key]} for key in s.KEYS),
    {"apiKeys": s.KEYS[1:4], "active": False},
    {"rotateApiKeys": True},
    {"rotateApiKeys": True, "apiKeys": ["x"]},
    {"nonsense": 1},
    {},
]
REFUSED_CHANGES = {"nonsense": 400, "+999": 422, "'replies': 0": 422}


class WholeWorkspaces(Base):
    """The steps."""

    @initialize(town=s.towns(), rate_limits=LIMITS, other=st.booleans())
    def begin(self, town: Thing, rate_limits: Thing, other: bool) -> None:
        """One workspace, or two with the same ids in them."""
        self.make(which=0, code="+1", town=town, rate_limits=rate_limits, keys=[0], has_id=True)
        if other:
            self.make(which=1, code="+44", town=town, rate_limits=rate_limits, keys=[1], has_id=True)

    @precondition(lambda self: len(self.workspaces) < 3)
    @rule(
        which=st.integers(0, 3),
        code=st.sampled_from(s.COUNTRY_CODES),
        town=st.one_of(st.none(), s.towns(), s.towns()),
        rate_limits=LIMITS,
        keys=st.lists(st.integers(0, 4), min_size=1, max_size=2, unique=True),
        has_id=st.booleans(),
    )
    def make(
        self, *, which: int, code: str, town: Thing | None, rate_limits: Thing, keys: list[int], has_id: bool
    ) -> None:
        """Make a workspace; an id or key that is taken is refused."""
        settings = {"apiKeys": [s.KEYS[n] for n in keys], "defaultCountryCode": code, "rateLimits": rate_limits}
        settings |= {"id": s.WORKSPACES[which]} if has_id else {}
        clock = {"clock": notation.iso(s.BASE)}
        taken = self.keys_of_others(None) & set(settings["apiKeys"])
        taken |= {each.id for each in self.workspaces} & {settings.get("id")}
        made = Workspace({**contents.DEFAULTS, **settings}, s.BASE)
        expected = 422 if not contents.loadable(made, town or {}) else 409 if taken else 201
        status, shown = self.remote.control("POST", "", {**settings, **clock, **({"state": town} if town else {})})
        same("the status", (status, shown), (expected, shown))
        if status == 201:
            made.settings["id"] = settings.get("id", shown["id"])
            town = adopt_ids_of_state(town or {}, self.remote.state(made))
            made = contents.load(made, town)
            made.start = {**made.settings, **clock, **town}
            same("the workspace made", shown, contents.summary(made))
            self.workspaces.append(made)

    @precondition(lambda self: len(self.workspaces) > 1)
    @rule(where=WHERE)
    def drop(self, where: int) -> None:
        workspace = self.at(where)
        same("the answer", self.remote.control("DELETE", f"/{workspace.id}"), (200, {"dropped": workspace.id}))
        self.workspaces.remove(workspace)
        same("the status of what is gone", self.remote.control("GET", f"/{workspace.id}/state")[0], 404)
        for key in workspace.settings["apiKeys"]:
            same("a call with its key", self.remote.cancel(f"Bearer {key}", b"{}"), api.refusal(401, "Unauthorized"))

    @rule(where=WHERE, change=st.sampled_from(CHANGES))
    def patch(self, where: int, change: Thing) -> None:
        """Change settings; what is refused changes nothing."""
        workspace = self.at(where)
        before = workspace.settings["apiKeys"]
        refusals = [status for text, status in REFUSED_CHANGES.items() if text in repr(change)]
        expected = 409 if self.keys_of_others(workspace) & set(change.get("apiKeys", [])) else 200
        if {"rotateApiKeys", "apiKeys"} <= change.keys():
            expected = 400
        expected = refusals[0] if refusals else expected
        status, shown = self.remote.control("PATCH", f"/{workspace.id}", change)
        same("the status", (status, shown), (expected, shown))
        if status != 200:
            return
        workspace.settings.update({name: value for name, value in change.items() if name != "rotateApiKeys"})
        if "rotateApiKeys" in change:
            workspace.settings["apiKeys"] = shown["apiKeys"]
            assert len(shown["apiKeys"]) == 1
            assert shown["apiKeys"][0] not in before
        if "rateLimits" in change:
            workspace.bucket = None
        same("the workspace", shown, contents.summary(workspace))
        for key in set(before) - set(workspace.settings["apiKeys"]):
            same("a revoked key", self.remote.replies(f"Bearer {key}", ""), api.refusal(401, "Unauthorized"))

    @rule(
        where=WHERE,
        to=WHERE,
        way=st.sampled_from(["again", "another", "fresh", "reset"]),
        without=st.sampled_from(
            [["id", "apiKeys"], ["id"], [], ["id", "apiKeys", "clock", "rateLimitBuckets", "messages", "agenda"]]
        ),
    )
    def load(self, where: int, to: int, way: str, without: list[str]) -> None:
        """Load a whole state, into one of four places."""
        if way == "again":
            self.out_and_in(self.at(where))
        elif way == "another":
            self.copy_to_another(self.at(where), self.at(to), without)
        elif way == "reset":
            self.reset(self.at(where))
        elif len(self.workspaces) < 3:
            self.copy_to_a_fresh_one(self.at(where), to + 1)

    def out_and_in(self, workspace: Workspace) -> None:
        """A state read out and loaded again into the same workspace is the same."""
        _, state = self.remote.control("GET", f"/{workspace.id}/state")
        before = copy.deepcopy(state)
        self.put(workspace, state)
        if not has_unread_phones(workspace):
            same("the state", self.remote.control("GET", f"/{workspace.id}/state")[1], before)

    def copy_to_another(self, source: Workspace, target: Workspace, without: list[str]) -> None:
        """The same state in another workspace; its id, or a key that is taken, is refused."""
        _, state = self.remote.control("GET", f"/{source.id}/state")
        self.put(target, {name: value for name, value in state.items() if name not in without})

    def copy_to_a_fresh_one(self, source: Workspace, which: int) -> None:
        """A new workspace with the state of another is the same but for id and keys."""
        settings = {"id": s.WORKSPACES[which], "apiKeys": [s.KEYS[which]]}
        taken = self.keys_of_others(None) | {each.id for each in self.workspaces}
        _, state = self.remote.control("GET", f"/{source.id}/state")
        words = {name: value for name, value in state.items() if name not in settings}
        fresh = Workspace({**contents.DEFAULTS, **settings}, s.BASE)
        expected = 409 if taken & {settings["id"], s.KEYS[which]} else 201
        expected = expected if contents.loadable(fresh, words) else 422
        status, shown = self.remote.control("POST", "", {**settings, "state": state})
        same("the status", (status, shown), (expected, shown))
        if status == 201:
            loaded = contents.load(fresh, words)
            loaded.start = {**words, **settings}
            same("the workspace", shown, contents.summary(loaded))
            self.workspaces.append(loaded)
            self.touched.add(loaded.id)

    def reset(self, workspace: Workspace) -> None:
        """Back to what it was made with; refused when its first keys are somebody else's by now."""
        expected = 409 if self.keys_of_others(workspace) & set(workspace.start["apiKeys"]) else 200
        status, shown = self.remote.control("POST", f"/{workspace.id}/reset")
        same("the status", (status, shown), (expected, shown))
        if status == 200:
            again = contents.load(workspace, workspace.start)
            same("the workspace", shown, contents.summary(again))
            self.replace(workspace, again)


def has_unread_phones(workspace: Workspace) -> bool:
    """Whether a number could not be read when it was put there: under another country code it may be, when loaded."""
    names = (*PHONES, "recipientPhone")
    texts = [thing.get(name) for kind in KINDS for thing in workspace.things[kind] for name in names]
    return any(text and not text.startswith("+") for text in texts)
