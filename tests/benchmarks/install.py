"""``python -m tests.benchmarks.install DIR``: the peers, into a folder of their own. Nothing of them is a dependency.

Needs npm and, for WireMock, a Java runtime (Debian: ``apt-get install npm default-jre-headless``). The versions are
those that the peers' set-ups were written for, or newer; what was measured stands in the report.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
from pathlib import Path

NPM = {
    "@stoplight/prism-cli": ">=5.16.0",
    "wiremock": ">=3.13.2",
    "@mockoon/cli": ">=9.9.0",
    "json-server": ">=0.17.4",
}
PYTHON = ["moto[server]>=5.2.5", "pytest-httpserver>=1.2.0", "pytest>=8.4", "pytest-xdist>=3.8", "httpx>=0.28"]
"""The last three are what the tests of pytest-httpserver's cost are run with."""


def node_folder(peers: Path, package: str) -> Path:
    """Where a package of npm is installed, each apart from the others."""
    return peers / package.lstrip("@").replace("/", "-")


def python(peers: Path) -> Path:
    """The Python that has the peers written in it."""
    return peers / "python" / "bin" / "python"


def install(peers: Path) -> list[str]:
    """Install all that can be installed; what went wrong, a line each."""
    wrong = [] if shutil.which("java") else ["WireMock needs a Java runtime: apt-get install default-jre-headless"]
    npm = shutil.which("npm")
    if npm is None:
        wrong.append("npm is missing: apt-get install npm")
    for package, version in NPM.items() if npm else ():
        folder = node_folder(peers, package)
        folder.mkdir(parents=True, exist_ok=True)
        command = [str(npm), "install", "--no-audit", "--no-fund", "--prefix", str(folder), f"{package}@{version}"]
        if subprocess.run(command, check=False).returncode:
            wrong.append(f"{package} could not be installed")
    subprocess.run([sys.executable, "-m", "venv", str(peers / "python")], check=True)
    if subprocess.run([str(python(peers)), "-m", "pip", "install", "--quiet", *PYTHON], check=False).returncode:
        wrong.append("moto and pytest-httpserver could not be installed")
    return wrong


def main() -> None:
    """Install the peers, and say what is missing."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.install", description=__doc__)
    parser.add_argument("dir", type=Path, help="a folder outside the checkout")
    folder = parser.parse_args().dir.absolute()
    if folder.is_relative_to(Path(__file__).parents[2]):
        parser.error("the peers are no part of the project: name a folder outside the checkout")
    folder.mkdir(parents=True, exist_ok=True)
    wrong = install(folder)
    print("\n".join([*wrong, f"python -m tests.benchmarks --peers {folder}"]))
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
