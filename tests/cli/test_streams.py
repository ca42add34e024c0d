"""``tuco-mock serve`` without standard streams, as daemons are started."""

from __future__ import annotations

import subprocess
import sys
import time
from typing import TYPE_CHECKING

import httpx
import pytest

from tests.cli.running import SOON

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_it_serves_without_standard_streams(tmp_path: Path, closed: str) -> None:
    port = tmp_path / "port"
    command = f'exec "$0" -m tuco_mock.cli serve --port 0 --port-file "$1" {closed}'
    with subprocess.Popen(["sh", "-c", command, sys.executable, str(port)]) as server:
        deadline = time.monotonic() + SOON
        while not (port.exists() and port.read_text()):
            assert server.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.01)
        assert httpx.get(f"http://127.0.0.1:{port.read_text().strip()}/_tuco/readyz").status_code == 200
        server.terminate()
        assert server.wait(SOON) == 0
