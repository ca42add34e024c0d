"""The sorted entries of an index, against a sorted list."""

from __future__ import annotations

from typing import Any
from unittest import mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tuco_mock.state.embedded.documents import entries
from tuco_mock.state.embedded.documents.entries import Entries, Key

NUMBERS = st.integers(0, 60)


def all_of(kept: Entries) -> list[Key]:
    return [key for keys in kept.keys for key in keys]


def key_of(number: int) -> Key:
    return (f"{number // 4:03d}", number)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("add"), NUMBERS),
            st.tuples(st.just("remove"), NUMBERS),
            st.tuples(st.just("extend"), st.sets(NUMBERS)),
            st.tuples(st.just("move"), st.tuples(NUMBERS, NUMBERS)),
        ),
        max_size=60,
    ),
    st.tuples(NUMBERS, NUMBERS),
    st.integers(0, 9),
    st.integers(0, 9),
    st.booleans(),
    st.sampled_from([(0, 1), (4, 32)]),
)
def test_entries_are_a_sorted_list(
    steps: list[tuple[str, Any]],
    bounds: tuple[int, int],
    skip: int,
    limit: int,
    backwards: bool,
    merging: tuple[int, int],
) -> None:
    kept, expected = Entries(), set[int]()
    with mock.patch.multiple(entries, LOAD=4, _PIECE=3, _SHARE=merging[0], _FEW=merging[1]):
        for name, what in steps:
            if name == "add" and what not in expected:
                kept.add(key_of(what), {"n": what})
                expected.add(what)
            elif name == "remove" and what in expected:
                kept.remove(key_of(what))
                expected.remove(what)
            elif name == "extend":
                new = sorted(what - expected)
                kept.extend([key_of(each) for each in new], [{"n": each} for each in new])
                expected |= what
            elif name == "move":
                old, new_number = what
                moved = new_number not in expected and kept.move(key_of(old), key_of(new_number), {"n": new_number})
                assert moved == (old in expected and new_number not in expected)
                if moved:
                    expected = expected - {old} | {new_number}
            assert all_of(kept) == [key_of(each) for each in sorted(expected)]
            assert kept.maxes == [keys[-1] for keys in kept.keys]
            assert all(len(keys) <= 8 for keys in kept.keys)
        low, high = kept.locate(key_of(bounds[0])), kept.locate(key_of(bounds[1]))
        between = [each for each in sorted(expected) if bounds[0] <= each < bounds[1]]
        assert kept.count(low, high) == len(between)
        between = between[::-1] if backwards else between
        pieces = list(kept.pieces(low, high, backwards=backwards))
        assert [key for keys, _ in pieces for key in keys] == [key_of(each) for each in between]
        keys, _ = kept.window(low, high, skip, limit, backwards=backwards)
        assert keys == [key_of(each) for each in between[skip : skip + limit if limit else None]]
        found = kept.find((key_of(bounds[0])[0],))
        if found is None:
            assert all(each // 4 != bounds[0] // 4 for each in expected)
        else:
            assert kept.keys[found[0]][found[1]] == key_of(min(e for e in expected if e // 4 == bounds[0] // 4))


def test_documents_stay_beside_their_keys() -> None:
    kept = Entries()
    with mock.patch.object(entries, "LOAD", 4):
        for number in (5, 3, 9, 1, 7, 11, 2, 8, 4, 6, 10):
            kept.add(key_of(number), {"n": number})
        kept.move(key_of(2), key_of(12), {"n": 2})
        kept.move(key_of(9), key_of(0), {"n": 9})
        kept.extend([key_of(20), key_of(21)], [{"n": 20}, {"n": 21}])
    documents = [document["n"] for part in kept.documents for document in part]
    assert documents == [9, 1, 3, 4, 5, 6, 7, 8, 10, 11, 2, 20, 21]


def test_an_entry_that_is_not_there_cannot_be_removed() -> None:
    kept = Entries()
    with pytest.raises(LookupError):
        kept.remove(key_of(1))
    kept.add(key_of(2), {})
    with pytest.raises(LookupError):
        kept.remove(key_of(1))


def test_emptying_from_the_front_leaves_no_small_chunks() -> None:
    kept = Entries()
    with mock.patch.object(entries, "LOAD", 8):
        kept.extend([key_of(number) for number in range(400)], [{} for _ in range(400)])
        for number in range(400):
            if number % 10:
                kept.remove(key_of(number))
        assert len(all_of(kept)) == 40
        assert len(kept.keys) <= 20
