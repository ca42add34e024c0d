"""Another language: a Node test suite, run with a server at its side by `tuco-mock exec -- node --test`."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SUITE = Path(__file__).parent / "node"


def test_the_node_suite_passes() -> None:
    if shutil.which("node") is None:
        pytest.skip("Node is not installed (apt-get install nodejs); CI installs it and skips nothing")
    command = [sys.executable, "-m", "tuco_mock.cli", "exec", "--", "node", "--test"]
    ended = subprocess.run(command, cwd=SUITE, capture_output=True, text=True, timeout=120, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert re.search(r"^. pass 9$", ended.stdout, re.MULTILINE), ended.stdout
