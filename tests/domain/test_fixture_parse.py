"""Reading: JSON or YAML, with nothing lost, nothing executed, and every refusal placed."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tuco_mock.domain.errors import InvalidInput
from tuco_mock.domain.fixture.parse import parse


def refused(data: bytes, name: str = "f.yaml") -> list[str]:
    with pytest.raises(InvalidInput) as caught:
        parse(data, name)
    return [str(mistake) for mistake in caught.value.mistakes]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("at: 2026-03-13T00:00:00Z", "2026-03-13T00:00:00Z"),
        ("at: 2026-03-13", "2026-03-13"),
        ("at: -2h", "-2h"),
        ("at: 12:30:45", "12:30:45"),
        ("at: No", "No"),
        ("at: yes", "yes"),
        ("at: off", "off"),
        ("at: 02134", "02134"),
        ("at: 0x1F", "0x1F"),
        ("at: 1_000", "1_000"),
        ("at: 1e3", "1e3"),
        ("at: 69123456789e123456789012", "69123456789e123456789012"),
        ("at: .inf", ".inf"),
        ("at: '5'", "5"),
        ("at: !!str 5", "5"),
        ("at: ! 5", "5"),
        ("at: 5", 5),
        ("at: +14422646782", 14422646782),
        ("at: -7", -7),
        ("at: 1.5", 1.5),
        ("at: 1.5e3", 1500.0),
        ("at: true", True),
        ("at: FALSE", False),
        ("at:", None),
        ("at: ~", None),
        ("at: null", None),
        ("at: 'null'", "null"),
        ("at: |\n  two\n  lines\n", "two\nlines\n"),
        ("at: [a, {b: 1}]", ["a", {"b": 1}]),
    ],
)
def test_a_scalar_means_what_its_writer_meant(text: str, value: object) -> None:
    found = parse(text.encode())
    assert found == {"at": value}
    assert isinstance(found, dict)
    assert type(found["at"]) is type(value)


def test_keys_are_text_whatever_they_look_like() -> None:
    assert parse(b"on: 1\n5: 2\nnull: 3\n2026-01-01: 4") == {"on": 1, "5": 2, "null": 3, "2026-01-01": 4}


def test_the_first_character_tells_json_from_yaml() -> None:
    assert parse(b'\n\t {"a": [1, "No", 2.5, null]}') == {"a": [1, "No", 2.5, None]}
    assert parse(b"[1]") == [1]
    assert parse(b"- 1") == [1]
    assert parse(b"\xef\xbb\xbfa: b") == {"a": "b"}
    assert parse(b"\xef\xbb\xbf{}") == {}
    assert parse(b"") is None
    assert parse(b"# nothing but a comment\n") is None


def test_aliases_and_merges_spare_repetition() -> None:
    text = b"""
    base: &base {status: sent, message: Hi}
    more: &more {message: Hello, batchId: b}
    one: {<<: *base, status: queued}
    two: {status: queued, <<: [*base, *more]}
    same: *base
    word: &word text
    list: [*word, *word]
    """
    found = parse(text)
    assert isinstance(found, dict)
    assert found["one"] == {"status": "queued", "message": "Hi"}
    assert found["two"] == {"status": "queued", "message": "Hi", "batchId": "b"}
    assert found["same"] == {"status": "sent", "message": "Hi"}
    assert found["list"] == ["text", "text"]


@pytest.mark.parametrize(
    ("data", "mistake"),
    [
        (b"a: 1\nb:\n  c: 1\n  c: 2\n", "f.yaml: line 4, column 3: duplicate key `c`"),
        (b"a: 1\n---\nb: 2\n", "f.yaml: line 2, column 1: a second document"),
        (b"a: [1\nb: 2", "f.yaml: line 2, column 2: "),
        (b'a: "x\\ud800"', "f.yaml: line 1, column 8: "),
        (b"a: \xc3\xa9\n  b \x07", "f.yaml: line 2, column 5: character U+0007"),
        (b"a: b\nc: \xff", "f.yaml: line 2, column 4: not UTF-8"),
        ("a: b".encode("utf-16"), "f.yaml: line 1, column 1: not UTF-8"),
        (b"a: !!python/object:os.system x", "f.yaml: line 1, column 4: tag !!python/object:os.system is not allowed"),
        (b"a: !!binary aGk=", "f.yaml: line 1, column 4: tag !!binary is not allowed"),
        (b"a: !thing {}", "f.yaml: line 1, column 4: tag !thing is not allowed"),
        (b"? [a]\n: b", "f.yaml: line 1, column 3: a key must be text"),
        (b"a: &x [1]\n*x : b", "f.yaml: line 2, column 1: a key must be text"),
        (b"a: *nowhere", "f.yaml: line 1, column 4: alias *nowhere has no anchor"),
        (b"a: &x [*x]", "f.yaml: line 1, column 8: alias *x stands within its own anchor"),
        (b"a: &x 5\nb: {<<: *x}", "f.yaml: line 2, column 9: `<<` merges mappings only"),
        (b'{"a":\n  tru}', "f.yaml: line 2, column 7: "),
        (b'{"a": [1, 2', "f.yaml: line 1, column 12: the text ends too early"),
        (b'{"a": NaN}', "f.yaml: line 1, column 7: "),
        (b'{"a": 1} x', "f.yaml: line 1, column 11: "),
        (b'{"a": "\\ud800"}', "f.yaml: "),
        (b'{"a": 1e999}', "f.yaml: Number out of range"),
    ],
)
def test_what_cannot_be_read_is_reported_with_its_place(data: bytes, mistake: str) -> None:
    assert refused(data)[0].startswith(mistake)


def test_several_mistakes_in_the_text_are_reported_at_once() -> None:
    assert len(refused(b"a: 1\na: 2\nb: !x 1\nc: {d: 1, d: 2}\n---\n")) == 4


def test_without_a_name_the_place_stands_alone() -> None:
    assert refused(b"a: *b", "")[0].startswith("line 1, column 4: ")


@pytest.mark.parametrize(
    "data",
    [b"[" * 1_000_000, b"a: " + b"[" * 1_000_000, b"- " * 300_000, b"a: " + b"{b: " * 300_000, b'{"a":' * 300_000],
    ids=["json lists", "flow lists", "block lists", "flow mappings", "json objects"],
)
def test_a_tower_of_brackets_is_refused_not_run_into(data: bytes) -> None:
    assert "nested too deeply" in refused(data)[-1]


def test_aliases_cannot_blow_a_small_text_up() -> None:
    lines = ["a0: &a0 [x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 30)]
    assert "aliases blow the text up" in refused("\n".join(lines).encode())[0]


@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode(errors="surrogatepass")))
@example(b"{")
@example(b"&a")
@example(b"? ")
@example(b"%YAML 9.9\n---\n")
@example(b"a: &x {<<: *x}")
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        value = parse(data)
    except InvalidInput:
        return
    msgspec.json.encode(value)  # nothing in it that JSON could not say


plain = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text(max_size=5), plain, max_size=3))
def test_json_comes_back_as_it_was(value: dict[str, Any]) -> None:
    assert parse(msgspec.json.encode(value)) == value
