"""Many clients at once on one server: every request in the journal of its own workspace, none lost."""

from __future__ import annotations

import asyncio
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.client.conftest import CANCEL, REPLIES
from tuco_mock.client import Server, Tuco

THREADS = 50
TASKS = 200
CALLS = 4


def workspaces(server: Server, count: int) -> list[Tuco]:
    return [server.workspace(seed=number, rate_limits={"replies": None}) for number in range(count)]


def marks(tuco: Tuco) -> Counter[str]:
    """How often each mark came to a workspace."""
    return Counter(request.headers["x-mark"] for request in tuco.requests())


def test_fifty_threads_with_a_workspace_each(tuco_server: Server) -> None:
    def work(number: int) -> tuple[str, list[str], list[str]]:
        with tuco_server.workspace(seed=number) as tuco:
            lead = tuco.add_lead(phone=f"+1415555{number:04}")
            messages = [tuco.add_message(lead).id for _ in range(number % 3 + 1)]
            answer = tuco.client.post(CANCEL, json={"leadId": lead.id}, headers={"X-Mark": str(number)})
            for page in range(CALLS):
                tuco.client.get(REPLIES, params={"page": page}, headers={"X-Mark": str(number)})
            [cancelled] = tuco.assert_called("POST", CANCEL, json={"leadId": lead.id}, times=1)
            assert marks(tuco) == {str(number): CALLS + 1}
            return tuco.id, messages, [*answer.json()["messageIds"], *cancelled.answer["messageIds"]]

    with ThreadPoolExecutor(THREADS) as pool:
        done = list(pool.map(work, range(THREADS)))
    assert len({workspace for workspace, _, _ in done}) == THREADS
    assert all(cancelled == messages * 2 for _, messages, cancelled in done)


def test_fifty_threads_on_one_workspace(tuco: Tuco) -> None:
    client = tuco.client

    def work(number: int) -> None:
        for _ in range(CALLS):
            client.post(CANCEL, json={"recipientPhone": f"+1415555{number:04}"}, headers={"X-Mark": str(number)})

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(work, range(THREADS)))
    assert marks(tuco) == {str(number): CALLS for number in range(THREADS)}
    assert [request.id for request in tuco.requests()] == sorted({request.id for request in tuco.requests()})


@pytest.mark.asyncio
async def test_two_hundred_tasks_over_ten_workspaces(tuco_server: Server) -> None:
    made = workspaces(tuco_server, 10)

    async def work(number: int) -> None:
        client = made[number % len(made)].async_client
        for _ in range(CALLS):
            await client.get(REPLIES, headers={"X-Mark": str(number)})

    await asyncio.gather(*map(work, range(TASKS)))
    for place, tuco in enumerate(made):
        assert marks(tuco) == {str(number): CALLS for number in range(place, TASKS, len(made))}
        tuco.drop()


def test_faults_of_one_workspace_never_touch_another(tuco_server: Server) -> None:
    made = workspaces(tuco_server, 10)
    for tuco in made[::2]:
        tuco.fail_next(503, times=None)

    def work(tuco: Tuco) -> set[int]:
        return {tuco.client.get(REPLIES).status_code for _ in range(CALLS)}

    with ThreadPoolExecutor(len(made)) as pool:
        assert list(pool.map(work, made)) == [{503}, {200}] * 5
    for tuco in made:
        tuco.drop()
