"""Clauses A9 and A13 to A19: methods, paths, content types, the limit of bodies, repeated and undecodable input."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest

from tests.clauses.busy import JANE, JANE_EMAIL, JANES_WAITING, OMAR, UNKNOWN
from tests.clauses.checks import (
    LIMIT_BYTES,
    METHOD_NOT_ALLOWED,
    METHODS,
    NO_IDENTIFIER,
    NOBODY,
    NOT_FOUND,
    NOT_JSON,
    TOO_LARGE,
    UNAUTHORIZED,
    ask,
    both_operations,
    cancelled,
    held,
    invalid,
    page_of,
    who,
)
from tests.clauses.engines import own_server
from tests.clauses.raw import chunked, exchange, length, request
from tests.support import CANCEL, REPLIES, World, error
from tuco_mock.settings import Settings

if TYPE_CHECKING:
    from tuco_mock.server import BackgroundServer


@pytest.mark.clause("A9")
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND"])
@both_operations
def test_refuses_another_method(busy: World, path: str, method: str) -> None:
    """A known path with another method is answered 405 with the method that it has."""
    if method == METHODS[path]:
        method = "MKCOL"
    before = held(busy)
    answer = busy.http.request(method, path, headers=busy.headers, json={"leadId": JANE})
    assert error(answer) == METHOD_NOT_ALLOWED
    assert answer.headers["allow"] == METHODS[path]
    assert held(busy) == before


@pytest.mark.clause("A9")
@pytest.mark.parametrize(
    ("method", "path", "nearest"),
    [
        ("POST", "/api/messages/cancel_for_lead", CANCEL),
        ("POST", "/api/message/cancel-for-lead", CANCEL),
        ("POST", "/messages/cancel-for-lead", CANCEL),
        ("GET", "/api/reply", REPLIES),
        ("GET", "/API/replies", REPLIES),
        ("GET", "/api/v1/replies", REPLIES),
    ],
)
def test_names_the_nearest_route_of_an_unknown_path_in_the_log(
    busy: World, caplog: pytest.LogCaptureFixture, method: str, path: str, nearest: str
) -> None:
    """An unknown path is answered 404, and the log names the documented route that is nearest."""
    caplog.set_level(logging.INFO)
    before = held(busy)
    answer = busy.http.request(method, path, headers=busy.headers, json={"leadId": JANE})
    assert error(answer) == NOT_FOUND
    assert held(busy) == before
    (line,) = [each.getMessage() for each in caplog.records if each.name.startswith("tuco_mock")]
    assert path in line
    assert nearest in line.replace(path, "", 1)


@pytest.mark.clause("A9")
@pytest.mark.parametrize("path", ["/", "/api", "/api/", "/favicon.ico", "/api/message", "/robots.txt"])
def test_refuses_an_unknown_path(world: World, path: str) -> None:
    """A path that nothing is at is answered 404."""
    assert error(world.http.get(path, headers=world.headers)) == NOT_FOUND


CONTENT_TYPES = [
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "application/json; charset=utf-16",
    "application/xml",
    "nonsense",
    "",
]


@pytest.mark.clause("A13")
@pytest.mark.parametrize("content_type", CONTENT_TYPES)
def test_reads_a_body_as_json_whatever_its_content_type(busy: World, content_type: str) -> None:
    """A JSON body in UTF-8 is understood under any content type."""
    content = b'{"recipientEmail":"%s"}' % JANE_EMAIL.encode()
    answer = busy.post_cancel(content=content, **{"Content-Type": content_type})
    assert answer.json() == cancelled(*JANES_WAITING, lead=JANE, jobs=2)


@pytest.mark.clause("A13")
def test_reads_a_body_without_a_content_type(busy: World, server: BackgroundServer) -> None:
    """A JSON body without any content type is understood."""
    body = b'{"leadId":"%s"}' % JANE.encode()
    answer = exchange(
        server.url, request(f"POST {CANCEL}", f"Authorization: Bearer {busy.key}", length(body), body=body)
    )
    assert answer.refusal == (200, cancelled(*JANES_WAITING, lead=JANE, jobs=2))


@pytest.mark.clause("A13")
@pytest.mark.parametrize("content_type", ["application/x-www-form-urlencoded", "text/plain", "application/json"])
def test_reads_a_form_as_malformed_json(busy: World, content_type: str) -> None:
    """A form is not JSON under any content type, its own included."""
    before = held(busy)
    answer = busy.post_cancel(content=b"recipientPhone=%2B14422640101", **{"Content-Type": content_type})
    assert error(answer) == NOT_JSON
    assert held(busy) == before


def padded(size: int) -> bytes:
    """A body of exactly so many bytes that cancels Jane's messages."""
    body = b'{"leadId":"%s","note":"' % JANE.encode()
    return body + b"x" * (size - len(body) - 2) + b'"}'


@pytest.mark.clause("A14")
@pytest.mark.parametrize("size", [LIMIT_BYTES - 1, LIMIT_BYTES], ids=["a byte less", "the limit"])
@pytest.mark.parametrize("in_chunks", [False, True], ids=["with length", "in chunks"])
def test_reads_a_body_up_to_the_limit(busy: World, server: BackgroundServer, size: int, *, in_chunks: bool) -> None:
    """A body of exactly the limit is read."""
    answer = exchange(server.url, sized(busy, padded(size), in_chunks=in_chunks))
    assert answer.refusal == (200, cancelled(*JANES_WAITING, lead=JANE, jobs=2))


@pytest.mark.clause("A14", "A10")
@pytest.mark.parametrize("more", [1, 2, 300_000], ids=["a byte", "two bytes", "300 kB"])
@pytest.mark.parametrize("in_chunks", [False, True], ids=["with length", "in chunks"])
def test_refuses_a_body_over_the_limit(busy: World, server: BackgroundServer, more: int, *, in_chunks: bool) -> None:
    """A body longer than the limit, be its length announced or not, is answered 413 and changes nothing."""
    before = held(busy)
    answer = exchange(server.url, sized(busy, padded(LIMIT_BYTES + more), in_chunks=in_chunks))
    assert answer.refusal == TOO_LARGE
    assert held(busy) == before


@pytest.mark.clause("A14")
def test_refuses_an_announced_length_without_reading(busy: World, server: BackgroundServer) -> None:
    """A length over the limit is answered 413 before any of the body was sent."""
    head = request(f"POST {CANCEL}", f"Authorization: Bearer {busy.key}", "Content-Length: 999999999999")
    assert exchange(server.url, head).refusal == TOO_LARGE


@pytest.mark.clause("A14")
def test_accepts_the_key_before_it_refuses_the_length(world: World) -> None:
    """A body over the limit with an unknown key is answered 401."""
    assert error(ask(world, CANCEL, "Bearer nobody", content=padded(LIMIT_BYTES + 1))) == UNAUTHORIZED


@pytest.mark.clause("A14")
def test_limit_of_bodies_can_be_set() -> None:
    """The limit is the one that the server was started with."""
    with own_server(Settings(max_body_bytes=60)) as own:
        world = own.world()
        body = b'{"leadId":"%s"}' % UNKNOWN.encode()
        assert error(world.post_cancel(content=body.ljust(60))) == (200, cancelled(lead=UNKNOWN))
        assert error(world.post_cancel(content=body.ljust(61))) == TOO_LARGE


def sized(world: World, body: bytes, *, in_chunks: bool) -> bytes:
    """A cancellation whose length is announced, or that comes in chunks."""
    lead, key = f"POST {CANCEL}", f"Authorization: Bearer {world.key}"
    if in_chunks:
        half = len(body) // 2
        return request(lead, key, "Transfer-Encoding: chunked", body=chunked(body[:half], body[half:]))
    return request(lead, key, length(body), body=body)


@pytest.mark.clause("A15")
@pytest.mark.parametrize(
    ("query", "page", "limit"),
    [
        ("limit=3&limit=7", 1, 3),
        ("limit=7&limit=3&limit=x", 1, 7),
        ("limit=x&limit=3", 1, 50),
        ("page=2&limit=9&page=3", 2, 9),
        ("page=&page=3", 1, 50),
    ],
)
def test_first_of_repeated_parameters_counts(world: World, query: str, page: int, limit: int) -> None:
    """Of a parameter that is given more than once the first value is used, be it empty or no number."""
    assert world.replies(query) == page_of(page=page, limit=limit)


@pytest.mark.clause("A15")
def test_first_of_repeated_ids_counts(busy: World) -> None:
    """Of a repeated filter a later value is not even looked at."""
    assert who(busy, f"leadId={JANE}&leadId={OMAR}") == [JANE]
    assert who(busy, f"leadId={JANE}&leadId=nonsense") == [JANE]
    assert error(busy.get_replies(f"leadId=nonsense&leadId={JANE}")) == invalid("leadId")
    assert who(busy, "dateTo=2026-03-12T10:00:00Z&dateTo=2000-01-01") == [JANE]


@pytest.mark.clause("A16")
@pytest.mark.parametrize("method", ["HEAD", "OPTIONS"])
@both_operations
def test_head_and_options_are_other_methods(busy: World, path: str, method: str) -> None:
    """HEAD and OPTIONS are answered 405 with `Allow`, HEAD without a body."""
    before = held(busy)
    answer = busy.http.request(method, path, headers=busy.headers)
    assert (answer.status_code, answer.headers["allow"]) == (405, METHODS[path])
    assert answer.content == (b"" if method == "HEAD" else b'{"error":"Method not allowed"}')
    assert held(busy) == before


@pytest.mark.clause("A16")
@pytest.mark.parametrize("authorization", [None, "Bearer nobody", "Basic eDp5"], ids=str)
def test_decides_path_and_method_before_the_key(world: World, authorization: str | None) -> None:
    """Without a valid key a wrong method is answered 405 and an unknown path 404."""
    headers = {} if authorization is None else {"Authorization": authorization}
    assert error(world.http.get(CANCEL, headers=headers)) == METHOD_NOT_ALLOWED
    assert error(world.http.post(REPLIES, headers=headers)) == METHOD_NOT_ALLOWED
    assert error(world.http.get("/api/nothing", headers=headers)) == NOT_FOUND


@pytest.mark.clause("A17")
def test_reads_undecodable_bytes_as_replacement_characters(world: World, server: BackgroundServer) -> None:
    """A byte in a query string that is no UTF-8 means U+FFFD, so that it finds what has that character."""
    lead = world.lead(email="jan\ufffd@example.com")
    world.reply(lead, message="Stop")
    for value in ("jan%ff@example.com", "jan%EF%BF%BD@example.com", "jan%c3@example.com"):
        asked = request(f"GET {REPLIES}?recipientEmail={value}", f"Authorization: Bearer {world.key}")
        status, page = exchange(server.url, asked).refusal
        assert (status, [item["leadId"] for item in page["replies"]]) == (200, [lead])


@pytest.mark.clause("A17")
@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("page=%ff&limit=%c3%28", (200, NOBODY)),
        ("%ff=1&%c3=2", (200, NOBODY)),
        ("recipientPhone=%ff", (200, NOBODY)),
        ("leadId=%ff", invalid("leadId")),
        ("dateFrom=%ff", invalid("dateFrom")),
        ("lineId=69ab427ac1feb77d7f46000%ff", invalid("lineId")),
    ],
)
def test_undecodable_bytes_are_no_error_by_themselves(
    world: World, server: BackgroundServer, query: str, expected: object
) -> None:
    """A byte that is no UTF-8 is judged as the character it stands for: unknown, no number, no id."""
    asked = request(f"GET {REPLIES}?{query}", f"Authorization: Bearer {world.key}")
    assert exchange(server.url, asked).refusal == expected


@pytest.mark.clause("A18")
@pytest.mark.parametrize("slash", ["/", "//", "%2F"])
@both_operations
def test_slash_at_the_end_makes_an_unknown_path(busy: World, server: BackgroundServer, path: str, slash: str) -> None:
    """A known path with a slash at its end is answered 404, not redirected."""
    before = held(busy)
    body = b'{"leadId":"%s"}' % JANE.encode()
    headers = (f"Authorization: Bearer {busy.key}", length(body))
    answer = exchange(server.url, request(f"{METHODS[path]} {path}{slash}", *headers, body=body))
    assert answer.refusal == NOT_FOUND
    assert "location" not in answer.headers
    assert held(busy) == before


@pytest.mark.clause("A19")
def test_last_of_repeated_names_counts(busy: World) -> None:
    """Of a name that stands twice in a body the last value is used."""
    good, bad = JANE.encode(), b"nonsense"
    before = held(busy)
    twice = b'{"leadId":"%s","leadId":"%s"}'
    assert error(busy.post_cancel(content=twice % (good, bad))) == invalid("leadId")
    assert error(busy.post_cancel(content=b'{"leadId":"%s","leadId":null}' % good)) == NO_IDENTIFIER
    assert held(busy) == before
    answer = busy.post_cancel(content=twice % (bad, good))
    assert answer.json() == cancelled(*JANES_WAITING, lead=JANE, jobs=2)
