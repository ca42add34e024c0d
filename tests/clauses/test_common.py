"""Clauses A1 to A4 and A10: keys, inactive workspaces, the shape of refusals, and that they change nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from tests.clauses.busy import (
    BUSY,
    JANE,
    JANE_PHONE,
    NOW,
    UNKNOWN,
)
from tests.clauses.checks import (
    INACTIVE,
    LIMIT_BYTES,
    METHOD_NOT_ALLOWED,
    METHODS,
    NO_CAMPAIGN,
    NO_IDENTIFIER,
    NO_LEAD,
    NO_OBJECT,
    NOT_FOUND,
    NOT_JSON,
    RATE_LIMITED,
    TOO_LARGE,
    UNAUTHORIZED,
    Refused,
    ask,
    both_operations,
    contents,
    held,
    invalid,
)
from tests.clauses.raw import exchange, length, request
from tests.support import CANCEL, REPLIES, World, error

if TYPE_CHECKING:
    from tuco_mock.server import BackgroundServer

Worlds = Callable[..., World]

WITHOUT_A_KEY = {
    "no header": None,
    "empty header": "",
    "only a scheme": "Bearer",
    "empty token": "Bearer ",
    "blank token": "Bearer    ",
    "unknown key": "Bearer tuco_sk_000000000000000000000000",
    "another scheme": "Basic {key}",
    "a token scheme": "Token {key}",
    "no scheme": "{key}",
    "no space after the scheme": "Bearer{key}",
    "a tab after the scheme": "Bearer\t{key}",
    "scheme twice": "Bearer Bearer {key}",
    "quoted": 'Bearer "{key}"',
    "two keys": "Bearer {key} {key}",
    "two keys with a comma": "Bearer {key},{key}",
}


@pytest.mark.clause("A1")
@both_operations
@pytest.mark.parametrize("header", WITHOUT_A_KEY.values(), ids=WITHOUT_A_KEY.keys())
def test_refuses_without_a_valid_key(busy: World, server: BackgroundServer, path: str, header: str | None) -> None:
    """Whatever does not carry a valid key as a bearer token is answered 401, and nothing changes."""
    before = held(busy)
    body = b'{"leadId":"%s"}' % JANE.encode()
    given = [] if header is None else [f"Authorization: {header.format(key=busy.key)}"]
    answer = exchange(server.url, request(f"{METHODS[path]} {path}", *given, length(body), body=body))
    assert answer.refusal == UNAUTHORIZED
    assert answer.headers["content-type"] == "application/json"
    assert held(busy) == before


@pytest.mark.clause("A1")
@both_operations
def test_refuses_a_revoked_key(busy: World, path: str) -> None:
    """After a rotation the old key is answered 401 and the new one is let in."""
    (new,) = busy.patch(rotateApiKeys=True)["apiKeys"]
    body = b'{"leadId":"%s"}' % UNKNOWN.encode()
    assert error(ask(busy, path, f"Bearer {busy.key}", content=body)) == UNAUTHORIZED
    assert ask(busy, path, f"Bearer {new}", content=body).status_code == 200


BEFORE_ANYTHING_ELSE: dict[str, tuple[str, bytes, str]] = {
    "malformed body": (CANCEL, b'{"leadId":', ""),
    "body that is no object": (CANCEL, b"[]", ""),
    "invalid leadId": (CANCEL, b'{"leadId":"x"}', ""),
    "no identifier": (CANCEL, b"{}", ""),
    "body too large": (CANCEL, b" " * (LIMIT_BYTES + 1), ""),
    "invalid filter": (REPLIES, b"", "?leadId=x&dateFrom=x"),
    "unknown lead": (REPLIES, b"", f"?leadId={UNKNOWN}"),
}


@pytest.mark.clause("A1")
@pytest.mark.parametrize(("path", "content", "query"), BEFORE_ANYTHING_ELSE.values(), ids=BEFORE_ANYTHING_ELSE.keys())
def test_looks_at_the_key_first(world: World, path: str, content: bytes, query: str) -> None:
    """A request without a valid key is answered 401 whatever else is wrong with it."""
    assert error(ask(world, path, "Bearer nobody", content=content, query=query)) == UNAUTHORIZED


@pytest.mark.clause("A1")
def test_looks_at_the_key_before_the_rate_limit(make_world: Worlds) -> None:
    """With the bucket empty an unknown key is still answered 401, not 429."""
    world = make_world(state={"clock": NOW, "rateLimitBuckets": {"replies": {"tokens": 0, "at": NOW}}})
    assert world.get_replies().status_code == 429
    assert error(ask(world, REPLIES, "Bearer nobody")) == UNAUTHORIZED


@pytest.mark.clause("A2")
@both_operations
@pytest.mark.parametrize("scheme", ["Bearer ", "bearer ", "BEARER ", "bEaReR ", "Bearer  ", "bearer     "])
def test_takes_the_scheme_in_any_case_and_further_spaces(busy: World, path: str, scheme: str) -> None:
    """The scheme is matched without regard to case, and more than one space may follow it."""
    body = b'{"leadId":"%s"}' % UNKNOWN.encode()
    assert ask(busy, path, f"{scheme}{busy.key}", content=body).status_code == 200


@pytest.mark.clause("A2")
@both_operations
@pytest.mark.parametrize(
    "altered",
    [str.upper, str.title, lambda key: key[:-1], lambda key: f"{key}0", lambda key: f"_{key}"],
    ids=["upper case", "title case", "cut", "longer", "prefixed"],
)
def test_compares_the_key_exactly(world: World, path: str, altered: Callable[[str], str]) -> None:
    """A key that differs in case or in one character is unknown."""
    assert error(ask(world, path, f"Bearer {altered(world.key)}", content=b"{}")) == UNAUTHORIZED


REJECTED: dict[str, tuple[str, str, str, bytes, Refused]] = {
    "unknown key": ("POST", CANCEL, "nobody", b"{}", UNAUTHORIZED),
    "no identifier": ("POST", CANCEL, "", b"{}", NO_IDENTIFIER),
    "malformed body": ("POST", CANCEL, "", b"{", NOT_JSON),
    "list as body": ("POST", CANCEL, "", b"[]", NO_OBJECT),
    "invalid leadId beside a good phone": (
        "POST",
        CANCEL,
        "",
        b'{"leadId":"x","recipientPhone":"%s"}' % JANE_PHONE.encode(),
        invalid("leadId"),
    ),
    "body too large": (
        "POST",
        CANCEL,
        "",
        b'{"leadId":"%s"}%s' % (JANE.encode(), b" " * LIMIT_BYTES),
        TOO_LARGE,
    ),
    "wrong method of cancelForLead": ("PUT", CANCEL, "", b'{"leadId":"%s"}' % JANE.encode(), METHOD_NOT_ALLOWED),
    "wrong method of getReplies": ("DELETE", REPLIES, "", b"", METHOD_NOT_ALLOWED),
    "unknown path": ("POST", f"{CANCEL}s", "", b'{"leadId":"%s"}' % JANE.encode(), NOT_FOUND),
    "invalid filter": ("GET", f"{REPLIES}?lineId=x", "", b"", invalid("lineId")),
    "unknown lead": ("GET", f"{REPLIES}?leadId={UNKNOWN}", "", b"", NO_LEAD),
    "unknown campaign": ("GET", f"{REPLIES}?campaignId={UNKNOWN}", "", b"", NO_CAMPAIGN),
}


@pytest.mark.clause("A3", "A10")
@pytest.mark.parametrize(("method", "target", "key", "content", "refused"), REJECTED.values(), ids=REJECTED.keys())
def test_rejects_with_an_error_object_and_changes_nothing(
    busy: World, *, method: str, target: str, key: str, content: bytes, refused: Refused
) -> None:
    """Every refusal is a JSON object whose `error` is a text, and leaves all data as it was."""
    before = contents(busy)
    headers = {"Authorization": f"Bearer {key or busy.key}"}
    answer = busy.http.request(method, target, headers=headers, content=content)
    assert error(answer) == refused
    assert answer.headers["content-type"] == "application/json"
    assert int(answer.headers["content-length"]) == len(answer.content)
    assert contents(busy) == before


@pytest.mark.clause("A3", "A10")
def test_rate_limited_answer_is_an_error_object(make_world: Worlds) -> None:
    """A 429 is a JSON object with `error` too, and changes nothing, the bucket included."""
    world = make_world(state={**BUSY, "rateLimitBuckets": {"replies": {"tokens": 0.5, "at": NOW}}})
    before = held(world)
    answer = world.get_replies()
    assert error(answer) == RATE_LIMITED
    assert answer.headers["content-type"] == "application/json"
    assert held(world) == before


@pytest.mark.clause("A4", "A10")
@both_operations
def test_refuses_an_inactive_workspace(busy: World, path: str) -> None:
    """A valid key of an inactive workspace is answered 400, changes nothing, and works again once it is active."""
    busy.patch(active=False)
    before = held(busy)
    body = b'{"leadId":"%s"}' % JANE.encode()
    assert error(ask(busy, path, f"Bearer {busy.key}", content=body)) == INACTIVE
    assert error(ask(busy, path, f"Bearer {busy.key}", content=b"{", query="?leadId=x")) == INACTIVE
    assert error(ask(busy, path, "Bearer nobody", content=body)) == UNAUTHORIZED
    assert held(busy) == before
    busy.patch(active=True)
    assert ask(busy, path, f"Bearer {busy.key}", content=body).status_code == 200
