"""Odd and broken HTTP: each is answered by the API or refused by the parser, and nothing changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.clauses.busy import JANE, JANES_WAITING, OMAR
from tests.clauses.checks import (
    METHOD_NOT_ALLOWED,
    METHODS,
    NO_IDENTIFIER,
    NOT_FOUND,
    NOT_JSON,
    UNAUTHORIZED,
    both_operations,
    cancelled,
    held,
)
from tests.clauses.raw import RawAnswer, answers, chunked, connection, exchange, length, receive, request
from tests.support import CANCEL, REPLIES, World

if TYPE_CHECKING:
    from collections.abc import Callable

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


def refused_by_the_parser(answer: RawAnswer) -> bool:
    """Whether what was sent was taken for no HTTP at all: 400, and the connection is closed."""
    return (answer.status, answer.headers.get("connection")) == (400, "close")


@pytest.mark.clause("A9", "A16", "A10")
@both_operations
@pytest.mark.parametrize(
    "method", ["HEAD", "OPTIONS", "TRACE", "PUT", "PATCH", "DELETE", "CONNECT", "PROPFIND", "PURGE"]
)
def test_other_methods_are_not_allowed(busy: World, server: BackgroundServer, path: str, method: str) -> None:
    """Every method that HTTP knows but the path doesn't is answered 405 with `Allow`, HEAD without a body."""
    before = held(busy)
    sent = request(f"{method} {path}", key_of(busy), length(BODY), body=BODY)
    answer = exchange(server.url, sent)
    assert (answer.status, answer.headers["allow"]) == (405, METHODS[path])
    if method == "HEAD":
        assert answer.body == b""
    else:
        assert answer.refusal == METHOD_NOT_ALLOWED
    assert held(busy) == before


@pytest.mark.clause("A10")
@both_operations
@pytest.mark.parametrize("written", [str.lower, str.title], ids=["lower case", "title case"])
def test_methods_are_upper_case(
    busy: World, server: BackgroundServer, path: str, written: Callable[[str], str]
) -> None:
    """A method in another case is none that HTTP knows: 400, and nothing changes."""
    before = held(busy)
    sent = request(f"{written(METHODS[path])} {path}", key_of(busy), length(BODY), body=BODY)
    assert refused_by_the_parser(exchange(server.url, sent))
    assert held(busy) == before


@pytest.mark.clause("A9", "A18", "A10")
@both_operations
@pytest.mark.parametrize(
    "altered",
    ["{}/", "/{}", "{}//", "/.{}", "{}/.", "{}/..", "{}%2F", "{}%00", "{};x=1", "{}.json", "/api{}", "{}%ff", "{}%20"],
)
def test_altered_path_is_an_unknown_one(busy: World, server: BackgroundServer, path: str, altered: str) -> None:
    """A path with a slash, a dot, a parameter or an escape too many is another, unknown one."""
    before = held(busy)
    sent = request(f"{METHODS[path]} {altered.format(path)}", key_of(busy), length(BODY), body=BODY)
    assert exchange(server.url, sent).refusal == NOT_FOUND
    assert held(busy) == before


@pytest.mark.clause("A9")
@pytest.mark.parametrize("target", ["*", "/*", "/?", "/%", "/%zz", "//", "/api//replies", "/api/replies/replies"])
def test_odd_target_is_an_unknown_path(busy: World, server: BackgroundServer, target: str) -> None:
    """A target that is no path of the API is answered 404."""
    assert exchange(server.url, request(f"GET {target}", key_of(busy))).refusal == NOT_FOUND


@pytest.mark.clause("A9")
@pytest.mark.parametrize(
    "target",
    [
        REPLIES,
        f"http://127.0.0.1{REPLIES}",
        f"https://app.tuco.ai{REPLIES}",
        f"http://app.tuco.ai:443{REPLIES}",
        "/api/%72eplies",
    ],
)
def test_absolute_target_is_its_path(busy: World, server: BackgroundServer, target: str) -> None:
    """A target in absolute form, as a proxy gets it, or with needless escapes means its path."""
    status, page = exchange(server.url, request(f"GET {target}?leadId={JANE}", key_of(busy))).refusal
    assert (status, [item["leadId"] for item in page["replies"]]) == (200, [JANE])


@pytest.mark.clause("A8", "A9")
def test_very_long_url(busy: World, server: BackgroundServer) -> None:
    """A target of 60 kB is read; one that no buffer holds is refused, and the server answers on."""
    long = exchange(server.url, request(f"GET {REPLIES}?leadId={JANE}&x={'y' * 60_000}", key_of(busy)))
    assert (long.status, [item["leadId"] for item in long.refusal[1]["replies"]]) == (200, [JANE])
    assert exchange(server.url, request(f"GET /{'y' * 60_000}", key_of(busy))).refusal == NOT_FOUND
    assert refused_by_the_parser(exchange(server.url, request(f"GET {REPLIES}?{'y' * 200_000}", key_of(busy))))
    assert exchange(server.url, request(f"GET {REPLIES}", key_of(busy))).status == 200


@pytest.mark.clause("A1")
@both_operations
def test_first_of_two_authorization_headers_counts(busy: World, server: BackgroundServer, path: str) -> None:
    """Of two `Authorization` headers the first is looked at, so that a wrong one in front is not helped."""
    before = held(busy)
    wrong, right = "Authorization: Bearer nobody", key_of(busy)
    line = f"{METHODS[path]} {path}"
    assert exchange(server.url, request(line, wrong, right, length(BODY), body=BODY)).refusal == UNAUTHORIZED
    assert held(busy) == before
    assert exchange(server.url, request(line, right, wrong, length(BODY), body=BODY)).status == 200


@pytest.mark.clause("A1", "A10")
@both_operations
@pytest.mark.parametrize(
    "value",
    [
        b"Bearer t\xc3\xbcco",
        b"Bearer \xff\xfe",
        b"B\xc3\xa9arer {key}",
        b"Bearer {key}\xc2\xa0",
        b"Bearer \xc2\xa0{key}",
        b"\xff",
    ],
    ids=ascii,
)
def test_bytes_beyond_ascii_make_an_unknown_key(busy: World, server: BackgroundServer, path: str, value: bytes) -> None:
    """Bytes that are no ASCII in scheme or key are no valid key."""
    before = held(busy)
    header = b"Authorization: " + value.replace(b"{key}", busy.key.encode())
    answer = exchange(server.url, request(f"{METHODS[path]} {path}", header, length(BODY), body=BODY))
    assert answer.refusal == UNAUTHORIZED
    assert held(busy) == before


NO_HTTP = {
    "control character in a header": (b"Authorization: Bearer \x01",),
    "null byte in a header": (b"Authorization: Bearer a\x00b",),
    "header without a colon": (b"Authorization Bearer x",),
    "blank in a header's name": (b"X Y: z",),
    "negative length": (b"Content-Length: -1",),
    "length in letters": (b"Content-Length: abc",),
    "length with a sign": (b"Content-Length: +15",),
    "length beyond numbers": (b"Content-Length: 99999999999999999999999999",),
    "two lengths": (b"Content-Length: 41", b"Content-Length: 3"),
    "length beside chunks": (b"Content-Length: 41", b"Transfer-Encoding: chunked"),
    "unknown coding": (b"Transfer-Encoding: gzip",),
}


@pytest.mark.clause("A10")
@pytest.mark.parametrize("headers", NO_HTTP.values(), ids=NO_HTTP.keys())
def test_broken_headers_are_refused(busy: World, server: BackgroundServer, headers: tuple[bytes, ...]) -> None:
    """A request that HTTP forbids is answered 400 and the connection closed; nothing changes."""
    before = held(busy)
    assert refused_by_the_parser(exchange(server.url, post(busy, *headers, body=b"")))
    assert held(busy) == before


@pytest.mark.clause("A10")
@pytest.mark.parametrize(
    "sent",
    [
        b"\x00\x01\x02\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
        b"hello\r\n\r\n",
        b"GET\r\n\r\n",
    ],
    ids=["bytes", "TLS", "a word", "no target"],
)
def test_what_is_no_http_is_refused(busy: World, server: BackgroundServer, sent: bytes) -> None:
    """Bytes that are no HTTP are answered 400 and the connection closed; the server answers on."""
    assert refused_by_the_parser(exchange(server.url, sent))
    assert exchange(server.url, request(f"GET {REPLIES}", key_of(busy))).status == 200


@pytest.mark.clause("A13", "C3")
@pytest.mark.parametrize(
    "header", ["Content-Encoding: gzip", "Expect: 100-continue", "Upgrade: websocket", "X-HTTP-Method-Override: GET"]
)
def test_headers_that_promise_something_else_are_not_looked_at(
    busy: World, server: BackgroundServer, header: str
) -> None:
    """A body is read as plain JSON whatever encoding, expectation or other method a header tells of."""
    answer = exchange(server.url, post(busy, header, length(BODY), body=BODY))
    assert answer.refusal == DONE


@pytest.mark.clause("C3")
@pytest.mark.parametrize("size", [1, 2, 7])
def test_chunks_of_any_size_make_one_body(busy: World, server: BackgroundServer, size: int) -> None:
    """A body in small chunks is read as a whole."""
    chunks = [BODY[at : at + size] for at in range(0, len(BODY), size)]
    answer = exchange(server.url, post(busy, "Transfer-Encoding: chunked", body=chunked(*chunks)))
    assert answer.refusal == DONE


@pytest.mark.clause("C2", "C3")
def test_chunks_of_nothing_are_an_empty_body(busy: World, server: BackgroundServer) -> None:
    """No chunk but the last is an empty body."""
    before = held(busy)
    assert exchange(server.url, post(busy, "Transfer-Encoding: chunked", body=chunked())).refusal == NO_IDENTIFIER
    assert held(busy) == before


@pytest.mark.clause("A10")
@pytest.mark.parametrize("chunk", [b"zz\r\n" + BODY, b"-1\r\n" + BODY, b"\r\n" + BODY, b"f" * 40 + b"\r\n" + BODY])
def test_broken_chunks_are_refused(busy: World, server: BackgroundServer, chunk: bytes) -> None:
    """A chunk whose size is no number ends the connection, and nothing changes."""
    before = held(busy)
    answer = exchange(server.url, post(busy, "Transfer-Encoding: chunked", body=chunk + b"\r\n0\r\n\r\n"))
    assert refused_by_the_parser(answer)
    assert held(busy) == before


@pytest.mark.clause("C3", "A10")
def test_length_that_is_too_short_cuts_the_body(busy: World, server: BackgroundServer) -> None:
    """Of a body that is longer than its length only that part is read, which is malformed."""
    before = held(busy)
    with connection(server.url) as opened:
        opened.sendall(post(busy, f"Content-Length: {len(BODY) - 1}", body=BODY[:-1]))
        assert receive(opened, "POST").refusal == NOT_JSON
        opened.sendall(BODY[-1:] + b"\r\n\r\n")
        assert refused_by_the_parser(receive(opened, "POST"))
    assert held(busy) == before


@pytest.mark.clause("A10", "C12")
def test_length_that_is_too_short_for_what_follows_it(busy: World, server: BackgroundServer) -> None:
    """A whole request with broken bytes behind it is answered by itself, or refused and then not carried out."""
    before = held(busy)
    answer = exchange(server.url, post(busy, length(BODY), body=BODY + b"garbage"))
    if refused_by_the_parser(answer):
        assert held(busy) == before
    else:
        assert answer.refusal == DONE


@pytest.mark.clause("A7", "A10")
def test_requests_in_a_row_on_one_connection_are_answered_in_order(busy: World, server: BackgroundServer) -> None:
    """Requests sent in one go are answered one after the other, each by itself."""
    with connection(server.url) as opened:
        listing = request(f"GET {REPLIES}?leadId={OMAR}", key_of(busy))
        unknown = request("GET /nothing", key_of(busy))
        whole, last = (post(busy, length(BODY), *more, body=BODY) for more in ((), ("Connection: close",)))
        opened.sendall(whole + listing + unknown + last)
        first, second, third, fourth = answers(opened)
    assert first.refusal == DONE
    assert second.refusal[1]["replies"][0]["leadId"] == OMAR
    assert third.refusal == NOT_FOUND
    assert fourth.refusal == (200, cancelled(lead=JANE))
