"""The supervisor of several processes: what becomes of them when it is killed, and of it when one can't be started."""

from __future__ import annotations

import itertools
import os
import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

from tests.cli.running import COMMAND, ROOT, SOON, Serving, environment, readable
from tests.engines.fleet import WORKERS, Fleet
from tests.support import World

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.engines.servers import MongoServer, RedisServer

HINDRANCE = """
import os, sys
if "tuco_mock.cli.working" in sys.orig_argv:
    with open(os.path.expanduser("~/started"), "a") as started:
        started.write(f"{os.getpid()}\\n")
    if len(open(os.path.expanduser("~/started")).readlines()) >= WHICH:
        os.write(2, b"there is no room\\n")
        os._exit(7)
"""
"""What Python runs before all else: from a certain process of the server on none can be started."""


def is_running(process: int) -> bool:
    """Whether it is there, and not just waiting for somebody to look at its exit code."""
    try:
        stat = Path(f"/proc/{process}/stat").read_text("utf-8")
    except FileNotFoundError:
        return False
    return stat.rpartition(")")[2].split()[0] not in {"Z", "X"}


def until_they_end(processes: set[int]) -> None:
    deadline = time.monotonic() + SOON
    while any(map(is_running, processes)):
        assert time.monotonic() < deadline, processes


def test_none_outlives_a_supervisor_that_is_killed(start_fleet: Callable[[], Fleet], tmp_path: Path) -> None:
    """They end by themselves; the next one takes the same address, and goes on with what is there."""
    fleet = start_fleet()
    with fleet.clients() as clients:
        world = World(next(iter(clients.values())), clock="2026-03-13T12:00:00Z")
        before = world.state()
        info = world.http.get("/_tuco/info").json()
        assert (info["settings"]["workers"], info["counts"]["processes"]) == (WORKERS, WORKERS)
        processes = set(clients)
    fleet.serving.end(signal.SIGKILL)
    until_they_end(processes)
    with pytest.raises(httpx.ConnectError), fleet.client() as http:
        http.get("/_tuco/livez")
    port = fleet.url.rpartition(":")[2]
    names = ("--mongo-url", "--redis-url", "--namespace")
    engines = itertools.chain(*zip(names, fleet.engines, strict=True))
    where = ["--port", port, "--port-file", str(tmp_path / "port"), "--workers", str(WORKERS)]
    serving = Serving(COMMAND, *where, *engines, cwd=tmp_path, env=environment(tmp_path))
    try:
        with Fleet(serving, tmp_path / "port", fleet.engines).clients() as clients:
            assert processes.isdisjoint(clients)
            for client in clients.values():
                assert World.existing(client, world.id).state() == before
        ended = serving.end(signal.SIGTERM)
        assert (ended.code, ended.err) == (0, "")
    finally:
        serving.abandon()


@pytest.mark.parametrize("which", [1, WORKERS])
def test_a_process_that_can_t_be_started(
    redis_server: RedisServer, mongo_server: MongoServer, tmp_path: Path, which: int
) -> None:
    """It is said why, and those that could be started end as well: half a server is none."""
    (tmp_path / "sitecustomize.py").write_text(HINDRANCE.replace("WHICH", str(which)))
    options = ["--port", "0", "--port-file", "port", "--workers", str(WORKERS), "--namespace", f"s-{which}"]
    engines = ["--mongo-url", mongo_server.url, "--redis-url", redis_server.url]
    env = environment(tmp_path, PYTHONPATH=f"{tmp_path}:{ROOT}")
    serving = Serving(COMMAND, *options, *engines, cwd=tmp_path, env=env)
    try:
        ended = serving.end()
        assert (ended.code, ended.out) == (7, "")
        readable(ended, "there is no room\n", "tuco-mock: a process could not be started\n")
        assert not (tmp_path / "port").exists()
        started = [int(line) for line in (tmp_path / "started").read_text("utf-8").split()]
        assert len(started) == len(set(started)) >= which
        assert not any(map(is_running, started))
        assert os.getpid() not in started
    finally:
        serving.abandon()
