"""The workspaces' settings, found by id or by API key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pymongo.errors import DuplicateKeyError

from tuco_mock.domain.errors import Conflict, NotFound
from tuco_mock.domain.workspaces import FIRST, Workspace

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tuco_mock.state.engines import Document, Engines

_NO_KEY = "\N{EMPTY SET} "
"""What is kept in place of the keys of a workspace that has none, with its id behind it: a unique index takes an empty
list for a value like any other, of which there may be one. No header, being Latin-1, can hold it."""

_ORDER = "tuco:order"
"""The Redis key of how many workspaces were made so far."""


class Workspaces:
    """The settings documents of all workspaces."""

    def __init__(self, engines: Engines) -> None:
        self._collection = engines.documents["workspaces"]
        self._redis = engines.redis
        self._by_key = engines.ask("workspaces", ("apiKeys",), read=_workspace)

    def by_key(self, api_key: str) -> Workspace | None:
        """The workspace that an API key belongs to (A1)."""
        return self._by_key.first(api_key)

    def get(self, workspace: str) -> Workspace:
        """The workspace of an id; ``default`` means the first one.

        Raises:
            NotFound: there is none.
        """
        if workspace == FIRST:
            document = next(iter(self._collection.find({}).sort([("order", 1)]).limit(1)), None)
        else:
            document = self._collection.find_one({"_id": workspace})
        if document is None:
            raise NotFound("workspace", f"There is no workspace {workspace!r}; GET /_tuco/workspaces lists them.")
        return _workspace(document)

    def all(self) -> list[Workspace]:
        """All workspaces, the first one first."""
        return [_workspace(document) for document in self._collection.find({}).sort([("order", 1)])]

    def exist(self, workspace: str) -> bool:
        """Whether there is a workspace of that id."""
        return self._collection.find_one({"_id": workspace}, {"_id": 1}) is not None

    def count(self) -> int:
        """How many there are."""
        return self._collection.count_documents({})

    def owner_of(self, api_keys: Iterable[str]) -> dict[str, str]:
        """Which of the API keys are taken, and by which workspace."""
        found = self._collection.find({"apiKeys": {"$in": list(api_keys)}})
        wanted = set(api_keys)
        return {key: document["_id"] for document in found for key in document["apiKeys"] if key in wanted}

    def add(self, workspace: Workspace) -> None:
        """Keep a new workspace, behind those that exist.

        Raises:
            Conflict: its id or one of its keys is taken.
        """
        place = {"_id": workspace.id, "order": self._redis.incr(_ORDER), "hasFaults": False}
        try:
            self._collection.insert_one({**place, **_settings(workspace)})
        except DuplicateKeyError as error:
            raise Conflict(self._clash(workspace) or f"There is a workspace {workspace.id!r} already.") from error

    def replace(self, workspace: Workspace) -> None:
        """Put new settings in place of a workspace's old ones; its place in the order stays.

        Raises:
            Conflict: one of its keys is taken by another workspace.
        """
        try:
            self._collection.update_one({"_id": workspace.id}, {"$set": _settings(workspace)})
        except DuplicateKeyError as error:
            raise Conflict(self._clash(workspace) or "An API key belongs to another workspace.") from error

    def mark_faults(self, workspace: str, present: bool) -> None:
        """Note beside the settings whether there are faults, so that a call without any need not look for them."""
        self._collection.update_one({"_id": workspace}, {"$set": {"hasFaults": present}})

    def _clash(self, workspace: Workspace) -> str | None:
        """Which of the workspace's keys belongs to another one, in words."""
        owners = self.owner_of(workspace.api_keys).items()
        clashes = [f"{key!r} to {owner!r}" for key, owner in owners if owner != workspace.id]
        return f"API keys of workspace {workspace.id!r} belong to others: {', '.join(clashes)}." if clashes else None

    def drop(self, workspace: str) -> None:
        """Forget the settings."""
        self._collection.delete_one({"_id": workspace})


def _workspace(document: Document) -> Workspace:
    return Workspace(
        id=document["_id"],
        name=document["name"],
        api_keys=tuple([key for key in document["apiKeys"] if not key.startswith(_NO_KEY)]),
        seed=document["seed"],
        active=document["active"],
        read_only=document["readOnly"],
        country_code=document["countryCode"],
        imessage=document["imessage"],
        rate_limits=dict(document["rateLimits"]),
        has_faults=document["hasFaults"],
        worker=document["worker"],
        fallback_configured=document["fallbackConfigured"],
    )


def _settings(workspace: Workspace) -> dict[str, Any]:
    return {
        "name": workspace.name,
        "apiKeys": list(workspace.api_keys) or [_NO_KEY + workspace.id],
        "seed": workspace.seed,
        "active": workspace.active,
        "readOnly": workspace.read_only,
        "countryCode": workspace.country_code,
        "imessage": workspace.imessage,
        "rateLimits": dict(workspace.rate_limits),
        "worker": workspace.worker,
        "fallbackConfigured": workspace.fallback_configured,
    }
