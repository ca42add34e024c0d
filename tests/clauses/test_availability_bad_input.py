"""What the availability operations are sent that is no JSON, or odd: refused as documented, never a 5xx, no effect."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.clauses.busy import JANE
from tests.clauses.checking import CHECK, CHECK_ANY, CHECK_LEADS, ask, checks
from tests.clauses.checks import LIMIT_BYTES, NO_OBJECT, NOT_JSON, TOO_LARGE, contents
from tests.support import Json, World, error

pytestmark = pytest.mark.usefixtures("no_error_logged")

every_body = pytest.mark.parametrize("path", [CHECK, CHECK_ANY, CHECK_LEADS])
NOTHING: dict[str, tuple[int, Json]] = {
    CHECK: (400, {"error": "addresses array is required and must not be empty"}),
    CHECK_ANY: (400, {"available": False, "reason": "No phone or email addresses provided"}),
    CHECK_LEADS: (404, {"error": "No leads found to check"}),
}
ODD = ["\x00", "\x1b[31m", "\u202e", "\ufeff", "e\u0301", "💣", "'; DROP TABLE leads;--", "../../etc/passwd", "$ne"]


def sent(world: World, path: str, content: bytes, **headers: str) -> Any:
    """Status and body of the answer to these bytes."""
    return error(world.http.post(path, content=content, headers={**world.headers, **headers}))


@pytest.mark.clause("C3", "A10")
@every_body
@pytest.mark.parametrize(
    "content",
    [
        *(b"{", b'{"address":}', b"{'address':'x'}", b'{"addresses":[NaN]}', b'{"a":Infinity}', b'{"address":"\xff"}'),
        *(
            b'{"address":"\\ud800"}',
            b"[" * 100_000,
            b'{"a":' * 100 + b"1" + b"}" * 100,
            b"address=x",
            b"\xef\xbb\xbf{}",
        ),
    ],
)
def test_no_json(busy: World, path: str, content: bytes) -> None:
    """Whatever is wrong with it, the answer is one and the same."""
    before = contents(busy)
    assert sent(busy, path, content) == NOT_JSON
    assert contents(busy) == before


@pytest.mark.clause("C3", "A10")
@every_body
@pytest.mark.parametrize("content", [b"[]", b"null", b'"x"', b"5", b"true", b'[{"address":"a@b"}]'])
def test_no_object(busy: World, path: str, content: bytes) -> None:
    """JSON, but not the right kind."""
    before = contents(busy)
    assert sent(busy, path, content) == NO_OBJECT
    assert contents(busy) == before


@pytest.mark.clause("A14", "A10")
@every_body
def test_too_long(busy: World, path: str) -> None:
    """One byte over the limit; at the limit it is read."""
    before = contents(busy)
    assert sent(busy, path, b" " * (LIMIT_BYTES + 1)) == TOO_LARGE
    assert sent(busy, path, b" " * LIMIT_BYTES) == NOTHING[path]
    assert contents(busy) == before


@pytest.mark.clause("A13", "A8", "A19")
@every_body
@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_content_types_and_unknown_fields(busy: World, path: str, kind: str) -> None:
    """The body is read whatever it is called; of a repeated field the last counts; others are ignored."""
    body = b'{"address":5,"$where":"1","emails":5,"emails":["a@b"],"address":"a@b"}'
    status, _ = sent(busy, path, body, **{"content-type": kind})
    assert status == 200
    assert checks(busy) == [1]


@pytest.mark.clause("V10", "V14", "V18")
@pytest.mark.parametrize("odd", [*ODD, "x" * 100_000, "9" * 100_000, "+" * 64, "@", "@" * 1000])
def test_odd_texts(busy: World, odd: str) -> None:
    """Wherever a text may stand: looked up or not found, and given back as it came."""
    found = ask(busy, "POST", CHECK, {"addresses": [odd]})
    assert found.json()["results"] == [{"address": odd, "available": "@" in odd}]
    assert ask(busy, "POST", CHECK_ANY, {"phones": [odd], "emails": [odd]}).status_code == 200
    assert ask(busy, "POST", CHECK_LEADS, {"address": odd}).json()["address"] == odd
    assert error(ask(busy, "POST", CHECK_LEADS, {"leadIds": [odd], "listId": odd})) == NOTHING[CHECK_LEADS]
    if len(odd) < 1000:
        answer = busy.http.get(CHECK_LEADS, params={"id": odd}, headers=busy.headers)
        assert error(answer) == (404, {"error": "Lead not found"})
        answer = busy.http.get(CHECK, params={"address": odd}, headers=busy.headers)
        assert answer.json()["address"] == odd.strip()


@pytest.mark.clause("V12", "V13", "V17")
@pytest.mark.parametrize("value", [{"$gt": ""}, {"$ne": None}, [{"$regex": ".*"}], {"$where": "sleep(1000)"}], ids=str)
def test_operators_find_nothing(busy: World, value: Any) -> None:
    """An object that an engine might take for a condition is no text, no id and no list."""
    before = contents(busy)
    for path, refused in NOTHING.items():
        names = ("address", "phones", "emails", "leadIds", "listId") + (() if path == CHECK else ("addresses",))
        assert error(ask(busy, "POST", path, dict.fromkeys(names, value))) == refused
    assert error(ask(busy, "POST", CHECK, {"addresses": [value]}))[0] == 400
    assert contents(busy) == before


@pytest.mark.clause("V17", "V15")
def test_a_great_many_ids(busy: World) -> None:
    """Twenty thousand of nobody and one of somebody."""
    body = {"leadIds": [f"{n:024x}" for n in range(20_000)] + [JANE]}
    assert len(json.dumps(body)) < LIMIT_BYTES
    assert ask(busy, "POST", CHECK_LEADS, body).json()["checked"] == 1
