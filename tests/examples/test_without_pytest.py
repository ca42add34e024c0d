"""`unittest`: `TucoMock` is the `tuco` fixture without pytest."""

from __future__ import annotations

import unittest
from typing import ClassVar

import httpx

from tuco_mock import TucoMock

# The code under test.


def newest_reply(base_url: str, api_key: str) -> str | None:
    """What was written last."""
    answer = httpx.get(f"{base_url}/api/replies?limit=1", headers={"Authorization": f"Bearer {api_key}"})
    found = answer.raise_for_status().json()["replies"]
    return str(found[0]["message"]) if found else None


# The tests.


class NewestReply(unittest.TestCase):
    """A server for the class, a workspace for each test."""

    mock: ClassVar[TucoMock]

    @classmethod
    def setUpClass(cls) -> None:
        cls.mock = TucoMock()
        cls.enterClassContext(cls.mock)

    def setUp(self) -> None:
        self.tuco = self.enterContext(self.mock.server.workspace())

    def test_there_is_none(self) -> None:
        assert newest_reply(self.tuco.base_url, self.tuco.api_key) is None

    def test_the_newest_one(self) -> None:
        lead = self.tuco.add_lead(phone="+14155550100")
        self.tuco.reply(lead, "Who is this?")
        self.tuco.clock.advance("1m")
        self.tuco.reply(lead, "Stop")
        assert newest_reply(self.tuco.base_url, self.tuco.api_key) == "Stop"
