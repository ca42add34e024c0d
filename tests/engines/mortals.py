"""A process that dies before a certain one of its commands to the engines, and another one that lives on."""

from __future__ import annotations

import contextlib
import threading
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from tuco_mock.actions.recovery import recover
from tuco_mock.state.engines import open_engines
from tuco_mock.state.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.engines.servers import MongoServer, RedisServer
    from tuco_mock.domain.workspaces import Workspace
    from tuco_mock.state.engines import Engines


class Died(BaseException):
    """What a process feels when it is killed: nothing it does afterwards has an effect."""


class Life:
    """Counts the commands of the thread that made it, up to its death before a certain one."""

    def __init__(self) -> None:
        self.left: int | None = None
        self._thread = threading.get_ident()

    def spend(self) -> None:
        if self.left is not None and threading.get_ident() == self._thread:
            if self.left <= 0:
                raise Died
            self.left -= 1


class MortalCollection:
    """A collection of who may die before each command."""

    def __init__(self, collection: Any, life: Life) -> None:
        self._collection = collection
        self._life = life

    def __getattr__(self, name: str) -> Any:
        command = getattr(self._collection, name)

        def run(*args: Any, **options: Any) -> Any:
            self._life.spend()
            return command(*args, **options)

        return run


class MortalDatabase:
    """The same, of all collections."""

    def __init__(self, database: Any, life: Life) -> None:
        self._database = database
        self._life = life

    def __getitem__(self, name: str) -> MortalCollection:
        return MortalCollection(self._database[name], self._life)


def mortal(engines: Engines, life: Life) -> Engines:
    """The engines of a process that lives so long."""
    redis: Any = engines.redis
    execute, pipeline = redis.execute_command, redis.pipeline

    def execute_command(*args: Any, **options: Any) -> Any:
        life.spend()
        return execute(*args, **options)

    def open_pipeline(*args: Any, **options: Any) -> Any:
        pipe = pipeline(*args, **options)
        run = pipe.execute

        def execute_all() -> Any:
            life.spend()
            return run()

        pipe.execute = execute_all
        return pipe

    redis.execute_command, redis.pipeline = execute_command, open_pipeline
    documents: Any = MortalDatabase(engines.documents, life)
    changed = {name: getattr(engines, name) for name in engines.__dataclass_fields__}
    return type(engines)(**{**changed, "documents": documents})


class Two:
    """Two processes on the same engines: one dies, one goes on."""

    def __init__(self, dying: Store, life: Life, living: Store) -> None:
        self.dying, self.life, self.living = dying, life, living

    def die_in(self, deed: Callable[[Store, Workspace], object], workspace: Workspace, commands: int) -> bool:
        """Let the one do something, and die before it has used more commands; whether it did."""
        self.life.left = commands
        try:
            deed(self.dying, workspace)
        except Died:
            return True
        finally:
            self.life.left = None
        return False

    def go_on(self) -> None:
        """Let the other one take over."""
        assert self.dying.hands is not None
        assert self.living.engines.peers is not None
        hands = self.living.engines.peers.holdings.of(self.dying.hands.key.removeprefix("tuco:process:"))
        recover(self.living, hands, hands.all())
        assert hands.all() == []


@contextlib.contextmanager
def two_processes(redis_server: RedisServer, mongo_server: MongoServer) -> Iterator[Two]:
    """Two on empty engines."""
    addresses = (mongo_server.url, redis_server.url, f"m-{uuid4().hex[:8]}")
    with contextlib.ExitStack() as opened:
        engines = [opened.enter_context(contextlib.closing(open_engines(*addresses))) for _ in range(2)]
        life = Life()
        living, dying = Store(engines[0]), Store(mortal(engines[1], life))
        yield Two(dying, life, living)
