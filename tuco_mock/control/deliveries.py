"""Deliveries of webhooks: look, wait until none is pending, send one once more."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from tuco_mock.actions.webhooks import redeliver as send_again
from tuco_mock.control.problem import Problem
from tuco_mock.domain.deliveries import shown
from tuco_mock.domain.errors import InvalidInput
from tuco_mock.domain.fixture.check import read
from tuco_mock.domain.fixture.values import Duration
from tuco_mock.domain.journal import Effect
from tuco_mock.domain.timestamps import parse_duration
from tuco_mock.domain.webhooks import EVENTS
from tuco_mock.wire.body import ClientGone
from tuco_mock.wire.patience import wait_for

if TYPE_CHECKING:
    from starlette.types import Receive

    from tuco_mock.control.door import ControlCall
    from tuco_mock.state.store import Store

LONGEST_WAIT = 60_000
"""How long a wait lasts at most, in milliseconds."""

_STATES = ("pending", "delivered", "failed", "lost", "delayed", "held", "dropped")


class Wait(Struct, rename="camel", forbid_unknown_fields=True, kw_only=True):
    """How long is waited until no delivery is pending."""

    timeout: Duration = "15s"


def look(call: ControlCall) -> dict[str, Any]:
    """The deliveries, in order of their numbers; those of a webhook, an event, a state."""
    workspace = call.workspace().id
    wanted = {name: call.query[name][0] for name in ("webhook", "event", "state") if name in call.query}
    for name, known in (("event", EVENTS), ("state", _STATES)):
        if name in wanted and wanted[name] not in known:
            raise Problem(400, f"{name} is {', '.join(known[:-1])} or {known[-1]}, not {wanted[name]!r}.")
    after, limit = call.number("after", 0, 2**53, least=0) or 0, call.number("limit", None, 100_000)
    found = [
        each
        for each in call.store.deliveries.all(workspace)
        if each.id > after
        and wanted.get("webhook", each.webhook_id).lower() == each.webhook_id
        and wanted.get("event", each.event) == each.event
        and wanted.get("state", each.state) == each.state
    ]
    pending = call.store.deliveries.pending(workspace)
    return {"deliveries": [shown(each) for each in found[:limit]], "total": len(found), "pending": pending}


def redeliver(call: ControlCall) -> dict[str, Any]:
    """Send a delivery's body once more."""
    text = call.path["deliveryId"]
    if not (text.isascii() and text.isdecimal() and len(text) < 17):
        raise Problem(
            404, f"The workspace has no delivery {text!r}; GET …/deliveries lists those there are, with their numbers."
        )
    number = int(text)
    again = send_again(call.store, call.workspace(), number)
    call.effects.append(Effect("deliveries.repeated", count=1, deliveries=(again.id,)))
    return shown(again)


async def wait(call: ControlCall) -> dict[str, Any]:
    """Answer once no delivery is pending, or at the timeout."""
    run = call.store.engines.run
    workspace = (await call.there()).id
    asked, mistakes = read({} if call.body is None else call.body, Wait)
    if mistakes:
        raise InvalidInput(mistakes)
    millis = parse_duration(asked.timeout) or 0
    if millis > LONGEST_WAIT:
        raise Problem(400, f"timeout is at most {LONGEST_WAIT // 1000}s; ask again to wait longer.")
    await delivered(call.store, workspace, millis / 1000, call.receive)
    pending = await run(call.store.deliveries.pending, workspace)
    return {"delivered": pending == 0, "pending": pending, "stopped": call.store.bell.ended}


async def delivered(store: Store, workspace: str, seconds: float, receive: Receive) -> bool:
    """Wait until no delivery of the workspace is pending, for so many seconds of real time; whether none is then.

    What the lab holds back or delays is not pending.

    Raises:
        ClientGone: the client that `receive` is of went away meanwhile.
    """
    clock = asyncio.get_running_loop().time
    until = clock() + seconds
    with store.bell.listen(workspace) as ringing:
        while await store.engines.run(store.deliveries.pending, workspace) and not store.bell.ended and clock() < until:
            if not await wait_for(ringing, until - clock(), receive):
                raise ClientGone
            ringing.clear()
    return not await store.engines.run(store.deliveries.pending, workspace)
