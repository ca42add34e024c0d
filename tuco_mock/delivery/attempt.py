"""One attempt to deliver: sent once, for ten seconds at most, and what came of it noted (H13, H14)."""

from __future__ import annotations

import asyncio
import contextlib
import time
from typing import TYPE_CHECKING

import msgspec

from tuco_mock.delivery.post import NotAnswered, post
from tuco_mock.domain.deliveries import LONGEST_RESPONSE, TIMEOUT, Outcome
from tuco_mock.domain.timestamps import iso
from tuco_mock.state.away import AWAY

if TYPE_CHECKING:
    from tuco_mock.delivery.post import Answered
    from tuco_mock.domain.deliveries import Delivery
    from tuco_mock.state.store import Store

PATIENCE = 10.0
"""How long a receiver may take, in seconds of real time (H13)."""

_AGAIN = 0.5
"""After how many seconds engines that are away are asked again."""

_NOTHING = contextlib.nullcontext()
_STOPPED = "the server stopped"


async def attempt(store: Store, workspace: str, delivery: Delivery) -> Outcome:
    """Send a delivery, and note with it and its webhook what came of it; a server that stops cuts it short."""
    run = store.engines.run
    hands = store.hands
    with _NOTHING if hands is None else hands.or_left("delivery", workspace, str(delivery.id)):
        is_to_go = await run(store.deliveries.is_to_go, workspace, delivery)
    if not is_to_go:
        return Outcome(error="taken over by another process")
    sent_at = iso((await run(store.vitals.clock, workspace)).now())
    began = time.perf_counter()
    outcome = Outcome(error="cut short")
    try:
        outcome = await _tried(store, delivery)
    finally:
        outcome.took = round((time.perf_counter() - began) * 1000, 3)
        await _noted(store, workspace, delivery, sent_at, outcome)
    return outcome


async def _noted(store: Store, workspace: str, delivery: Delivery, sent_at: str, outcome: Outcome) -> None:
    """Note what came of it; engines that are away are waited for, as long as the server does not stop."""
    while True:
        try:
            return await store.engines.run(_note, store, workspace, delivery, sent_at, outcome)
        except AWAY:
            if store.bell.ended:
                raise
            with store.bell.listen() as end, contextlib.suppress(TimeoutError):
                await asyncio.wait_for(end.wait(), _AGAIN)


def headers_of(delivery: Delivery) -> dict[str, str]:
    """The documented headers (H13)."""
    return {
        "Content-Type": "application/json",
        "X-Tuco-Signature": delivery.signature,
        "X-Tuco-Event": delivery.event,
        "X-Tuco-Timestamp": delivery.timestamp,
    }


async def _tried(store: Store, delivery: Delivery) -> Outcome:
    with store.bell.listen() as end:
        if end.is_set():
            return Outcome(error=_STOPPED)
        posting = asyncio.create_task(_post(delivery))
        ending = asyncio.create_task(end.wait())
        try:
            await asyncio.wait({posting, ending}, return_when=asyncio.FIRST_COMPLETED)
            return posting.result() if posting.done() else Outcome(error=_STOPPED)
        finally:
            posting.cancel()
            ending.cancel()
            await asyncio.gather(posting, ending, return_exceptions=True)


async def _post(delivery: Delivery) -> Outcome:
    try:
        async with asyncio.timeout(PATIENCE):
            answered = await post(delivery.url, headers_of(delivery), delivery.body.encode())
    except TimeoutError:
        return Outcome(error=TIMEOUT)
    except NotAnswered as error:
        return Outcome(error=str(error))
    return _outcome(answered)


def _outcome(answered: Answered) -> Outcome:
    text = answered.body[:LONGEST_RESPONSE].decode("utf-8", "replace")
    return Outcome(status=answered.status, response=text, reason=answered.reason)


def _note(store: Store, workspace: str, delivery: Delivery, sent_at: str, outcome: Outcome) -> None:
    done = msgspec.structs.replace(
        delivery,
        state="delivered" if outcome.is_success else "failed",
        sent_at=sent_at,
        status=outcome.status,
        response=outcome.response if outcome.status is not None else None,
        error=outcome.error,
        took=outcome.took,
        after=store.log.last(workspace),
    )
    if store.deliveries.finish(workspace, done):
        store.webhooks.note(workspace, delivery.webhook_id, sent_at, succeeded=outcome.is_success)
