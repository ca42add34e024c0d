"""What can't be served ends with exit code 2 and words on stderr that say what is wrong; never with a traceback."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.running import Ended, one_line, readable

Tuco = Callable[..., Ended]

BAD = """\
workspaces:
  - id: default
    leads:
      - {firstName: Jane, phone: 4155550100}
      - {firstName: Joe, fone: "+14155550101"}
    messages:
      - {leadId: 69b2c41d352a78479d2c623b, status: queud}
      - {message: to nobody}
"""
MISTAKES = (
    "workspaces[0].id",
    "workspaces[0].leads[0].phone",
    "workspaces[0].leads[1].fone",
    "workspaces[0].messages[0].status",
    "workspaces[0].messages[1]",
)


def test_a_taken_port_is_one_clear_line(tuco: Tuco) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        one_line(tuco("serve", "--port", str(port)), f"127.0.0.1:{port}", "in use", "--port 0")


@pytest.mark.parametrize(
    "host",
    [
        "192.0.2.1",  # kept for documentation: no machine has it
        "nowhere.invalid",
        "no host at all",
        "",  # not the same as everywhere: a script's unset variable must not open the server to the network
    ],
)
def test_an_address_that_is_none_of_ours(tuco: Tuco, host: str) -> None:
    ended = tuco("serve", "--port", "0", "--host", host)
    assert ended.code == 2
    readable(ended, f"can't listen on {host}")


def test_every_mistake_of_a_fixture_with_its_path(tuco: Tuco, home: Path) -> None:
    (home / "bad.yaml").write_text(BAD)
    ended = tuco("serve", "--port", "0", "--fixture", "bad.yaml")
    assert (ended.code, ended.out) == (2, "")
    readable(ended, "bad.yaml", *MISTAKES, "did you mean `phone`?", "did you mean `queued`?", "put it in quotes")


def test_files_that_are_no_fixtures(tuco: Tuco, home: Path) -> None:
    said = {
        b"workspaces: [\n": "line 2",
        b'{"workspaces": [}': "line 1, column 17",
        b"workspaces: []\nworkspaces: []\n": "workspaces",
        b"name: \xff\n": "not UTF-8",
        b"": "object",
        b"just words": "object",
        b"[1, 2]": "object",
        b"[" * 100_000: "nested",
        b"{}": "workspaces",
    }
    names = [f"{number}.yaml" for number in range(len(said))]
    for name, content in zip(names, said, strict=True):
        (home / name).write_bytes(content)
    checked = tuco("fixture", "validate", *names)
    served = tuco("serve", "--port", "0", "--fixture", names[0])
    assert (checked.code, checked.out, served.code, served.out) == (2, "", 2, "")
    readable(checked)
    readable(served, names[0], said[b"workspaces: [\n"])
    for name, words in zip(names, said.values(), strict=True):
        assert any(line.startswith(f"{name}: ") and words in line for line in checked.err.splitlines()), checked.err


@pytest.mark.parametrize("name", ["missing", "not/there/at/all.json"])
def test_a_missing_fixture(tuco: Tuco, name: str) -> None:
    one_line(tuco("serve", "--port", "0", "--fixture", name), name, "no such file")


def test_a_folder_is_no_fixture(tuco: Tuco, home: Path) -> None:
    (home / "folder").mkdir()
    one_line(tuco("serve", "--port", "0", "--fixture", "folder"), "folder")


def test_an_unreadable_fixture(tuco: Tuco, home: Path) -> None:
    # root may read any file, but its own memory only where there is some
    unreadable = Path("/proc/self/mem") if os.getuid() == 0 else home / "secret.yaml"
    if os.getuid():
        unreadable.touch(mode=0)
    one_line(tuco("serve", "--port", "0", "--fixture", unreadable), str(unreadable))


@pytest.mark.parametrize(
    "arguments",
    [
        ("--prot", "4010"),
        ("--port", "banana"),
        ("--port", "-1"),
        ("--port", "65536"),
        ("--port", "4010.5"),
        ("--port", ""),
        ("--port",),
        ("--max-body-bytes", "0"),
        ("--max-body-bytes", "1k"),
        ("--log-format", "xml"),
        ("unexpected",),
    ],
    ids=" ".join,
)
def test_a_bad_option(tuco: Tuco, arguments: tuple[str, ...]) -> None:
    ended = tuco("serve", *arguments)
    assert (ended.code, ended.out) == (2, "")
    readable(ended, "Error: ", arguments[0])


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "banana"),
        ("PORT", "65536"),
        ("MAX_BODY_BYTES", "-5"),
        ("LOG_FORMAT", "xml"),
        ("VALIDATE", "perhaps"),
    ],
)
def test_a_bad_variable_is_named(tuco: Tuco, name: str, value: str) -> None:
    ended = tuco("serve", **{f"TUCO_MOCK_{name}": value})
    assert (ended.code, ended.out) == (2, "")
    readable(ended, f"TUCO_MOCK_{name}", value)


def test_a_port_file_that_can_t_be_written(tuco: Tuco, home: Path) -> None:
    one_line(tuco("serve", "--port", "0", "--port-file", "not/there/port"), "not/there/port")


def test_a_port_file_that_is_a_folder(tuco: Tuco, home: Path) -> None:
    ended = tuco("serve", "--port", "0", "--port-file", ".")
    assert ended.code == 2
    readable(ended, "--port-file", "directory")


def test_unknown_commands(tuco: Tuco) -> None:
    for arguments in (("sevre",), ("fixture", "valdate"), ("clock", "rewind")):
        ended = tuco(*arguments)
        assert (ended.code, ended.out) == (2, "")
        readable(ended, arguments[-1])


def test_no_command_shows_the_commands(tuco: Tuco) -> None:
    ended = tuco()
    shown = ended.out + ended.err
    assert ended.code == 2
    assert all(name in shown for name in ("serve", "spec", "fixture", "readyz", "state", "clock"))
