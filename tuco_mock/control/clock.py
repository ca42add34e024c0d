"""The clock: look, freeze, advance, set, resume."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tuco_mock.actions.running import advance
from tuco_mock.control.problem import Problem, stopping
from tuco_mock.domain.timestamps import MILLIS_MAX, iso, parse_duration, parse_moment

if TYPE_CHECKING:
    from tuco_mock.control.door import ControlCall
    from tuco_mock.domain.clocks import Clock
    from tuco_mock.state.store import Store

_WAYS = "one of {freeze: true or a time}, {advance: a duration}, {set: a time}, {resume: true}"


def look(call: ControlCall) -> dict[str, Any]:
    """The workspace's time, and whether it runs."""
    return shown(call.store.vitals.clock(call.workspace().id))


async def change(call: ControlCall) -> dict[str, Any]:
    """Move the clock, in exactly one way; where the worker follows it, all that is due on the way is done (W23)."""
    body = call.body
    if not isinstance(body, dict) or len(body) != 1:
        raise Problem(400, f"Send {_WAYS}.")
    [(way, value)] = body.items()
    store, run = call.store, call.store.engines.run
    workspace = await call.there()
    clock = await run(store.vitals.clock, workspace.id)
    changed = _changed(clock, way, value)
    if store.worker_of(workspace) == "auto" and changed.now() > clock.now():
        await advance(store, workspace, changed)
        await call.there()  # it may have been dropped meanwhile
        reached = await run(store.vitals.clock, workspace.id)
        if store.bell.ended and reached != changed:
            raise stopping(f"The clock got to {iso(reached.now())}, and what was due by then is done")
    else:
        await store.within(workspace.id, _set, store, workspace.id, changed)
    store.deliveries.wake(workspace.id)
    return shown(changed)


def _set(store: Store, workspace: str, clock: Clock) -> None:
    if store.gates is not None:
        store.workspaces.get(workspace)  # it may have been dropped meanwhile
    store.vitals.set_clock(workspace, clock)


def shown(clock: Clock) -> dict[str, Any]:
    """A clock as the control plane shows it."""
    return {"now": iso(clock.now()), "mode": clock.mode}


def _changed(clock: Clock, way: str, value: object) -> Clock:
    now = clock.now()
    if way == "resume" and value is True:
        return clock.resume()
    if way == "freeze" and value is True:
        return clock.freeze()
    if way == "freeze":
        moment = _moment(value, now)
        if moment < now:
            raise Problem(400, f"The clock shows {iso(now)} and never runs backwards; use {{set: a time}} for that.")
        return clock.freeze(moment)
    if way == "set":
        return clock.set(_moment(value, now))
    if way == "advance":
        duration = parse_duration(value) if isinstance(value, str) else None
        if duration is None:
            raise Problem(400, f"{value!r} is no duration: write '90s', '5m', '1h30m', '2d' or 'PT5M'.")
        if now + duration > MILLIS_MAX:
            raise Problem(400, "The clock would leave the year 9999.")
        return clock.advance(duration)
    raise Problem(400, f"Send {_WAYS}.")


def _moment(value: object, now: int) -> int:
    moment = parse_moment(value, now) if isinstance(value, str) else None
    if moment is None:
        raise Problem(400, f"{value!r} is no time: write '2026-03-12T22:40:29.174Z', '-2h' or '+1d'.")
    return moment
