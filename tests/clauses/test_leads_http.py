"""Clauses A1, A4, A9, A11, A16 and L25 for the operations on leads: keys, methods, and an engine that fails."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.clauses.busy import BUSY, JANE, UNKNOWN
from tests.clauses.checks import INACTIVE, METHOD_NOT_ALLOWED, NOT_FOUND, UNAUTHORIZED, held
from tests.support import LEADS, Json, World, error

if TYPE_CHECKING:
    from tests.clauses.engines import OwnServer

CALLS: dict[str, tuple[str, Json]] = {
    "getLeads": ("GET", {}),
    "createLeads": ("POST", {"leads": [{"phone": "+14155550100"}]}),
    "deleteLeads": ("DELETE", {"ids": [JANE]}),
}
every_operation = pytest.mark.parametrize(("method", "body"), CALLS.values(), ids=CALLS.keys())


class EngineDown(RuntimeError):
    """What the engine fails with; its text must stay inside."""


@pytest.mark.clause("A1", "A10")
@every_operation
@pytest.mark.parametrize("key", [None, "", "Bearer", "Bearer nobody", "Basic {key}", "Bearer {key}x", "{key}"])
def test_refuses_without_a_valid_key(busy: World, method: str, body: Json, key: str | None) -> None:
    """Whatever else is asked or sent, 401 comes first and nothing changes."""
    before = held(busy)
    headers = {} if key is None else {"Authorization": key.format(key=busy.key)}
    for sent in (b"{", b"", None):
        content: Any = {"json": body} if sent is None else {"content": sent}
        assert error(busy.http.request(method, f"{LEADS}?id=x", headers=headers, **content)) == UNAUTHORIZED
    assert held(busy) == before


@pytest.mark.clause("A4", "A10")
@every_operation
def test_refuses_an_inactive_workspace(busy: World, method: str, body: Json) -> None:
    """An inactive workspace is told so by each operation, and nothing changes."""
    busy.patch(active=False)
    before = held(busy)
    assert error(busy.http.request(method, LEADS, headers=busy.headers, json=body)) == INACTIVE
    assert error(busy.http.request(method, f"{LEADS}?id=x", headers=busy.headers, content=b"{")) == INACTIVE
    assert held(busy) == before


@pytest.mark.clause("A9", "A16", "A10")
@pytest.mark.parametrize("method", ["PUT", "PATCH", "OPTIONS", "HEAD", "TRACE", "PROPFIND"])
def test_other_methods_are_not_allowed(busy: World, method: str) -> None:
    """The path says which methods it has."""
    before = held(busy)
    answer = busy.http.request(method, LEADS, headers=busy.headers, json={"ids": [JANE]})
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, POST, DELETE")
    if method != "HEAD":
        assert error(answer) == METHOD_NOT_ALLOWED
    assert held(busy) == before


@pytest.mark.clause("A9", "A18")
@every_operation
@pytest.mark.parametrize("path", [f"{LEADS}/", f"{LEADS}/{JANE}", "/api/lead", "/api/Leads"])
def test_other_paths_are_unknown(busy: World, method: str, body: Json, path: str) -> None:
    """A path that is nearly right is answered 404 and changes nothing."""
    before = held(busy)
    assert error(busy.http.request(method, path, headers=busy.headers, json=body)) == NOT_FOUND
    assert held(busy) == before


@pytest.mark.clause("A8", "A15", "A19")
def test_what_is_unknown_or_repeated(busy: World) -> None:
    """Unknown fields and parameters are ignored; the first parameter and the last field count."""
    answer = busy.http.get(f"{LEADS}?sort=asc&id={JANE}&id=x&Id=5", headers=busy.headers)
    assert answer.json()["lead"]["_id"] == JANE
    content = b'{"ids":["x"],"force":true,"ids":["%s"]}' % UNKNOWN.encode()
    assert error(busy.delete_leads(content=content)) == (200, {"deletedCount": 0})
    content = b'{"leads":5,"upsert":1,"leads":[{"phone":5,"_id":"x","phone":"+14155550100","listId":"x","source":7}]}'
    assert busy.post_leads(content=content).status_code == 201


@pytest.mark.clause("A11", "L25", "A10")
@every_operation
@pytest.mark.parametrize("failing", ["workspaces", "leads"])
def test_failure_of_an_engine_is_the_documented_500(own: OwnServer, method: str, body: Json, failing: str) -> None:
    """A failing engine gives the documented 500, nothing is changed, and the next call is answered as ever."""
    world = own.world(state=BUSY)
    before = held(world)

    def fail(collection: str, called: str) -> None:
        if collection == failing:
            raise EngineDown(f"secret detail of {collection}.{called}")

    own.documents.watch = fail
    answer = own.http.request(method, LEADS, headers=world.headers, json=body)
    own.documents.watch = None
    assert error(answer) == (500, {"error": "Internal server error"})
    assert held(world) == before
    assert own.http.request(method, LEADS, headers=world.headers, json=body).status_code in {200, 201}
