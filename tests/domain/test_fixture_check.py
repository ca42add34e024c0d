"""Checking: every kind of mistake, each with its path, all of them at once."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuco_mock.domain.errors import InvalidInput
from tuco_mock.domain.fixture.check import check, check_items, check_workspace
from tuco_mock.domain.fixture.model import Message
from tuco_mock.domain.fixture.model_clock import RateLimits
from tuco_mock.domain.fixture.parse import parse
from tuco_mock.domain.limits import DEFAULT_LIMITS

LEAD = "69b2c41d352a78479d2c623b"
OTHER = "69b2c41d352a78479d2c623c"
LINE = "69ab427ac1feb77d7f46462e"
CAMPAIGN = "69ab444ac1feb77d7f46462f"
HOOK = {"url": "http://127.0.0.1:9000/hook", "events": ["message.reply"], "name": "hook"}


def mistakes(raw: object) -> dict[str, str]:
    with pytest.raises(InvalidInput) as caught:
        check(raw)
    return dict(caught.value.mistakes)


def mistake_in(workspace: dict[str, Any]) -> tuple[str, str]:
    """The only mistake in a workspace: its path there, and what it says."""
    with pytest.raises(InvalidInput) as caught:
        check_workspace(workspace)
    assert len(caught.value.mistakes) == 1, caught.value.mistakes
    return caught.value.mistakes[0]


def whole() -> dict[str, Any]:
    """A workspace with something in every field."""
    return {
        "id": "org_1",
        "name": "One",
        "apiKeys": ["k1", "k2"],
        "seed": "s",
        "active": True,
        "readOnly": False,
        "defaultCountryCode": "+44",
        "rateLimits": {"replies": None},
        "clock": {"live": "+1h"},
        "rateLimitBuckets": {"replies": {"tokens": 3.5, "at": "-1s"}},
        "sequence": 12,
        "lines": [{"id": LINE, "phone": "020 7946 0001", "firstName": "A", "isActive": False, "createdAt": "-2h"}],
        "leads": [
            {
                "id": LEAD,
                "firstName": "B",
                "phone": "07700 900001",
                "altEmail3": "b@example.com",
                "customFields": {"a": [1, 2.5, None, {"b": True}]},
                "integrationIds": {"ghlRecordId": "g"},
                "updatedAt": "2026-03-12T22:40:29.174Z",
            }
        ],
        "campaigns": [{"id": CAMPAIGN, "name": "C", "steps": [{"message": "x", "delay": "P2D"}], "leads": [LEAD]}],
        "messages": [
            {"leadId": OTHER, "message": "gone lead", "job": "none", "fromLineId": LINE.upper(), "stepIndex": 0},
            {"recipientPhone": "1", "status": "cancelled", "job": "active", "campaignId": CAMPAIGN},
            {"leadId": None, "recipientEmail": "x@example.com", "messageType": "email", "scheduledDate": "+1d"},
        ],
        "replies": [{"leadId": LEAD.upper(), "message": "Stop", "receivedAt": "-1h", "lineId": LINE}],
        "webhooks": [{**HOOK, "events": ["message.reply"]}],
    }


def test_a_whole_workspace_passes() -> None:
    fixture = check({"workspaces": [whole(), {}]})
    assert [workspace.id for workspace in fixture.workspaces] == ["org_1", None]
    assert check_workspace(whole()) == fixture.workspaces[0]


def test_nothing_is_needed_but_the_list_of_workspaces() -> None:
    assert check({"workspaces": []}).workspaces == []
    assert mistakes({}) == {"": "`workspaces` is missing"}


@pytest.mark.parametrize(
    ("kind", "item", "path", "says"),
    [
        ("leads", {"phone": 14422646782}, "phone", "expected `str`, got `int`; put it in quotes"),
        ("leads", {"phone": 1.5}, "phone", "expected `str`, got `float`; put it in quotes"),
        ("leads", {"email": "a@b.c", "firstName": True}, "firstName", "expected `str`, got `bool`; put it in quotes"),
        ("leads", {"phone": ["1"]}, "phone", "expected `str`, got `array`"),
        ("leads", {"phone": "1", "phon": "1"}, "phon", "unknown field; did you mean `phone`?"),
        ("leads", {"phone": "1", "firstname": "x"}, "firstname", "unknown field; did you mean `firstName`?"),
        ("leads", {"phone": "1", "zzz": "x"}, "zzz", "unknown field; known are `id`, `firstName`"),
        ("leads", {"id": LEAD[1:], "phone": "1"}, "id", "expected 24 hexadecimal digits, got '9b2"),
        ("leads", {"id": LEAD + "\n", "phone": "1"}, "id", "expected 24 hexadecimal digits"),
        ("leads", {"id": 5, "phone": "1"}, "id", "expected `str`, got `int`; put it in quotes"),
        ("leads", {"firstName": "Nobody"}, "", "a lead needs an address"),
        ("leads", {"phone": "  ", "email": ""}, "", "a lead needs an address"),
        ("leads", 5, "", "expected `object`, got `int`"),
        ("leads", None, "", "expected `object`, got `null`"),
        ("leads", {"phone": "1", "customFields": {"a": 2**63}}, "customFields", "expected plain values"),
        ("leads", {"phone": "1", "customFields": {"a": float("inf")}}, "customFields", "expected plain values"),
        ("leads", {"phone": "1", "customFields": {"a": {"\0": 1}}}, "customFields", "expected plain values"),
        ("leads", {"phone": "1", "customFields": []}, "customFields", "expected `object`, got `array`"),
        ("leads", {"phone": "1", "integrationIds": {"x": 1}}, "integrationIds.x", "unknown field; known are"),
        ("leads", {"phone": "1", "createdAt": "yesterday"}, "createdAt", "expected a time: ISO 8601 as"),
        ("leads", {"phone": "1", "updatedAt": "2026-02-30T00:00:00.000Z"}, "updatedAt", "expected a time"),
        ("leads", {"phone": "1", "createdAt": "2h"}, "createdAt", "expected a time"),
        ("leads", {"phone": "1", "createdAt": ""}, "createdAt", "expected a time"),
        ("leads", {"phone": "1", "createdAt": "2026-03-12T24:00:00.000Z"}, "createdAt", "expected a time"),
        ("lines", {"firstName": "x"}, "", "a line needs `phone` or `email`"),
        ("lines", {"phone": "1", "isActive": "yes"}, "isActive", "expected `bool`, got `str`"),
        ("campaigns", {}, "", "`name` is missing"),
        ("campaigns", {"name": "x", "steps": [{}]}, "steps[0]", "`message` is missing"),
        (
            "campaigns",
            {"name": "x", "steps": [{"message": "x", "delay": "2"}]},
            "steps[0].delay",
            "expected a duration",
        ),
        ("campaigns", {"name": "x", "leads": "all"}, "leads", "expected `array`, got `str`"),
        ("campaigns", {"name": "x", "leads": ["x"]}, "leads[0]", "expected 24 hexadecimal digits"),
        ("campaigns", {"name": "x", "leads": [LEAD]}, "leads[0]", f"no lead has the id {LEAD}"),
        ("messages", {}, "", "expected one of `leadId`, `recipientPhone` or `recipientEmail`"),
        ("messages", {"leadId": None}, "", "expected one of"),
        ("messages", {"recipientPhone": " "}, "", "expected one of"),
        ("messages", {"leadId": 5}, "leadId", "expected `str`, got `int`"),
        ("messages", {"leadId": LEAD, "status": "sendin"}, "status", "expected `queued`, `pending`"),
        ("messages", {"leadId": LEAD, "status": None}, "status", "expected `str`, got `null`"),
        ("messages", {"leadId": LEAD, "messageType": "SMS"}, "messageType", "expected `imessage`, `sms`, `email`"),
        ("messages", {"leadId": LEAD, "job": "stuck"}, "job", "expected `waiting`, `delayed`, `active`, `none`"),
        ("messages", {"leadId": LEAD, "status": "sent", "job": "waiting"}, "", "a message that is sent has no job"),
        ("messages", {"leadId": LEAD, "status": "cancelled", "job": "delayed"}, "", "a message that is cancelled has"),
        ("messages", {"leadId": LEAD, "stepIndex": -1}, "stepIndex", "expected a whole number from 0, got -1"),
        ("messages", {"leadId": LEAD, "stepIndex": True}, "stepIndex", "expected `int`, got `bool`"),
        ("leads", {"phone": "1", "listId": LINE}, "listId", f"no list has the id {LINE}"),
        ("messages", {"leadId": LEAD, "fromLineId": LINE}, "fromLineId", f"no line has the id {LINE}"),
        ("messages", {"leadId": LEAD, "campaignId": LINE}, "campaignId", f"no campaign has the id {LINE}"),
        ("messages", {"leadId": LEAD, "scheduledDate": "soon"}, "scheduledDate", "expected a time"),
        ("messages", {"leadId": LEAD, "sentAt": "soon"}, "sentAt", "expected a time"),
        ("replies", {"recipientPhone": "1"}, "", "`message` is missing"),
        ("replies", {"leadId": LEAD, "message": "x"}, "leadId", f"no lead has the id {LEAD}"),
        ("replies", {"message": "x"}, "", "expected one of"),
        ("replies", {"recipientPhone": "1", "message": "x", "lineId": LINE}, "lineId", f"no line has the id {LINE}"),
        ("replies", {"recipientPhone": "1", "message": "x", "campaignId": LINE}, "campaignId", "no campaign has"),
        ("replies", {"recipientPhone": "1", "message": "x", "receivedAt": "x"}, "receivedAt", "expected a time"),
        ("webhooks", {**HOOK, "url": "ftp://x"}, "url", "expected an http or https URL, got 'ftp://x'"),
        ("webhooks", {**HOOK, "url": "http://:80"}, "url", "expected an http or https URL"),
        ("webhooks", {**HOOK, "url": "http://x:99999"}, "url", "expected an http or https URL"),
        ("webhooks", {**HOOK, "url": "http://x y"}, "url", "expected an http or https URL"),
        ("webhooks", {**HOOK, "events": []}, "events", "expected `array` of length >= 1"),
        ("webhooks", {**HOOK, "events": ["message.replied"]}, "events[0]", "expected `message.sent`"),
    ],
)
def test_each_mistake_in_a_thing_has_its_path(kind: str, item: object, path: str, says: str) -> None:
    found_path, found = mistake_in({kind: [item]})
    assert found_path == f"{kind}[0].{path}".rstrip(".")
    assert found.startswith(says)


@pytest.mark.parametrize(
    ("settings", "path", "says"),
    [
        ({"id": "default"}, "id", "expected 1 to 64 letters"),
        ({"id": ".."}, "id", "expected 1 to 64 letters"),
        ({"id": "a/b"}, "id", "expected 1 to 64 letters"),
        ({"id": "a" * 65}, "id", "expected 1 to 64 letters"),
        ({"id": "a\n"}, "id", "expected 1 to 64 letters"),
        ({"apiKeys": ["a b"]}, "apiKeys[0]", "expected printable ASCII without spaces"),
        ({"apiKeys": [""]}, "apiKeys[0]", "expected printable ASCII without spaces"),
        ({"apiKeys": ["a\n"]}, "apiKeys[0]", "expected printable ASCII without spaces"),
        ({"apiKeys": ["a", "a"]}, "apiKeys[1]", "the same key is apiKeys[0] already"),
        ({"defaultCountryCode": "44"}, "defaultCountryCode", "expected a calling code as `+1` or `+44`, got '44'"),
        ({"defaultCountryCode": "+999"}, "defaultCountryCode", "expected a calling code"),
        ({"defaultCountryCode": 44}, "defaultCountryCode", "expected `str`, got `int`; put it in quotes"),
        ({"rateLimits": {"sends": 5}}, "rateLimits.sends", "unknown field; known are `replies`"),
        ({"rateLimits": {"replies": 0}}, "rateLimits.replies", "expected a whole number from 1 to 1000000, or null"),
        ({"rateLimits": {"replies": 1_000_001}}, "rateLimits.replies", "expected a whole number"),
        ({"clock": "tomorrow"}, "clock", "expected a time"),
        ({"clock": {"live": "1 hour"}}, "clock.live", "expected a duration with or without a sign"),
        ({"clock": {"live": "+-1h"}}, "clock.live", "expected a duration with or without a sign"),
        ({"clock": {}}, "clock", "`live` is missing"),
        ({"clock": 5}, "clock", "expected `str"),
        (
            {"rateLimitBuckets": {"replies": {"tokens": -1, "at": "-1s"}}},
            "rateLimitBuckets.replies.tokens",
            "expected a",
        ),
        ({"rateLimitBuckets": {"replies": {"tokens": 1, "at": "x"}}}, "rateLimitBuckets.replies.at", "expected a time"),
        ({"sequence": -1}, "sequence", "expected a whole number from 0, got -1"),
        ({"leads": {}}, "leads", "expected `array`, got `object`"),
        ({"leads": None}, "leads", "expected `array`, got `null`"),
        ({"message": []}, "message", "unknown field; did you mean `messages`?"),
        ({5: []}, "5", "unknown field"),
    ],
)
def test_each_mistake_in_the_settings_has_its_path(settings: dict[Any, Any], path: str, says: str) -> None:
    found_path, found = mistake_in(settings)
    assert found_path == path
    assert found.startswith(says)


def test_what_two_things_claim_is_named_with_both_paths() -> None:
    found = mistakes(
        {
            "workspaces": [
                {"id": "a", "apiKeys": ["k"]},
                {
                    "id": "a",
                    "apiKeys": ["k"],
                    "lines": [{"id": LINE, "phone": "1"}, {"id": LINE.upper(), "phone": "1"}],
                    "leads": [
                        {"phone": "(442) 264-6782", "email": "A@B.example "},
                        {"phone": "1", "altPhone2": "+1 442 264 6782"},
                        {"altEmail1": "a@b.EXAMPLE"},
                        {"phone": "+14422646783", "altPhone1": "4422646783"},
                    ],
                    "campaigns": [{"name": "c", "leads": [LEAD, LEAD.upper()]}],
                },
            ]
        }
    )
    assert found == {
        "workspaces[1].id": "a is workspaces[0].id already",
        "workspaces[1].apiKeys[0]": "the same key is workspaces[0].apiKeys[0] already",
        "workspaces[1].lines[1].id": f"{LINE} is the id of workspaces[1].lines[0] already",
        "workspaces[1].leads[1].altPhone2": (
            "+14422646782 is also workspaces[1].leads[0].phone; two leads can't share an address"
        ),
        "workspaces[1].leads[2].altEmail1": (
            "a@b.example is also workspaces[1].leads[0].email; two leads can't share an address"
        ),
        "workspaces[1].campaigns[0].leads[0]": f"no lead has the id {LEAD}",
        "workspaces[1].campaigns[0].leads[1]": f"lead {LEAD} is named twice, first at leads[0]",
    }


def test_the_country_code_decides_whether_two_numbers_are_the_same() -> None:
    leads = [{"phone": "07700 900001"}, {"phone": "+447700900001"}]
    check_workspace({"leads": leads})
    assert mistake_in({"leads": leads, "defaultCountryCode": "+44"})[0] == "leads[1].phone"


def test_ids_are_unique_in_their_kind_only() -> None:
    check_workspace({"lines": [{"id": LEAD, "phone": "1"}], "leads": [{"id": LEAD, "phone": "1"}]})


@pytest.mark.parametrize("junk", [0, None, "x", [None, None]])
def test_a_campaign_that_is_none_is_told_of(junk: object) -> None:
    with pytest.raises(InvalidInput) as caught:
        check_workspace({"campaigns": [junk]})
    assert [mistake.path for mistake in caught.value.mistakes] == ["campaigns[0]"]


def test_mistakes_of_all_kinds_come_together() -> None:
    workspace = whole()
    workspace["clock"] = "noon"
    workspace["leads"][0]["phone"] = 447700900001
    workspace["leads"] += [{"firstName": "Nobody"}, {"id": LEAD, "email": "x@example.com", "createdAt": "noon"}]
    workspace["messages"] += [{}, {"leadId": LEAD, "fromLineId": OTHER}]
    workspace["webhooks"][0] = {"url": "x"}
    found = mistakes({"workspaces": [workspace, {"apiKeys": ["k1"]}, 5]})
    assert set(found) == {
        "workspaces[0].clock",
        "workspaces[0].leads[0].phone",
        "workspaces[0].leads[1]",
        "workspaces[0].leads[2].id",
        "workspaces[0].leads[2].createdAt",
        "workspaces[0].messages[3]",
        "workspaces[0].messages[4].fromLineId",
        "workspaces[0].webhooks[0].url",
        "workspaces[0].webhooks[0]",
        "workspaces[1].apiKeys[0]",
        "workspaces[2]",
    }


def test_a_mistake_is_not_blamed_on_those_who_name_its_place() -> None:
    found = mistakes(
        {
            "workspaces": [
                {
                    "campaigns": {"id": CAMPAIGN, "name": "not in a list"},
                    "leads": [{"id": LEAD, "phone": 5}],
                    "messages": [{"leadId": LEAD, "campaignId": CAMPAIGN}],
                    "replies": [{"leadId": LEAD, "message": "x", "campaignId": CAMPAIGN}],
                }
            ]
        }
    )
    assert set(found) == {"workspaces[0].campaigns", "workspaces[0].leads[0].phone"}


def test_the_paths_of_a_workspace_alone_start_in_it() -> None:
    assert mistake_in({"leads": [{"phone": 5}]})[0] == "leads[0].phone"


def test_single_things_are_checked_by_themselves() -> None:
    assert check_items("messages", [{"leadId": LEAD, "campaignId": CAMPAIGN}], "messages") == [
        Message(lead_id=LEAD, campaign_id=CAMPAIGN)
    ]
    with pytest.raises(InvalidInput) as caught:
        check_items("messages", [{"leadId": LEAD}, {}, {"leadId": LEAD, "createdAt": "x"}], "messages")
    assert [mistake.path for mistake in caught.value.mistakes] == ["messages[2].createdAt", "messages[1]"]
    with pytest.raises(InvalidInput, match=r"^leads: expected `array`, got `object`$"):
        check_items("leads", {}, "leads")
    assert check_items("leads", [], "leads") == []


def test_one_thing_alone_has_no_position() -> None:
    with pytest.raises(InvalidInput) as caught:
        check_items("campaigns", [{"steps": [{"message": 5}]}], None)
    assert [mistake.path for mistake in caught.value.mistakes] == ["", "steps[0].message"]


def test_a_tower_of_custom_fields_is_refused() -> None:
    tower: Any = {}
    for _ in range(200):
        tower = {"a": tower}
    assert mistake_in({"leads": [{"phone": "1", "customFields": tower}]})[0] == "leads[0].customFields"


def test_the_rate_limited_groups_are_those_of_the_house() -> None:
    assert set(RateLimits.__struct_encode_fields__) == set(DEFAULT_LIMITS)


def test_an_unquoted_number_in_yaml_is_told_what_to_do() -> None:
    raw = parse(
        b"workspaces:\n- leads:\n  - {phone: +14422646782}\n  messages:\n  - {leadId: 691234567890123456789012}\n"
    )
    assert mistakes(raw) == {
        "workspaces[0].leads[0].phone": "expected `str`, got `int`; put it in quotes",
        "workspaces[0].messages[0].leadId": "expected `str`, got `int`; put it in quotes",
    }


junk = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from([LEAD, "-2h", "sent"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@given(junk)
def test_junk_is_refused_in_order(raw: object) -> None:
    with pytest.raises(InvalidInput):
        check(raw)


@given(st.data(), junk)
def test_junk_anywhere_is_placed_there(data: st.DataObject, value: object) -> None:
    """One field of a right workspace is replaced; if that is a mistake, some mistake's path leads there."""
    workspace = whole()
    here: Any = workspace
    path = ""
    while True:
        key = data.draw(st.sampled_from(list(here) if isinstance(here, dict) else range(len(here))))
        path += f"[{key}]" if isinstance(key, int) else f".{key}"
        if (
            path == ".leads[0].customFields"
            or not here[key]
            or not isinstance(here[key], dict | list)
            or data.draw(st.booleans())
        ):
            here[key] = value
            break
        here = here[key]
    try:
        check_workspace(workspace)
    except InvalidInput as refusal:
        paths = [mistake.path for mistake in refusal.mistakes]
        named = (path[1:], path[1:].rpartition(".")[0])  # the field, or the thing that lost it
        by_id = path.endswith(".id") or path in {
            ".lines",
            ".leads",
            ".campaigns",
            ".lines[0]",
            ".leads[0]",
            ".campaigns[0]",
        }
        assert any(found.startswith(named[0]) or found == named[1] for found in paths) or by_id, (path, paths)


PAST = {
    "id": OTHER,
    "leadId": LEAD,
    "addresses": ["jane@example.com", "+14155550100"],
    "message": "Stop",
    "receivedAt": "-1h",
}


@pytest.mark.clause("P19")
@pytest.mark.parametrize(
    ("given", "path", "text"),
    [
        ([{**PAST, "addresses": ["nobody"]}], "pastReplies[0].addresses[0]", "expected a phone number or an email"),
        ([PAST, {**PAST, "id": OTHER.upper()}], "pastReplies[1].id", "is the id of pastReplies[0] already"),
        ([{**PAST, "leadId": "x"}], "pastReplies[0].leadId", "expected 24 hexadecimal digits"),
        ([{k: v for k, v in PAST.items() if k != "receivedAt"}], "pastReplies[0]", "`receivedAt` is missing"),
    ],
)
def test_what_removed_leads_had_said(given: list[dict[str, Any]], path: str, text: str) -> None:
    found, said = mistake_in({"pastReplies": given})
    assert found == path
    assert text in said
    check_workspace({"pastReplies": [PAST]})


MESSAGE = "69dba0001111111111111111"
AGENDA_WORLD = {
    "leads": [{"id": LEAD, "phone": "+14155550100"}],
    "messages": [{"id": MESSAGE, "leadId": LEAD, "status": "sent"}],
}


@pytest.mark.clause("W21")
@pytest.mark.parametrize(
    ("act", "path", "text"),
    [
        *(({"deed": deed}, "", "`messageId` is missing") for deed in ("sent", "delivered", "opened")),
        ({"deed": "delivered", "messageId": OTHER}, ".messageId", f"no message has the id {OTHER}"),
        ({"deed": "reply", "leadId": LEAD}, "", "`message` is missing"),
        ({"deed": "reply", "leadId": LEAD, "message": ""}, ".message", "expected a text that is not blank"),
        ({"deed": "reply", "leadId": LEAD, "message": " \n"}, ".message", "expected a text that is not blank"),
        ({"deed": "reply", "message": "Stop"}, "", "expected one of `leadId`, `recipientPhone` or `recipientEmail`"),
        ({"deed": "reply", "message": "Stop", "recipientPhone": " "}, "", "expected one of `leadId`"),
        ({"deed": "reply", "message": "Stop", "leadId": OTHER}, ".leadId", f"no lead has the id {OTHER}"),
        (
            {"deed": "reply", "message": "Stop", "leadId": LEAD, "messageId": OTHER},
            ".messageId",
            f"no message has the id {OTHER}",
        ),
    ],
    ids=str,
)
def test_what_is_still_to_happen_says_what_it_is_about(act: dict[str, Any], path: str, text: str) -> None:
    found, said = mistake_in({**AGENDA_WORLD, "agenda": [{"due": "+1m", **act}]})
    assert found == "agenda[0]" + path
    assert said.startswith(text)
    only = {"agenda": [{"due": "+1m", **act}]}  # also where there is nothing else
    with pytest.raises(InvalidInput):
        check_workspace(only)


@pytest.mark.parametrize(
    "act",
    [
        *({"deed": deed, "messageId": MESSAGE.upper()} for deed in ("sent", "delivered", "opened")),
        {"deed": "reply", "leadId": LEAD.upper(), "message": "Stop", "messageId": MESSAGE},
        {"deed": "reply", "recipientPhone": "+14155550177", "message": "Stop"},
        {"deed": "reply", "recipientEmail": "a@example.com", "message": "Stop"},
    ],
    ids=str,
)
def test_what_can_happen(act: dict[str, Any]) -> None:
    assert len(check_workspace({**AGENDA_WORLD, "agenda": [{"due": "+1m", **act}]}).agenda) == 1


BLANK, LONG = "expected a text that is not blank", "of 3650 days at most"
_ADDRESS_SLIPS: list[tuple[dict[str, Any], str, str]] = [
    ({"replies": {"message": ""}}, "replies.message", BLANK),
    ({"replies": {"message": "\u00a0 "}}, "replies.message", BLANK),
    ({"replies": {"message": "Hi", "after": "3651d"}}, "replies.after", LONG),
    ({"fails": ""}, "fails", BLANK),
    ({"fails": " "}, "fails", BLANK),
    ({"takes": "1000000000000s"}, "takes", LONG),
    ({"opens": "P3650DT0.001S"}, "opens", LONG),
]


@pytest.mark.clause("V8")
@pytest.mark.parametrize(
    ("workspace", "path", "text"),
    [
        *(
            ({"addresses": [{"address": "a@example.com", **does}]}, f"addresses[0].{path}", text)
            for does, path, text in _ADDRESS_SLIPS
        ),
        ({"campaigns": [{"name": ""}]}, "campaigns[0].name", BLANK),
        ({"campaigns": [{"name": "A", "steps": [{"message": " "}]}]}, "campaigns[0].steps[0].message", BLANK),
        (
            {"campaigns": [{"name": "A", "steps": [{"message": "B", "delay": "87601h"}]}]},
            "campaigns[0].steps[0].delay",
            LONG,
        ),
        ({"lists": [{"name": ""}]}, "lists[0].name", BLANK),
        ({"webhooks": [{**HOOK, "name": " "}]}, "webhooks[0].name", BLANK),
        ({"webhooks": [{**HOOK, "secret": ""}]}, "webhooks[0].secret", BLANK),
        ({"clock": {"live": "+3652425d"}}, "clock.live", "of 9999 years at most"),
        ({"clock": {"live": "-9999999999999999999s"}}, "clock.live", "of 9999 years at most"),
    ],
    ids=str,
)
def test_texts_that_say_nothing_and_times_that_nobody_means(workspace: dict[str, Any], path: str, text: str) -> None:
    found, said = mistake_in(workspace)
    assert found == path
    assert text in said


def test_as_long_as_may_be() -> None:
    longest: dict[str, Any] = {"takes": "3650d", "opens": "PT87600H", "replies": {"message": "Hi", "after": "3650d"}}
    check_workspace({"addresses": [{"address": "a@example.com", **longest}], "clock": {"live": "-3652000d"}})
