"""Faults: what goes wrong, for whom, when and how often."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.support import CANCEL, REPLIES, World, error

if TYPE_CHECKING:
    from collections.abc import Callable

PHONE = "+14155550101"
Json = dict[str, Any]


@pytest.fixture
def lead(world: World) -> str:
    """A lead with one message that waits."""
    lead = world.lead(phone=PHONE, altEmail1="jane@example.com")
    world.message(lead)
    return lead


def waiting(world: World) -> bool:
    """Whether the message still waits."""
    return list(world.statuses().values()) == ["queued"]


# what goes wrong


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (400, {"error": "Either leadId, recipientPhone, or recipientEmail is required"}),
        (401, {"error": "Unauthorized"}),
        (500, {"error": "Internal server error"}),
        (429, {"error": "Rate limit exceeded"}),  # as GET /api/replies documents it
        (503, {"error": "Service Unavailable"}),
        (599, {"error": "Status 599"}),
    ],
)
def test_a_forced_status_has_the_documented_body(world: World, lead: str, status: int, body: Json) -> None:
    world.fault({"status": status})
    assert error(world.post_cancel({"leadId": lead})) == (status, body)
    assert waiting(world)


def test_the_500_of_replies_has_its_own_text(world: World) -> None:
    world.fault({"status": 500})
    assert error(world.get_replies()) == (500, {"error": "Failed to fetch replies"})


def test_a_forced_429_has_a_retry_after(world: World) -> None:
    world.fault({"status": 429})
    assert int(world.get_replies().headers["retry-after"]) >= 1
    world.control("POST", "/faults", {"effect": {"status": 429, "retryAfter": 7}}, status=201)
    assert world.get_replies().headers["retry-after"] == "7"


@pytest.mark.parametrize(
    ("body", "content_type", "text"),
    [
        ({"oops": 1}, "application/json", '{"oops":1}'),
        (None, "application/json", "null"),
        ("<h1>Bad gateway</h1>", "text/plain; charset=utf-8", "<h1>Bad gateway</h1>"),
    ],
)
def test_a_forced_status_with_a_body_of_its_own(world: World, body: Any, content_type: str, text: str) -> None:
    world.fault({"status": 502, "body": body})
    answer = world.get_replies()
    assert (answer.status_code, answer.headers["content-type"], answer.text) == (502, content_type, text)


def test_headers_of_a_forced_status(world: World) -> None:
    world.fault({"status": 502, "body": "<h1>", "headers": {"Content-Type": "text/html", "X-Edge": "down"}})
    answer = world.get_replies()
    assert (answer.headers["content-type"], answer.headers["x-edge"]) == ("text/html", "down")


def test_a_wrong_content_type_over_the_real_answer(world: World, lead: str) -> None:
    world.fault({"headers": {"Content-Type": "text/html"}})
    answer = world.post_cancel({"leadId": lead})
    assert (answer.headers["content-type"], answer.json()["cancelledCount"]) == ("text/html", 1)
    assert not waiting(world)


def test_garbage_instead_of_json(world: World, lead: str) -> None:
    world.fault({"drop": "garbage"})
    answer = world.post_cancel({"leadId": lead})
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    with pytest.raises(ValueError, match=r"utf-8|JSON|Expecting"):
        answer.json()
    assert waiting(world)


@pytest.mark.parametrize(
    ("drop", "raised", "told"),
    [
        ("reset", httpx.ReadError, "Connection reset by peer"),
        ("empty", httpx.RemoteProtocolError, "without sending a response"),
        ("truncated", httpx.RemoteProtocolError, "without sending complete message body"),
    ],
)
@pytest.mark.parametrize("phase", ["before", "after"])
def test_a_lost_answer_is_lost_on_the_wire(
    world: World, lead: str, drop: str, raised: type[Exception], told: str, phase: str
) -> None:
    world.fault({"drop": drop}, phase=phase, times=1)
    with pytest.raises(raised, match=told):
        world.post_cancel({"leadId": lead})
    assert waiting(world) == (phase == "before")
    [kept] = world.requests()
    assert (kept["status"], kept["answer"], kept["fault"]["effect"]) == (None, None, {"drop": drop})
    assert [effect["kind"] for effect in kept["effects"]] == (
        ["messages.cancelled", "jobs.removed"] if phase == "after" else []
    )
    assert world.cancel(leadId=lead)["cancelledCount"] == (1 if phase == "before" else 0)


def test_a_delay_is_of_real_time_and_the_clock_does_not_move(world: World, lead: str) -> None:
    world.fault({"delay": "150ms"})
    began = time.monotonic()
    assert world.cancel(leadId=lead)["cancelledCount"] == 1
    assert 0.15 <= time.monotonic() - began < 20
    [kept] = world.requests()
    assert kept["durationMs"] >= 150
    assert kept["at"] == "2026-03-13T00:00:00.000Z"


def test_a_delay_before_a_forced_status_and_before_a_reset(world: World) -> None:
    world.fault({"delay": "50ms", "status": 504})
    assert world.get_replies().status_code == 504
    world.control("POST", "/faults", {"effect": {"delay": "50ms", "drop": "reset"}}, status=201)
    with pytest.raises(httpx.ReadError):
        world.get_replies()
    assert [kept["durationMs"] >= 50 for kept in world.requests()] == [True, True]


def test_a_delay_after_the_change_shows_the_change_while_the_answer_is_out(world: World, lead: str) -> None:
    """The change is there before the client has its answer: at its own timeout it finds it done."""
    world.fault({"delay": "60s"}, phase="after", times=1)
    with pytest.raises(httpx.ReadTimeout):
        world.http.post(CANCEL, json={"leadId": lead}, headers=world.headers, timeout=0.2)
    assert not waiting(world)


def test_a_client_that_leaves_meanwhile_is_told_of_in_the_journal(world: World) -> None:
    world.fault({"delay": "60s"}, times=1)
    with pytest.raises(httpx.ReadTimeout):
        world.http.get(REPLIES, headers=world.headers, timeout=0.1)
    [kept] = world.control("POST", "/requests/wait", {"timeout": "30s"})["requests"]
    assert kept["reason"] == "the client went away while the answer was delayed"


def test_other_calls_are_answered_while_one_is_delayed(world: World, make_world: Callable[..., World]) -> None:
    world.fault({"delay": "60s"})
    with pytest.raises(httpx.ReadTimeout):
        world.http.get(REPLIES, headers=world.headers, timeout=0.2)
    assert make_world().replies()["total"] == 0


# for whom


@pytest.mark.parametrize(
    ("match", "strikes"),
    [
        ({}, ["cancel", "replies"]),
        ({"method": "post"}, ["cancel"]),
        ({"path": REPLIES}, ["replies"]),
        ({"path": "/api/messages/*"}, ["cancel"]),
        ({"group": "replies"}, ["replies"]),
        ({"header": {"X-Case": "9"}}, ["cancel", "replies"]),
        ({"header": {"X-Case": "8"}}, []),
    ],
)
def test_a_fault_is_for_the_calls_that_match(world: World, match: Json, strikes: list[str]) -> None:
    world.fault({"status": 503}, match=match)
    headers = {**world.headers, "x-case": "9"}
    struck = [
        name
        for name, answer in (
            ("cancel", world.http.post(CANCEL, json={}, headers=headers)),
            ("replies", world.http.get(REPLIES, headers=headers)),
        )
        if answer.status_code == 503
    ]
    assert struck == strikes


def test_a_fault_of_a_lead_strikes_calls_about_it_however_it_is_named(world: World, lead: str) -> None:
    other = world.lead(phone="+14155550199")
    world.fault({"status": 503}, match={"lead": lead.upper()})
    cancels: list[Json] = [
        {"leadId": lead},
        {"recipientPhone": "(415) 555-0101"},
        {"recipientEmail": "Jane@Example.com"},
        {"recipientPhone": "+14155550000", "recipientEmail": "jane@example.com"},
        {"leadId": other},
        {"recipientPhone": "+14155550199"},
        {},
    ]
    assert [world.post_cancel(body).status_code for body in cancels] == [503, 503, 503, 503, 200, 200, 400]
    queries = [{"leadId": lead}, {"recipientPhone": PHONE}, {"leadId": other}, {}, {"leadId": "x"}]
    assert [world.get_replies("", **query).status_code for query in queries] == [503, 503, 200, 200, 400]


def test_a_fault_of_one_workspace_never_touches_another_s_calls(make_world: Callable[..., World]) -> None:
    one, other = make_world(), make_world()
    one.fault({"status": 503})
    assert [one.get_replies().status_code, other.get_replies().status_code] == [503, 200]


def test_keys_and_limits_come_first(make_world: Callable[..., World]) -> None:
    world = make_world(clock="2026-03-13T00:00:00Z", rateLimits={"replies": 1})
    world.fault({"status": 503})
    assert world.http.get(REPLIES).status_code == 401
    assert [world.get_replies().status_code for _ in range(2)] == [503, 429]


def test_the_control_plane_has_no_faults(world: World) -> None:
    world.fault({"drop": "reset"})
    assert world.control("GET", "/leads")["total"] == 0


# how often


def test_times(world: World) -> None:
    world.fault({"status": 503}, times=2)
    assert [world.get_replies().status_code for _ in range(4)] == [503, 503, 200, 200]
    [fault] = world.control("GET", "/faults")["faults"]
    assert (fault["seen"], fault["fired"]) == (2, 2)


def test_spent_faults_are_out_of_the_way_and_only_the_last_are_remembered(world: World) -> None:
    world.patch(rateLimits={"replies": None})
    for status in range(450, 570):
        world.fault({"status": status}, times=1)
        assert world.get_replies().status_code == status
    faults = world.control("GET", "/faults")["faults"]
    assert [(fault["effect"]["status"], fault["fired"]) for fault in faults] == [(each, 1) for each in range(470, 570)]
    world.fault({"status": 503}, times=2)
    assert [world.get_replies().status_code for _ in range(3)] == [503, 503, 200]


def test_a_delay_alone_leaves_room_for_another_fault(world: World) -> None:
    world.fault({"delay": "30ms"})
    world.fault({"status": 503, "delay": "30ms"}, times=1)
    assert [world.get_replies().status_code for _ in range(2)] == [503, 200]
    first, second = world.requests()
    assert first["durationMs"] >= 60
    assert second["durationMs"] >= 30
    assert [kept["fault"]["id"] for kept in (first, second)] == ["fault-2", "fault-1"]


def test_the_first_fault_that_strikes_is_the_one_that_is_met(world: World) -> None:
    world.fault({"status": 501}, times=1)
    world.fault({"status": 502}, times=1, match={"path": CANCEL})
    world.fault({"status": 503})
    assert [world.get_replies().status_code for _ in range(2)] == [501, 503]
    assert world.post_cancel({}).status_code == 502
    assert [kept["fault"]["id"] for kept in world.requests()] == ["fault-1", "fault-3", "fault-2"]


def struck(world: World, calls: int = 200) -> list[int]:
    world.patch(rateLimits={"replies": None})
    return [number for number in range(calls) if world.get_replies().status_code == 503]


def test_chance_follows_from_the_seed(make_world: Callable[..., World]) -> None:
    worlds = [make_world(seed=seed) for seed in ("one", "one", "two")]
    for world in worlds:
        world.fault({"status": 503}, probability=0.25)
    first, again, other = map(struck, worlds)
    assert first == again
    assert first != other
    assert 25 <= len(first) <= 80


def test_chance_begins_anew_with_the_fault(make_world: Callable[..., World]) -> None:
    world = make_world(seed="one")
    found = []
    for _ in range(2):
        world.control("POST", "/faults", {"id": "f", "effect": {"status": 503}, "probability": 0.3}, status=201)
        found.append(struck(world, 50))
    assert found[0] == found[1]


def test_jitter_follows_from_the_seed_and_stays_within_its_bounds() -> None:
    from tuco_mock.domain.faults import Effect, chance, delay_millis

    effect = Effect(delay="100ms", jitter="40ms")
    found = [delay_millis(effect, chance("seed", "fault-1", turn, "jitter")) for turn in range(500)]
    assert found == [delay_millis(effect, chance("seed", "fault-1", turn, "jitter")) for turn in range(500)]
    assert 60 <= min(found) < 65
    assert 135 < max(found) <= 140
    assert delay_millis(Effect(delay="10ms", jitter="40ms"), 0.0) == 0


# in and out


def test_look_add_replace_clear(world: World) -> None:
    world.control(
        "POST", "/faults", [{"effect": {"status": 500}}, {"id": "mine", "effect": {"drop": "empty"}}], status=201
    )
    world.control("PATCH", "/faults", {"effect": {"delay": "1s"}, "times": 3, "phase": "after"})
    assert world.control("GET", "/faults") == {
        "faults": [
            {"id": "fault-1", "match": {}, "phase": "before", "effect": {"status": 500}, "seen": 0, "fired": 0},
            {"id": "mine", "match": {}, "phase": "before", "effect": {"drop": "empty"}, "seen": 0, "fired": 0},
            {
                "id": "fault-3",
                "match": {},
                "times": 3,
                "phase": "after",
                "effect": {"delay": "1s"},
                "seen": 0,
                "fired": 0,
            },
        ]
    }
    world.control("PATCH", "/faults", {"id": "mine", "effect": {"status": 418}})
    assert [fault["id"] for fault in world.control("GET", "/faults")["faults"]] == ["fault-1", "fault-3", "mine"]
    replaced = world.control("POST", "/faults", {"effect": {"status": 404}}, status=201)
    assert [fault["effect"] for fault in replaced["faults"]] == [{"status": 404}]
    assert world.control("DELETE", "/faults") == {"cleared": 1}
    assert world.get_replies().status_code == 200


def test_a_reset_clears_the_faults(world: World) -> None:
    world.fault({"status": 500})
    world.control("POST", "/reset")
    assert world.control("GET", "/faults") == {"faults": []}


@pytest.mark.parametrize(
    ("fault", "path", "told"),
    [
        ({"effect": {"drop": "reset", "status": 500}}, "effect", "drop contradicts status"),
        (
            {"effect": {"drop": "empty", "body": None, "headers": {}, "retryAfter": 1}},
            "effect",
            "drop contradicts body, headers, retryAfter",
        ),
        ({"effect": {"body": {}}}, "effect.body", "needs a status"),
        ({"effect": {"retryAfter": 1}}, "effect.retryAfter", "needs a status"),
        ({"effect": {"status": 500, "jitter": "1s"}}, "effect.jitter", "needs a delay"),
        ({"effect": {"delay": "11m"}}, "effect.delay", "longer than ten minutes"),
        ({"effect": {}}, "effect", "is empty"),
        ({}, "", "effect"),
        ({"effect": {"status": 200}}, "effect.status", "from 400 to 599"),
        ({"effect": {"status": "500"}}, "effect.status", "expected"),
        ({"effect": {"drop": "lost"}}, "effect.drop", "reset"),
        ({"effect": {"delay": "soon"}}, "effect.delay", "a duration as"),
        ({"effect": {"status": 500}, "times": 0}, "times", "from 1"),
        ({"effect": {"status": 500}, "probability": 0}, "probability", "above 0"),
        ({"effect": {"status": 500}, "probability": 1.5}, "probability", "at most 1"),
        ({"effect": {"status": 500}, "phase": "during"}, "phase", "before"),
        ({"effect": {"status": 500}, "match": {"paths": "/"}}, "match.paths", "unknown field"),
        ({"effect": {"status": 500}, "match": {"group": "sends"}}, "match", f"GET {REPLIES} (group replies)"),
        (
            {"effect": {"status": 500}, "match": {"path": "/api/typo"}},
            "match",
            f"is for no call that there is: the API has POST {CANCEL}",
        ),
        ({"effect": {"status": 500}, "match": {"method": "GET", "path": CANCEL}}, "match", "is for no call"),
        ({"effect": {"status": 500, "headers": {"x y": ""}}}, "effect.headers.x y", "is no name of a header"),
        ({"effect": {"headers": {"": "x"}}}, "effect.headers.", "is no name of a header"),
        ({"effect": {"headers": {"x": "a\r\nb: c"}}}, "effect.headers.x", "printable"),
        ({"effect": {"headers": {"x": "\u20ac"}}}, "effect.headers.x", "Latin-1"),
        ({"effect": {"headers": {"Content-Length": "5"}}}, "effect.headers.Content-Length", "the server's own"),
        ({"effect": {"status": 500}, "match": {"lead": "Jane"}}, "match.lead", "24 hexadecimal"),
        ({"effect": {"status": 500}, "id": "a b"}, "id", "letters"),
        ({"effect": {"status": 500}, "name": "x"}, "name", "unknown field"),
    ],
)
def test_a_fault_that_makes_no_sense_is_refused_with_the_place(world: World, fault: Json, path: str, told: str) -> None:
    world.fault({"status": 503})
    refused = world.control("POST", "/faults", fault, status=422)
    assert [mistake["path"] for mistake in refused["errors"]] == [path]
    assert told in refused["errors"][0]["message"]
    assert len(world.control("GET", "/faults")["faults"]) == 1, "the old ones are still there"


def test_all_mistakes_of_a_list_are_told_at_once(world: World) -> None:
    faults = [{"effect": {"status": 500}, "id": "f"}, {"effect": {}, "id": "f"}, {"effect": {"status": 1}, "times": 0}]
    refused = world.control("POST", "/faults", faults, status=422)
    assert [mistake["path"] for mistake in refused["errors"]] == ["[2].times", "[2].effect.status", "[1].effect", ""]


@pytest.mark.parametrize("body", [None, "status", 5])
def test_what_is_no_fault_at_all(world: World, body: Any) -> None:
    assert "Send a fault" in world.control("POST", "/faults", body, status=400)["detail"]


# for one call


@pytest.mark.parametrize(
    ("prefer", "status", "text"),
    [
        ("code=401", 401, "Unauthorized"),
        ("code=404", 404, "Lead not found or access denied"),
        ('code="404", example="campaignNotFound"', 404, "Campaign not found"),
        ("handling=strict; code=404;example=campaignNotFound", 404, "Campaign not found"),
        ("code=500", 500, "Failed to fetch replies"),
        ("CODE=429", 429, "Rate limit exceeded"),
    ],
)
@pytest.mark.clause("A20")
def test_a_client_may_prefer_a_documented_answer(world: World, prefer: str, status: int, text: str) -> None:
    answer = world.http.get(REPLIES, headers={**world.headers, "Prefer": prefer})
    assert error(answer) == (status, {"error": text})
    assert ("retry-after" in answer.headers) == (status == 429)
    assert world.get_replies().status_code == 200


@pytest.mark.clause("A20")
def test_a_preferred_answer_changes_nothing(world: World, lead: str) -> None:
    assert world.post_cancel({"leadId": lead}, Prefer="code=500").status_code == 500
    assert waiting(world)


@pytest.mark.clause("A20")
def test_the_preferred_200_is_the_real_one(world: World, lead: str) -> None:
    assert world.post_cancel({"leadId": lead}, Prefer="code=200").json()["cancelledCount"] == 1
    assert not waiting(world)


@pytest.mark.parametrize(
    ("prefer", "told"),
    [
        ("code=418", f"Prefer: code=418 is not documented for GET {REPLIES}; it documents 200, 400, 401,"),
        ("code=x", "Prefer: code=x is not documented"),
        ("code=404, example=none", f"Prefer: example=none is not among those of GET {REPLIES} 404; there are lead"),
    ],
)
@pytest.mark.clause("A20")
def test_a_preference_that_can_t_be_met_is_refused(world: World, prefer: str, told: str) -> None:
    answer = world.http.get(REPLIES, headers={**world.headers, "Prefer": prefer})
    assert answer.status_code == 400
    assert answer.json()["error"].startswith(told)


@pytest.mark.clause("A20")
@pytest.mark.parametrize(
    "lines", [["respond-async", "code=404"], ["code=404", "respond-async"], ["code=404", "code=500"]]
)
def test_several_preferences_are_one_list_of_which_the_first_counts(world: World, lines: list[str]) -> None:
    headers = [*world.headers.items(), *(("Prefer", line) for line in lines)]
    assert world.http.get(REPLIES, headers=headers).status_code == 404


@pytest.mark.parametrize("prefer", ["respond-async", "return=minimal", "", "example=x"])
@pytest.mark.clause("A20")
def test_other_preferences_are_ignored(world: World, prefer: str) -> None:
    assert world.http.get(REPLIES, headers={**world.headers, "Prefer": prefer}).status_code == 200
