"""Each option of `serve` has a TUCO_MOCK_* variable, and goes before it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

import click
import httpx

from tests.cli.running import Ended, Serving
from tests.support import CANCEL
from tuco_mock.cli import main

if TYPE_CHECKING:
    from pathlib import Path

Serve = Callable[..., Serving]
Tuco = Callable[..., Ended]

VARIABLES = {
    "TUCO_MOCK_HOST": "127.0.0.1",
    "TUCO_MOCK_PORT": "0",
    "TUCO_MOCK_PORT_FILE": "port",
    "TUCO_MOCK_FIXTURE": "mine.yaml",
    "TUCO_MOCK_ALLOW_HOST": "mock.test other.test",
    "TUCO_MOCK_CONTROL_TOKEN": "s3cret",
    "TUCO_MOCK_MAX_BODY_BYTES": "64",
    "TUCO_MOCK_MAX_FIXTURE_BYTES": "4096",
    "TUCO_MOCK_JOURNAL_LIMIT": "7",
    "TUCO_MOCK_WORKER": "auto",
    "TUCO_MOCK_MONGO_URL": "",
    "TUCO_MOCK_REDIS_URL": "",
    "TUCO_MOCK_NAMESPACE": "mine",
    "TUCO_MOCK_FRESH": "true",
    "TUCO_MOCK_WORKERS": "1",
    "TUCO_MOCK_VALIDATE": "true",
    "TUCO_MOCK_LOG_FORMAT": "text",
}


def fixture(home: Path) -> None:
    """A fixture of one workspace, `mine`."""
    (home / "mine.yaml").write_text("workspaces: [{id: mine, apiKeys: [tuco_sk_mine]}]\n")


def test_the_variables_are_those_of_the_options() -> None:
    serve = main.commands["serve"]
    assert {each.envvar for each in serve.params if isinstance(each, click.Option) and each.name != "help"} == set(
        VARIABLES
    )
    for option in serve.params:
        assert option.envvar == "TUCO_MOCK_" + option.opts[-1].removeprefix("--").replace("-", "_").upper()


def test_variables_do_what_options_do(serve: Serve, home: Path) -> None:
    fixture(home)
    server = serve(**VARIABLES)
    assert "mine.yaml" in server.line()  # as text
    url = f"http://127.0.0.1:{int((home / 'port').read_text())}"
    key, token = {"Authorization": "Bearer tuco_sk_mine"}, {"Authorization": "Bearer s3cret"}
    info = url + "/_tuco/info"
    assert httpx.get(info).status_code == 401
    for host, status in {"mock.test": 200, "other.test": 200, "evil.test": 403}.items():
        assert httpx.get(info, headers={"Host": host, **token}).status_code == status
    assert httpx.get(info, headers=token).json()["settings"] == {
        "host": "127.0.0.1",
        "port": int((home / "port").read_text()),
        "fixture": "mine.yaml",
        "validate": True,
        "maxBodyBytes": 64,
        "maxFixtureBytes": 4096,
        "journalLimit": 7,
        "worker": "auto",
        "workers": 1,
        "namespace": "mine",
        "allowedHosts": ["mock.test", "other.test"],
        "controlToken": True,
    }
    body = b'{"leadId": "69b2c41d352a78479d2c623b"}'
    assert httpx.post(url + CANCEL, content=body, headers=key).status_code == 200
    assert httpx.post(url + CANCEL, content=body.ljust(65), headers=key).status_code == 413


def test_an_option_goes_before_its_variable(serve: Serve, home: Path) -> None:
    fixture(home)
    options = {
        "--log-format": "json",
        "--fixture": "default",
        "--max-body-bytes": "1000",
        "--control-token": "other",
        "--port-file": "elsewhere",
        "--allow-host": "third.test",
    }
    server = serve(*(word for pair in options.items() for word in pair), **VARIABLES)
    url = json.loads(server.line())["url"]
    assert url.endswith((home / "elsewhere").read_text().strip())
    assert not (home / "port").exists()
    info = httpx.get(url + "/_tuco/info", headers={"Authorization": "Bearer other"}).json()["settings"]
    assert (info["fixture"], info["maxBodyBytes"], info["allowedHosts"]) == ("default", 1000, ["third.test"])


def test_empty_variables_count_as_not_set(serve: Serve) -> None:
    empty = {**dict.fromkeys(VARIABLES, ""), "TUCO_MOCK_PORT": "0"}
    url = json.loads(serve(**empty).line())["url"]
    assert url.startswith("http://127.0.0.1:")
    settings = httpx.get(url + "/_tuco/info").json()["settings"]
    assert (settings["fixture"], settings["controlToken"], settings["allowedHosts"]) == ("default", False, [])


def test_the_token_is_asked_for_everywhere_it_is_needed(serve: Serve, tuco: Tuco) -> None:
    url = json.loads(serve("--port", "0", "--control-token", "s3cret").line())["url"]
    commands = (
        ("readyz",),
        ("state", "export"),
        ("clock", "advance", "5m"),
        ("requests",),
        ("faults", "list"),
        ("reply", "--phone", "+14155550100", "Stop"),
    )
    for command in commands:
        refused = tuco(*command, TUCO_MOCK_URL=url)
        assert refused.code in {1, 2}
        assert "token" in refused.err
        assert tuco(*command, "--url", url, "--control-token", "s3cret").code == 0
        assert tuco(*command, TUCO_MOCK_URL=url, TUCO_MOCK_CONTROL_TOKEN="s3cret").code == 0
