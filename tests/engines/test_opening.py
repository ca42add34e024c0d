"""Engines that can't be used are told of in one line: which, where, why, and nothing secret."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import pymongo
import pytest
import redis

from tests.cli.running import one_line, run
from tests.engines.servers import MongoServer, free_port
from tuco_mock.state.engines import UnusableEngine, open_engines
from tuco_mock.state.real import mongo
from tuco_mock.state.real import redis as real_redis

if TYPE_CHECKING:
    from pathlib import Path

    from tests.engines.servers import Process, RedisServer


def refusal(mongo_url: str | None = None, redis_url: str | None = None) -> str:
    """What is said of engines that can't be used."""
    with pytest.raises(UnusableEngine) as raised:
        open_engines(mongo_url, redis_url)
    assert "\n" not in str(raised.value)
    return str(raised.value)


def test_nobody_listens() -> None:
    port = free_port()
    said = refusal(redis_url=f"redis://:s3cret@127.0.0.1:{port}/1")
    assert said.startswith(f"Redis at 127.0.0.1:{port}/1 refuses connections: ")
    assert "s3cret" not in said
    said = refusal(f"mongodb://joe:s3cret@127.0.0.1:{port}/mine?serverSelectionTimeoutMS=100")
    assert said.startswith(f"MongoDB at 127.0.0.1:{port}/mine refuses connections: ")
    assert "s3cret" not in said


@pytest.mark.parametrize(
    ("option", "address"),
    [
        ("--redis-url", "127.0.0.1:6379"),
        ("--redis-url", "redis://h:port"),
        ("--mongo-url", "http://127.0.0.1"),
        ("--mongo-url", "127.0.0.1"),
    ],
)
def test_what_is_no_address(tmp_path: Path, option: str, address: str) -> None:
    one_line(run(tmp_path, "serve", "--port", "0", option, address), option, "is no address of a")


def test_what_is_no_database(redis_server: RedisServer, mongo_server: MongoServer) -> None:
    """Another one would be used, which may be somebody else's."""
    said = refusal(redis_url=redis_server.url.removesuffix("/0") + "/abc")
    assert said == "--redis-url ends with a database's number, not with 'abc'"
    said = refusal(f"{mongo_server.url.rstrip('/')}/a.b")
    assert said.endswith("in which no dot can be, not with 'a.b'")


def test_the_command_says_it_in_one_line(tmp_path: Path) -> None:
    port = free_port()
    one_line(run(tmp_path, "serve", "--port", "0", "--redis-url", f"redis://127.0.0.1:{port}"), f"127.0.0.1:{port}")
    variables = {"TUCO_MOCK_MONGO_URL": f"mongodb://127.0.0.1:{port}/?serverSelectionTimeoutMS=100"}
    one_line(run(tmp_path, "serve", "--port", "0", **variables), "MongoDB", f"127.0.0.1:{port}", "refuses")


@pytest.mark.parametrize("namespace", ["a.b", "a b", "*", "ä", "a" * 41])
def test_a_namespace_is_a_plain_name(tmp_path: Path, namespace: str) -> None:
    ended = run(tmp_path, "serve", "--port", "0", "--namespace", namespace)
    assert ended.code == 2
    assert "is not 1 to 40 of the characters" in ended.err


def test_too_old(redis_server: RedisServer, mongo_server: MongoServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mongo, "OLDEST", (99, 1))
    monkeypatch.setattr(real_redis, "OLDEST", (99, 2))
    assert refusal(mongo_server.url).endswith("; 99.1 or newer is needed")
    assert refusal(redis_url=redis_server.url).endswith("; 99.2 or newer is needed")


@pytest.mark.parametrize(
    "rights",
    [
        "~tuco:* +@all -@scripting",
        "~tuco:* +@all",
        "~bull:* +@all",
        "~* +@all -info",
        "resetchannels ~* +@all",
        "~* +@all -subscribe",
    ],
)
def test_too_few_rights_in_redis(redis_server: RedisServer, rights: str) -> None:
    """Also when only some of what will be done is forbidden."""
    with redis.Redis(port=redis_server.port) as client:
        client.execute_command("ACL", "SETUSER", "joe", "reset", "on", ">s3cret", "&*", *rights.split())
    said = refusal(redis_url=redis_server.url.replace("//", "//joe:s3cret@"))
    assert said.startswith(f"Redis at 127.0.0.1:{redis_server.port}/0 does not let us do what is needed: ")
    assert "s3cret" not in said


def test_a_wrong_password_of_redis(redis_server: RedisServer) -> None:
    assert "does not let us" in refusal(redis_url=redis_server.url.replace("//", "//joe:wrong@"))


def test_too_few_rights_in_mongodb(tmp_path: Path) -> None:
    """Nobody we are; then a user that may read only."""
    server = MongoServer(tmp_path)
    server.start()
    with pymongo.MongoClient[dict[str, object]](server.url) as client:
        client["admin"].command("createUser", "joe", pwd="s3cret", roles=[{"role": "read", "db": "tuco"}])
    server.kill()
    guarded = MongoServer(tmp_path, "--auth")
    guarded.start(answers_strangers=False)
    try:
        for who in ("", "joe:wrong@", "joe:s3cret@"):
            said = refusal(guarded.url.replace("//", f"//{who}"))
            assert said.startswith(f"MongoDB at 127.0.0.1:{guarded.port} does not let us do what is needed: ")
    finally:
        guarded.kill()


def test_no_answer(redis_server: RedisServer, mongo_server: MongoServer) -> None:
    """A server that hangs is told of in time, too."""
    addresses: list[tuple[Process, str | None, str | None]] = [
        (redis_server, None, redis_server.url + "?socket_timeout=0.2"),
        (mongo_server, mongo_server.url + "/?serverSelectionTimeoutMS=200&connectTimeoutMS=200", None),
    ]
    for server, mongo_url, redis_url in addresses:
        server.signal(signal.SIGSTOP)
        try:
            assert f":{server.port}" in (said := refusal(mongo_url, redis_url))
            assert "does not answer: " in said
        finally:
            server.signal(signal.SIGCONT)
