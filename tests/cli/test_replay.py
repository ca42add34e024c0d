"""`replay`: recordings run again."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.cli.running import Ended, one_line, readable

if TYPE_CHECKING:
    from tests.support import World

Tuco = Callable[..., Ended]


@pytest.fixture
def recording(world: World, home: Path) -> Callable[..., Path]:
    """Write a recording of a workspace that a lead was cancelled in, changed as told."""
    lead = world.lead(phone="+14155550100")
    world.message(lead)
    world.cancel(leadId=lead)
    found = world.control("GET", "/recording")

    def write(name: str, **changes: Any) -> Path:
        path = home / name
        path.write_text(json.dumps({**found, **changes}))
        return path

    return write


def test_all_is_as_it_was(tuco: Tuco, recording: Callable[..., Path]) -> None:
    first, second = recording("first.json"), recording("second.json")
    ended = tuco("replay", first, second)
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.splitlines() == [f"{path}: 3 calls, all as they were" for path in (first, second)]


def test_what_differs_is_printed_and_is_a_failure(tuco: Tuco, recording: Callable[..., Path]) -> None:
    good, records = recording("good.json"), json.loads(recording("bad.json").read_text())["records"]
    records[2]["answer"]["cancelledCount"] = 2
    bad = recording("bad.json", records=records)
    ended = tuco("replay", bad, good)
    assert (ended.code, ended.err) == (1, "")
    told, fine = ended.out.splitlines()
    assert told.startswith(f"{bad}: 3 POST /api/messages/cancel-for-lead: answer was ")
    assert fine == f"{good}: 3 calls, all as they were"


def test_files_that_are_none(tuco: Tuco, recording: Callable[..., Path], home: Path) -> None:
    one_line(tuco("replay", home / "nothing.json"), "nothing.json", "No such file")
    (home / "other.json").write_text("[]")
    ended = tuco("replay", home / "other.json")
    assert ended.code == 2
    readable(ended, "other.json can't be replayed", "this is no recording")
    readable(tuco("replay", recording("short.json", dropped=4)), "4 records were dropped")


def test_a_file_that_is_none_does_not_stop_the_others(tuco: Tuco, recording: Callable[..., Path]) -> None:
    bad, good = recording("bad.json", startedAt="never"), recording("good.json")
    ended = tuco("replay", bad, good)
    assert (ended.code, ended.out) == (2, f"{good}: 3 calls, all as they were\n")
    readable(ended, "startedAt: is no time")
