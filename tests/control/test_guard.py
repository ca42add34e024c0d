"""Who may use the control plane: not a web page of another origin, not a rebound host name, not without its token."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from tests.control.described import refused
from tests.server.raw import connect
from tests.support import CANCEL, World

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx

    from tuco_mock.server import BackgroundServer

INFO = "/_tuco/info"


def port(http: httpx.Client) -> int:
    """The port of the client's server."""
    found = http.base_url.port
    assert found is not None
    return found


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "LocalHost", "[::1]", "127.0.0.1:{port}", "localhost:1", "[::1]:{port}"]
)
def test_loopback_under_any_of_its_names(http: httpx.Client, host: str) -> None:
    assert http.get(INFO, headers={"Host": host.format(port=port(http))}).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:{port}",
        "127.0.0.1.evil.example",
        "localhost.evil.example:{port}",
        "127.0.0.2",
        "[::2]:{port}",
        "::1",
        "127.0.0.1:{port}:80",
        "127.0.0.1:banana",
        "localhost@evil.example",
        "evil.example/localhost",
        "0.0.0.0",
        "app.tuco.ai",
        "",
    ],
)
def test_another_name_is_refused(http: httpx.Client, world: World, host: str) -> None:
    before = world.state()
    headers = {"Host": host.format(port=port(http))}
    refused(http.get(INFO, headers=headers), 403, "--allow-host", host.format(port=port(http)))
    for method in ("GET", "POST", "PATCH", "PUT", "DELETE"):
        refused(http.request(method, f"/_tuco/workspaces/{world.id}", headers=headers), 403)
    refused(http.get("/_tuco/nothing", headers=headers), 403)  # nor is it told what there is
    assert world.state() == before


def test_no_host_at_all_is_refused(server: BackgroundServer) -> None:
    with connect(server.url) as connection:
        connection.sendall(b"GET /_tuco/info HTTP/1.0\r\n\r\n")
        assert connection.makefile("rb").readline().startswith(b"HTTP/1.1 403 ")


@pytest.mark.parametrize(
    "origin",
    [
        "http://evil.example",
        "https://evil.example:{port}",
        "null",
        "http://127.0.0.1",
        "http://127.0.0.1:1",
        "http://localhost:{port}",  # another origin than http://127.0.0.1 to a browser, too
        "http://127.0.0.1:{port}.evil.example",
        "http://127.0.0.1:{port}@evil.example",
        "file://",
        "chrome-extension://abc",
        "",
    ],
)
def test_a_page_of_another_origin_is_refused(http: httpx.Client, world: World, origin: str) -> None:
    before = world.state()
    headers = {"Origin": origin.format(port=port(http))}
    refused(http.get(INFO, headers=headers), 403, "origin")
    refused(http.post(f"/_tuco/workspaces/{world.id}/clock", json={"advance": "1d"}, headers=headers), 403)
    refused(http.delete(f"/_tuco/workspaces/{world.id}", headers=headers), 403)
    assert world.state() == before


def test_a_page_of_the_same_origin_may(http: httpx.Client) -> None:
    here = f"127.0.0.1:{port(http)}"
    for headers in (
        {"Origin": f"http://{here}"},
        {"Origin": f"HTTP://{here}"},
        {"Host": "localhost:8", "Origin": "http://localhost:8"},
        {"Host": "[::1]:8", "Origin": "http://[::1]:8"},
        {"Host": "localhost", "Origin": "https://localhost"},
    ):
        assert http.get(INFO, headers=headers).status_code == 200


def test_no_origin_is_ever_allowed_by_cors(http: httpx.Client) -> None:
    for origin in ("http://evil.example", f"http://127.0.0.1:{port(http)}"):
        preflight = {"Origin": origin, "Access-Control-Request-Method": "POST"}
        for answer in (http.get(INFO, headers={"Origin": origin}), http.options(INFO, headers=preflight)):
            assert not any(name.startswith("access-control-") for name in answer.headers)


def test_allowed_names(own: Callable[..., httpx.Client]) -> None:
    http = own(allowed_hosts=("Mock.Test", "ci"))
    for host in ("mock.test", "MOCK.test:4010", "ci", "127.0.0.1", "localhost:4010"):
        assert http.get(INFO, headers={"Host": host}).status_code == 200
    for host in ("evil.example", "sub.mock.test", "mock.test.evil.example", "c"):
        refused(http.get(INFO, headers={"Host": host}), 403, host)
    assert http.get(INFO, headers={"Host": "ci", "Origin": "http://ci"}).status_code == 200
    refused(http.get(INFO, headers={"Host": "ci", "Origin": "http://mock.test"}), 403)


def test_without_the_token_nothing_is_answered(own: Callable[..., httpx.Client]) -> None:
    http = own(control_token="s3cret")
    asked = (
        ("GET", INFO),
        ("GET", "/_tuco/openapi.json"),
        ("GET", "/_tuco/nothing"),
        ("POST", "/_tuco/reset"),
        ("DELETE", "/_tuco/workspaces/default"),
    )
    wrong = ("", "Bearer", "Bearer wrong", "Bearer s3cret-and-more", "Bearer S3CRET", "Basic s3cret", "s3cret")
    for method, path in asked:
        refused(http.request(method, path), 401, "Authorization: Bearer")
        refused(http.request(method, path, headers={"X-Token": "s3cret"}), 401)
        for given in wrong:
            refused(http.request(method, path, headers={"Authorization": given}), 401)
    token = {"Authorization": "Bearer s3cret"}
    assert len(http.get("/_tuco/workspaces", headers=token).json()["workspaces"]) == 1  # it is still there


def test_with_the_token_everything_is(own: Callable[..., httpx.Client]) -> None:
    http = own(control_token="s3cret")
    for token in ("Bearer s3cret", "bearer s3cret", "BEARER   s3cret"):
        answer = http.get(INFO, headers={"Authorization": token})
        assert answer.status_code == 200
        assert "s3cret" not in answer.text
        assert answer.json()["settings"]["controlToken"] is True
    refused(http.get(INFO, headers={"Authorization": "Bearer s3cret", "Origin": "http://evil.example"}), 403)


def test_a_token_of_any_bytes_is_compared_and_not_stumbled_over(own: Callable[..., httpx.Client]) -> None:
    http = own(control_token="s3cret")
    for token in (b"Bearer s\xc3\xa9cret", b"Bearer \xff\xfe", b"\x80 s3cret"):
        refused(http.get(INFO, headers={b"Authorization": token}), 401)


def test_a_token_beyond_ascii_works(own: Callable[..., httpx.Client]) -> None:
    http = own(control_token="sécret")
    assert http.get(INFO, headers={b"Authorization": "Bearer sécret".encode()}).status_code == 200
    refused(http.get(INFO, headers={"Authorization": "Bearer secret"}), 401)


def test_the_simulated_api_is_not_guarded(own: Callable[..., httpx.Client]) -> None:
    http = own(control_token="s3cret")
    key = {"Authorization": "Bearer tuco_sk_xxxxxxxxxxxxx"}
    for other in ({"Host": "app.tuco.ai"}, {"Origin": "http://evil.example"}, {"Host": "", "Origin": "null"}):
        assert http.post(CANCEL, json={"leadId": "f" * 24}, headers={**key, **other}).status_code == 200
        assert http.get("/api/replies", headers={**key, **other}).status_code == 200
        assert http.get("/openapi.json", headers=other).status_code == 200
        assert http.get("/api/nothing", headers=other).status_code == 404


def test_a_key_of_the_simulated_api_is_no_token(own: Callable[..., httpx.Client]) -> None:
    http = own(control_token="s3cret")
    refused(http.get(INFO, headers={"Authorization": "Bearer tuco_sk_xxxxxxxxxxxxx"}), 401)
    assert http.get("/api/replies", headers={"Authorization": "Bearer s3cret"}).status_code == 401


def test_the_url_says_the_name_that_is_allowed(server: BackgroundServer) -> None:
    assert urlsplit(server.url).hostname == "127.0.0.1"
