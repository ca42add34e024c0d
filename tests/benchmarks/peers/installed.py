"""What is there of the peers, and in which version."""

from __future__ import annotations

import json
import shutil
import subprocess
from functools import cache
from pathlib import Path

from tests.benchmarks.install import node_folder, python


class NotInstalledError(Exception):
    """A peer isn't there; the message says what is missing."""


def package(peers: Path, name: str) -> tuple[Path, str]:
    """The folder and the version of a package of npm."""
    folder = node_folder(peers, name) / "node_modules" / name
    try:
        return folder, json.loads((folder / "package.json").read_text())["version"]
    except FileNotFoundError:
        raise NotInstalledError(f"{name} is not in {peers}") from None


def node_command(peers: Path, name: str, command: str) -> tuple[list[str], str]:
    """How a command of a package of npm is run without npm between, and its version."""
    folder, version = package(peers, name)
    node = runtime("node")
    script = json.loads((folder / "package.json").read_text())["bin"]
    path = script if isinstance(script, str) else script[command]
    return [node, str(folder / path)], f"{version} (node {runtime_version(node, '--version').lstrip('v')})"


def distribution(peers: Path, name: str) -> tuple[Path, str]:
    """The Python that has a package, and its version."""
    interpreter = python(peers)
    if not interpreter.exists():
        raise NotInstalledError(f"{interpreter} is missing")
    ask = (
        f"import platform as p, importlib.metadata as m; print(m.version({name!r}), f'(Python {{p.python_version()}})')"
    )
    asked = subprocess.run([str(interpreter), "-c", ask], capture_output=True, text=True, check=False)
    if asked.returncode:
        raise NotInstalledError(f"{name} is not in {peers}")
    return interpreter, asked.stdout.strip()


def runtime(name: str) -> str:
    """The path of a runtime."""
    found = shutil.which(name)
    if found is None:
        raise NotInstalledError(f"{name} is missing")
    return found


@cache
def runtime_version(path: str, option: str) -> str:
    """The first line of what a runtime says of its version."""
    said = subprocess.run([path, option], capture_output=True, text=True, check=True)
    return (said.stdout or said.stderr).splitlines()[0]
