"""The parallel suite, run in parallel: in a project that has nothing but this file, and two plugins."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

SUITE = Path(__file__).parent / "test_parallel_suite.py"


def test_the_parallel_suite_passes_in_two_processes(tmp_path: Path) -> None:
    shutil.copy(SUITE, tmp_path)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "xdist", "-n", "2", "-p", "tuco_mock.pytest_plugin"]
    env = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}  # the others take their time to be loaded
    ended = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, timeout=120, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "29 passed" in ended.stdout
