"""A workspace of the model as a whole: loaded from a fixture's words, and written out in them."""

from __future__ import annotations

import copy
from fractions import Fraction
from typing import Any

from tests.model import notation
from tests.model.limiter import Bucket
from tests.model.model import JOBS, KINDS, Refused, Thing, Workspace, named

DEFAULTS: Thing = {
    "name": "",
    "apiKeys": [],
    "seed": "",
    "active": True,
    "readOnly": False,
    "defaultCountryCode": "+1",
    "imessage": True,
    "rateLimits": {},
    "fallbackConfigured": False,
}
LIMIT = 120
OTHER_LIMITS = {"messages": 60, "campaignLeads": 200, "availability": 200}
"""Those of the groups that the model does not call."""


def limit(workspace: Workspace) -> int | None:
    """Calls a minute that the workspace may ask for replies; None for no limit (R20)."""
    found: int | None = workspace.settings["rateLimits"].get("replies", LIMIT)
    return found


def load(workspace: Workspace, state: Thing) -> Workspace:
    """The workspace with another state in place of all its contents; what the state doesn't set stays as it is.

    Raises:
        Refused: the state makes no sense.
    """
    settings = {name: copy.deepcopy(state[name]) for name in DEFAULTS if name in state}
    now = notation.millis(state["clock"]) if "clock" in state else workspace.now
    loaded = Workspace({**workspace.settings, **settings}, now)
    loaded.start = workspace.start
    level = state.get("rateLimitBuckets", {}).get("replies")
    if level:
        units = round(level["tokens"] * 60_000)
        loaded.bucket = Bucket(Fraction(units, 60_000), notation.millis(level["at"]))
    for kind in KINDS:
        loaded.add(kind, state.get(kind, []))
    loaded.old_agenda = copy.deepcopy(state.get("agenda", []))
    return loaded


def loadable(workspace: Workspace, state: Thing) -> bool:
    """Whether `load` takes the state."""
    try:
        load(workspace, {**state, **{kind: named(state[kind]) for kind in KINDS if kind in state}})
    except Refused:
        return False
    return True


def words(workspace: Workspace, kind: str, thing: Thing) -> Thing:
    """A thing as a fixture writes it."""
    shown = {name: value for name, value in thing.items() if not name.startswith("_")}
    if kind == "messages":
        job = workspace.jobs.get(thing["id"], "none")
        if job != JOBS.get(thing["status"], "none"):
            shown["job"] = job
    return shown


def state(workspace: Workspace) -> Thing:
    """Everything, as a fixture writes it, but for the running number."""
    bucket = workspace.bucket
    level = {} if bucket is None else {"replies": {"tokens": float(bucket.tokens), "at": notation.iso(bucket.at)}}
    return {
        **workspace.settings,
        "clock": notation.iso(workspace.now),
        "rateLimitBuckets": level,
        **{kind: [words(workspace, kind, thing) for thing in workspace.things[kind]] for kind in KINDS},
        "worker": None,
        **({"agenda": acts} if (acts := agenda(workspace)) else {}),
        "lists": [],
        "webhooks": [],
        "addresses": [],
    }


def agenda(workspace: Workspace) -> list[Thing]:
    """What is still to happen, what is due first first; at one moment what was loaded, then by the messages' order."""
    order = {message["id"]: place for place, message in enumerate(workspace.things["messages"])}
    new = sorted(workspace.agenda, key=lambda act: order[act["messageId"]])
    return sorted([*workspace.old_agenda, *new], key=lambda act: str(act["due"]))


def summary(workspace: Workspace) -> Thing:
    """Settings, clock and counts, as the control plane shows a workspace."""
    return {
        **workspace.settings,
        "rateLimits": {**OTHER_LIMITS, "replies": limit(workspace)},
        "worker": "manual",
        "clock": {"now": notation.iso(workspace.now), "mode": "frozen"},
        "counts": {**{kind: len(workspace.things[kind]) for kind in KINDS}, "lists": 0, "webhooks": 0},
    }


def queue(workspace: Workspace) -> list[dict[str, Any]]:
    """The jobs as the control plane shows them, by message id."""
    shown = []
    for message in workspace.things["messages"]:
        job = workspace.jobs.get(message["id"])
        if job is not None:
            due = message["scheduledDate"] if job == "delayed" else None
            shown.append({"messageId": message["id"], "state": job, "dueAt": due})
    return sorted(shown, key=lambda each: str(each["messageId"]))
