"""`exec`: another command runs with a server at its side."""

from __future__ import annotations

import contextlib
import json
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from tests.cli.running import CANCELLED, COMMAND, KEY, SOON, Ended, environment, one_line, readable
from tests.cli.terminal import on_terminal

Tuco = Callable[..., Ended]

ASK = """
import json, os, urllib.request
def ask(path, body=None):
    request = urllib.request.Request(
        os.environ["TUCO_BASE_URL"] + path,
        body and json.dumps(body).encode(),
        {"Authorization": "Bearer " + os.environ["TUCO_API_KEY"], "Content-Type": "application/json"},
    )
    return json.load(urllib.request.urlopen(request))
"""


def python(program: str) -> tuple[str, ...]:
    """A command that is a program in Python."""
    return (sys.executable, "-c", program)


def test_the_command_finds_the_server(tuco: Tuco) -> None:
    program = ASK + (
        "print(json.dumps(ask('/api/messages/cancel-for-lead', {'recipientPhone': '+14422646782'})))\n"
        "print(os.environ['TUCO_API_KEY'], os.environ['TUCO_MOCK_URL'] == os.environ['TUCO_BASE_URL'])\n"
    )
    ended = tuco("exec", "--", *python(program))
    assert (ended.code, ended.err) == (0, "")
    assert json.loads(ended.out.splitlines()[0]) == CANCELLED
    assert ended.out.splitlines()[1:] == [f"{KEY} True"]


def test_the_command_finds_the_mock_whatever_was_set_before(tuco: Tuco) -> None:
    real = {"TUCO_BASE_URL": "https://app.tuco.ai", "TUCO_API_KEY": "tuco_sk_live", "TUCO_MOCK_URL": "http://nowhere"}
    shown = "import os; print(*(os.environ[name] for name in ('TUCO_BASE_URL', 'TUCO_API_KEY', 'TUCO_MOCK_URL')))"
    base_url, key, url = tuco("exec", "--", *python(shown), **real).out.split()
    assert (key, url) == (KEY, base_url)
    assert base_url.startswith("http://127.0.0.1:")


def test_other_commands_find_the_server_too(tuco: Tuco) -> None:
    reply = f"{' '.join(COMMAND)} reply --phone +14422646782 Stop && {' '.join(COMMAND)} clock advance 5m"
    ended = tuco("exec", "--", "sh", "-c", reply)
    assert (ended.code, ended.err) == (0, "")
    assert json.loads(ended.out.splitlines()[0])["message"] == "Stop"


def test_a_fixture_of_one_s_own(tuco: Tuco, home: Path) -> None:
    (home / "mine.yaml").write_text(
        "workspaces: [{id: mine, apiKeys: [tuco_sk_first, tuco_sk_second]}, {apiKeys: [tuco_sk_third]}]\n"
    )
    shown = ("--", "sh", "-c", "echo $TUCO_API_KEY")
    for given in (("--fixture", "mine.yaml"), ()):
        ended = tuco("exec", *given, *shown, TUCO_MOCK_FIXTURE="agency" if given else "mine.yaml")
        assert ended == (0, "tuco_sk_first\n", "")


def test_answers_are_checked_when_asked_for(tuco: Tuco) -> None:
    program = ASK + "print(ask('/_tuco/info')['settings']['validate'])"
    assert tuco("exec", "--validate", "--", *python(program)) == (0, "True\n", "")


def test_the_dashes_may_be_left_out(tuco: Tuco) -> None:
    assert tuco("exec", "sh", "-c", "echo $0 --port", "here").out == "here --port\n"


def test_input_and_output_are_the_command_s(tuco: Tuco) -> None:
    ended = tuco("exec", "--", "sh", "-c", "cat; echo wrong >&2", stdin="typed")
    assert ended == (0, "typed", "wrong\n")


# exit codes


@pytest.mark.parametrize("code", [0, 1, 2, 42, 255])
def test_the_exit_code_is_passed_on(tuco: Tuco, code: int) -> None:
    assert tuco("exec", "--", "sh", "-c", f"exit {code}") == (code, "", "")


@pytest.mark.parametrize("name", ["SIGTERM", "SIGKILL", "SIGSEGV"])
def test_a_command_that_a_signal_ended(tuco: Tuco, name: str) -> None:
    number = signal.Signals[name].value
    assert tuco("exec", "--", "sh", "-c", f"kill -{number} $$") == (128 + number, "", "")


def test_no_such_command(tuco: Tuco) -> None:
    one_line(tuco("exec", "--", "no-such-command", "x"), "no-such-command", "No such file", code=127)


def test_a_file_that_is_no_command(tuco: Tuco, home: Path) -> None:
    (home / "notes").write_text("nothing to run\n")
    one_line(tuco("exec", "--", "./notes"), "./notes", "Permission denied", code=126)


# what keeps it from starting


def never(home: Path) -> tuple[str, ...]:
    """A command that leaves a trace when it is run."""
    return ("--", "touch", str(home / "it-ran"))


def test_a_fixture_with_mistakes(tuco: Tuco, home: Path) -> None:
    (home / "bad.yaml").write_text("workspaces: [{leads: [{fone: 1}], messages: [{}]}]\n")
    ended = tuco("exec", "--fixture", "bad.yaml", *never(home))
    assert (ended.code, ended.out) == (2, "")
    readable(ended, "bad.yaml", "workspaces[0].leads[0].fone", "workspaces[0].messages[0]")
    one_line(tuco("exec", "--fixture", "missing", *never(home)), "missing", "no such file")
    assert not (home / "it-ran").exists()


def test_a_fixture_without_a_workspace(tuco: Tuco, home: Path) -> None:
    (home / "empty.yaml").write_text("workspaces: []\n")
    one_line(tuco("exec", "--fixture", "empty.yaml", *never(home)), "empty.yaml", "no workspace")
    assert not (home / "it-ran").exists()


def test_a_taken_port(tuco: Tuco, home: Path, nobody: str) -> None:
    port = nobody.rpartition(":")[2]
    one_line(tuco("exec", "--port", port, *never(home)), f"127.0.0.1:{port}", "in use")
    assert not (home / "it-ran").exists()


@pytest.mark.parametrize("arguments", [(), ("--",), ("--port", "many", "--", "true"), ("--prot", "1", "--", "true")])
def test_wrong_usage(tuco: Tuco, arguments: tuple[str, ...]) -> None:
    ended = tuco("exec", *arguments)
    assert (ended.code, ended.out) == (2, "")
    readable(ended, "Error: ")


# signals and the end

TOLD = """
import os, signal, sys
told = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}
signal.pthread_sigmask(signal.SIG_BLOCK, told)
print(os.environ["TUCO_MOCK_URL"], flush=True)
while True:
    got = signal.sigwait(told)
    print(got.name, flush=True)
    if got == signal.SIGTERM:
        sys.exit(7)
"""


def test_signals_are_passed_on(home: Path) -> None:
    running = subprocess.Popen(
        [*COMMAND, "exec", "--", *python(TOLD)],
        env=environment(home),
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,  # without a terminal
    )
    with running, ended_at_last(running):
        assert running.stdout is not None
        url = running.stdout.readline().strip()
        assert httpx.get(f"{url}/_tuco/readyz").is_success
        running.send_signal(signal.SIGTERM)
        assert running.stdout.readline() == "SIGTERM\n"
        assert running.wait(SOON) == 7
        with pytest.raises(httpx.ConnectError):
            httpx.get(f"{url}/_tuco/readyz")


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_a_command_that_a_passed_on_signal_ends(home: Path, name: str) -> None:
    running = subprocess.Popen(
        [*COMMAND, "exec", "--", "sh", "-c", "echo started; read line"],
        env=environment(home),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    with running, ended_at_last(running):
        assert running.stdout is not None
        assert running.stdout.readline() == "started\n"
        number = signal.Signals[name]
        running.send_signal(number)
        assert running.wait(SOON) == 128 + number.value


def test_ctrl_c_in_a_terminal_comes_once(home: Path) -> None:
    with on_terminal([*COMMAND, "exec", "--", *python(TOLD)], home, environment(home)) as terminal:
        assert terminal.line().startswith("http://")
        terminal.press("\x03")
        assert terminal.line() == "^CSIGINT"
        terminal.process.send_signal(signal.SIGTERM)
        assert terminal.line() == "SIGTERM"  # and no second SIGINT before it
        assert terminal.process.wait(SOON) == 7


@contextlib.contextmanager
def ended_at_last(running: subprocess.Popen[str]) -> Iterator[None]:
    """Whatever becomes of the test, the process does not outlive it."""
    try:
        yield
    finally:
        running.kill()
