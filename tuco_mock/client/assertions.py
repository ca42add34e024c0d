"""Expectations of requests: asserted at once, or waited for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Unpack

from tuco_mock.client.arguments import number, patience
from tuco_mock.client.errors import ServerStopped, TucoError
from tuco_mock.client.journal import Journal
from tuco_mock.client.questions import Question, Which, question
from tuco_mock.client.telling import came, lost, meant, request_line, unmet
from tuco_mock.client.telling import times as in_words

if TYPE_CHECKING:
    from datetime import timedelta

    from tuco_mock.client.journal import Found
    from tuco_mock.client.models import Request
    from tuco_mock.client.questions import Match

_LENGTH_OF_A_CALL = (2, 3)


class Assertions(Journal):
    """Expectations; what is not met tells the nearest requests, what differs, and what may be behind it."""

    def assert_called(
        self,
        method: str,
        path: str,
        *,
        times: int | None = None,
        at_least: int | None = None,
        **which: Unpack[Which],
    ) -> list[Request]:
        """Such a request came: exactly `times` times, or `at_least` as often, which is once unless given.

        Which requests are meant, says `Journal`.

        Returns:
            The requests, oldest first.

        Raises:
            AssertionError: it came more or less often, or the journal keeps too little to say exactly how often.
        """
        __tracebackhide__ = True
        wanted = _wanted(times, at_least)
        asked = question("assert_called", method, path, which)
        found = self._found("find", asked)
        met = found.count == wanted if times is not None else found.count >= wanted
        if not met:
            expected = f"expected {meant(asked.match)}{_often(times, wanted)}, but {came(found.count)}"
            raise AssertionError(unmet(expected, found, seen=found.requests))
        if times is not None and found.dropped:
            raise AssertionError(_unknown(f"{meant(asked.match)} came {in_words(wanted)}", found))
        return found.requests

    def assert_not_called(
        self,
        method: str | None = None,
        path: str | None = None,
        **which: Unpack[Which],
    ) -> None:
        """No such request came; none at all when nothing is given.

        Raises:
            AssertionError: one did, and the message lists those that came; or the journal keeps too little to say.
        """
        __tracebackhide__ = True
        asked = question("assert_not_called", method, path, which)
        found = self._found("find", asked)
        if found.count:
            expected = f"expected no {meant(asked.match)}, but {came(found.count)}"
            raise AssertionError(unmet(expected, found, seen=found.requests))
        if found.dropped:
            raise AssertionError(_unknown(f"no {meant(asked.match)} came", found))

    def assert_called_in_order(self, *calls: tuple[Any, ...]) -> list[Request]:
        """Such requests came one after the other; others may have come in between.

        Args:
            calls: method, path and, if it matters, a part of the JSON body of each.

        Returns:
            The request found for each of them.

        Raises:
            AssertionError: one of them did not come after those before it.
        """
        __tracebackhide__ = True
        found: list[Request] = []
        for position, call in enumerate(calls, 1):
            if not isinstance(call, (tuple, list)) or len(call) not in _LENGTH_OF_A_CALL:
                raise TucoError(f"call {position} is (method, path) or (method, path, json), not {call!r}")
            which: Which = {"json": call[2] if len(call) == max(_LENGTH_OF_A_CALL) else None}
            asked = question("assert_called_in_order", call[0], call[1], which)
            answer = self._found("find", asked._replace(after=found[-1].id if found else None))
            if not answer.requests:
                raise AssertionError(self._out_of_order(asked.match, position, len(calls), found, answer))
            found.append(answer.requests[0])
        return found

    def wait_for_request(
        self,
        method: str,
        path: str,
        *,
        times: int = 1,
        timeout: str | timedelta | float = 5.0,
        **which: Unpack[Which],
    ) -> Request:
        """Wait until such a request has come, or as many; at once when it has already.

        Which requests are meant, says `Journal`. The `timeout` is ``5s``, a timedelta or seconds, 60 at most.

        Returns:
            The last of those that were waited for.

        Raises:
            AssertionError: it did not come in time.
            ServerStopped: the server stopped meanwhile.
            BlockingCall: an event loop runs in this thread; `async_wait_for_request` is for that.
        """
        __tracebackhide__ = True
        asked = question("wait_for_request", method, path, which)
        wanted, wait = number("times", times, 1), patience(timeout)
        return _in_time(asked.match, wanted, wait.told, self._waited(asked, wanted, wait))

    async def async_wait_for_request(
        self,
        method: str,
        path: str,
        *,
        times: int = 1,
        timeout: str | timedelta | float = 5.0,  # noqa: ASYNC109 - the server keeps it, so that the error can tell what came instead
        **which: Unpack[Which],
    ) -> Request:
        """`wait_for_request` for asynchronous tests: the event loop goes on meanwhile."""
        __tracebackhide__ = True
        asked = question("async_wait_for_request", method, path, which)
        wanted, wait = number("times", times, 1), patience(timeout)
        return _in_time(asked.match, wanted, wait.told, await self._waited_async(asked, wanted, wait))

    def _out_of_order(self, match: Match, position: int, calls: int, before: list[Request], answer: Found) -> str:
        expected = f"expected call {position} of {calls} in order, {meant(match)}"
        if not before:
            return unmet(f"{expected}, but it never came", answer)
        earlier = self._found("find", Question(match)).requests
        told = f"{expected}, after {request_line(before[-1])}, but it " + (
            "only came before it" if earlier else "never came"
        )
        return unmet(told, answer, seen=earlier)


def _wanted(times: int | None, at_least: int | None) -> int:
    """How often at least, or, with `times`, exactly.

    Raises:
        TucoError: nothing comes so often.
    """
    if times is not None and at_least is not None:
        raise TucoError("assert_called takes times or at_least, not both")
    if times is not None:
        return number("times", times, 0)
    return 1 if at_least is None else number("at_least", at_least, 0)


def _unknown(expected: str, found: Found) -> str:
    return f"can't say whether {expected}: {lost(found.dropped)}"


def _often(times: int | None, wanted: int) -> str:
    """How often, in words; nothing where once is enough."""
    if times is not None:
        return f" exactly {in_words(wanted)}" if wanted else " never"
    return f" at least {in_words(wanted)}" if wanted > 1 else ""


def _in_time(match: Match, times: int, waited: str, found: Found) -> Request:
    __tracebackhide__ = True
    if found.matched:
        return found.requests[times - 1]
    often = "" if times == 1 else f" {in_words(times)}"
    if found.stopped:
        raise ServerStopped(f"the server stopped while {meant(match)}{often} was waited for, and {came(found.count)}")
    expected = f"waited {waited} for {meant(match)}{often}, but {came(found.count)}"
    raise AssertionError(unmet(expected, found, seen=found.requests))
