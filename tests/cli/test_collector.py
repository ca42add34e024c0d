"""The garbage collector while a server starts, and after."""

from __future__ import annotations

import gc
import platform
import subprocess
import sys
from collections.abc import Iterator
from textwrap import dedent

import pytest

from tuco_mock.cli import collector
from tuco_mock.domain.collector import collector_paused


@pytest.fixture(autouse=True)
def unfrozen() -> Iterator[None]:
    yield
    gc.enable()
    gc.unfreeze()


def test_it_is_held_off_until_what_was_loaded_is_kept() -> None:
    with collector_paused():
        assert not gc.isenabled()
        kept: list[list[int]] = [[]]
        collector.keep_what_is_there()
        assert gc.isenabled()
        assert all(each is not kept for each in gc.get_objects())
    assert gc.isenabled()


def test_it_goes_on_when_a_start_fails() -> None:
    with pytest.raises(ValueError, match="no start"), collector_paused():
        raise ValueError("no start")
    assert gc.isenabled()


LARGE = """
    import resource
    from pathlib import Path

    from tuco_mock.cli import collector

    def resident():
        return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()

    kept = [bytes(600 + n % 2) for n in range(200_000)]  # too long for Python's own pools
    del kept[:-1]
    objects = [[] for _ in range(SO_MANY)]
    before = resident()
    collector.keep_what_is_there()
    print(before - resident() > 100_000_000)
"""


@pytest.mark.parametrize(("objects", "gives_back"), [(1_100_000, True), (1_000, False)])
def test_what_a_large_state_took_while_it_was_loaded_is_given_back(objects: int, gives_back: bool) -> None:
    program = dedent(LARGE).replace("SO_MANY", str(objects))
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert told == f"{gives_back and platform.libc_ver()[0] == 'glibc'}\n"


STARTS = """
    import asyncio, gc

    import tuco_mock.server
    from tuco_mock.cli import main

    runs = []
    gc.callbacks.append(lambda phase, info: phase == "stop" and runs.append(info["generation"]))

    def answers(app, listener, on_started, on_ending):
        async def start():
            on_started()

        asyncio.run(start())
        print(runs[1:], gc.isenabled(), gc.get_freeze_count() > 10_000)

    tuco_mock.server.run = answers
    runs.clear()
    main(["serve", "--port", "0", "--log-format", "json"], standalone_mode=False)
"""


def test_a_start_waits_for_no_collection() -> None:
    """Neither while things are loaded, but for one that may be due at once, nor before the first answer."""
    told = subprocess.run([sys.executable, "-c", dedent(STARTS)], capture_output=True, text=True, check=True).stdout
    assert told.splitlines()[-1] == "[] True True"
