"""An embedded and a plain client side by side, to compare."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import fakeredis

from tests.state.redis_outcomes import dump, outcomes
from tests.state.redis_programs import Call, Pipe, Watch
from tuco_mock.state.embedded.redis import EmbeddedRedis

if TYPE_CHECKING:
    from tests.state.redis_programs import Step

TEXT: dict[str, Any] = {"decode_responses": True}
OTHER_SETTINGS: list[dict[str, Any]] = [
    {},
    {**TEXT, "protocol": 2},
    {**TEXT, "encoding": "latin-1", "encoding_errors": "replace"},
    {**TEXT, "db": 3},
]
SAMPLE: list[Step] = [
    Call("set", ("a", "ключ")),
    Call("get", ("a",)),
    Call("hset", ("b", "f", 1.5)),
    Call("hgetall", ("b",)),
    Call("zadd", ("c", {"m": 1, "n": 1}), {"ch": True}),
    Call("zrange", ("c", 0, -1), {"withscores": True}),
    Call("hget", ("a", "f")),
    Call("execute_command", ("get",)),
    Call("scan_iter"),
    Pipe([Call("incr", ("a",)), Call("incr", ("n",))], transaction=False, raise_on_error=False),
    Pipe([Call("incr", ("n",)), Call("hget", ("b", "f"))], transaction=True, raise_on_error=True),
    Pipe([Call("echo", ("n",)), Call("incr", ("a",))], transaction=True, raise_on_error=True),
    Watch(
        keys=["a", "b"],
        looks=[Call("get", ("a",))],
        interferer="other",
        interference=Call("set", ("a", "v")),
        looks_after=[],
        multi=True,
        calls=[Call("set", ("a", "w"))],
        transaction=True,
        raise_on_error=True,
        end="execute",
    ),
]
"""A little of everything."""

CORNERS: list[Step] = [
    Call("set", ("k", "v"), {"ex": 1000}),
    Call("append", ("k", "w")),
    Call("ttl", ("k",)),
    Call("set", ("k", "v")),
    Call("ttl", ("k",)),
    Call("xadd", ("s", {"f": "v"}, "1-0")),
    Call("xtrim", ("s",), {"maxlen": 0, "approximate": False}),
    Call("exists", ("s",)),
    Call("execute_command", ("GET", "k"), {"NEVER_DECODE": True}),
    Call("execute_command", ("GET", "s"), {"EMPTY_RESPONSE": "empty"}),
    Call("execute_command", (bytearray(b"GET"), "k")),
    Call("execute_command", (b"GET", "k")),
    Pipe(
        [Call("set", ("k", "never")), Call("execute_command", ("GET",)), Call("execute_command", ("SET",))],
        transaction=True,
        raise_on_error=False,
    ),
    Pipe([Call("set", ("k", "done")), Call("execute_command", ("GET",))], transaction=False, raise_on_error=False),
    Pipe([Call("execute_command", ("GET", "k"), {"NEVER_DECODE": True})], transaction=False, raise_on_error=True),
    Pipe([Call("execute_command", ("GET", "s"), {"EMPTY_RESPONSE": 0})], transaction=False, raise_on_error=True),
    Pipe([Call("lpush", ("k", "x")), Call("get", ("k",)), Call("hlen", ("k",))], transaction=True, raise_on_error=True),
    Pipe(
        [Call("lpush", ("k", "x")), Call("get", ("k",)), Call("hlen", ("k",))], transaction=False, raise_on_error=True
    ),
    Watch(
        keys=["k"],
        looks=[Call("get", ("k",))],
        interferer="client",
        interference=Call("set", ("k", "touched")),
        looks_after=[],
        multi=True,
        calls=[Call("set", ("k", "lost"))],
        transaction=False,
        raise_on_error=True,
        end="execute",
    ),
    Pipe([Call("get", ("k",)), Call("set", ("k", None)), Call("hlen", ("k",))], transaction=True, raise_on_error=True),
]
"""What random programs meet too seldom."""


class Pair:
    """An embedded and a plain client, each on a server of its own, with a further plain client of the same server."""

    def __init__(self, **options: Any) -> None:
        self.server, self.other_server = fakeredis.FakeServer(), fakeredis.FakeServer()
        self.embedded: Any = EmbeddedRedis(server=self.server, **options)
        self.plain: Any = fakeredis.FakeRedis(server=self.other_server, **options)
        self.beside_embedded: Any = fakeredis.FakeRedis(server=self.server, **options)
        self.beside_plain: Any = fakeredis.FakeRedis(server=self.other_server, **options)
        self._database = options.get("db", 0)

    def check(self, program: list[Step]) -> None:
        """Run the program on both; answers and what is left must be the same, and nothing be watched any more."""
        expected = outcomes(self.plain, self.beside_plain, program)
        assert outcomes(self.embedded, self.beside_embedded, program) == expected
        assert self._dump(self.server) == self._dump(self.other_server)
        assert not watched(self.server)

    def _dump(self, server: fakeredis.FakeServer) -> dict[Any, Any]:
        return dump(fakeredis.FakeRedis(server=server, db=self._database))


def watched(server: fakeredis.FakeServer) -> dict[bytes, Any]:
    """The watched keys of a server and who watches them."""
    return {key: value for database in server.dbs.values() for key, value in database._watches.items()}


def server_of(client: Any) -> fakeredis.FakeServer:
    """The server behind a client of this process."""
    server: fakeredis.FakeServer = client.connection_pool.connection_kwargs["server"]
    return server


def is_direct(client: Any) -> bool:
    """Whether an embedded client runs commands directly by now."""
    return client._executor is not None
