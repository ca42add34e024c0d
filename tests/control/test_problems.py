"""What the control plane refuses whatever it is about: unknown paths, wrong methods, bodies that can't be read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.control.described import check_problem, refused
from tests.support import World
from tuco_mock.control.routes import OPERATIONS

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx

    from tuco_mock.control.door import ControlOperation

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")
PATHS = list(dict.fromkeys(operation.path for operation in OPERATIONS))
TAKING_A_BODY = [operation for operation in OPERATIONS if operation.body is not None]


def filled(path: str, world: World) -> str:
    """The path with its parameters filled in."""
    return path.replace("{ws}", world.id).replace("{messageId}", "f" * 24)


@pytest.mark.parametrize("path", PATHS)
def test_a_wrong_method_is_told_the_right_ones(http: httpx.Client, world: World, path: str) -> None:
    allowed = [operation.method for operation in OPERATIONS if operation.path == path]
    before = world.state()
    for method in METHODS:
        if method not in allowed:
            answer = http.request(method, filled(path, world))
            assert answer.status_code == 405
            assert sorted(answer.headers["allow"].split(", ")) == sorted(allowed)
            if method != "HEAD":
                assert all(each in refused(answer, 405)["detail"] for each in allowed)
    assert world.state() == before


@pytest.mark.parametrize(
    "path",
    [
        "/_tuco/nothing",
        "/_tuco/workspaces/",
        "/_tuco/livez/",
        "/_tuco//livez",
        "/_tuco/Livez",
        "/_tuco/workspaces/default/nothing",
        "/_tuco/workspaces/default/webhooks/1",
        "/_tuco/workspaces/default/queue/x/fly",
        "/_tuco/workspaces/default/queue/a/b/start",
    ],
)
def test_an_unknown_path_leads_to_the_list(http: httpx.Client, path: str) -> None:
    for method in ("GET", "POST", "DELETE"):
        refused(http.request(method, path), 404, path, "/_tuco/openapi.json")


def test_the_root_of_the_control_plane_answers_as_the_control_plane(http: httpx.Client) -> None:
    for path in ("/_tuco", "/_tuco/"):
        refused(http.get(path), 404, "/_tuco/openapi.json")


def test_what_only_looks_like_the_control_plane_is_the_simulated_api(http: httpx.Client) -> None:
    for path in ("/_tucoo", "/_tuc", "/api/_tuco/livez"):
        assert http.get(path).json() == {"error": "Not found"}


@pytest.mark.parametrize("operation", TAKING_A_BODY, ids=lambda each: f"{each.method} {each.path}")
@pytest.mark.parametrize(
    "content",
    [
        b"{",
        b"{'name': 'x'}",
        b'{"name": NaN}',
        b'{"name": "\xff"}',
        b'{"name": "\\ud800"}',
        b"{} {}",
        b"name: x",
        b"\xef\xbb\xbf{",
        b"[" * 100_000,
        b'{"a":' * 5_000,
        b'{"name": "a", "name": "b"}',
        b'{"leads": [{"phone": "+14155550100", "phone": "+14155550101"}]}',
        b"\x00",
        b" ",
        b" \t\r\n",
    ],
    ids=lambda content: repr(content[:12]),
)
def test_what_is_no_json_changes_nothing(
    http: httpx.Client, world: World, operation: ControlOperation, content: bytes
) -> None:
    before = http.get("/_tuco/workspaces").json(), world.state()
    refused(http.request(operation.method, filled(operation.path, world), content=content), 400, "JSON")
    assert (http.get("/_tuco/workspaces").json(), world.state()) == before


def test_a_body_is_not_read_where_none_is_taken(world: World) -> None:
    url = f"/_tuco/workspaces/{world.id}/reset"
    assert world.http.post(url, content=b"{ no JSON").status_code == 200


def test_any_content_type_will_do(world: World) -> None:
    url = f"/_tuco/workspaces/{world.id}/leads"
    for number, kind in enumerate(("text/plain", "application/x-www-form-urlencoded", "nonsense")):
        body = f'{{"phone": "+1415555010{number}"}}'.encode()
        assert world.http.post(url, content=body, headers={"Content-Type": kind}).status_code == 201


def test_too_long_a_body_is_refused_and_changes_nothing(own: Callable[..., httpx.Client]) -> None:
    http = own(max_fixture_bytes=1_000)
    world = World(http)
    url, before = f"/_tuco/workspaces/{world.id}/leads", world.state()
    body = b'{"phone": "+14155550100"}'
    refused(http.post(url, content=body.ljust(1_001)), 413, "1000 bytes")
    chunks = (each for each in (body, b" " * 500, b" " * 500))  # without a length said beforehand
    refused(http.post(url, content=chunks), 413, "1000 bytes")
    refused(http.put(f"/_tuco/workspaces/{world.id}/state", content=b" " * 5_000_000), 413)
    assert world.state() == before
    assert http.post(url, content=body.ljust(1_000)).status_code == 201


def test_the_limit_of_the_simulated_api_is_not_that_of_the_control_plane(own: Callable[..., httpx.Client]) -> None:
    http = own(max_body_bytes=10)
    world = World(http, name="longer than ten bytes")
    assert world.post_cancel({"recipientPhone": "+14155550100"}).status_code == 413
    assert http.get("/_tuco/info").json()["settings"]["maxBodyBytes"] == 10


def test_a_refusal_is_never_more_than_its_reason(http: httpx.Client) -> None:
    answer = http.post("/_tuco/workspaces", json={"leads": [{}] * 500})
    problem = refused(answer, 422)
    assert len(problem["errors"]) == 500  # all of them, for machines
    assert len(problem["detail"]) < 2_000  # the first ones, for people


def test_every_mistake_at_once(http: httpx.Client) -> None:
    body = {"id": "no/id", "apiKeys": [""], "nmae": "x", "leads": [{"phone": 1}, {"fone": "1"}], "clock": "x"}
    problem = refused(http.post("/_tuco/workspaces", json=body), 422)
    places = {each["path"] for each in problem["errors"]}
    assert places >= {"id", "apiKeys[0]", "nmae", "leads[0].phone", "leads[1].fone", "clock"}
    suggested = next(each["message"] for each in problem["errors"] if each["path"] == "leads[1].fone")
    assert "did you mean `phone`?" in suggested


def test_the_control_plane_is_not_limited(world: World) -> None:
    world.patch(rateLimits={"replies": 1})
    assert [world.get_replies().status_code for _ in range(2)] == [200, 429]
    for _ in range(200):
        world.control("GET", "/clock")
    answer = world.http.get(f"/_tuco/workspaces/{world.id}/nothing")
    check_problem(answer)
