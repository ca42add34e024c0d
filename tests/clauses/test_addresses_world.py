"""Clauses V7 to V9: which addresses have iMessage, what a workspace says of them, and what magic ones do."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.clauses.checking import LINE, SOMEBODY, is_available
from tests.engines.chosen import shared_engines
from tests.support import Json, World
from tuco_mock.actions.load import make_workspace
from tuco_mock.actions.reach import Reach, reach
from tuco_mock.domain.fixture.check import check_workspace
from tuco_mock.domain.magic_addresses import TABLE, Magic
from tuco_mock.state.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable

EMAIL = "jane@example.com"
MAGIC_PHONE, MAGIC_EMAIL = "+15005550009", "no-imessage@tuco.test"
every_magic = pytest.mark.parametrize("magic", TABLE, ids=lambda magic: magic.email)


@pytest.fixture
def lined(make_world: Callable[..., World]) -> World:
    """A workspace with a line to look addresses up with."""
    return make_world(state={"lines": [LINE]})


class Inside:
    """A workspace that is looked into."""

    def __init__(self, **state: object) -> None:
        self.store = Store(shared_engines())
        self.workspace = make_workspace(self.store, check_workspace(state))

    def reach(self, key: str) -> Reach:
        """What an address does."""
        return reach(self.store, self.workspace, key)


@pytest.mark.clause("V7")
def test_everybody_has_imessage_or_nobody(lined: World) -> None:
    """As the workspace's setting says, which is exported."""
    assert is_available(lined, SOMEBODY, EMAIL) == [True, True]
    assert lined.patch(imessage=False)["imessage"] is lined.state()["imessage"] is False
    assert is_available(lined, SOMEBODY, EMAIL) == [False, False]
    lined.patch(imessage=True)
    assert is_available(lined, SOMEBODY, EMAIL) == [True, True]


@pytest.mark.clause("V7", "V8")
@pytest.mark.parametrize("setting", [True, False])
def test_a_word_of_its_own(make_world: Callable[..., World], setting: bool) -> None:
    """It counts in every notation; one that leaves iMessage open is as the setting says."""
    said: list[Json] = [
        {"address": "(415) 555-0101", "imessage": True},
        {"address": " No@Example.com ", "imessage": False},
        {"address": "+14155550103", "takes": "5s"},
    ]
    world = make_world(state={"imessage": setting, "lines": [LINE], "addresses": said})
    asked = ["+14155550101", "4155550101", "no@example.COM", "+14155550103", SOMEBODY]
    assert is_available(world, *asked) == [True, True, False, setting, setting]


@pytest.mark.clause("V8")
def test_a_later_word_takes_the_place_of_the_earlier(lined: World) -> None:
    """Wholly; forgotten, the address is as any other; the word needs no lead, and stays when one goes."""
    lined.control("POST", "/addresses", {"address": SOMEBODY, "imessage": False, "takes": "5s"})
    lead = lined.create({"phone": SOMEBODY})["leadId"]
    lined.delete(lead)
    assert is_available(lined, SOMEBODY) == [False]
    lined.control("POST", "/addresses", {"address": "4155550100", "fails": "No"})
    assert lined.state()["addresses"] == [{"address": SOMEBODY, "fails": "No"}]
    assert is_available(lined, SOMEBODY) == [True]
    lined.control("DELETE", "/addresses")
    assert is_available(lined, SOMEBODY) == [True]


@pytest.mark.clause("V8")
def test_all_that_an_address_can_do() -> None:
    """What is said of it, in milliseconds, and what it does when a word is left out."""
    replies = {"message": "Stop", "after": "1.5m"}
    words = {"imessage": True, "fails": "Unreachable", "takes": "PT5S", "replies": replies, "opens": "250ms"}
    inside = Inside(
        imessage=False,
        addresses=[
            {"address": SOMEBODY, **words},
            {"address": EMAIL},
            {"address": "now@example.com", "replies": {"message": "Now", "after": "0s"}, "opens": "0s", "takes": "0s"},
            {"address": "later@example.com", "replies": {"message": "Later"}},
        ],
    )
    assert inside.reach("p:" + SOMEBODY) == Reach(True, "Unreachable", 5_000, "Stop", 90_000, 250)
    assert inside.reach("e:" + EMAIL) == inside.reach("e:other@example.com") == Reach(imessage=False)
    assert inside.reach("e:now@example.com") == Reach(False, None, 0, "Now", 0, 0)
    assert inside.reach("e:later@example.com") == Reach(False, None, 0, "Later", 60_000, None)


@pytest.mark.clause("V9")
@every_magic
def test_magic(magic: Magic) -> None:
    """By phone and by email alike, whatever the setting, unless something else is said of the address."""
    for setting in (True, False):
        inside = Inside(imessage=setting)
        assert inside.reach("p:" + magic.phone) == inside.reach("e:" + magic.email) == magic.reach
        said = Inside(imessage=setting, addresses=[{"address": magic.phone}])
        assert said.reach("p:" + magic.phone) == Reach(imessage=setting)
        assert said.reach("e:" + magic.email) == magic.reach


@pytest.mark.clause("V9")
def test_what_magic_does() -> None:
    """The table says what the clause says, and nothing twice."""
    assert {magic.phone: magic.reach for magic in TABLE} == {
        "+15005550006": Reach(),
        "+15005550009": Reach(imessage=False),
        "+15005550001": Reach(failure="The address is not valid"),
        "+15005550008": Reach(takes_ms=30_000),
        "+15005550010": Reach(reply="Stop", reply_after_ms=60_000),
        "+15005550011": Reach(reply="Sounds good, tell me more!", reply_after_ms=60_000),
        "+15005550012": Reach(opened_after_ms=60_000),
    }
    assert len({magic.email for magic in TABLE}) == len(TABLE)


@pytest.mark.clause("V9")
@every_magic
def test_the_readme_has_the_table(magic: Magic) -> None:
    """Row by row."""
    readme = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
    row = next(line for line in readme.splitlines() if line.startswith(f"| `{magic.phone}` "))
    assert row.startswith(f"| `{magic.phone}` | `{magic.email}` | {magic.what}")
    assert magic.reach.failure is None or f"`{magic.reach.failure}`" in row


@pytest.mark.clause("V9")
def test_magic_is_looked_up_like_any_address(lined: World) -> None:
    """In every notation, and a lead that has such an address is unavailable, too."""
    asked = ["(500) 555-0009", MAGIC_EMAIL.upper(), "+15005550006", "fine@tuco.test"]
    assert is_available(lined, *asked) == [False, False, True, True]
    lined.patch(imessage=False)
    assert is_available(lined, *asked) == [False, False, True, True]
    lined.control("POST", "/addresses", {"address": MAGIC_PHONE, "imessage": True})
    assert is_available(lined, *asked[:2]) == [True, False]
