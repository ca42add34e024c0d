"""Clients that leave in the middle of a request: it is dropped in peace, and nothing changes."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import pytest

from tests.clauses.busy import JANE, JANES_WAITING, NOW
from tests.clauses.checks import (
    LIMIT_BYTES,
    after_cancelling,
    cancelled,
    held,
    without_sequence,
)
from tests.clauses.raw import chunked, connection, exchange, leave, length, request, settle
from tests.support import CANCEL, World

if TYPE_CHECKING:
    from tuco_mock.server import BackgroundServer

pytestmark = pytest.mark.usefixtures("no_error_logged")

BODY = b'{"leadId":"%s"}' % JANE.encode()
DONE = (200, cancelled(*JANES_WAITING, lead=JANE, jobs=2))


def key_of(world: World) -> str:
    """The header that carries a workspace's key."""
    return f"Authorization: Bearer {world.key}"


def post(world: World, *headers: str | bytes, body: bytes) -> bytes:
    """The bytes of a cancellation whose length is not told unless a header does."""
    return request(f"POST {CANCEL}", key_of(world), *headers, body=body)


def part_of(world: World, body: bytes, sent: int) -> bytes:
    """A cancellation that announces its whole body but brings only so many bytes of it."""
    return post(world, length(body), body=body[:sent])


LARGE = BODY[:-1] + b',"note":"' + b"x" * (LIMIT_BYTES // 2) + b'"}'
CUT_SHORT = {
    "nothing": b"",
    "half a request line": f"POST {CANCEL[:9]}".encode(),
    "half the headers": f"POST {CANCEL} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthor".encode(),
}


@pytest.mark.clause("A10")
@pytest.mark.parametrize("reset", [False, True], ids=["closed", "reset"])
@pytest.mark.parametrize("sent", CUT_SHORT.values(), ids=CUT_SHORT.keys())
def test_client_that_leaves_before_its_request_is_there(
    busy: World, server: BackgroundServer, sent: bytes, *, reset: bool
) -> None:
    """A connection that ends within a request's head is forgotten, and the server answers on."""
    before = held(busy)
    with connection(server.url) as opened:
        opened.sendall(sent)
        leave(opened, reset=reset)
    settle(server.url)
    assert held(busy) == before


@pytest.mark.clause("A10")
@pytest.mark.parametrize("reset", [False, True], ids=["closed", "reset"])
@pytest.mark.parametrize(
    ("body", "sent"),
    [
        (BODY, 0),
        (BODY, len(BODY) // 2),
        (BODY, len(BODY) - 1),
        (BODY + b" ", len(BODY)),
        (LARGE, LIMIT_BYTES // 4),
    ],
    ids=["no body", "half", "all but a byte", "all that counts", "half of a large one"],
)
def test_client_that_leaves_within_its_body(
    busy: World, server: BackgroundServer, body: bytes, sent: int, *, reset: bool
) -> None:
    """A request whose body never came to its end is not carried out, not answered and no error."""
    before = held(busy)
    with connection(server.url) as opened:
        opened.sendall(part_of(busy, body, sent))
        leave(opened, reset=reset)
    settle(server.url)
    assert held(busy) == before
    assert exchange(server.url, post(busy, length(BODY), body=BODY)).refusal == DONE


@pytest.mark.clause("A10")
@pytest.mark.parametrize("reset", [False, True], ids=["closed", "reset"])
def test_client_that_leaves_within_its_chunks(busy: World, server: BackgroundServer, *, reset: bool) -> None:
    """A body in chunks whose last one never came is not carried out."""
    before = held(busy)
    with connection(server.url) as opened:
        unfinished = chunked(BODY).removesuffix(chunked())
        opened.sendall(post(busy, "Transfer-Encoding: chunked", body=unfinished))
        leave(opened, reset=reset)
    settle(server.url)
    assert held(busy) == before


@pytest.mark.clause("A10")
def test_client_that_stops_sending_within_its_body(busy: World, server: BackgroundServer) -> None:
    """A client that ends its own side within a body, and would still read, gets no answer of success."""
    before = held(busy)
    with connection(server.url) as opened:
        opened.sendall(part_of(busy, BODY, len(BODY) - 1))
        opened.shutdown(socket.SHUT_WR)
        assert opened.recv(1000) == b""
    settle(server.url)
    assert held(busy) == before


@pytest.mark.clause("C17", "C12")
@pytest.mark.parametrize("reset", [False, True], ids=["closed", "reset"])
def test_client_that_does_not_wait_for_the_answer(busy: World, server: BackgroundServer, *, reset: bool) -> None:
    """A whole request is carried out once or not at all, though its sender has left; it is no error."""
    before = held(busy)
    with connection(server.url) as opened:
        opened.sendall(post(busy, length(BODY), body=BODY))
        leave(opened, reset=reset)
    settle(server.url)
    after = without_sequence(held(busy))
    assert after in (without_sequence(before), without_sequence(after_cancelling(before, list(JANES_WAITING), NOW)))
    busy.cancel(leadId=JANE)
    assert {busy.statuses()[each] for each in JANES_WAITING} == {"cancelled"}
