"""Building: what follows from what was written, and what the workspace already holds."""

from __future__ import annotations

import gc
from typing import Any

import pytest

from tuco_mock.domain import ids, threads
from tuco_mock.domain.errors import InvalidInput
from tuco_mock.domain.fixture.build import Context, Documents, Items, Job, build
from tuco_mock.domain.fixture.check import check_workspace
from tuco_mock.domain.timestamps import iso, millis

NOW = millis("2026-03-13T12:00:00.000Z")
HOUR = 3_600_000
LEAD = "69b2c41d352a78479d2c623b"
OTHER = "69b2c41d352a78479d2c623c"
LINE = "69ab427ac1feb77d7f46462e"
CAMPAIGN = "69ab444ac1feb77d7f46462f"
JANE = {"id": LEAD, "firstName": "Jane", "phone": "(415) 555-0100", "altEmail1": " Jane@Example.com "}


def derived(kind: str, position: int, _sequence: int) -> str:
    return ids.derived_id("w", kind, position)


def built(raw: dict[str, Any], **context: Any) -> Documents:
    items = Items.of(check_workspace(raw))
    return build("w", items, Context(**{"now": NOW, "new_id": derived, **context}))


def refused(raw: dict[str, Any], **context: Any) -> dict[str, str]:
    with pytest.raises(InvalidInput) as caught:
        added(raw, **context)
    return dict(caught.value.mistakes)


def added(raw: dict[str, Any], **context: Any) -> Documents:
    """As `built`, for things that may name what the workspace holds already: only their types are checked."""
    from msgspec import convert

    from tuco_mock.domain.fixture.check import STRUCTS

    items = Items(**{kind: convert(things, list[STRUCTS[kind]]) for kind, things in raw.items()})  # type: ignore[valid-type] # known at run time
    return build("w", items, Context(**{"now": NOW, "new_id": derived, **context}))


def message(**fields: Any) -> dict[str, Any]:
    return built({"leads": [JANE], "messages": [fields]}).messages[0]


def job(**fields: Any) -> list[Job]:
    return built({"messages": [{"leadId": LEAD, **fields}]}).jobs


def test_every_document_says_whose_it_is_and_when() -> None:
    made = built({"lines": [{"phone": "1"}], "leads": [{**JANE, "createdAt": "-1d"}], "webhooks": [_hook()]})
    line, lead, hook = made.lines[0], made.leads[0], made.webhooks[0]
    assert lead["_id"] == f"w/{LEAD}"
    assert (lead["workspaceId"], lead["id"]) == ("w", LEAD)
    assert (lead["createdAt"], lead["updatedAt"]) == ("2026-03-12T12:00:00.000Z", "2026-03-12T12:00:00.000Z")
    assert (line["createdAt"], line["updatedAt"]) == (iso(NOW), iso(NOW))
    assert line["id"] == ids.derived_id("w", "lines", 0)
    assert (line["isActive"], hook["isActive"], hook["secret"]) == (True, True, "s3cret")


def test_running_numbers_follow_the_kinds_and_the_file() -> None:
    made = built(
        {
            "webhooks": [_hook()],
            "replies": [{"leadId": LEAD, "message": "x"}],
            "messages": [{"leadId": LEAD}, {"leadId": LEAD}],
            "campaigns": [{"id": CAMPAIGN, "name": "c", "leads": [LEAD]}],
            "leads": [JANE],
            "lists": [{"name": "Quick Sends"}],
            "lines": [{"phone": "1"}],
        },
        next_sequence=7,
    )
    kinds = (
        *(made.lines, made.lists, made.leads, made.campaigns, made.enrolments),
        *(made.messages, made.replies, made.webhooks),
    )
    assert [document["seq"] for kind in kinds for document in kind] == [7, 8, 9, 10, 11, 12, 13, 14, 15]
    assert made.next_sequence == 16


def test_items_know_how_many_numbers_they_take() -> None:
    workspace = {"leads": [JANE], "campaigns": [{"id": CAMPAIGN, "name": "c", "leads": [LEAD]}], "webhooks": [_hook()]}
    assert len(Items.of(check_workspace(workspace))) == built(workspace, next_sequence=0).next_sequence == 4


@pytest.mark.clause("A5")
def test_ids_are_stored_in_lower_case() -> None:
    made = built(
        {
            "lines": [{"id": LINE.upper(), "phone": "1"}],
            "leads": [{**JANE, "id": LEAD.upper()}],
            "campaigns": [{"id": CAMPAIGN.upper(), "name": "c", "leads": [LEAD.upper()]}],
            "messages": [{"leadId": LEAD.upper(), "fromLineId": LINE.upper(), "campaignId": CAMPAIGN.upper()}],
            "replies": [{"leadId": LEAD.upper(), "message": "x", "lineId": LINE.upper(), "campaignId": CAMPAIGN}],
        }
    )
    assert made.enrolments[0]["_id"] == f"w/{CAMPAIGN}/{LEAD}"
    sent, reply = made.messages[0], made.replies[0]
    assert (sent["leadId"], sent["fromLineId"], sent["campaignId"]) == (LEAD, LINE, CAMPAIGN)
    assert (reply["leadId"], reply["lineId"], made.leads[0]["id"]) == (LEAD, LINE, LEAD)


def test_an_id_spelled_out_elsewhere_is_not_derived_again() -> None:
    first = derived("leads", 0, 0)
    made = built({"leads": [{"phone": "+14155550101"}, {"id": first, "phone": "+14155550102"}]})
    assert made.leads[1]["id"] == first
    assert made.leads[0]["id"] != first
    again = built({"leads": [{"phone": "+14155550101"}, {"id": first, "phone": "+14155550102"}]})
    assert again.leads == made.leads


def test_a_new_id_avoids_those_of_the_workspace() -> None:
    taken = derived("leads", 0, 0)
    made = added({"leads": [{"phone": "+14155550101"}]}, exists=lambda kind, each: (kind, each) == ("leads", taken))
    assert made.leads[0]["id"] != taken


@pytest.mark.clause("N1", "N2", "C7")
def test_a_lead_is_found_by_all_its_addresses() -> None:
    lead = built({"leads": [{**JANE, "altPhone1": "no number", "altPhone2": " ", "email": ""}]}).leads[0]
    assert lead["identity"] == ["p:+14155550100", "e:jane@example.com"]
    assert (lead["phone"], lead["altEmail1"], lead["altPhone1"]) == ("+14155550100", "Jane@Example.com", "no number")
    assert "altPhone2" not in lead
    assert "email" not in lead


def test_a_lead_that_no_address_finds_still_has_an_identity() -> None:
    assert built({"leads": [{"id": LEAD, "phone": "no number"}]}).leads[0]["identity"] == ["id:" + LEAD]


def test_the_country_code_completes_numbers() -> None:
    made = built(
        {
            "defaultCountryCode": "+44",
            "leads": [{"phone": "07700 900001"}],
            "lines": [{"phone": "0113 496 0101"}],
            "messages": [{"recipientPhone": "07700900001"}],
        },
        country_code="+44",
    )
    assert made.leads[0]["phone"] == "+447700900001"
    assert made.lines[0]["phone"] == "+441134960101"
    assert made.messages[0]["leadId"] == made.leads[0]["id"]


def test_custom_fields_are_not_shared_with_what_was_read() -> None:
    shared = {"a": [1]}
    made = built({"leads": [{**JANE, "customFields": shared}]})
    assert made.leads[0]["customFields"] == shared
    made.leads[0]["customFields"]["a"].append(2)
    assert shared == {"a": [1]}


def test_a_message_goes_to_whoever_owns_its_address() -> None:
    assert message(leadId=LEAD)["leadId"] == LEAD
    assert message(leadId=LEAD)["to"] == []
    by_phone = message(recipientPhone="415-555-0100")
    assert (by_phone["leadId"], by_phone["to"], by_phone["recipientPhone"]) == (
        LEAD,
        ["p:+14155550100"],
        "+14155550100",
    )
    by_email = message(recipientPhone="+14155550199", recipientEmail=" JANE@example.com")
    assert (by_email["leadId"], by_email["recipientEmail"]) == (LEAD, "JANE@example.com")
    assert by_email["to"] == ["p:+14155550199", "e:jane@example.com"]
    nobody = message(recipientPhone="+14155550199")
    assert (nobody["leadId"], nobody["to"]) == (None, ["p:+14155550199"])
    nowhere = message(recipientPhone="no number")
    assert (nowhere["leadId"], nowhere["to"], nowhere["recipientPhone"]) == (None, [], "no number")


def test_a_null_lead_is_nobody_even_if_somebody_owns_the_address() -> None:
    assert message(leadId=None, recipientPhone="415-555-0100")["leadId"] is None


@pytest.mark.clause("C6")
def test_a_message_may_name_a_lead_that_is_gone() -> None:
    assert message(leadId=OTHER)["leadId"] == OTHER


def test_what_a_message_does_not_give_has_its_default() -> None:
    made = message(leadId=LEAD)
    assert (made["status"], made["messageType"], made["message"]) == ("queued", "imessage", "")
    assert (made["createdAt"], made["updatedAt"]) == (iso(NOW), iso(NOW))
    assert not {"sentAt", "scheduledDate", "batchId", "stepIndex", "campaignId", "recipientPhone", "job"} & set(made)


@pytest.mark.parametrize("status", ["sent", "delivered"])
def test_what_was_sent_has_a_time_of_sending(status: str) -> None:
    assert message(leadId=LEAD, status=status, createdAt="-2h")["sentAt"] == iso(NOW - 2 * HOUR)
    given = message(leadId=LEAD, status=status, sentAt="-1h")
    assert (given["sentAt"], given["createdAt"]) == (iso(NOW - HOUR), iso(NOW - HOUR))


@pytest.mark.parametrize("status", ["queued", "pending", "scheduled", "sending", "failed", "fallback", "cancelled"])
def test_what_was_not_sent_has_none(status: str) -> None:
    assert "sentAt" not in message(leadId=LEAD, status=status)


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("queued", "waiting"),
        ("pending", "waiting"),
        ("scheduled", "delayed"),
        ("sending", None),
        ("sent", None),
        ("delivered", None),
        ("failed", None),
        ("fallback", None),
        ("cancelled", None),
    ],
)
def test_the_job_follows_from_the_status(status: str, state: str | None) -> None:
    assert [each.state for each in job(status=status)] == ([] if state is None else [state])


def test_a_job_may_be_given() -> None:
    assert [each.state for each in job(status="scheduled", job="active")] == ["active"]
    assert [each.state for each in job(status="cancelled", job="active")] == ["active"]
    assert [each.state for each in job(status="sending", job="active")] == ["active"]
    assert job(status="queued", job="none") == []


def test_a_delayed_job_is_due_when_the_message_is() -> None:
    first = derived("messages", 0, 0)
    assert job(status="scheduled", scheduledDate="+1d") == [Job(first, "delayed", NOW + 24 * HOUR)]
    assert job(status="scheduled") == [Job(first, "delayed", NOW + HOUR)]
    assert job(status="queued", job="delayed", createdAt="-2h") == [Job(first, "delayed", NOW - HOUR)]
    assert job(status="queued", scheduledDate="+1d") == [Job(first, "waiting", None)]
    assert message(leadId=LEAD, status="scheduled")["scheduledDate"] == iso(NOW + HOUR)
    assert "scheduledDate" not in message(leadId=LEAD, status="scheduled", job="active")
    assert job(status="scheduled", createdAt="9999-12-31T23:59:59.999Z")[0].due == millis("9999-12-31T23:59:59.999Z")


def reply(**fields: Any) -> dict[str, Any]:
    return built({"leads": [JANE], "replies": [{"message": "Stop", **fields}]}).replies[0]


def test_a_reply_comes_from_an_address() -> None:
    primary = reply(leadId=LEAD)
    assert (primary["recipientPhone"], primary["from"]) == ("+14155550100", ["p:+14155550100"])
    alternate = reply(leadId=LEAD, recipientEmail="JANE@EXAMPLE.COM ")
    assert (alternate["recipientEmail"], alternate["from"]) == ("JANE@EXAMPLE.COM", ["e:jane@example.com"])
    assert "recipientPhone" not in alternate
    assert reply(recipientPhone="4155550100")["leadId"] == LEAD
    assert reply(recipientPhone="4155550199")["leadId"] is None
    assert reply(leadId=None, recipientPhone="4155550100")["leadId"] is None


@pytest.mark.parametrize(
    ("lead", "address"),
    [
        ({"email": "a@example.com", "altPhone1": "+14155550101"}, {"recipientEmail": "a@example.com"}),
        ({"altPhone2": "4155550101", "altEmail1": "a@example.com"}, {"recipientPhone": "+14155550101"}),
        ({"altEmail3": "a@example.com"}, {"recipientEmail": "a@example.com"}),
    ],
)
def test_the_primary_address_is_the_first_there_is(lead: dict[str, str], address: dict[str, str]) -> None:
    made = built({"leads": [{"id": LEAD, **lead}], "replies": [{"leadId": LEAD, "message": "x"}]}).replies[0]
    assert {name: made[name] for name in ("recipientPhone", "recipientEmail") if name in made} == address


def test_a_reply_is_made_when_it_comes() -> None:
    made = reply(leadId=LEAD, receivedAt="-1h")
    assert made["receivedAt"] == made["createdAt"] == made["updatedAt"] == iso(NOW - HOUR)
    assert reply(leadId=LEAD)["receivedAt"] == iso(NOW)


def test_times_are_stored_in_one_form() -> None:
    for text in ("2026-03-12T23:40:29.1745+01:00", "2026-03-12T22:40:29.174Z", "20260312T224029.174Z"):
        assert reply(leadId=LEAD, receivedAt=text)["receivedAt"] == "2026-03-12T22:40:29.174Z"
    assert reply(leadId=LEAD, receivedAt="2026-03-12")["receivedAt"] == "2026-03-12T00:00:00.000Z"


def test_a_time_beyond_the_calendar_is_a_mistake() -> None:
    raw = {"messages": [{"leadId": LEAD}, {"leadId": LEAD, "createdAt": "-9999999d"}]}
    assert refused(raw, path="workspaces[2].") == {
        "workspaces[2].messages[1].createdAt": "-9999999d from now is outside the years 1 to 9999"
    }


def test_threads_keep_the_latest_reply_of_each_scope() -> None:
    made = built(
        {
            "lines": [{"id": LINE, "phone": "1"}],
            "leads": [JANE, {"id": OTHER, "phone": "+14155550101"}],
            "campaigns": [{"id": CAMPAIGN, "name": "c", "leads": [OTHER, LEAD]}],
            "replies": [
                {"id": "b" * 24, "leadId": LEAD, "message": "x", "receivedAt": "-1h"},
                {"id": "c" * 24, "leadId": LEAD, "message": "x", "receivedAt": "-2h", "lineId": LINE},
                {"id": "a" * 24, "leadId": LEAD, "message": "x", "receivedAt": "-1h"},
                {"id": "d" * 24, "recipientPhone": "+14155550199", "message": "x", "lineId": LINE},
            ],
        }
    )
    newest, on_line = f"{iso(NOW - HOUR)}/{'b' * 24}", f"{iso(NOW - 2 * HOUR)}/{'c' * 24}"
    assert {thread["_id"]: thread["last"] for thread in made.threads} == {
        f"w/{LEAD}/all": newest,
        f"w/{LEAD}/line:{LINE}": on_line,
        f"w/{LEAD}/campaign:{CAMPAIGN}": newest,
    }
    assert {(thread["workspaceId"], thread["leadId"]) for thread in made.threads} == {("w", LEAD)}
    assert {thread["scope"] for thread in made.threads} == {"all", f"line:{LINE}", f"campaign:{CAMPAIGN}"}


def test_a_cursor_comes_apart_again() -> None:
    made = reply(leadId=LEAD)
    assert threads.split(threads.cursor(made)) == (made["receivedAt"], made["id"])
    assert threads.scopes_of(made) == ["all"]
    assert threads.scopes_of({"leadId": LEAD, "lineId": LINE}) == ["all", f"line:{LINE}"]
    assert threads.scopes_of({"leadId": None, "lineId": LINE}) == []


JANE_STORED = {"id": LEAD, "email": "jane@example.com"}


class Workspace:
    """A workspace that holds Jane, one line, and one campaign she is enrolled in; her latest reply came an hour ago."""

    last = f"{iso(NOW - HOUR)}/{'b' * 24}"

    @classmethod
    def context(cls, **changes: Any) -> dict[str, Any]:
        return {
            "exists": lambda kind, each: (kind, each) in {("leads", LEAD), ("lines", LINE), ("campaigns", CAMPAIGN)},
            "lead_of_key": {"p:+14155550100": LEAD}.get,
            "lead": {LEAD: JANE_STORED}.get,
            "campaigns_of": {LEAD: [CAMPAIGN]}.get,
            "last_reply_of": {LEAD: cls.last}.get,
            **changes,
        }


def test_what_is_added_may_name_what_is_there() -> None:
    made = added(
        {
            "messages": [{"recipientPhone": "4155550100", "fromLineId": LINE, "campaignId": CAMPAIGN}],
            "replies": [{"leadId": LEAD, "message": "x", "lineId": LINE}],
        },
        **Workspace.context(),
    )
    assert made.messages[0]["leadId"] == LEAD
    assert made.replies[0]["recipientEmail"] == "jane@example.com"


def test_what_is_added_may_not_take_what_is_there() -> None:
    raw = {
        "lines": [{"id": LINE, "phone": "1"}],
        "leads": [{"altPhone1": "415 555 0100"}, {"id": OTHER, "email": "x@example.com"}],
        "campaigns": [{"name": "c", "leads": [LEAD, OTHER, LINE]}],
        "messages": [{"leadId": LEAD, "fromLineId": OTHER}],
        "replies": [{"leadId": LINE, "message": "x", "campaignId": LINE}],
    }
    assert refused(raw, **Workspace.context()) == {
        "lines[0].id": f"{LINE} is taken in the workspace",
        "leads[0].altPhone1": f"+14155550100 is an address of lead {LEAD} already",
        "campaigns[0].leads[2]": f"no lead has the id {LINE}",
        "messages[0].fromLineId": f"no line has the id {OTHER}",
        "replies[0].leadId": f"no lead has the id {LINE}",
        "replies[0].campaignId": f"no campaign has the id {LINE}",
    }


def test_an_added_reply_moves_the_threads_of_its_lead() -> None:
    newer = added({"replies": [{"id": "c" * 24, "leadId": LEAD, "message": "x"}]}, **Workspace.context())
    latest = f"{iso(NOW)}/{'c' * 24}"
    assert {thread["scope"]: thread["last"] for thread in newer.threads} == {
        "all": latest,
        f"campaign:{CAMPAIGN}": latest,
    }
    older = added(
        {"replies": [{"id": "c" * 24, "leadId": LEAD, "message": "x", "receivedAt": "-2h", "lineId": LINE}]},
        **Workspace.context(),
    )
    at_its_time = f"{iso(NOW - 2 * HOUR)}/{'c' * 24}"
    assert {thread["scope"]: thread["last"] for thread in older.threads} == {
        "all": at_its_time,
        f"line:{LINE}": at_its_time,
        f"campaign:{CAMPAIGN}": Workspace.last,
    }


def test_an_added_enrolment_brings_the_lead_s_thread_along() -> None:
    made = added({"campaigns": [{"id": OTHER, "name": "new", "leads": [LEAD]}]}, **Workspace.context())
    assert [(thread["scope"], thread["last"]) for thread in made.threads] == [(f"campaign:{OTHER}", Workspace.last)]
    silent = added(
        {"campaigns": [{"id": OTHER, "name": "new", "leads": [LEAD]}]}, **Workspace.context(last_reply_of={}.get)
    )
    assert silent.threads == []


def test_the_collector_runs_again_afterwards() -> None:
    built({})
    assert gc.isenabled()
    assert refused({"messages": [{"leadId": LEAD, "createdAt": "-9999999d"}]})
    assert gc.isenabled()


def _hook() -> dict[str, Any]:
    return {"url": "http://127.0.0.1:9/hook", "events": ["message.reply"], "name": "hook", "secret": "s3cret"}
