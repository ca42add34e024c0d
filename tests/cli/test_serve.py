"""`tuco-mock serve`: starts on an empty machine and says where, with what key, and a call to paste."""

from __future__ import annotations

import json
import os
import pty
import select
import signal
import socket
import subprocess
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.cli.running import CANCELLED, COMMAND, KEY, SOON, Serving, environment
from tests.support import CANCEL, REPLIES
from tuco_mock.settings import DEFAULT_PORT

if TYPE_CHECKING:
    from pathlib import Path

Serve = Callable[..., Serving]


def paste(home: Path, line: str) -> Any:
    """What a line pasted into a shell prints, read as JSON."""
    shell = subprocess.run(
        ["bash", "-c", line], cwd=home, env=environment(home), capture_output=True, timeout=SOON, check=True
    )
    return json.loads(shell.stdout)


def is_free(port: int) -> bool:
    """Whether nobody listens on the port."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


@pytest.mark.clause("D1")
def test_without_options_it_serves_the_documented_example(serve: Serve, home: Path) -> None:
    # somebody who has a server on the default port should still be able to run the tests
    elsewhere = {} if is_free(DEFAULT_PORT) else {"TUCO_MOCK_PORT": "0"}
    server = serve(**elsewhere)
    banner = json.loads(server.line())
    assert banner["apiKey"] == KEY
    assert elsewhere or banner["url"] == f"http://127.0.0.1:{DEFAULT_PORT}"
    assert paste(home, banner["curl"]) == CANCELLED
    ended = server.end(signal.SIGTERM)
    assert (ended.code, ended.err) == (0, "")
    assert list(home.iterdir()) == []  # it leaves nothing behind


@pytest.mark.clause("D2")
def test_the_second_documented_call_answers_too(serve: Serve) -> None:
    banner = json.loads(serve("--port", "0").line())
    answer = httpx.get(
        f"{banner['url']}{REPLIES}?recipientPhone=%2B14422646782&limit=10",
        headers={"Authorization": f"Bearer {KEY}"},
    )
    assert answer.status_code == 200
    page = answer.json()
    assert (page["total"], page["limit"]) == (1, 10)
    assert page["replies"][0]["message"] == "Stop"


def test_the_json_banner_is_one_record(serve: Serve) -> None:
    server = serve("--port", "0")
    banner = json.loads(server.line())
    assert set(banner) == {"level", "message", "url", "apiKey", "curl"}
    assert (banner["level"], banner["message"]) == ("info", "listening")
    assert server.end(signal.SIGTERM).out.count("\n") == 1


def test_port_0_picks_a_free_one_and_writes_it_down(serve: Serve, home: Path) -> None:
    banners = []
    for name in ("one", "two"):
        banners.append(json.loads(serve("--port", "0", "--port-file", name).line()))
        # the file is there before the banner is: whoever reads the banner may read the file
        assert banners[-1]["url"] == f"http://127.0.0.1:{int((home / name).read_text())}"
        assert httpx.get(banners[-1]["url"] + "/_tuco/readyz").json() == {"status": "ready"}
    assert banners[0]["url"] != banners[1]["url"]


def test_the_text_banner_is_for_people(serve: Serve, home: Path) -> None:
    server = serve("--port", "0", "--log-format", "text")
    first, key, call, control = (server.line() for _ in range(4))
    url = first.split()[2]
    assert url.startswith("http://127.0.0.1:")
    assert "default" in first
    assert KEY in key
    assert paste(home, call.removeprefix("Try:")) == CANCELLED
    assert httpx.get(control.split()[1]).json()["info"]["title"] == "tuco-mock control plane"


def test_a_terminal_gets_text(home: Path) -> None:
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [*COMMAND, "serve", "--port", "0"],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        cwd=home,
        env=environment(home),
        start_new_session=True,
    )
    try:
        os.close(theirs)
        shown = b""
        while b"openapi.json" not in shown:
            readable, _, _ = select.select([ours], [], [], SOON)
            assert readable, f"nothing came after {shown!r}"
            shown += os.read(ours, 4096)
        assert shown.decode().splitlines()[0].startswith("tuco-mock ")
        process.send_signal(signal.SIGINT)
        assert process.wait(SOON) == 0
    finally:
        process.kill()
        process.wait(SOON)
        os.close(ours)


def test_a_fixture_without_keys_says_how_to_get_one(serve: Serve, home: Path) -> None:
    (home / "empty.yaml").write_text("workspaces: []\n")
    server = serve("--port", "0", "--log-format", "text", "--fixture", "empty.yaml")
    first, key, control = (server.line() for _ in range(3))
    assert "empty.yaml" in first
    assert "POST /_tuco/workspaces" in key
    assert control.startswith("Control:")


def test_no_keys_and_no_call_in_the_json_banner_of_an_empty_fixture(serve: Serve, home: Path) -> None:
    (home / "empty.json").write_text('{"workspaces": []}')
    banner = json.loads(serve("--port", "0", "--fixture", home / "empty.json").line())
    assert banner["apiKey"] is None
    assert "None" not in (banner.get("curl") or "")


def test_made_up_keys_are_told_and_open_the_workspace(serve: Serve, home: Path) -> None:
    (home / "keyless.yaml").write_text("workspaces: [{}]\n")
    banner = json.loads(serve("--port", "0", "--fixture", "keyless.yaml").line())
    assert banner["apiKey"].startswith("tuco_sk_")
    assert paste(home, banner["curl"]) == {
        "success": True,
        "cancelledCount": 0,
        "jobsRemovedFromQueue": 0,
        "leadId": None,
        "messageIds": [],
    }


def test_a_key_with_the_shell_s_own_characters_can_be_pasted(serve: Serve, home: Path) -> None:
    key = "tuco_sk_a$HOME`id`\"b'c!\\d"
    (home / "key.json").write_text(json.dumps({"workspaces": [{"apiKeys": [key]}]}))
    banner = json.loads(serve("--port", "0", "--fixture", "key.json").line())
    assert banner["apiKey"] == key
    assert paste(home, banner["curl"])["success"] is True


@pytest.mark.parametrize("name", ["default", "agency"])
def test_the_shipped_fixtures_are_known_by_name(serve: Serve, name: str) -> None:
    url = json.loads(serve("--port", "0", "--fixture", name).line())["url"]
    assert httpx.get(url + "/_tuco/info").json()["settings"]["fixture"] == name
    assert httpx.get(url + "/_tuco/info").json()["counts"]["workspaces"] >= 1


def test_a_file_goes_before_a_shipped_fixture_of_the_same_name(serve: Serve, home: Path) -> None:
    (home / "default").write_text("workspaces: [{id: mine}]\n")
    url = json.loads(serve("--port", "0").line())["url"]
    assert httpx.get(url + "/_tuco/workspaces/default").json()["id"] == "mine"


def test_validate_checks_while_serving(serve: Serve) -> None:
    server = serve("--port", "0", "--validate")
    url = json.loads(server.line())["url"]
    headers = {"Authorization": f"Bearer {KEY}"}
    assert httpx.get(url + "/_tuco/info").json()["settings"]["validate"] is True
    phone = {"recipientPhone": "+14422646782"}
    assert httpx.post(url + CANCEL, json=phone, headers=headers).json() == CANCELLED
    assert httpx.get(url + REPLIES, headers=headers).status_code == 200
    assert httpx.get(url + REPLIES).status_code == 401
    assert httpx.get(url + "/api/nothing").status_code == 404
    ended = server.end(signal.SIGTERM)
    assert ended.code == 0
    assert "differs" not in ended.err


def test_what_is_logged_is_one_json_record_a_line(serve: Serve) -> None:
    server = serve("--port", "0")
    url = json.loads(server.line())["url"]
    httpx.get(url + "/api/replys")
    httpx.get(url + "/api/messages/cancel%0a-for-lead?x=%0a")
    records = [json.loads(line) for line in server.end(signal.SIGTERM).err.splitlines()]
    assert [record["level"] for record in records] == ["warning", "warning"]
    assert "did you mean /api/replies?" in records[0]["message"]


def test_what_is_logged_as_text_names_the_nearest_route(serve: Serve) -> None:
    server = serve("--port", "0", "--log-format", "text")
    url = server.line().split()[2]
    httpx.get(url + "/api/reply")
    httpx.get(url + "/forged%0aERROR 404 GET /api/reply")
    log = server.end(signal.SIGTERM).err
    assert "did you mean /api/replies?" in log
    assert log.count("\n") == 2, "a path in the log can't begin a line of its own"


def test_ipv6_is_written_with_brackets(serve: Serve) -> None:
    url = json.loads(serve("--port", "0", "--host", "::1").line())["url"]
    assert url.startswith("http://[::1]:")
    assert httpx.get(url + "/_tuco/livez").json() == {"status": "ok"}


def test_listening_everywhere_is_told_with_an_address_that_can_be_called(serve: Serve) -> None:
    url = json.loads(serve("--port", "0", "--host", "0.0.0.0").line())["url"]
    assert url.startswith("http://127.0.0.1:")
    assert httpx.get(url + "/_tuco/livez").json() == {"status": "ok"}
