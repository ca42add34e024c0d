"""The engines the tests run on: embedded ones, or real ones when pytest is told ``--engines real``."""

from __future__ import annotations

import contextlib
import itertools
import os
import tempfile
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from tests.engines.servers import GIVEN, mongo_url, redis_url
from tuco_mock.state.engines import Engines, open_engines

if TYPE_CHECKING:
    from collections.abc import Iterator

_numbers = itertools.count(1)
_addresses: tuple[str, str] | None = None


@contextlib.contextmanager
def real_engines() -> Iterator[None]:
    """Let all that asks for engines get real ones."""
    global _addresses  # noqa: PLW0603 - one choice for the whole session
    with contextlib.ExitStack() as running:
        folders = [Path(running.enter_context(tempfile.TemporaryDirectory())) for _ in range(2)]
        _addresses = running.enter_context(mongo_url(folders[0])), running.enter_context(redis_url(folders[1]))
        yield
        if shared_engines.cache_info().currsize:
            shared_engines().close()
        _addresses = None


def are_real() -> bool:
    """Whether the engines are real ones."""
    return _addresses is not None


def fresh_engines() -> Engines:
    """Empty engines that nobody else has: what they hold is gone when they are closed."""
    if _addresses is None:
        return open_engines()
    namespace = f"test-{os.getpid()}-{next(_numbers)}"
    engines = open_engines(*_addresses, namespace)

    def close() -> None:
        if any(name in os.environ for name in GIVEN):  # what is not the session's own stays behind as it was
            engines.forget()
        engines.close()

    return replace(engines, close=close, start=lambda _: contextlib.nullcontext(False))  # empty they are


@cache
def shared_engines() -> Engines:
    """Engines for tests that look at a workspace or two from inside; others may be there."""
    return fresh_engines()


def histories(many: int) -> int:
    """How many random histories are run: fewer on real engines, where each takes its time."""
    return max(many // 6, 1) if are_real() else many
