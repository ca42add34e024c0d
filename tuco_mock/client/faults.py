"""Faults: what goes wrong, for which calls, how often."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from msgspec import UNSET, Struct

from tuco_mock.client.handle import Handle, duration, id_of
from tuco_mock.client.models import Fault, FaultEffect, FaultMatch

if TYPE_CHECKING:
    import builtins
    from datetime import timedelta

    from tuco_mock.client.models import Lead

Phase = Literal["before", "after"]
"""before: nothing is done. after: the change is made and the answer lost or replaced."""

Drop = Literal["reset", "empty", "truncated", "garbage"]
"""How an answer is lost: connection reset, closed without a byte, closed in mid-body, or filled with broken JSON."""


class _Faults(Struct):
    faults: list[Fault]


class Faults(Handle):
    """The faults of a workspace. They are `Fault` objects, or dictionaries in the control plane's words."""

    def list(self) -> list[Fault]:
        """All of them, with how often each has struck."""
        return self._answered("GET")

    def add(self, *faults: Fault | dict[str, Any]) -> builtins.list[Fault]:
        """Put more there; all faults that there are then.

        Raises:
            ControlError: a fault contradicts itself; nothing was added.
        """
        return self._answered("PATCH", [*faults])

    def replace(self, *faults: Fault | dict[str, Any]) -> builtins.list[Fault]:
        """Put these in place of all others; see `add`."""
        return self._answered("POST", [*faults])

    def clear(self) -> None:
        """Take all of them away."""
        self._call("DELETE", "/faults")

    def _answered(self, method: str, body: Any = None) -> builtins.list[Fault]:
        found: _Faults = self._call(method, "/faults", body, answer=_Faults)
        return found.faults


class FaultVerbs(Handle):
    """The faults that tests want most, in one call each.

    Which calls they are for: those of this `method` and `path` (in which ``*`` stands for any characters), of the
    operations in a rate-limit `group`, with these `headers`, about this `lead` by its id or any of its addresses; what
    is not given, any. `times` is for how many of them, None for all until it is cleared; `probability` is how likely
    it strikes at each, drawn from the workspace's seed; `phase` ``after`` makes the change all the same.

    Attributes:
        faults: all of them, to look at, add to and clear.
    """

    faults: Faults

    def fail_next(
        self,
        status: int,
        *,
        method: str | None = None,
        path: str | None = None,
        group: str | None = None,
        headers: dict[str, str] | None = None,
        lead: Lead | str | None = None,
        times: int | None = 1,
        body: Any = UNSET,
        retry_after: int | None = None,
        answer_headers: dict[str, str] | None = None,
        phase: Phase = "before",
        probability: float | None = None,
    ) -> Fault:
        """Answer the next call, or calls, with a status.

        The `status` is 400 to 599; its `body` may be any JSON and is the documented one unless given; `retry_after` is
        in seconds; `answer_headers` are more headers of it. Which calls are meant, and how often, says the class.

        Raises:
            ControlError: the fault contradicts itself.
        """
        effect = FaultEffect(status=status, body=body, retry_after=retry_after, headers=answer_headers)
        match = FaultMatch(method=method, path=path, group=group, header=headers, lead=id_of(lead))
        return self._plan(Fault(effect=effect, match=match, times=times, phase=phase, probability=probability))

    def latency(
        self,
        delay: str | timedelta | float,
        *,
        jitter: str | timedelta | float | None = None,
        method: str | None = None,
        path: str | None = None,
        group: str | None = None,
        headers: dict[str, str] | None = None,
        lead: Lead | str | None = None,
        times: int | None = None,
        phase: Phase = "before",
        probability: float | None = None,
    ) -> Fault:
        """Let answers take longer, of real time, until `faults.clear` unless `times` are given.

        Delay and jitter, by which it varies at most, are ``1500ms``, a timedelta or seconds; the jitter is drawn from
        the workspace's seed. Which calls are meant says the class.
        """
        effect = FaultEffect(delay=duration(delay), jitter=None if jitter is None else duration(jitter))
        match = FaultMatch(method=method, path=path, group=group, header=headers, lead=id_of(lead))
        return self._plan(Fault(effect=effect, match=match, times=times, phase=phase, probability=probability))

    def drop_next(
        self,
        kind: Drop = "reset",
        *,
        after: bool = False,
        method: str | None = None,
        path: str | None = None,
        group: str | None = None,
        headers: dict[str, str] | None = None,
        lead: Lead | str | None = None,
        times: int | None = 1,
        phase: Phase = "before",
        probability: float | None = None,
    ) -> Fault:
        """Lose the answer of the next call, or calls.

        With `after` the change is made all the same, as with `phase="after"`. Which calls are meant says the class.
        """
        match = FaultMatch(method=method, path=path, group=group, header=headers, lead=id_of(lead))
        when: Phase = "after" if after else phase
        fault = Fault(effect=FaultEffect(drop=kind), match=match, times=times, phase=when, probability=probability)
        return self._plan(fault)

    def _plan(self, fault: Fault) -> Fault:
        return self.faults.add(fault)[-1]
