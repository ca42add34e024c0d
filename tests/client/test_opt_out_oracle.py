"""`assert_nothing_sent_after_stop` (P18), and what it says when something was."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest

from tuco_mock.client import ControlError, Lead, Line, Tuco

if TYPE_CHECKING:
    from pathlib import Path

STOPS = [
    "Stop",
    " STOP! ",
    "stop all",
    "“Unsubscribe.”",
    "cancel",
    "End",
    "quit",
    "REVOKE",
    "OptOut",
    "opt  out",
    "opt-out",
]
NO_STOPS = ["stop it", "please stop", "please stop by", "I won't stop!", "Don't stop", "stopp", "", "...", "endless"]


@pytest.fixture
def line(tuco: Tuco) -> Line:
    """The line that messages leave from."""
    tuco.clock.freeze()
    tuco.clock.set("2026-03-13T00:00:00Z")
    return tuco.add_line(phone="+16462230920")


@pytest.fixture
def jane(tuco: Tuco, line: Line) -> Lead:
    """A lead with two phones and an email."""
    return tuco.add_lead(
        firstName="Jane", lastName="Roe", phone="+14155550100", altPhone1="+14422646782", email="Jane@example.com"
    )


def complaint(tuco: Tuco) -> str:
    """What the oracle says."""
    with pytest.raises(AssertionError) as caught:
        tuco.assert_nothing_sent_after_stop()
    return str(caught.value)


@pytest.mark.clause("P18")
@pytest.mark.parametrize("text", STOPS)
def test_words_to_opt_out_by(tuco: Tuco, jane: Lead, text: str) -> None:
    tuco.add_message(jane, status="sent", sentAt="-1h")
    stop = tuco.reply(text, phone="(442) 264-6782")
    tuco.add_message(jane, status="queued")
    assert tuco.assert_nothing_sent_after_stop() == [stop]
    tuco.clock.advance("1s")
    tuco.add_message(jane, status="delivered")
    assert "sent after an opt-out: 1" in complaint(tuco)


@pytest.mark.clause("P18")
@pytest.mark.parametrize("text", NO_STOPS)
def test_nobody_opted_out(tuco: Tuco, jane: Lead, text: str) -> None:
    """There is nothing to be sure of, so it fails rather than pass by accident."""
    tuco.reply(jane, text)
    assert complaint(tuco).startswith("nobody opted out: the text of no reply is one of cancel, end, ")
    assert len(tuco.assert_nothing_sent_after_stop(words=[text] if text.strip(". ") else ["", text])) == 1


@pytest.mark.clause("P18")
@pytest.mark.parametrize(
    "to",
    [
        {"leadId": "jane"},
        {"leadId": None, "recipientPhone": "+1 415 555 0100", "messageType": "sms"},
        {"leadId": None, "recipientPhone": "+14422646782"},
        {"leadId": None, "recipientEmail": "jane@EXAMPLE.com", "messageType": "email"},
    ],
    ids=str,
)
def test_every_channel_and_address_counts(tuco: Tuco, jane: Lead, to: dict[str, str | None]) -> None:
    other = tuco.add_lead(phone="+14155550199")
    tuco.reply(jane, "Stop")
    tuco.clock.advance("2h")
    tuco.add_message(other, status="sent")
    tuco.assert_nothing_sent_after_stop()
    message = tuco.add_message(**{**to, **({"leadId": jane.id} if to["leadId"] else {})}, status="sent")
    assert f"message {message.id}" in complaint(tuco)


@pytest.mark.clause("P18")
def test_it_names_message_line_time_and_what_should_have_cancelled_it(tuco: Tuco, jane: Lead, line: Line) -> None:
    message = tuco.add_message(jane, status="queued", message="Still there?", fromLineId=line.id)
    stop = tuco.reply(jane, "Stop")
    tuco.clock.advance("3h")
    tuco.start_job(message)
    tuco.finish_job(message)
    said = complaint(tuco)
    assert f"message {message.id} (imessage, sent): 'Still there?'" in said
    assert f"left line {line.id} (+16462230920) at 2026-03-13T03:00:00.000Z" in said
    assert f"lead {jane.id} (Jane Roe) had replied 'Stop' at 2026-03-13T00:00:00.000Z (reply {stop.id})" in said
    assert "POST /api/messages/cancel-for-lead should have cancelled it, but was not called for it after that" in said


@pytest.mark.clause("P18")
def test_a_cancellation_that_came_too_late_or_did_nothing(tuco: Tuco, jane: Lead) -> None:
    message = tuco.add_message(jane, status="queued")
    tuco.reply(jane, "Stop")
    tuco.clock.advance("1h")
    tuco.start_job(message)
    tuco.finish_job(message)
    tuco.clock.advance("1h")
    tuco.client.post("/api/messages/cancel-for-lead", json={"recipientPhone": jane.phone})
    assert "but came too late, at 2026-03-13T02:00:00.000Z: #" in complaint(tuco)
    tuco.add_message(jane, status="sent", createdAt="-3h", sentAt="+1h")
    assert "but did not: #" in complaint(tuco)


@pytest.mark.clause("P18")
def test_what_was_made_after_the_stop(tuco: Tuco, jane: Lead) -> None:
    """On a clock that stands still the timeline tells what came first."""
    tuco.reply(jane, "Stop")
    tuco.assert_nothing_sent_after_stop()
    tuco.client.post("/api/messages", json={"message": "One more", "recipientPhone": jane.alt_phone1})
    said = complaint(tuco)
    assert "'One more'" in said
    assert "it was made after that, at 2026-03-13T00:00:00.000Z, by POST /api/messages" in said


@pytest.mark.clause("P18")
def test_what_was_sent_at_the_same_time_but_before(tuco: Tuco, jane: Lead) -> None:
    tuco.client.post("/api/messages", json={"message": "Hi", "leadId": jane.id})
    stop = tuco.reply(jane, "Stop")
    (message,) = tuco.messages(jane)
    assert message.sent_at == stop.received_at
    assert tuco.assert_nothing_sent_after_stop() == [stop]


@pytest.mark.clause("P18", "P16")
def test_a_campaign_that_went_on(tuco: Tuco, jane: Lead, line: Line) -> None:
    """It tells why stop-on-reply left the message."""
    campaign = tuco.add_campaign(name="Spring", leads=[jane])
    tuco.add_message(jane, status="sent", campaignId=campaign.id, fromLineId=line.id, sentAt="-2h")
    tuco.add_message(jane, status="sent", fromLineId=line.id, sentAt="-1h")
    message = tuco.add_message(jane, status="queued", campaignId=campaign.id)
    tuco.reply(jane, "Stop")
    tuco.clock.advance("1d")
    tuco.start_job(message)
    tuco.finish_job(message)
    assert f"stop-on-reply of campaign {campaign.id} left it, for the reply answered no campaign; " in complaint(tuco)


@pytest.mark.clause("P18")
def test_a_lead_that_comes_back(tuco: Tuco, jane: Lead) -> None:
    """From then on it may be written to, until the next stop."""
    tuco.reply(jane, "Stop")
    tuco.clock.advance("1h")
    tuco.reply(jane, "stop")
    tuco.reply(jane, "START")
    tuco.clock.advance("1h")
    tuco.add_message(jane, status="sent")
    assert len(tuco.assert_nothing_sent_after_stop()) == 1
    tuco.clock.advance("1h")
    tuco.reply(jane, "Unsubscribe")
    assert len(tuco.assert_nothing_sent_after_stop()) == 2
    tuco.clock.advance("1h")
    tuco.add_message(jane, status="sent")
    assert "sent after an opt-out: 1" in complaint(tuco)


@pytest.mark.clause("P18")
def test_somebody_unknown(tuco: Tuco, line: Line) -> None:
    tuco.reply("Stop", phone="+14155550177")
    tuco.assert_nothing_sent_after_stop()
    tuco.clock.advance("1s")
    tuco.add_message(recipientPhone="(415) 555-0177", status="sent")
    assert "+14155550177 had replied 'Stop'" in complaint(tuco)


@pytest.mark.clause("P14", "P17")
def test_people_act(tuco: Tuco, jane: Lead, line: Line) -> None:
    """The text may come first; a reply and an opening tell of themselves."""
    message = tuco.add_message(jane, status="sent", fromLineId=line.id)
    said = tuco.reply("Yes", email="jane@example.com")
    assert (said.lead_id, said.message, said.line_id) == (jane.id, "Yes", line.id)
    assert tuco.reply(jane, "No").message == tuco.reply(jane.id, "No").message == "No"
    assert tuco.open(message).read_at == said.received_at == tuco.open(message.id).read_at
    with pytest.raises(ControlError, match="only one that was sent can be opened"):
        tuco.open(tuco.add_message(jane))


@pytest.mark.clause("P18")
@pytest.mark.parametrize("by_api", [True, False])
def test_what_was_on_its_way_to_a_slow_address_could_not_be_stopped(tuco: Tuco, line: Line, by_api: bool) -> None:
    slow = tuco.add_lead(phone="+14155550177")
    tuco.set_address("+14155550177", takes="30s")
    if by_api:
        tuco.client.post("/api/messages", json={"leadId": slow.id, "message": "Hi"})
    else:
        tuco.add_message(slow, status="queued")
        tuco.run_queue()
    tuco.clock.advance("5s")
    stop = tuco.reply("Stop", phone="+14155550177")
    tuco.clock.advance("1h")
    tuco.settle()
    assert tuco.messages(slow)[0].status in {"sent", "delivered"}
    assert tuco.assert_nothing_sent_after_stop() == [stop]


@pytest.fixture
def gone(tuco: Tuco, jane: Lead) -> Lead:
    """A lead that opted out and was removed."""
    tuco.reply("Stop", phone="+14422646782")
    tuco.clock.advance("1h")
    removed = tuco.client.request("DELETE", "/api/leads", json={"ids": [jane.id]})
    assert removed.json() == {"deletedCount": 1}
    tuco.clock.advance("1h")
    return jane


def write(tuco: Tuco, **to: str) -> None:
    """Send a message to an address."""
    sent = tuco.client.post("/api/messages", json={"message": "Hi again", **to})
    assert sent.json()["status"] == "sent"


@pytest.mark.clause("P19")
@pytest.mark.parametrize(
    "to",
    [{"recipientPhone": "(415) 555-0100"}, {"recipientPhone": "+14422646782"}, {"recipientEmail": "JANE@example.com"}],
)
def test_an_opt_out_outlives_its_lead(tuco: Tuco, gone: Lead, to: dict[str, str]) -> None:
    """All addresses that the lead had have opted out, whoever has them next; the API shows nothing of it."""
    assert [each.message for each in tuco.assert_nothing_sent_after_stop()] == ["Stop"]
    assert (tuco.replies(), tuco.client.get("/api/replies").json()["total"]) == ([], 0)
    write(tuco, **to)
    said = complaint(tuco)
    assert "'Hi again'" in said
    assert f"lead {gone.id} had replied 'Stop' at 2026-03-13T00:00:00.000Z" in said


@pytest.mark.clause("P19")
def test_it_is_part_of_export_and_snapshot(tuco: Tuco, gone: Lead, tmp_path: Path) -> None:
    state = tuco.state()
    tuco.save(tmp_path / "state.yaml")
    tuco.snapshot("then")
    for put_back in (partial(tuco.load, tmp_path / "state.yaml"), partial(tuco.restore, "then")):
        write(tuco, recipientPhone="+14155550100")
        complaint(tuco)
        put_back()
        assert tuco.state()["pastReplies"] == state["pastReplies"]
        assert len(tuco.assert_nothing_sent_after_stop()) == 1
    (past,) = tuco.past_replies()
    assert past.addresses == ["+14155550100", "+14422646782", "jane@example.com"]
    tuco.reset()
    assert "pastReplies" not in tuco.state()


@pytest.mark.clause("P19")
def test_a_snapshot_of_before_the_removal_knows_the_lead_again(tuco: Tuco, jane: Lead) -> None:
    tuco.reply(jane, "Stop")
    tuco.snapshot("before")
    tuco.client.request("DELETE", "/api/leads", json={"ids": [jane.id]})
    tuco.restore("before")
    assert (tuco.past_replies(), len(tuco.replies())) == ([], 1)
    assert len(tuco.assert_nothing_sent_after_stop()) == 1


@pytest.mark.clause("P19")
def test_who_has_the_address_now_takes_it_back(tuco: Tuco, gone: Lead) -> None:
    tuco.add_lead(phone="+14422646782")
    tuco.reply("Start", phone="+14422646782")
    tuco.clock.advance("1h")
    write(tuco, recipientPhone="+14422646782")
    tuco.clock.advance("1m")
    write(tuco, recipientPhone="+14155550100")
    assert len(tuco.assert_nothing_sent_after_stop()) == 1


@pytest.mark.clause("P19")
def test_a_message_to_a_lead_with_such_an_address_counts_whatever_it_names(tuco: Tuco, gone: Lead) -> None:
    again = tuco.add_lead(phone="+14422646782")
    tuco.add_message(again, status="sent")
    assert "sent after an opt-out: 1" in complaint(tuco)


@pytest.mark.clause("P19")
def test_words_of_one_s_own_outlive_a_lead_too(tuco: Tuco, jane: Lead) -> None:
    tuco.reply(jane, "No more")
    tuco.client.request("DELETE", "/api/leads", json={"ids": [jane.id]})
    assert len(tuco.assert_nothing_sent_after_stop(words=["no more"])) == 1
