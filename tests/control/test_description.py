"""The control plane's own description: valid, complete, and what the server says of itself."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from openapi_spec_validator import validate

import tuco_mock
from tests.control.described import Described
from tuco_mock.app import create_app
from tuco_mock.control.routes import OPERATIONS, ControlPlane
from tuco_mock.server import BackgroundServer
from tuco_mock.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture(scope="module")
def document(http: httpx.Client) -> Any:
    """The description as it is served."""
    return http.get("/_tuco/openapi.json").json()


def operations(document: Any) -> list[tuple[str, str, Any]]:
    """Method, path and definition of each operation."""
    return [
        (method.upper(), path, definition)
        for path, methods in document["paths"].items()
        for method, definition in methods.items()
    ]


def test_it_is_valid_openapi(document: Any) -> None:
    validate(document)
    assert document["openapi"].startswith("3.1.")
    assert document["info"]["version"] == tuco_mock.__version__


def test_it_lists_exactly_the_routes(document: Any) -> None:
    described = {(method, path) for method, path, _ in operations(document)}
    assert described == {(operation.method, operation.path) for operation in OPERATIONS}
    plane = ControlPlane(create_app(Settings()).store, Settings(), ())
    assert {(method, path) for path, door in plane.doors.items() for method in door.methods} == described


def test_names_are_there_once_and_can_be_names_in_a_program(document: Any) -> None:
    names = [definition["operationId"] for _, _, definition in operations(document)]
    assert [name for name, times in Counter(names).items() if times > 1] == []
    assert all(name.isidentifier() for name in names)


def test_every_operation_says_what_it_is(document: Any) -> None:
    for method, path, definition in operations(document):
        assert definition["summary"], f"{method} {path}"
        parameters = [each for each in definition["parameters"] if each["in"] == "path"]
        assert {f"{{{each['name']}}}" for each in parameters} == {
            part for part in path.split("/") if part.startswith("{")
        }
        assert all(each["description"] for each in definition["parameters"])
        if "requestBody" in definition:
            assert method in {"POST", "PUT", "PATCH"}


def test_a_token_is_described(document: Any) -> None:
    assert {"token": []} in document["security"]
    assert document["components"]["securitySchemes"]["token"]["scheme"] == "bearer"


def test_every_schema_that_is_named_is_there(document: Any) -> None:
    names = set(document["components"]["schemas"])
    assert set(references(document)) <= {f"#/components/schemas/{name}" for name in names}
    assert names >= {"Workspace", "Lead", "Message", "Reply", "Line", "Campaign", "Webhook", "Problem"}


def references(node: Any) -> list[str]:
    """All references below a node."""
    if isinstance(node, list):
        return [each for item in node for each in references(item)]
    if not isinstance(node, dict):
        return []
    here = [node["$ref"]] if isinstance(node.get("$ref"), str) else []
    return here + [each for item in node.values() for each in references(item)]


def test_the_check_of_answers_finds_what_differs(document: Any, server: BackgroundServer) -> None:
    changed = {**document, "paths": {**document["paths"]}}
    livez = document["paths"]["/_tuco/livez"]["get"]
    schema = {"type": "object", "properties": {"status": {"type": "integer"}}}
    content = {"200": {"description": "", "content": {"application/json": {"schema": schema}}}}
    changed["paths"]["/_tuco/livez"] = {"get": {**livez, "responses": content}}
    hook = Described(changed)
    with (
        httpx.Client(base_url=server.url, event_hooks={"response": [hook]}, trust_env=False) as http,
        pytest.raises(AssertionError, match=r"\$\.status"),
    ):
        http.get("/_tuco/livez")


def test_health(http: httpx.Client) -> None:
    assert http.get("/_tuco/livez").json() == {"status": "ok"}
    assert http.get("/_tuco/readyz").json() == {"status": "ready"}


def test_ready_only_while_the_engines_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    app = create_app()
    with BackgroundServer(app) as server:
        monkeypatch.setattr(app.store.engines.redis, "ping", unreachable)
        answer = httpx.get(f"{server.url}/_tuco/readyz")
        assert (answer.status_code, answer.headers["content-type"]) == (503, "application/problem+json")
        assert "no route" in answer.json()["detail"]
        assert httpx.get(f"{server.url}/_tuco/livez").status_code == 200


def unreachable(**_: Any) -> bool:
    """What an engine does that is gone."""
    from redis.exceptions import ConnectionError as Gone

    raise Gone("no route to it")


def test_info_says_what_runs(own: Callable[..., httpx.Client]) -> None:
    info = own(fixture="agency", validate=True, allowed_hosts=("mock.test",)).get("/_tuco/info").json()
    assert (info["name"], info["version"]) == ("tuco-mock", tuco_mock.__version__)
    assert all("embedded" in name for name in info["engines"].values())
    assert info["settings"]["fixture"] == "agency"
    assert info["settings"]["allowedHosts"] == ["mock.test"]
    assert (info["settings"]["validate"], info["settings"]["controlToken"]) == (True, False)
    assert (info["settings"]["workers"], info["counts"]["processes"]) == (1, 1)


def test_info_counts_workspaces(own: Callable[..., httpx.Client]) -> None:
    http = own()
    before = http.get("/_tuco/info").json()["counts"]["workspaces"]
    http.post("/_tuco/workspaces", json={})
    assert http.get("/_tuco/info").json()["counts"]["workspaces"] == before + 1
