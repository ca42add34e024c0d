"""JSON as JavaScript writes it: what Node makes of the bytes are the same bytes."""

from __future__ import annotations

import json
import shutil
import subprocess
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuco_mock.domain.javascript import stringify

NODE = shutil.which("node")
AGAIN = """
let text = ''; process.stdin.on('data', c => text += c)
const again = t => JSON.stringify(JSON.parse(t))
process.stdin.on('end', () => process.stdout.write(text.split('\\n').map(again).join('\\n')))
"""
NUMBERS: list[Any] = [
    *(0, -0.0, 1, -1, 1.0, 1.5, -2.25, 0.1, 1e-6, 1e-7, 1.5e-7, 123456789.125, 1e20, 1e21, 1.25e21, 1e300, 5e-324),
    *(2**53, 2**53 + 1, -(2**63), 2**63 - 1, 1.7976931348623157e308, 0.000001234, 123e-20, 100.0, 1e2),
]
texts = st.text(st.characters(exclude_categories=["Cs"]))
names = texts | st.from_regex("[0-9]{1,11}", fullmatch=True)
values = st.recursive(
    st.none()
    | st.booleans()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.integers(-(2**63), 2**63 - 1)
    | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=4),
    max_leaves=20,
)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1.0, "1"),
        (-0.0, "0"),
        (1e21, "1e+21"),
        (1e-7, "1e-7"),
        (0.000001, "0.000001"),
        (123456789.125, "123456789.125"),
        (-1.5e-10, "-1.5e-10"),
        (2**53 + 1, "9007199254740992"),
        ({"b": 1, "10": 2, "9": 3, "01": 4}, '{"9":3,"10":2,"b":1,"01":4}'),
        ("é\u2028😀\n\x01/\x7f", '"é\u2028😀\\n\\u0001/\x7f"'),
        ([True, None, {}], "[true,null,{}]"),
    ],
)
def test_is_written_as_javascript_does(value: Any, text: str) -> None:
    assert stringify(value).decode() == text


@given(values)
def test_says_the_same_as_the_value(value: Any) -> None:
    assert json.loads(stringify(value), parse_int=float) == json.loads(json.dumps(value), parse_int=float)


@pytest.mark.skipif(NODE is None, reason="there is no Node here")
def test_is_the_same_bytes_after_node() -> None:
    gathered: list[bytes] = [stringify(each) for each in NUMBERS]

    @given(values)
    def gather(value: Any) -> None:
        gathered.append(stringify(value))

    gather()
    assert NODE is not None
    ended = subprocess.run([NODE, "-e", AGAIN], input=b"\n".join(gathered), capture_output=True, timeout=60, check=True)
    assert ended.stdout == b"\n".join(gathered)
