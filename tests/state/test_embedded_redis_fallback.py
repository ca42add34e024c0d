"""Where commands cannot run directly, the embedded Redis goes fakeredis' ordinary way and answers the same."""

from __future__ import annotations

import importlib.util
import sys
from typing import TYPE_CHECKING, Any

import fakeredis
import pytest
import redis

from tests.state.redis_pair import SAMPLE, TEXT, Pair, is_direct, server_of
from tuco_mock.state.embedded import redis as embedded
from tuco_mock.state.embedded import redis_executor, redis_private
from tuco_mock.state.embedded.redis import open_redis

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture
def client() -> Any:
    """An embedded Redis that holds `v` at `k`."""
    made = open_redis()
    made.set("k", "v")
    return made


def test_a_lost_server_refuses_and_comes_back(client: Any) -> None:
    server_of(client).connected = False
    for pipe in (client.pipeline(), client.pipeline(transaction=False)):
        with pytest.raises(redis.ConnectionError):
            pipe.get("k").execute()
    with pytest.raises(redis.ConnectionError):
        client.get("k")
    server_of(client).connected = True
    assert client.get("k") == "v"


def test_access_rules_are_kept() -> None:
    pair = Pair(**TEXT)
    for client, beside in ((pair.embedded, pair.beside_embedded), (pair.plain, pair.beside_plain)):
        client.set("k", "v")
        beside.acl_setuser("default", enabled=True, nopass=True, reset_keys=True, keys=["j*"])
        with pytest.raises(redis.exceptions.NoPermissionError):
            client.get("k")
        with pytest.raises(redis.exceptions.NoPermissionError):
            client.pipeline().get("j").get("k").execute()
        assert client.set("j", "w") is True


def _kill(client: Any) -> None:
    killer: Any = fakeredis.FakeRedis(server=server_of(client))
    killer.client_kill_filter(_id=1)
    killer.connection_pool.disconnect()


def _disconnect(client: Any) -> None:
    client.connection_pool.disconnect()


def _close(client: Any) -> None:
    client.close()


@pytest.mark.parametrize("cut", [_kill, _disconnect, _close])
def test_a_cut_connection_is_replaced(client: Any, cut: Callable[[Any], None]) -> None:
    pipe, executor = client.pipeline(), client._executor
    cut(client)
    assert not executor.is_ready()
    assert pipe.get("k").execute() == ["v"]
    assert [client.get("k"), client.get("k")] == ["v", "v"]
    assert client.transaction(lambda pipe: pipe.get("k"), "k") == []
    assert is_direct(client)
    assert client._executor.is_ready()
    assert len(server_of(client).sockets) <= 2


def test_a_watch_survives_the_change_to_the_ordinary_way(client: Any) -> None:
    for touched in ("never", "before", "after"):
        with client.pipeline() as pipe:
            pipe.watch("k")
            if touched == "before":
                client.set("k", "w")
            assert pipe.echo("x") == "x"
            if touched == "after":
                client.set("k", "w")
            pipe.multi()
            pipe.get("k")
            if touched == "never":
                assert pipe.execute() == ["v"]
            else:
                with pytest.raises(redis.WatchError):
                    pipe.execute()


def test_a_client_with_a_connection_of_its_own(client: Any) -> None:
    with client.client() as single:
        single.set("k", "w")
        assert (single.get("k"), client.get("k")) == ("w", "w")
        single.select(3)
        assert (single.get("k"), client.get("k")) == (None, "w")


def test_a_pipeline_stays_with_a_connection_it_has_changed(client: Any) -> None:
    with client.pipeline() as pipe:
        pipe.watch("k")
        pipe.select(3)
        assert (pipe.get("k"), client.get("k")) == (None, "v")
        pipe.multi()
        pipe.get("k")
        assert pipe.execute() == [None]


@pytest.mark.parametrize("holder", sorted(redis_private.REQUIRED))
def test_a_missing_private_attribute_means_the_ordinary_way(holder: str, monkeypatch: pytest.MonkeyPatch) -> None:
    moved = {**redis_private.REQUIRED, holder: (*redis_private.REQUIRED[holder], "moved_elsewhere")}
    monkeypatch.setattr(redis_private, "REQUIRED", moved)
    pair = Pair(**TEXT)
    pair.check(SAMPLE)
    assert not is_direct(pair.embedded)


def test_a_renamed_private_method_means_the_ordinary_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr("fakeredis._core.Database.remove_watch")
    client: Any = open_redis()
    assert client.set("k", "v")
    assert client.pipeline(transaction=False).get("k").execute() == ["v"]
    assert not is_direct(client)


def test_another_way_to_run_commands_means_the_ordinary_way(monkeypatch: pytest.MonkeyPatch) -> None:
    routine = fakeredis._socket.FakeSocket._run_command

    def run_command(self: Any, *command: Any) -> Any:
        return routine(self, *command)

    monkeypatch.setattr("fakeredis._socket.FakeSocket._run_command", run_command)
    client: Any = open_redis()
    assert client.set("k", "v")
    assert not is_direct(client)


def test_another_release_runs_commands_by_its_own_routine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fakeredis, "__version__", "3.0.0")
    monkeypatch.setattr("tuco_mock.state.embedded.redis_commands.Command.run", None)
    pair = Pair(**TEXT)
    pair.check(SAMPLE)
    assert is_direct(pair.embedded)


def test_a_missing_private_module_means_the_ordinary_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, redis_executor.__name__, None)
    spec = importlib.util.spec_from_file_location("embedded_without_executor", embedded.__file__)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    client = module.open_redis()
    assert client.set("k", "v")
    assert client.pipeline().get("k").execute() == ["v"]
    assert not is_direct(client)
