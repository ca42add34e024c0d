"""What is shipped: the wheel has what it needs, and works where there is nothing but it."""

from __future__ import annotations

import email
import json
import os
import signal
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest
import yaml

import tuco_mock
from tests.cli.running import CANCELLED, KEY, ROOT, Serving
from tests.support import CANCEL, REPLIES

if TYPE_CHECKING:
    from collections.abc import Mapping
    from email.message import Message

MINUTES = 180.0
"""Deadline, in seconds, of steps that may wait for a package index."""

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


def call(*command: str | Path, cwd: Path, env: Mapping[str, str] | None = None) -> str:
    """Run a command to its good end; what it printed."""
    ended = subprocess.run(
        list(map(str, command)), cwd=cwd, env=env, capture_output=True, text=True, timeout=MINUTES, check=False
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


def built(kind: str, folder: Path) -> Path:
    """The one file that a build makes, from the checkout and with the tools of this environment."""
    call(sys.executable, "-m", "build", f"--{kind}", "--no-isolation", "--outdir", folder, ROOT, cwd=folder)
    [file] = folder.iterdir()
    return file


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel."""
    return built("wheel", tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def metadata(wheel: Path) -> Message:
    """What the wheel says of itself."""
    with zipfile.ZipFile(wheel) as archive:
        [name] = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
        return email.message_from_string(archive.read(name).decode())


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The scripts of a clean environment with the wheel and what it asks for, far from the checkout."""
    folder = tmp_path_factory.mktemp("clean")
    call(sys.executable, "-m", "venv", folder / "venv", cwd=folder)
    scripts = folder / "venv" / "bin"
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}
    pip = (scripts / "python", "-m", "pip", "--disable-pip-version-check", "--quiet")
    call(*pip, "install", "--no-compile", wheel, cwd=folder, env=clean)  # it would compile what nobody imports
    call(*pip, "check", cwd=folder, env=clean)
    return scripts


def of_the_checkout() -> dict[str, bytes]:
    """What belongs into the package, by its path there."""
    found = {
        str(path.relative_to(ROOT)): path.read_bytes()
        for path in (ROOT / "tuco_mock").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    for folder in ("openapi", "fixtures"):
        found |= {f"tuco_mock/{folder}/{path.name}": path.read_bytes() for path in (ROOT / folder).iterdir()}
    return found


def test_the_wheel_has_the_package_and_its_files_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        inside = {name: archive.read(name) for name in archive.namelist()}
    about = {name for name in inside if name.split("/")[0].endswith(".dist-info")}
    package = {name: content for name, content in inside.items() if name not in about}
    assert package == of_the_checkout()
    assert {name.split("/", 1)[1] for name in about} == {
        "METADATA",
        "RECORD",
        "WHEEL",
        "entry_points.txt",
        "licenses/LICENSE",
    }
    assert package.keys() >= {
        "tuco_mock/py.typed",
        "tuco_mock/openapi/tuco.yaml",
        "tuco_mock/openapi/behaviour.yaml",
        "tuco_mock/fixtures/default.json",
        "tuco_mock/fixtures/default.yaml",
        "tuco_mock/fixtures/agency.yaml",
        "tuco_mock/fixtures/schema.json",
    }
    assert not any(part == "tests" or part.startswith("test_") for name in package for part in name.split("/"))


def test_the_wheel_says_what_it_is(metadata: Message, wheel: Path) -> None:
    assert (metadata["Name"], metadata["Version"]) == ("tuco-mock", tuco_mock.__version__)
    assert wheel.name == f"tuco_mock-{tuco_mock.__version__}-py3-none-any.whl"
    assert metadata["Requires-Python"] == ">=3.11"
    assert (metadata["License-Expression"], metadata.get_all("License-File")) == ("MIT", ["LICENSE"])
    assert set(metadata.get_all("Provides-Extra", [])) == set(PROJECT["optional-dependencies"])
    assert "Typing :: Typed" in metadata.get_all("Classifier", [])
    assert "unofficial" in metadata["Summary"].lower()
    assert metadata["Description-Content-Type"] == "text/markdown"
    assert str(metadata.get_payload()).strip() == (ROOT / "README.md").read_text("utf-8").strip()


def test_the_wheel_asks_for_what_it_needs(metadata: Message) -> None:
    needed = [each for each in metadata.get_all("Requires-Dist", []) if "extra ==" not in each]
    assert len(needed) == len(PROJECT["dependencies"])
    names = {each.split(">")[0].split(";")[0].strip().lower() for each in needed}
    assert names == {each.split(">")[0].strip().lower() for each in PROJECT["dependencies"]}


def test_the_license_is_inside(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        [name] = [name for name in archive.namelist() if name.endswith("/LICENSE")]
        assert archive.read(name) == (ROOT / "LICENSE").read_bytes()


def test_installed_elsewhere_it_answers_the_documented_calls(installed: Path, tmp_path: Path) -> None:
    env = {"PATH": f"{installed}:{os.defpath}", "HOME": str(tmp_path)}
    server = Serving([str(installed / "tuco-mock")], "--port", "0", "--port-file", "port", cwd=tmp_path, env=env)
    try:
        banner = json.loads(server.line())
        url = f"http://127.0.0.1:{int((tmp_path / 'port').read_text())}"
        assert banner["url"] == url
        headers = {"Authorization": f"Bearer {KEY}"}
        phone = {"recipientPhone": "+14422646782"}
        page = httpx.get(url + REPLIES, params={**phone, "limit": "10"}, headers=headers)
        cancelled = httpx.post(url + CANCEL, json=phone, headers=headers)
        assert (cancelled.status_code, cancelled.json()) == (200, CANCELLED)
        assert (page.status_code, page.json()["total"], page.json()["limit"]) == (200, 1, 10)
        assert page.json()["replies"][0]["message"] == "Stop"
        assert httpx.get(url + "/openapi.json").json() == yaml.safe_load((ROOT / "openapi/tuco.yaml").read_bytes())
        ended = server.end(signal.SIGTERM)
        assert (ended.code, ended.err) == (0, "")
    finally:
        server.abandon()


def test_installed_elsewhere_it_finds_its_files(installed: Path, tmp_path: Path) -> None:
    command, env = installed / "tuco-mock", {"PATH": os.defpath, "HOME": str(tmp_path)}
    told = call(command, "fixture", "validate", "agency", "default", cwd=tmp_path, env=env)
    assert told == "agency: fine\ndefault: fine\n"
    assert call(command, "--version", cwd=tmp_path, env=env).split()[-1] == tuco_mock.__version__
    assert call(command, "spec", cwd=tmp_path, env=env) == (ROOT / "openapi/tuco.yaml").read_text("utf-8")
    assert "clauses:" in call(command, "spec", "--clauses", cwd=tmp_path, env=env)
    assert json.loads(call(command, "fixture", "schema", cwd=tmp_path, env=env))["title"] == "tuco-mock fixture"
    where = call(installed / "python", "-c", "import tuco_mock; print(tuco_mock.__file__)", cwd=tmp_path, env=env)
    assert Path(where.strip()).is_relative_to(installed.parent)


def test_the_checks_work_without_the_tools_of_development(installed: Path, tmp_path: Path) -> None:
    env = {"PATH": os.defpath, "HOME": str(tmp_path)}
    server = Serving([str(installed / "tuco-mock")], "--port", "0", "--validate", cwd=tmp_path, env=env)
    try:
        url = json.loads(server.line())["url"]
        assert httpx.get(url + REPLIES, headers={"Authorization": f"Bearer {KEY}"}).status_code == 200
    finally:
        server.abandon()


def test_the_source_distribution_can_be_tested_and_built(tmp_path: Path) -> None:
    with tarfile.open(built("sdist", tmp_path)) as archive:
        inside = {name.partition("/")[2] for name in archive.getnames()}
    assert inside >= {"pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md", "tests/conftest.py", "PKG-INFO"}
    assert inside >= {"tuco_mock/cli/__init__.py", "openapi/tuco.yaml", "fixtures/default.yaml", "fixtures/schema.json"}
    assert not any("cache" in name or name.startswith(".git/") for name in inside)
