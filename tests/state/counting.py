"""What an action asks of the engines: commands, the values they take and give, documents that are looked at."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, cast

import pytest

from tests.clauses.engines import Watched
from tuco_mock.state.embedded import redis_executor
from tuco_mock.state.engines import Engines, embedded
from tuco_mock.state.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable

    from pymongo.database import Database

    from tuco_mock.state.engines import Document

COLLECTIONS = (
    "workspaces",
    "leads",
    "lines",
    "lists",
    "campaigns",
    "enrolments",
    "messages",
    "replies",
    "threads",
    "webhooks",
)


class Counted:
    """A store whose engines are counted.

    Attributes:
        store: the store.
        engines: what stands behind it.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._counts: Counter[str] = Counter()
        self._names: Counter[str] = Counter()
        self.engines = embedded()
        watched = Watched(self.engines.documents)
        watched.watch = self._called
        documents = cast("Database[Document]", watched)
        self.store = Store(Engines(documents, self.engines.redis, "watched", "embedded"))
        real = redis_executor.DirectExecutor._run

        def run(executor: Any, command: Any, arguments: list[bytes]) -> Any:
            self._names[command.name] += 1
            self._counts["values"] += len(arguments)
            reply = real(executor, command, arguments)
            if isinstance(reply, list | dict):
                self._counts["values"] += len(reply)
            return reply

        monkeypatch.setattr(redis_executor.DirectExecutor, "_run", run)

    def _called(self, collection: str, method: str) -> None:
        self._names[f"{collection}.{method}"] += 1

    def of(self, action: Callable[[], object]) -> Counter[str]:
        """What an action costs: each command and each method of a collection, values, documents looked at."""
        self._counts.clear()
        self._names.clear()
        before = self._examined()
        action()
        return self._names + self._counts + Counter(examined=self._examined() - before)

    def _examined(self) -> int:
        return sum(cast("Any", self.engines.documents[name]).examined for name in COLLECTIONS)
