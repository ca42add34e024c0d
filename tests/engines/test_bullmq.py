"""The official BullMQ client sees on a real Redis the jobs that there are, in their order, and sees them go."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import httpx
import pytest

from tests.support import Json, World
from tuco_mock.app import create_app
from tuco_mock.domain.timestamps import iso
from tuco_mock.server import BackgroundServer
from tuco_mock.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.engines.servers import RedisServer

HERE = Path(__file__).parent / "bullmq"
PACKAGES = Path(os.environ.get("TUCO_TEST_BULLMQ", HERE))
STATES = {"active": "active", "waiting": "prioritized", "delayed": "delayed"}
"""What BullMQ calls where a job stands: those that wait do so by priority."""


class Bull:
    """The official client, looking at the queue of one workspace."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def look(self, command: str = "look") -> Json:
        """What it sees, after it has done what it was told."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(command + "\n")
        self._process.stdin.flush()
        found: Json = json.loads(self._process.stdout.readline())
        return found


@pytest.fixture
def namespace() -> str:
    return f"bull-{uuid4().hex[:8]}"


@pytest.fixture
def world(redis_server: RedisServer, namespace: str) -> Iterator[World]:
    """A workspace whose queue is on a real Redis."""
    app = create_app(Settings(redis_url=redis_server.url, namespace=namespace))
    with BackgroundServer(app) as server, httpx.Client(base_url=server.url, trust_env=False, timeout=30) as http:
        yield World(http, state={"clock": "2026-03-13T00:00:00Z"})


@pytest.fixture
def bull(world: World, redis_server: RedisServer, namespace: str) -> Iterator[Bull]:
    if shutil.which("node") is None or not (PACKAGES / "node_modules" / "bullmq").is_dir():
        pytest.skip("BullMQ is not installed (npm install in tests/engines/bullmq); CI installs it and skips nothing")
    command = ["node", str(HERE / "look.mjs"), str(PACKAGES), redis_server.url]
    with subprocess.Popen(
        [*command, f"{namespace}:bull", f"messages-{world.id}"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield Bull(process)
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(10) == 0


def same(world: World, seen: Json) -> None:
    """BullMQ has seen what the control plane shows: counts, jobs, order, and when they are due."""
    queue = world.control("GET", "/queue")
    counts = {bulls: queue["counts"][ours] for ours, bulls in STATES.items()}
    assert seen["counts"] == {"wait": 0, "completed": 0, "failed": 0, **counts}
    ours: list[Any] = [(job["messageId"], STATES[job["state"]], job["dueAt"]) for job in queue["jobs"]]
    bulls = [
        (job["id"], job["state"], iso(job["dueAt"]) if job["state"] == "delayed" else None) for job in seen["jobs"]
    ]
    assert sorted(bulls, key=repr) == sorted(ours, key=repr)
    for state in ("prioritized", "delayed"):  # in the order in which they will be taken
        assert [job[0] for job in bulls if job[1] == state] == [job[0] for job in ours if job[1] == state]
    for job in seen["jobs"]:
        assert (job["name"], job["priority"]) == ("send", 1)
        assert job["data"] == {"workspaceId": world.id, "messageId": job["id"]}


@pytest.mark.clause("C13")
def test_the_official_client_sees_the_same_jobs(world: World, bull: Bull) -> None:
    jane, omar = world.lead(phone="+14155550100"), world.lead(phone="+14155550101")
    same(world, bull.look())
    for number in range(4):
        world.message(jane, job="waiting", message=f"{number}")
        world.message(omar, job="delayed", scheduledDate=f"2026-03-13T0{9 - number}:00:00.000Z", status="scheduled")
        world.message(omar if number % 2 else jane, job="active")
    same(world, seen := bull.look())
    assert seen["counts"] == {"wait": 0, "prioritized": 4, "delayed": 4, "active": 4, "completed": 0, "failed": 0}
    taken = seen["jobs"][-1]["id"]
    world.control("POST", f"/queue/{taken}/start")
    same(world, bull.look())
    world.control("POST", f"/queue/{taken}/finish")
    same(world, bull.look())
    assert world.cancel(leadId=jane)["jobsRemovedFromQueue"] == 4
    same(world, seen := bull.look())
    assert seen["counts"]["prioritized"] == 0


@pytest.mark.clause("C13")
def test_what_the_official_client_removes_is_gone(world: World, bull: Bull) -> None:
    """The message has no job then, so a cancellation finds one less."""
    lead = world.lead(phone="+14155550100")
    messages = [world.message(lead, job="waiting") for _ in range(3)]
    same(world, bull.look(f"remove {messages[1]}"))
    assert set(world.jobs()) == {messages[0], messages[2]}
    cancelled = world.cancel(leadId=lead)
    assert (cancelled["cancelledCount"], cancelled["jobsRemovedFromQueue"]) == (3, 2)
    same(world, seen := bull.look())
    assert seen["jobs"] == []
