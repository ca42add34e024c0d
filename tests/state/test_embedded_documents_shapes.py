"""Documents of one shape share the table of their names, and nothing that anybody could notice."""

from __future__ import annotations

import sys
from typing import Any

import bson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuco_mock.state.embedded.documents import open_documents
from tuco_mock.state.embedded.documents.shapes import become, shape_of

NAMES = ["a", "b", "long name", "__class__", "__dict__", "__weakref__", "_id", "é", "$x", "with.dot", ""]
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**64), 2**64),
    st.floats(),
    st.text(st.characters(codec=None), max_size=5),
    st.lists(st.one_of(st.text(max_size=3), st.integers(0, 3)), max_size=3),
    st.dictionaries(st.sampled_from(["x", "y"]), st.lists(st.integers(0, 3)), max_size=2),
)
DOCUMENTS = st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=8)


def names(count: int) -> dict[str, Any]:
    return {f"field{number}": str(number) for number in range(count)}


@given(DOCUMENTS)
def test_what_is_kept_is_what_was_given(document: dict[str, Any]) -> None:
    kept = shape_of(document).kept(document, {})
    assert repr(kept) == repr(document)
    assert type(kept) is dict
    assert all(kept[name] is not value for name, value in document.items() if isinstance(value, list | dict) and value)


@given(DOCUMENTS)
def test_what_bson_cannot_express_is_refused(document: dict[str, Any]) -> None:
    """A name that mongomock refuses for itself may pass: it is looked at apart."""
    expected: Exception | None = None
    try:
        bson.encode(document)
    except (bson.errors.BSONError, OverflowError, UnicodeError) as error:
        expected = error
    if expected is None:
        shape_of(document).check(document)
    else:
        with pytest.raises(type(expected)):
            shape_of(document).check(document)


@pytest.mark.parametrize("count", [0, 1, 15, 30, 31, 100])
def test_documents_of_any_size_can_be_changed_as_every_dict(count: int) -> None:
    document = names(count)
    one, other = (shape_of(document).kept(document, {}) for _ in range(2))
    one["new"] = 1
    one.pop("field0", None)
    assert other == document
    assert [*one] == [*[name for name in document if name != "field0"], "new"]
    assert shape_of(document).kept(document, {}) == document


@pytest.mark.skipif(sys.implementation.name != "cpython", reason="where names are not shared, nothing is saved")
def test_the_names_are_kept_once() -> None:
    documents = [dict(names(15)) for _ in range(3)]
    kept = [shape_of(each).kept(each, {}) for each in documents]
    assert sys.getsizeof(kept[-1]) <= 0.6 * sys.getsizeof(documents[-1])
    assert sys.getsizeof(kept[-1].copy()) == sys.getsizeof(kept[-1])


@given(DOCUMENTS, DOCUMENTS)
def test_a_document_becomes_another(document: dict[str, Any], new: dict[str, Any]) -> None:
    kept = shape_of(document).kept(document, {})
    become(kept, new)
    assert repr(kept) == repr(new)


def test_equal_lists_of_documents_kept_together_change_apart() -> None:
    things = open_documents()["things"]
    things.insert_many([{"_id": number, "to": ["p:1"], "n": [1]} for number in range(3)])
    things.update_one({"_id": 0}, {"$push": {"to": "p:2"}})
    things.update_one({"_id": 1}, {"$set": {"to.0": "p:3"}})
    given = things.find_one({"_id": 2})
    assert given is not None
    given["to"].append("p:4")
    assert [each["to"] for each in things.find({})] == [["p:1", "p:2"], ["p:3"], ["p:1"]]
