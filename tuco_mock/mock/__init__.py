"""`TucoMock`: the mock in a `with` block, on a socket in a thread or in-process without one."""

from __future__ import annotations

from tuco_mock.mock.tuco_mock import TucoMock

__all__ = ["TucoMock"]
