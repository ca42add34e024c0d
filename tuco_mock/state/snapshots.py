"""Named snapshots of a workspace, each kept as its differences from the present.

===============================  ====  ========================================================================
``tuco:snapshots:<ws>``          hash  name -> `Snapshot` as JSON: what is small is copied whole
``tuco:snapshot:<ws>:<name>``    hash  ``<collection>/<_id>`` -> the thing as it was, as JSON; empty: there was none
===============================  ====  ========================================================================

So taking one costs nothing but a few small reads, and putting one back costs what was changed since. For that,
whoever is about to write notes what stands there (`Snapshots.note`): the first image of a thing since the snapshot
was taken is the one that counts, later ones are not kept. `state.documents` and `state.queue` are the two that write.
"""

from __future__ import annotations

import contextlib
import threading
from collections import defaultdict
from itertools import islice
from typing import TYPE_CHECKING, Any, cast

import msgspec

from tuco_mock.domain.workspaces import Workspace
from tuco_mock.state.vitals import vitals_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from redis import Redis

_RULES = tuple(f"tuco:{kind}:{{}}{part}" for kind in ("faults", "lab-rules") for part in ("", ":counts", ":spent"))
_COPIED_WHOLE = (vitals_key("{}"), *_RULES)
_CHUNK = 1_000

Image = tuple[str, Any]
"""A thing as it stands: its place (`place_of`), and what is to be kept of it; None when there is none."""


class Snapshot(msgspec.Struct, frozen=True):
    """What is kept of a moment besides the differences.

    Attributes:
        name: its name.
        taken_at: the workspace's time then.
        settings: the workspace's settings then.
        hashes: the workspace's small hashes then: its vitals (clock, running number, buckets), its faults
            and the rules of its webhook lab.
    """

    name: str
    taken_at: str
    settings: Workspace
    hashes: dict[str, dict[str, str]]


class Snapshots:
    """The snapshots of all workspaces."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._looked = threading.local()

    @contextlib.contextmanager
    def look_once(self, workspace: str) -> Iterator[None]:
        """Ask once which snapshots there are, for all that this thread is about to write; it may not wait meanwhile."""
        self._looked.at = (workspace, self.names(workspace))
        try:
            yield
        finally:
            self._looked.at = None

    def names(self, workspace: str) -> list[str]:
        """The names of a workspace's snapshots."""
        return sorted(cast("list[str]", self._redis.hkeys(_listing(workspace))))

    def get(self, workspace: str, name: str) -> Snapshot | None:
        """The snapshot of a name, or None."""
        kept = cast("str | None", self._redis.hget(_listing(workspace), name))
        return None if kept is None else msgspec.json.decode(kept, type=Snapshot)

    def all(self, workspace: str) -> list[Snapshot]:
        """All snapshots of a workspace, by time."""
        kept = cast("list[str]", self._redis.hvals(_listing(workspace)))
        found = [msgspec.json.decode(each, type=Snapshot) for each in kept]
        return sorted(found, key=lambda each: (each.taken_at, each.name))

    def changed(self, workspace: str, names: Sequence[str]) -> list[int]:
        """How many things were written since each of the snapshots."""
        pipe = self._redis.pipeline(transaction=False)
        for name in names:
            pipe.hlen(_differences(workspace, name))
        return cast("list[int]", pipe.execute())

    def take(self, settings: Workspace, name: str, taken_at: str) -> Snapshot:
        """Keep the present of a workspace under a name, in place of what it stood for before."""
        workspace = settings.id
        keys = [each.format(workspace) for each in _COPIED_WHOLE]
        pipe = self._redis.pipeline(transaction=True)
        for key in keys:
            pipe.hgetall(key)
        taken = Snapshot(name, taken_at, settings, dict(zip(keys, pipe.execute(), strict=True)))
        pipe = self._redis.pipeline(transaction=True)
        pipe.unlink(_differences(workspace, name))
        pipe.hset(_listing(workspace), name, msgspec.json.encode(taken).decode())
        pipe.execute()
        return taken

    def note(self, workspace: str, images: Iterable[Image]) -> None:
        """Note what is about to be written, for each snapshot that hasn't noted it since it was taken.

        Args:
            workspace: whose snapshots.
            images: what stands there; it is only gone through when the workspace has a snapshot, so hand in a
                generator that reads them then.
        """
        looked = getattr(self._looked, "at", None)
        names = looked[1] if looked and looked[0] == workspace else self.names(workspace)
        if not names:
            return
        rest = iter(images)
        while chunk := list(islice(rest, _CHUNK)):
            texts = [(place, "" if image is None else _encode(image)) for place, image in chunk]
            pipe = self._redis.pipeline(transaction=False)
            for name in names:
                key = _differences(workspace, name)
                for place, text in texts:
                    pipe.hsetnx(key, place, text)
            pipe.execute()

    def differences(self, workspace: str, name: str) -> dict[str, dict[str, Any]]:
        """What was written since a snapshot, as it was then: by collection and ``_id``; None for what was not there."""
        kept = cast("dict[str, str]", self._redis.hgetall(_differences(workspace, name)))
        found: dict[str, dict[str, Any]] = defaultdict(dict)
        for place, text in kept.items():
            collection, _, identifier = place.partition("/")
            found[collection][identifier] = msgspec.json.decode(text) if text else None
        return found

    def put_back(self, workspace: str, snapshot: Snapshot) -> None:
        """Put back the small hashes that were copied whole."""
        pipe = self._redis.pipeline(transaction=True)
        for key in (each.format(workspace) for each in _COPIED_WHOLE):
            pipe.delete(key)
            if snapshot.hashes.get(key):
                pipe.hset(key, mapping=cast("dict[Any, Any]", snapshot.hashes[key]))
        pipe.execute()

    def settle(self, workspace: str, name: str, differences: dict[str, dict[str, Any]]) -> None:
        """Forget differences that were put back; one that somebody else made meanwhile stays."""
        places = (place_of(kind, each) for kind, images in differences.items() for each in images)
        while chunk := list(islice(places, _CHUNK)):
            self._redis.hdel(_differences(workspace, name), *chunk)

    def drop(self, workspace: str, name: str) -> bool:
        """Forget a snapshot; False when there is none of that name."""
        pipe = self._redis.pipeline(transaction=True)
        pipe.hdel(_listing(workspace), name)
        pipe.unlink(_differences(workspace, name))
        return bool(pipe.execute()[0])

    def drop_all(self, workspace: str) -> None:
        """Forget every snapshot of a workspace."""
        names = self.names(workspace)
        if names:
            self._redis.unlink(_listing(workspace), *(_differences(workspace, name) for name in names))


def place_of(collection: str, identifier: str) -> str:
    """Under which field a thing is noted."""
    return f"{collection}/{identifier}"


def _listing(workspace: str) -> str:
    return "tuco:snapshots:" + workspace


def _differences(workspace: str, name: str) -> str:
    return f"tuco:snapshot:{workspace}:{name}"


def _encode(image: Any) -> str:
    return msgspec.json.encode(image).decode()
