"""A journal that doesn't keep all that came, and a server that stops while it waits: answers that say so."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, NoReturn, Self

import httpx
import pytest

from tests.client.conftest import REPLIES
from tuco_mock.client import ServerStopped, Tuco, TucoError
from tuco_mock.client.control import Control

LOST = (
    "12 older requests were dropped from the journal; serve with a higher --journal-limit (Settings(journal_limit=…)), "
    "or ask with after=…"
)
REQUEST = {"id": 13, "at": "2026-03-12T22:40:29.174Z", "method": "GET", "path": REPLIES, "status": 200}


class Answering:
    """A way to a server that answers everything alike."""

    url = "http://127.0.0.1:1"
    on_network = False

    def __init__(self, answer: Mapping[str, Any]) -> None:
        self._content = json.dumps(answer).encode()

    def ask(self, *_: Any, **__: Any) -> Self:
        return self

    def answer(self) -> tuple[int, bytes]:
        return 200, self._content

    def transport(self) -> NoReturn:
        raise NotImplementedError

    def async_transport(self) -> httpx.AsyncBaseTransport:
        return httpx.MockTransport(lambda _: httpx.Response(200, content=self._content))

    def close(self) -> None:
        pass


def told(*, count: int = 0, matched: bool | None = None, **more: Any) -> Tuco:
    """A workspace whose journal answers so."""
    answer = {"matched": count > 0 if matched is None else matched, "count": count, "requests": [REQUEST] * count}
    return Tuco(Control(Answering({**answer, **more})), "org_x", "tuco_sk_x")


def why(call: Callable[[], object]) -> str:
    with pytest.raises(AssertionError) as caught:
        call()
    return str(caught.value)


def test_nothing_dropped_is_nothing_told() -> None:
    told(dropped=0).assert_not_called("GET", REPLIES)
    assert len(told(count=1).assert_called("GET", REPLIES, times=1)) == 1
    assert told(count=1, dropped=0, stopped=False).wait_for_request("GET", REPLIES).id == 13


def test_what_was_dropped_may_have_been_what_must_not_have_come() -> None:
    tuco = told(dropped=12)
    assert why(lambda: tuco.assert_not_called("GET", REPLIES)) == f"can't say whether no GET {REPLIES} came: {LOST}"


def test_one_that_was_dropped_is_told_as_one() -> None:
    assert "1 older request was dropped from the journal; " in why(told(dropped=1).assert_not_called)


def test_how_often_can_t_be_said_of_what_was_dropped() -> None:
    assert why(lambda: told(count=1, dropped=12).assert_called("GET", REPLIES, times=1)) == (
        f"can't say whether GET {REPLIES} came once: {LOST}"
    )
    assert why(lambda: told(dropped=12).assert_called("GET", REPLIES, times=0)).endswith(f"came never: {LOST}")


def test_what_came_often_enough_is_enough_whatever_was_dropped() -> None:
    assert len(told(count=2, dropped=12).assert_called("GET", REPLIES)) == 2
    assert len(told(count=2, dropped=12).assert_called("GET", REPLIES, at_least=2)) == 2


def test_other_failures_hint_at_what_was_dropped() -> None:
    none, one = told(dropped=12, hints=["first"]), told(count=1, matched=False, dropped=12)
    for call in (
        lambda: none.assert_called("GET", REPLIES),
        lambda: none.wait_for_request("GET", REPLIES),
        lambda: none.assert_called_in_order(("GET", REPLIES)),
    ):
        assert why(call).endswith(f"\nhints:\n  first\n  {LOST}")
    assert why(lambda: one.assert_not_called("GET", REPLIES)).endswith(f"hints:\n  {LOST}")
    assert why(lambda: one.assert_called("GET", REPLIES, times=2)).endswith(f"hints:\n  {LOST}")


def test_a_server_that_stops_while_it_waits_is_no_request_that_did_not_come() -> None:
    with pytest.raises(
        ServerStopped, match=f"^the server stopped while GET {REPLIES} was waited for, and it never came$"
    ):
        told(stopped=True).wait_for_request("GET", REPLIES, timeout=10)
    assert issubclass(ServerStopped, TucoError)


def test_what_came_before_the_server_stopped_has_come() -> None:
    assert told(count=1, stopped=True).wait_for_request("GET", REPLIES).id == 13


@pytest.mark.asyncio
async def test_asynchronous_waiting_tells_that_the_server_stopped() -> None:
    with pytest.raises(ServerStopped, match="the server stopped while"):
        await told(stopped=True).async_wait_for_request("GET", REPLIES, timeout=10)
