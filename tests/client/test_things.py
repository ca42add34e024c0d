"""Leads, messages, replies, lines, campaigns, webhooks and jobs, put there and looked at."""

from __future__ import annotations

import pytest

from tuco_mock.client import ControlError, Lead, Tuco
from tuco_mock.client.models_world import Address, AutoReply, AvailabilityChecks, HealthCheck, Usage

FROZEN = "2026-03-13T00:00:00.000Z"


def test_a_lead_comes_back_with_what_it_was_given(tuco: Tuco) -> None:
    lead = tuco.add_lead(
        firstName="Jane", phone="(415) 555-0100", altPhone1="+14422646782", customFields={"plan": "gold"}
    )
    assert (lead.first_name, lead.phone, lead.alt_phone1) == ("Jane", "+14155550100", "+14422646782")
    assert lead.custom_fields == {"plan": "gold"}
    assert tuco.leads() == [lead]
    assert len(lead.id) == 24


def test_leads_are_found_by_any_of_their_addresses(tuco: Tuco) -> None:
    jane = tuco.add_lead(phone="+14155550100", altEmail1="jane@example.com")
    john = tuco.add_lead(phone="+14155550101")
    assert tuco.leads(phone="+14155550101") == [john]
    assert tuco.leads(email="JANE@example.com") == [jane]
    assert tuco.leads(phone="+14155550199") == []


def test_a_message_is_to_a_lead_an_id_or_an_address(tuco: Tuco) -> None:
    lead = tuco.add_lead(phone="+14155550100")
    by_lead = tuco.add_message(lead, message="Hi")
    by_id = tuco.add_message(lead.id)
    by_name = tuco.add_message(lead=lead)
    by_address = tuco.add_message(recipientPhone="+14155550100")
    by_stranger = tuco.add_message(recipientEmail="nobody@example.com")
    assert [each.lead_id for each in (by_lead, by_id, by_name, by_address, by_stranger)] == [lead.id] * 4 + [None]
    assert tuco.messages(lead) == [by_lead, by_id, by_name, by_address]
    assert tuco.messages(recipient_email="nobody@example.com") == [by_stranger]
    assert tuco.messages(recipient_phone="+14155550100") == [by_address]


def test_what_addresses_do_is_said_and_forgotten(tuco: Tuco) -> None:
    jane = tuco.set_address("(415) 555-0100", imessage=False, takes="5s", replies={"message": "Stop", "after": "2m"})
    assert jane == Address(
        address="+14155550100", imessage=False, takes="5s", replies=AutoReply(message="Stop", after="2m")
    )
    john = tuco.set_address("John@example.com", replies="Who is this?", fails="No", opens="1m")
    assert john.replies == AutoReply(message="Who is this?")
    assert tuco.addresses() == [john, jane]
    assert tuco.set_address("+14155550100") == Address(address="+14155550100")
    assert (tuco.forget_address("4155550100"), tuco.addresses()) == (1, [john])
    assert (tuco.forget_address(), tuco.forget_address(), tuco.addresses()) == (1, 0, [])
    with pytest.raises(ControlError, match="blocked"):
        tuco.set_address("+14155550100", blocked=True)


def test_a_line_knows_what_it_did_today(tuco: Tuco) -> None:
    tuco.clock.freeze()
    tuco.clock.set(FROZEN)
    counts = {"usage": {"totalMessagesCount": 3}, "availabilityChecks": {"count": 69}}
    line = tuco.add_line(phone="+16462230920", healthCheck={"status": "healthy"}, lastSentAt="-1h", **counts)
    assert line.usage == Usage(date="2026-03-13", total_messages_count=3)
    assert (line.last_sent_at, line.health_check) == ("2026-03-12T23:00:00.000Z", HealthCheck(status="healthy"))
    lead = tuco.add_lead(phone="+14155550100")
    assert lead.availability_status is None
    tuco.client.get("/api/leads/check-availability", params={"id": lead.id}).raise_for_status()
    (line,), (lead,) = tuco.lines(), tuco.leads()
    assert line.availability_checks == AvailabilityChecks(date="2026-03-13", count=70)
    assert lead.availability_status == "available"


def test_messages_are_chosen_by_status_and_campaign(tuco: Tuco) -> None:
    campaign = tuco.add_campaign(name="Spring")
    queued = tuco.add_message(recipientPhone="+14155550100", campaignId=campaign.id)
    sent = tuco.add_message(recipientPhone="+14155550100", status="sent")
    failed = tuco.add_message(recipientPhone="+14155550100", status="failed")
    assert tuco.messages(status="sent") == [sent]
    assert tuco.messages(status=("sent", "failed")) == [sent, failed]
    assert tuco.messages(campaign=campaign) == [queued]


def test_replies_are_of_a_lead_on_a_line(tuco: Tuco) -> None:
    lead = tuco.add_lead(phone="+14155550100")
    line = tuco.add_line(phone="+16462230920")
    stop = tuco.reply(lead, "Stop", lineId=line.id)
    other = tuco.add_reply(text="Hi", recipientEmail="a@example.com", receivedAt="2026-03-12T00:00:00Z")
    assert (stop.message, stop.lead_id, stop.line_id) == ("Stop", lead.id, line.id)
    assert tuco.replies(lead) == tuco.replies(line=line) == tuco.replies(recipient_phone="+14155550100") == [stop]
    assert tuco.replies(recipient_email="a@example.com") == [other]
    assert tuco.replies() == [stop, other]


def test_campaigns_take_leads_as_they_are(tuco: Tuco) -> None:
    lead = tuco.add_lead(phone="+14155550100")
    campaign = tuco.add_campaign(
        name="Spring", steps=[{"message": "Hi"}, {"message": "Again", "delay": "1d"}], leads=[lead]
    )
    assert campaign.leads == [lead.id]
    assert [step.delay for step in campaign.steps] == [None, "1d"]
    assert tuco.campaigns() == [campaign]


def test_lines_and_webhooks(tuco: Tuco) -> None:
    line = tuco.add_line(phone="+16462230920", firstName="Sales")
    assert tuco.lines() == [line]
    hook = tuco.add_webhook(url="http://127.0.0.1:9/", events=["message.reply"], name="hook", secret="s3cret")
    assert (hook.url, hook.events, hook.secret, hook.is_active) == (
        "http://127.0.0.1:9/",
        ["message.reply"],
        "s3cret",
        True,
    )


def test_lists_and_the_leads_in_them(tuco: Tuco) -> None:
    quick = tuco.add_list(name="Quick Sends", description="Quick send messages")
    lead = tuco.add_lead(phone="+14155550100", listId=quick.id)
    assert tuco.lists() == [quick]
    assert (quick.description, lead.list_id) == ("Quick send messages", quick.id)


def test_the_queue_and_the_worker(tuco: Tuco) -> None:
    waiting = tuco.add_message(recipientPhone="+14155550100")
    delayed = tuco.add_message(recipientPhone="+14155550100", status="scheduled", scheduledDate="2099-01-01T00:00:00Z")
    queue = tuco.queue()
    assert (queue.counts.waiting, queue.counts.delayed, queue.counts.active) == (1, 1, 0)
    assert {job.message_id: (job.state, job.due_at) for job in queue.jobs} == {
        waiting.id: ("waiting", None),
        delayed.id: ("delayed", "2099-01-01T00:00:00.000Z"),
    }
    tuco.start_job(waiting)
    assert tuco.queue().counts.active == 1
    assert tuco.finish_job(waiting.id).status == "sent"
    assert tuco.queue().counts.active == 0


def test_more_things_than_a_page_holds_are_all_there(tuco: Tuco, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tuco_mock.client.things._PAGE", 2)
    added = [tuco.add_message(recipientPhone="+14155550100") for _ in range(5)]
    assert tuco.messages() == added


def test_a_status_that_does_not_exist_is_told_with_those_that_do(tuco: Tuco) -> None:
    with pytest.raises(ControlError, match=r"status: expected `queued`, `pending`.*got 'cancled'") as caught:
        tuco.add_message(recipientPhone="+14155550100", status="cancled")
    assert caught.value.status == 422
    assert [mistake.path for mistake in caught.value.mistakes] == ["status"]
    assert tuco.messages() == []


def test_several_mistakes_are_told_a_line_each(tuco: Tuco) -> None:
    with pytest.raises(ControlError) as caught:
        tuco.add_message(status="cancled", job="idle")
    first, *told = str(caught.value).splitlines()
    assert first == f"{len(told)} mistakes:"
    assert [line.strip() for line in told] == [str(mistake) for mistake in caught.value.mistakes]


def test_an_address_that_is_taken_is_told(tuco: Tuco) -> None:
    first = tuco.add_lead(phone="+14155550100")
    with pytest.raises(ControlError, match="14155550100") as caught:
        tuco.add_lead(altPhone2="415-555-0100")
    assert first.id in str(caught.value)


def test_handles_are_values(tuco: Tuco) -> None:
    lead = tuco.add_lead(phone="+14155550100")
    assert isinstance(lead, Lead)
    assert repr(lead).startswith(f"Lead(id='{lead.id}', phone='+14155550100'")
    with pytest.raises(AttributeError):
        lead.phone = "x"  # type: ignore[misc] # frozen
