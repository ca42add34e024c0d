"""An asynchronous service: opt-outs come in by a queue, and are carried out side by side."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import httpx
import pytest

if TYPE_CHECKING:
    from tuco_mock.client import Tuco

CANCEL = "/api/messages/cancel-for-lead"

# The code under test.


class OptOuts:
    """Carries out opt-outs, `workers` of them at a time; what fails is kept."""

    def __init__(self, client: httpx.AsyncClient, workers: int = 4) -> None:
        self.inbox: asyncio.Queue[str] = asyncio.Queue()
        self.failed: list[str] = []
        self._client = client
        self._workers = workers

    async def run(self) -> None:
        """Work until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            for _ in range(self._workers):
                tasks.create_task(self._work())

    async def _work(self) -> None:
        while True:
            phone = await self.inbox.get()
            try:
                answer = await self._client.post(CANCEL, json={"recipientPhone": phone}, timeout=5)
                answer.raise_for_status()
            except httpx.HTTPError:
                self.failed.append(phone)
            finally:
                self.inbox.task_done()


# The tests.


@contextlib.asynccontextmanager
async def running(tuco: Tuco) -> AsyncIterator[OptOuts]:
    """The service, at work."""
    service = OptOuts(tuco.async_client)
    task = asyncio.create_task(service.run())
    yield service
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


@pytest.mark.asyncio
async def test_an_opt_out_is_carried_out(tuco: Tuco) -> None:
    lead = tuco.add_lead(phone="+14155550100")
    tuco.add_message(lead, status="queued")

    async with running(tuco) as service:
        service.inbox.put_nowait("+14155550100")
        request = await tuco.async_wait_for_request("POST", CANCEL)  # no polling, no sleeping

    assert request.lead == lead.id
    assert [message.status for message in tuco.messages(lead)] == ["cancelled"]


@pytest.mark.asyncio
async def test_many_at_once(tuco: Tuco) -> None:
    leads = [tuco.add_lead(phone=f"+141555501{number:02}") for number in range(20)]
    for lead in leads:
        tuco.add_message(lead, status="scheduled")

    async with running(tuco) as service:
        for lead in leads:
            service.inbox.put_nowait(str(lead.phone))
        await service.inbox.join()

    assert len(tuco.messages(status="cancelled")) == len(leads)
    assert tuco.queue().jobs == []
    tuco.assert_called("POST", CANCEL, times=len(leads))


@pytest.mark.asyncio
async def test_one_that_fails_does_not_stop_the_others(tuco: Tuco) -> None:
    unlucky, lucky = (tuco.add_lead(phone=phone) for phone in ("+14155550100", "+14155550101"))
    tuco.add_message(lucky, status="queued")
    tuco.fail_next(500, lead=unlucky)

    async with running(tuco) as service:
        service.inbox.put_nowait("+14155550100")
        service.inbox.put_nowait("+14155550101")
        await service.inbox.join()
        assert service.failed == ["+14155550100"]

    assert [message.status for message in tuco.messages()] == ["cancelled"]
