"""The one way in which documents of a workspace are written.

Before each write the documents it meets are noted in the workspace's snapshots (`state.snapshots`), so that those can
be put back. Reading needs no such care and goes to the collections directly. A workspace without snapshots pays one
small read of Redis a write, however many documents it is about.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any, cast

from pymongo import UpdateOne
from pymongo.errors import BulkWriteError

from tuco_mock.domain.errors import Conflict
from tuco_mock.state.snapshots import place_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from pymongo.results import UpdateResult

    from tuco_mock.state.engines import Document, Engines
    from tuco_mock.state.snapshots import Image, Snapshots

_CHUNK = 10_000


class Taken(Conflict):
    """What was to be made is there by now."""


class Documents:
    """Writes the documents of all workspaces; `kind` is the name of a collection.

    Which kinds a workspace has documents of, or had once, is kept in a Redis set, so that emptying it needs to ask no
    collection in vain.
    """

    def __init__(self, engines: Engines, snapshots: Snapshots) -> None:
        self._database = engines.documents
        self._redis = engines.redis
        self._snapshots = snapshots

    def insert(self, workspace: str, kind: str, documents: Sequence[Document]) -> None:
        """Keep new documents, all of them or none.

        Raises:
            Taken: an ``_id`` or a lead's address is taken: by somebody who was quicker, as who calls has looked.
        """
        if documents:
            self._insert(workspace, kind, [each["_id"] for each in documents], documents)

    def move_in(self, workspace: str, kind: str, documents: list[Document]) -> None:
        """The same, taking each out of the list as it is kept, so that memory holds them once."""
        if documents:
            keys = [each["_id"] for each in documents]
            documents.reverse()
            self._insert(workspace, kind, keys, (documents.pop() for _ in keys))

    def _insert(self, workspace: str, kind: str, keys: Sequence[str], documents: Iterable[Document]) -> None:
        self._snapshots.note(workspace, ((place_of(kind, each), None) for each in keys))
        self._redis.sadd(_kinds(workspace), kind)
        try:
            self._database[kind].insert_many(documents)
        except BulkWriteError as error:
            kept = keys[: error.details["writeErrors"][0]["index"]]
            self._database[kind].delete_many({"_id": {"$in": kept}})
            raise Taken(f"Somebody else has just made one of these {kind}; look, and try again.") from error

    def update(self, workspace: str, kind: str, chosen: Mapping[str, Any], changes: Mapping[str, Any]) -> UpdateResult:
        """Change all chosen documents in one go."""
        self._snapshots.note(workspace, self._images(kind, chosen))
        return self._database[kind].update_many(chosen, changes)

    def merge(self, workspace: str, kind: str, changes: Mapping[str, Mapping[str, Any]]) -> None:
        """Change documents by ``_id``, each in its own way; one that doesn't exist is made."""
        if changes:
            self._snapshots.note(workspace, self._images_or_none(kind, list(changes)))
            self._redis.sadd(_kinds(workspace), kind)
            writes = [UpdateOne({"_id": each}, change, upsert=True) for each, change in changes.items()]
            self._database[kind].bulk_write(writes, ordered=False)

    def remove(self, workspace: str, kind: str, chosen: Mapping[str, Any]) -> int:
        """Remove all chosen documents; how many there were."""
        self._snapshots.note(workspace, self._images(kind, chosen))
        return self._database[kind].delete_many(chosen).deleted_count

    def empty(self, workspace: str) -> Sequence[str]:
        """Remove all documents of the workspace; the kinds that it had any of, or had once."""
        kinds = sorted(cast("set[str]", self._redis.smembers(_kinds(workspace))))
        if not kinds:
            return kinds
        everything = {"workspaceId": workspace}
        self._snapshots.note(workspace, (each for kind in kinds for each in self._images(kind, everything)))
        for kind in kinds:
            self._database[kind].delete_many(everything)
        return kinds

    def keys(self, workspace: str) -> tuple[str, ...]:
        """The Redis keys that are the workspace's own."""
        return (_kinds(workspace),)

    def put_back(self, workspace: str, kind: str, images: Mapping[str, Document | None]) -> None:
        """Make documents be again what they were, by ``_id``; None removes one.

        All go before any comes, since what two leads have swapped since (an address) can be one lead's at a time.
        """
        keys = list(images)
        self._snapshots.note(workspace, self._images_or_none(kind, keys))
        self._redis.sadd(_kinds(workspace), kind)
        for start in range(0, len(keys), _CHUNK):
            self._database[kind].delete_many({"_id": {"$in": keys[start : start + _CHUNK]}})
        there = (image for image in images.values() if image is not None)
        while chunk := list(islice(there, _CHUNK)):
            self._database[kind].insert_many(chunk)

    def _images(self, kind: str, chosen: Mapping[str, Any]) -> Iterator[Image]:
        for document in self._database[kind].find(chosen):
            yield place_of(kind, document["_id"]), document

    def _images_or_none(self, kind: str, keys: Sequence[str]) -> Iterator[Image]:
        for start in range(0, len(keys), _CHUNK):
            chunk = keys[start : start + _CHUNK]
            found = {each["_id"]: each for each in self._database[kind].find({"_id": {"$in": chunk}})}
            for each in chunk:
                yield place_of(kind, each), found.get(each)


def _kinds(workspace: str) -> str:
    return "tuco:kinds:" + workspace
