"""Workspaces straight on a store, for the tests of snapshots: what may happen to one, and all that is kept of it."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any, cast

from tuco_mock.actions import export, load, reset, work
from tuco_mock.actions.add_leads import Imported, add_leads
from tuco_mock.actions.cancel import Cancelled, cancel_for_lead
from tuco_mock.actions.remove_leads import Removed, remove_leads
from tuco_mock.domain.addresses import phone_key
from tuco_mock.domain.errors import Conflict, InvalidInput, NotFound
from tuco_mock.domain.fixture.build import Items
from tuco_mock.domain.fixture.check import check_items, check_workspace
from tuco_mock.state.indexes import IN_WORKSPACE

if TYPE_CHECKING:
    from redis import Redis

    from tuco_mock.domain.workspaces import Workspace
    from tuco_mock.state.store import Store

Json = dict[str, Any]

PHONES = [f"+1415555010{digit}" for digit in range(5)]
IDS = [f"69b2c41d352a78479d2c62{number:02x}" for number in range(5)]
REFUSALS = (InvalidInput, Conflict, NotFound)
FAULTS = ("tuco:faults:{}", "tuco:faults:{}:counts", "tuco:faults:{}:spent")


class Place:
    """A workspace of a store, with what tests do to it.

    Attributes:
        store: the store.
        id: the workspace's id.
    """

    def __init__(self, store: Store, identifier: str, **state: Any) -> None:
        self.store = store
        self.id = identifier
        spec = check_workspace({"id": identifier, "apiKeys": ["key-of-" + identifier], **state})
        load.make_workspace(store, spec, identifier)

    @property
    def redis(self) -> Redis:
        """The queue engine."""
        return self.store.engines.redis

    @property
    def settings(self) -> Workspace:
        """The workspace's settings as they are."""
        return self.store.workspaces.get(self.id)

    def add(self, kind: str, *things: Json) -> list[str]:
        """Put things there; their ids."""
        items = Items(**{kind: check_items(kind, list(things), kind)})
        return [each["id"] for each in getattr(load.add(self.store, self.settings, items), kind)]

    def cancel(self, phone: str) -> Cancelled:
        """Cancel everything for a phone, as the API does."""
        key = phone_key(phone)
        return cancel_for_lead(self.store, self.settings, None, [] if key is None else [key])

    def import_leads(self, *rows: Json, list_id: str | None = None) -> Imported:
        """Import leads, as the API does."""
        return add_leads(self.store, self.settings, check_items("leads", list(rows), "leads"), list_id)

    def remove_leads(self, *lead_ids: str) -> Removed:
        """Remove leads, as the API does."""
        return remove_leads(self.store, self.settings, lead_ids)

    def start(self, message: str) -> None:
        """Let a worker take a job."""
        work.start_job(self.store, self.settings, message)

    def finish(self, message: str) -> None:
        """Let a worker be done with a job."""
        work.finish_job(self.store, self.settings, message)

    def put_state(self, state: Json) -> None:
        """Put another state in its place."""
        load.replace_state(self.store, self.settings, check_workspace(state), given=frozenset(state))

    def reset(self) -> None:
        """Back to what it was made with."""
        reset.reset_workspace(self.store, self.settings)

    def drop(self) -> None:
        """Remove it."""
        reset.drop_workspace(self.store, self.settings.id)

    def ids(self, kind: str) -> list[str]:
        """The ids of the things of a kind, in order of creation."""
        return [each["id"] for each in self.store.all(kind, self.id)]

    def seen(self) -> Json:
        """What the control plane shows of it: the exported state and the queue."""
        return {"state": export.state_of(self.store, self.settings), "queue": self.store.queue.jobs(self.id)}

    def kept(self) -> Json:
        """All that both engines keep of it, in their own words, but the snapshots themselves."""
        documents = self.store.engines.documents
        found: Json = {
            kind: {each["_id"]: each for each in documents[kind].find({"workspaceId": self.id})}
            for kind in IN_WORKSPACE
        }
        found["settings"] = documents["workspaces"].find_one({"_id": self.id})
        bull = f"bull:messages-{self.id}:"
        for key in sorted(cast("list[str]", self.redis.keys(bull + "*"))):
            name = key.removeprefix(bull)
            if name in {"prioritized", "delayed"}:
                found[name] = self.redis.zrange(key, 0, -1, withscores=True)
            else:
                found[name] = self.redis.lrange(key, 0, -1) if name == "active" else self.redis.hgetall(key)
        for key in (f"tuco:workspace:{self.id}", *(each.format(self.id) for each in FAULTS)):
            found[key] = self.redis.hgetall(key)
        return copy.deepcopy(found)
