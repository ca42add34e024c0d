"""Placeholders: what is filled in, from where, and what when there is nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuco_mock.domain.placeholders import fill

LEAD = {
    "id": "69b2c41d352a78479d2c623b",
    "firstName": "Jane",
    "lastName": "  ",
    "companyName": "Acme {{firstName}}",
    "customFields": {"plan": "Gold", "seats": 7, "vip": True, "tags": ["a"], "firstName": "other", "my-key": "x"},
}


@pytest.mark.clause("W14")
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hi {{firstName}}!", "Hi Jane!"),
        ("Hi {{ firstName }}!", "Hi Jane!"),
        ("Hi {firstName|there}!", "Hi Jane!"),
        ("Hi {{firstName|there}}!", "Hi Jane!"),
        ("Hi {firstName}!", "Hi Jane!"),
        ("{{plan}} {{seats}} {{vip}} {{customFields.plan}} {{my-key}}", "Gold 7 true Gold x"),
        ("{{lastName}}|{lastName|Doe}|{{lastName|}}", "|Doe|"),
        ("{{tags}}{{customFields}}{{id}}{{nothing}}", ""),
        ("{nothing} {} {{}} {a b}", "{nothing} {} {{}} {a b}"),
        ("{nothing|you and I}", "you and I"),
        ("{{companyName}}", "Acme {{firstName}}"),
    ],
)
def test_what_is_filled_in(text: str, expected: str) -> None:
    assert fill(text, LEAD) == expected


@pytest.mark.clause("W14")
def test_without_a_lead_the_recipient_s_name_is_asked() -> None:
    assert fill("{{firstName}} {{lastName}} {jobTitle|boss}", None, "Jane van Dyke") == "Jane van Dyke boss"
    assert fill("{firstName|there}", None) == "there"


@given(st.text(st.characters(exclude_characters="{}")))
def test_a_text_without_braces_stays_as_it_is(text: str) -> None:
    assert fill(text, LEAD) == text
