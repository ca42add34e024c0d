"""Phone numbers that need no knowledge of all numbering plans have the form that this knowledge gives them."""

from __future__ import annotations

import subprocess
import sys

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuco_mock.domain.addresses import DEFAULT_COUNTRY_CODE, is_country_code, phone


def known(text: str) -> str | None:
    """What phonenumbers makes of a number in E.164's notation."""
    number = phonenumbers.parse(text, None)
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


@pytest.mark.parametrize("code", ["+1", "+91"])
def test_every_beginning_of_a_number_has_the_form_that_the_library_gives_it(code: str) -> None:
    numbers = [f"{code}{beginning}555013" for beginning in range(1000, 10_000)]
    assert {number: phone(number) for number in numbers} == {number: known(number) for number in numbers}


@given(st.from_regex(r"\A\+(1|91)[0-9]{7,12}\Z"), st.sampled_from(["+1", "+91", "+44"]))
def test_numbers_of_any_length_do(text: str, country_code: str) -> None:
    assert phone(text, country_code) == known(text)


@given(st.from_regex(r"\A\+(1|91)[0-9]{10}\Z"), st.sampled_from(["\n", " ", "٣", "x5", "\u200b"]))
def test_what_only_begins_like_one_is_read_as_before(text: str, more: str) -> None:
    assert (phone(text + more) or "+").isascii()
    assert phone(text + more) != text + more


def test_the_default_country_code_is_one() -> None:
    assert int(DEFAULT_COUNTRY_CODE) in phonenumbers.COUNTRY_CODE_TO_REGION_CODE
    assert is_country_code(DEFAULT_COUNTRY_CODE)


def test_the_documented_numbers_take_no_library() -> None:
    code = (
        "import sys; from tuco_mock.domain import addresses; "
        "print(*map(addresses.phone, ('+919042956129', '+14422646782', '+16462230920')), 'phonenumbers' in sys.modules)"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert told.split() == ["+919042956129", "+14422646782", "+16462230920", "False"]
