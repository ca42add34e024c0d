"""A fixture's text: read the quick way it says, and is refused for, the same as by way of plain values."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuco_mock.domain.errors import InvalidInput
from tuco_mock.domain.fixture.check import check, check_text
from tuco_mock.domain.fixture.forms import Forms, plain_fields
from tuco_mock.domain.fixture.model import Message
from tuco_mock.domain.fixture.parse import parse

FILES = sorted((Path(__file__).parents[2] / "fixtures").glob("*.yaml"))
LEAD = {"id": "69b2c41d352a78479d2c623b", "phone": "+14155550100"}
STATES: list[Any] = [
    {"workspaces": []},
    {"workspaces": [{"id": "w", "leads": [LEAD], "messages": [{"leadId": LEAD["id"], "createdAt": "-2h"}]}]},
    {"workspaces": [{"leads": [LEAD, {**LEAD, "id": "1" * 24}]}, {"messages": [{"status": "sent", "job": "waiting"}]}]},
    {"workspaces": [{"id": "w"}, {"id": "w", "apiKeys": ["k", "k"]}]},
    {"workspaces": [{"messages": [{"recipientPhone": 4155550100, "createdAt": "yesterday"}]}], "more": 1},
    {"workspaces": [{"leads": [{**LEAD, "customFields": {"a": {"b": [1, {"c": 'x": y'}]}}}], "sequence": 5.0}]},
    {"workspaces": [{"leads": [{**LEAD, "customFields": {"n": 2**64}}]}]},
    {"workspaces": None},
    [1],
]
BROKEN = [
    b'{"workspaces": [], "workspaces": []}',
    b'{"workspaces": [{"id": "a", "id"  :  "b"}]}',
    b'{"workspaces": [{"id": "a\\": ", "leads": [{"phone": "1", "phone": "2"}]}]}',
    b'{"workspaces": [{"leads": [{"phone": "+14155550100", "customFields": {"x": {"y": 1, "y": 1}}}]}]}',
    b'\xef\xbb\xbf{"workspaces": [}',
    b'{"workspaces": "\xff"}',
    b"workspaces: [{id: a}, {id: a}]",
    b"workspaces: {",
    b"",
]


def said(read: Any) -> Any:
    try:
        return read()
    except InvalidInput as error:
        return [str(each) for each in error.mistakes]


def same(data: bytes) -> Any:
    found = said(lambda: check_text(data, "f"))
    assert found == said(lambda: check(parse(data, "f")))
    return found


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("indent", [None, 2])
def test_it_says_what_its_plain_value_says(state: Any, indent: int | None) -> None:
    same(json.dumps(state, indent=indent).encode())
    same(b"\xef\xbb\xbf" + json.dumps(state, indent=indent).encode())


@pytest.mark.parametrize("data", BROKEN)
def test_it_is_refused_in_the_same_words(data: bytes) -> None:
    assert isinstance(same(data), list)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_the_shipped_files_say_the_same_in_json(path: Path) -> None:
    fixture = check_text(path.read_bytes())
    assert fixture.workspaces
    assert check_text(msgspec.json.encode(parse(path.read_bytes()))) == fixture


KEYS = st.sampled_from(['"a"', '"b"', '"\\\\"', '"\\"k"'])
JSON_TEXT = st.recursive(
    st.sampled_from(["1", '"a"', '"\\""', '"\\": "', '"b\\\\"', "null"]),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda items: f"[{','.join(items)}]"),
        st.lists(
            st.tuples(st.sampled_from(['"a"', '"b"', '"\\\\"', '"\\"k"']), st.sampled_from([":", " : "]), inner)
        ).map(lambda members: "{" + ",".join(map("".join, members)) + "}"),
    ),
    max_leaves=12,
)


@given(JSON_TEXT.filter(lambda text: text[0] in "[{"))
def test_a_key_that_stands_twice_is_found_wherever_it_is(text: str) -> None:
    twice = False

    def look(pairs: list[tuple[str, Any]]) -> None:
        nonlocal twice
        twice |= len(dict(pairs)) < len(pairs)

    json.loads(text, object_pairs_hook=look)
    found = said(lambda: parse(text.encode()))
    assert twice == (isinstance(found, list) and found[:1] != [] and "stands twice" in str(found[0]))


def test_each_text_is_made_once() -> None:
    forms = Forms(0, "+1")
    one, other = (forms.phones["(415) 555-0100"] for _ in range(2))
    assert one is other
    assert one == ("+14155550100", "p:+14155550100")
    assert forms.phones["nobody"] == ("nobody", None)
    assert forms.emails[" A@b.c "] == ("A@b.c", "e:a@b.c")
    assert forms.ids["ABC"] == "abc"
    assert (forms.moments["+1s"], forms.moments["+999999w"]) == ("1970-01-01T00:00:01.000Z", None)


@pytest.mark.parametrize("count", [0, 1, 999, 1_000, 1_001, 2_500])
def test_things_that_are_used_up_come_in_their_order(count: int) -> None:
    things = [Message(message=str(number)) for number in range(count)]
    expected = [{"message": str(number)} for number in range(count)]
    assert plain_fields(things, uses_up=False) == expected
    assert len(things) == count
    assert plain_fields(things, uses_up=True) == expected
    assert things == []
