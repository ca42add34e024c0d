"""The worker: what becomes of a message, and what follows from it (W12 to W15, W17 to W22)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.clauses.worker import FAILS, LINES, NO_IMESSAGE, OPENS, SLOW, START, STOPS, Shop, kinds
from tuco_mock.actions import sending

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support import World

    Make = Callable[..., World]

NOWHERE = "no-imessage@tuco.test"
FINE = "+14155550111"


@pytest.fixture
def shop(make_world: Make) -> Shop:
    """A workspace with one line."""
    return Shop(make_world)


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str, dict[str, Any]]]:
    """The events that are told: each with the message's id, and its data."""
    found: list[tuple[str, str, dict[str, Any]]] = []

    def tell(_store: object, _workspace: object, event: str, message: Any, data: Any, **_: object) -> None:
        found.append((event, message["id"], dict(data)))

    monkeypatch.setattr(sending, "message_event", tell)
    return found


@pytest.mark.clause("W12")
@pytest.mark.parametrize(
    ("lead", "fields", "to"),
    [
        ({"phone": FINE, "email": "jane@x.io"}, {}, FINE),
        ({"phone": NO_IMESSAGE, "altPhone2": FINE, "email": "jane@x.io"}, {}, FINE),
        ({"phone": NO_IMESSAGE, "email": NOWHERE, "altEmail3": "jane@x.io"}, {}, "jane@x.io"),
        ({"email": "Jane@X.io", "altPhone1": FINE}, {}, FINE),
        ({"phone": FINE}, {"recipientPhone": "+14155550222"}, "+14155550222"),
        ({"phone": FINE}, {"recipientEmail": "other@x.io"}, "other@x.io"),
        ({"phone": FINE, "altPhone1": "+14155550333"}, {"recipientPhone": NO_IMESSAGE}, "+14155550333"),
        ({"phone": NO_IMESSAGE, "email": "jane@x.io"}, {"messageType": "sms"}, NO_IMESSAGE),
        ({"phone": FINE, "email": NOWHERE}, {"messageType": "email"}, NOWHERE),
    ],
)
def test_the_address_that_is_used(shop: Shop, lead: dict[str, str], fields: dict[str, str], to: str) -> None:
    message = shop.world.message(shop.lead(**lead), **fields)
    assert kinds(shop.run()) == [("sent", message)]
    assert shop.message(message)["sentTo"] == to


@pytest.mark.clause("W12", "W18")
def test_without_an_address_of_its_kind_a_message_fails(shop: Shop) -> None:
    message = shop.send(shop.lead(email="jane@x.io"), messageType="sms")
    shop.run()
    assert (shop.status(message), "error" in shop.message(message)) == (["failed"], True)


@pytest.mark.clause("W13", "W15", "W19")
def test_a_message_is_sent_and_delivered(shop: Shop, told: list[Any]) -> None:
    message = shop.send(message="Hi")
    assert kinds(shop.run()) == [("sent", message)]
    sent = shop.message(message)
    assert (sent["sentAt"], sent["updatedAt"], sent["fromLineId"]) == (START, START, LINES[0])
    assert told == [("message.sent", message, {})]
    line = shop.line()
    assert (line["lastSentAt"], line["lastFirstContactAt"]) == (START, START)
    assert shop.settle()["nextDue"] == "2026-03-13T12:00:01.000Z"
    shop.world.clock(advance="1s")
    assert kinds(shop.settle()) == [("delivered", message)]
    after = shop.message(message)
    assert (after["status"], after["deliveredAt"], after["sentAt"]) == ("delivered", "2026-03-13T12:00:01.000Z", START)
    assert (len(told), shop.settle()["nextDue"]) == (1, None)


@pytest.mark.clause("W13", "W15")
def test_a_slow_address_keeps_a_message_sending(shop: Shop, told: list[Any]) -> None:
    message = shop.send(shop.lead(phone=SLOW))
    assert kinds(shop.run()) == [("sending", message)]
    assert shop.world.jobs() == {message: "active"}
    assert (shop.line()["usage"]["totalMessagesCount"], told) == (1, [])
    assert shop.world.cancel(leadId=shop.message(message)["leadId"])["messageIds"] == []
    shop.world.clock(advance="30s")
    assert kinds(shop.settle()) == [("sent", message)]
    assert (shop.message(message)["sentAt"], shop.world.jobs()) == ("2026-03-13T12:00:30.000Z", {})
    assert ([each[0] for each in told], shop.line()["usage"]["totalMessagesCount"]) == (["message.sent"], 1)


@pytest.mark.clause("W14")
def test_placeholders_are_filled_when_it_is_sent(shop: Shop) -> None:
    lead = shop.lead(phone=FINE, firstName="Jane", customFields={"plan": "Gold"})
    message = shop.send(lead, message="Hi {firstName|there}, {{plan}}{{lastName}}!", sendWindowStart="12:01")
    shop.run()
    assert shop.message(message)["message"] == "Hi {firstName|there}, {{plan}}{{lastName}}!"
    shop.world.clock(advance="1m")
    shop.run()
    assert shop.message(message)["message"] == "Hi Jane, Gold!"


@pytest.mark.clause("W17", "W15")
def test_without_imessage_a_message_falls_back(shop: Shop, told: list[Any]) -> None:
    lead = shop.lead(phone=NO_IMESSAGE, email=NOWHERE)
    message = shop.send(lead)
    assert kinds(shop.run()) == [("fallback", message)]
    found = shop.message(message)
    reason = f"Prospect's iMessage not available on {NO_IMESSAGE}, {NOWHERE}"
    assert (found["status"], found["fallbackReason"]) == ("fallback", reason)
    assert found["checkedAddresses"] == [NO_IMESSAGE, NOWHERE]
    assert told == [("message.fallback", message, {"reason": reason, "checkedAddresses": [NO_IMESSAGE, NOWHERE]})]
    assert ("usage" in shop.line(), shop.world.jobs(), len(shop.world.statuses())) == (False, {}, 1)


@pytest.mark.clause("W18", "W15")
def test_a_message_that_can_t_be_sent_fails(shop: Shop, told: list[Any]) -> None:
    message = shop.send(shop.lead(phone=FAILS))
    assert kinds(shop.run()) == [("failed", message)]
    error = "The address is not valid"
    assert (shop.message(message)["error"], told) == (error, [("message.failed", message, {"error": error})])
    assert ("sentAt" in shop.message(message), "usage" in shop.line(), shop.world.jobs()) == (False, False, {})


@pytest.mark.clause("W20", "W19")
@pytest.mark.parametrize(("configured", "wanted"), [(True, True), (True, False), (False, True)])
def test_a_failed_message_is_sent_as_sms_where_that_is_wanted_and_can_be(
    make_world: Make, told: list[Any], configured: bool, wanted: bool
) -> None:
    shop = Shop(make_world, fallbackConfigured=configured)
    lead = shop.lead(phone=FAILS, firstName="Jane")
    campaign = shop.world.add("campaigns", name="Spring")["id"]
    words = {"campaignId": campaign, "batchId": "b", "stepIndex": 2, "message": "Hi {{firstName}}"}
    message = shop.send(lead, sendFallbackSmsOnFailed=wanted, **words)
    shop.run()
    others = [each for each in shop.world.control("GET", "/messages")["messages"] if each["id"] != message]
    if not (configured and wanted):
        assert others == []
        return
    [sms] = others
    expected = {"messageType": "sms", "status": "sent", "recipientPhone": FAILS, "leadId": lead, "fallbackOf": message}
    assert {name: sms.get(name) for name in expected} == expected
    assert {name: sms[name] for name in words} == {**words, "message": "Hi Jane"}
    assert (sms["sentAt"], "fromLineId" in sms) == (START, False)
    assert [each[:2] for each in told] == [("message.failed", message), ("message.sent", sms["id"])]
    shop.world.clock(advance="1s")
    assert kinds(shop.settle()) == [("delivered", sms["id"])]


@pytest.mark.clause("W20")
@pytest.mark.parametrize("phone", [NO_IMESSAGE, None])
def test_a_fallback_is_sent_as_sms_where_that_can_be(make_world: Make, phone: str | None) -> None:
    shop = Shop(make_world, fallbackConfigured=True)
    message = shop.send(shop.lead(email=NOWHERE, **({} if phone is None else {"altPhone1": phone})))
    shop.run()
    sent = [each for each in shop.world.control("GET", "/messages")["messages"] if each["id"] != message]
    assert [each["recipientPhone"] for each in sent] == ([] if phone is None else [phone])
    assert shop.status(message) == ["fallback"]


@pytest.mark.clause("W21")
def test_an_address_replies_in_its_time(shop: Shop) -> None:
    lead = shop.lead(phone=STOPS)
    message = shop.send(lead)
    shop.run()
    shop.world.clock(advance="1m")
    happened = shop.settle()
    assert kinds(happened) == [("delivered", message), ("reply", message)]
    [reply] = shop.world.control("GET", "/replies")["replies"]
    assert (reply["id"], reply["message"], reply["leadId"]) == (happened["happened"][1]["replyId"], "Stop", lead)
    assert (reply["recipientPhone"], reply["receivedAt"]) == (STOPS, "2026-03-13T12:01:00.000Z")


@pytest.mark.clause("W21")
def test_an_address_opens_a_message_in_its_time(shop: Shop) -> None:
    message = shop.send(shop.lead(phone=OPENS))
    shop.run()
    shop.world.clock(advance="1m")
    assert kinds(shop.settle()) == [("delivered", message), ("opened", message)]
    assert shop.message(message)["readAt"] == "2026-03-13T12:01:00.000Z"


@pytest.mark.clause("W21")
def test_who_is_gone_does_nothing(shop: Shop) -> None:
    for phone in (STOPS, OPENS, SLOW):
        shop.send(shop.lead(phone=phone))
        shop.run()
        shop.world.clock(advance="1m")
    shop.world.delete(*(each["id"] for each in shop.world.control("GET", "/leads")["leads"]))
    shop.world.clock(advance="1d")
    assert shop.settle() == {
        "now": "2026-03-14T12:03:00.000Z",
        "counts": {},
        "happened": [],
        "deliveries": 0,
        "waiting": {"delayed": 0, "until": None, "held": 0},
        "nextDue": None,
    }
    assert shop.world.control("GET", "/replies")["replies"] == []


@pytest.mark.clause("W22", "W15")
def test_finished_by_hand_all_follows_that_follows_from_sending(shop: Shop, told: list[Any]) -> None:
    lead = shop.lead(phone=OPENS, firstName="Jane")
    message = shop.send(lead, message="Hi {{firstName}}", sendWindowStart="18:00")
    shop.turn(message, "start")
    done = shop.turn(message, "finish")
    assert (done["status"], done["sentAt"], done["message"]) == ("sent", START, "Hi Jane")
    assert (done["fromLineId"], done["sentTo"]) == (LINES[0], OPENS)
    assert (shop.line()["usage"]["newConversationsCount"], told) == (1, [("message.sent", message, {})])
    shop.world.clock(advance="1m")
    assert kinds(shop.settle()) == [("delivered", message), ("opened", message)]


@pytest.mark.clause("W22")
@pytest.mark.parametrize(("body", "error"), [({}, "Failed by hand"), ({"error": "No signal"}, "No signal")])
def test_failed_by_hand(shop: Shop, told: list[Any], body: dict[str, str], error: str) -> None:
    message = shop.send()
    shop.turn(message, "start")
    done = shop.turn(message, "fail", **body)
    assert (done["status"], done["error"], shop.world.jobs()) == ("failed", error, {})
    assert told == [("message.failed", message, {"error": error})]


@pytest.mark.clause("W22")
@pytest.mark.parametrize("verb", ["finish", "fail"])
def test_what_was_cancelled_meanwhile_stays_so(shop: Shop, told: list[Any], verb: str) -> None:
    message = shop.send()
    shop.turn(message, "start")
    shop.world.cancel(leadId=shop.message(message)["leadId"])
    assert shop.turn(message, verb)["status"] == "cancelled"
    assert (told, shop.world.jobs(), "usage" in shop.line()) == ([], {}, False)


@pytest.mark.clause("W22")
def test_a_slow_message_is_finished_by_hand_and_counted_once(shop: Shop, told: list[Any]) -> None:
    message = shop.send(shop.lead(phone=SLOW))
    shop.run()
    shop.turn(message, "finish")
    shop.world.clock(advance="1m")
    assert kinds(shop.settle()) == [("delivered", message)]
    assert (shop.line()["usage"]["totalMessagesCount"], len(told)) == (1, 1)
