"""What all steps of the machine share: both sides, looking up what was drawn, and comparing after each step."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant

from tests.model import api, contents, notation
from tests.model import strategies as s
from tests.model.model import EMAILS, PHONES, Thing, Workspace
from tests.model.remote import Remote, same

WHERE = st.integers(0, 2)
"""Which workspace, counted round and round."""


class Base(RuleBasedStateMachine):
    """Workspaces on a running server, and the same in the model.

    Attributes:
        remote: the server.
        workspaces: those of the model.
        touched: ids of those that the present step may have changed.
    """

    def __init__(self, url: str) -> None:
        super().__init__()
        self.remote = Remote(url)
        self.workspaces: list[Workspace] = []
        self.touched: set[str] = set()

    def at(self, where: int) -> Workspace:
        workspace = self.workspaces[where % len(self.workspaces)]
        self.touched.add(workspace.id)
        return workspace

    def keys_of_others(self, workspace: Workspace | None) -> set[str]:
        """The API keys that another workspace has."""
        return {key for each in self.workspaces if each is not workspace for key in each.settings["apiKeys"]}

    def pick(self, workspace: Workspace, value: Any) -> Any:
        """A drawn value, with all that it picks looked up."""
        if isinstance(value, dict):
            return {name: self.pick(workspace, each) for name, each in value.items()}
        if isinstance(value, list):
            return [self.pick(workspace, each) for each in value]
        if not isinstance(value, s.Pick):
            return value
        things = workspace.things[value.kind]
        return picked(value, things[value.index % len(things)] if things else {})

    def caller(self, workspace: Workspace, authorization: str | None) -> tuple[str | None, Workspace | None]:
        """The header that is sent, and whose key it holds (A1, A2)."""
        if authorization is None:
            return None, None
        key = (workspace.settings["apiKeys"] or ["tuco_sk_nobody"])[-1]
        right = authorization.lower().replace(" ", "") == "bearer{}" and " " in authorization
        return authorization.format(key), api.by_key(self.workspaces, key) if right else None

    def put(self, workspace: Workspace, state: Thing) -> None:
        """Put a state in place of another; what is refused changes nothing."""
        taken = self.keys_of_others(workspace) & set(state.get("apiKeys", []))
        expected = 200
        if not contents.loadable(workspace, state):
            expected = 422
        elif taken or state.get("id", workspace.id) != workspace.id:
            expected = 409
        status, shown = self.remote.control("PUT", f"/{workspace.id}/state", state)
        same("the status", (status, shown), (expected, shown))
        if status == 200:
            loaded = contents.load(workspace, state)
            same("the workspace", shown, contents.summary(loaded))
            self.replace(workspace, loaded)

    def replace(self, old: Workspace, new: Workspace) -> None:
        self.workspaces[self.workspaces.index(old)] = new

    @invariant()
    def agree(self) -> None:
        """After each step, all that was touched is as in the model."""
        for workspace in self.workspaces:
            if workspace.id in self.touched:
                self.remote.compare(workspace)
        self.touched.clear()


def picked(value: s.Pick, thing: Thing) -> str:
    """What is picked of a thing, in the form that is wanted; something strange when it has no such thing."""
    if value.field == "receivedAt":
        at = notation.millis(thing["receivedAt"]) if thing else s.BASE
        return notation.written(at * 1000 + value.shift, value.form)
    found: str | None = thing.get(value.field)
    if value.field == "phone":  # the last of its numbers, so that alternates are looked for as often
        found = next((thing[name] for name in PHONES[::-1] if name in thing), None)
    elif value.field == "email":
        found = next((thing[name] for name in EMAILS[::-1] if name in thing), None)
    if found is None:
        strange = {"Phone": "+14155559999", "Email": "nobody@example.com"}
        found = strange.get(value.field[-5:].title(), s.UNKNOWN)
    forms = {"upper": str.upper, "national": notation.national, "space": notation.with_space, "bare": notation.bare}
    return forms.get(value.form, str)(found)
