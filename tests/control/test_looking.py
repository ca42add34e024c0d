"""Look at what a workspace holds: filters, pages, refusals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.control.described import refused

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx

    from tests.support import World

JANE, JOE = "a" * 24, "b" * 24
LINE, SPRING = "c" * 24, "d" * 24
KINDS = ("lines", "lists", "leads", "campaigns", "messages", "replies")


@pytest.fixture
def peopled(make_world: Callable[..., World]) -> World:
    """Two leads with messages and replies, and some that belong to nobody."""
    return make_world(
        clock="2026-03-13T00:00:00Z",
        lines=[{"id": LINE, "phone": "+16462230920"}, {"email": "line@example.com"}],
        lists=[{"name": "Quick Sends"}, {"name": "Spring"}],
        leads=[
            {"id": JANE, "phone": "+14155550100", "altPhone3": "+14155550101", "email": "Jane@Example.com"},
            {"id": JOE, "phone": "+14155550102", "altEmail2": "joe@example.com"},
        ],
        campaigns=[{"id": SPRING, "name": "Spring", "leads": [JANE]}],
        messages=[
            {"leadId": JANE, "message": "m0", "status": "queued"},
            {"leadId": JANE, "message": "m1", "status": "sent", "campaignId": SPRING, "recipientPhone": "+14155550101"},
            {"leadId": JOE, "message": "m2", "status": "queued", "recipientEmail": "joe@example.com"},
            {"message": "m3", "status": "failed", "recipientPhone": "+15005550006", "recipientEmail": "x@example.com"},
            {"message": "m4", "status": "scheduled", "recipientEmail": "x@example.com"},
        ],
        replies=[
            {"leadId": JANE, "message": "r0", "lineId": LINE},
            {"leadId": JOE, "message": "r1", "recipientEmail": "joe@example.com"},
            {"message": "r2", "recipientPhone": "+15005550006", "lineId": LINE},
        ],
    )


def look(world: World, kind: str, query: str = "") -> httpx.Response:
    """The answer to a look at things of a kind."""
    return world.http.get(f"/_tuco/workspaces/{world.id}/{kind}?{query}")


def told(world: World, kind: str, query: str = "") -> list[str]:
    """What the things found say or are called; `total` agrees."""
    answer = look(world, kind, query)
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert found["total"] == len(found[kind])
    return [each["message"] if "message" in each else each["id"] for each in found[kind]]


@pytest.mark.parametrize("kind", KINDS)
def test_everything_in_order_of_creation(peopled: World, kind: str) -> None:
    found = look(peopled, kind).json()
    assert list(found) == [kind, "total", "page", "limit"]
    assert found[kind] == peopled.state()[kind]
    assert (found["page"], found["limit"]) == (1, 1_000)


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_at_all(world: World, kind: str) -> None:
    assert look(world, kind).json() == {kind: [], "total": 0, "page": 1, "limit": 1_000}


@pytest.mark.parametrize(
    ("kind", "query", "wanted"),
    [
        ("leads", "phone=%2B14155550100", [JANE]),
        ("leads", "phone=(415)%20555-0101", [JANE]),
        ("leads", "phone=%2014155550102", [JOE]),  # a plus sign that was not encoded
        ("leads", "phone=+14155550102", [JOE]),
        ("leads", "phone=nonsense", []),
        ("leads", "phone=%2B15005550006", []),
        ("leads", "email=JANE@example.com", [JANE]),
        ("leads", "email=joe%40example.com", [JOE]),
        ("leads", "email=jane@example.com&phone=%2B14155550101", [JANE]),
        ("leads", "email=jane@example.com&phone=%2B14155550102", []),
        ("messages", "status=queued", ["m0", "m2"]),
        ("messages", "status=queued,sent", ["m0", "m1", "m2"]),
        ("messages", "status=sent&status=failed", ["m1", "m3"]),
        ("messages", "status=%20sent%20,failed", ["m1", "m3"]),
        ("messages", "status=delivered", []),
        ("messages", f"leadId={JANE}", ["m0", "m1"]),
        ("messages", f"leadId={JANE.upper()}", ["m0", "m1"]),
        ("messages", f"leadId={'f' * 24}", []),
        ("messages", f"leadId={JANE}&status=queued", ["m0"]),
        ("messages", f"campaignId={SPRING}", ["m1"]),
        ("messages", "recipientPhone=415-555-0101", ["m1"]),
        ("messages", "recipientEmail=X@example.com", ["m3", "m4"]),
        ("messages", "recipientEmail=x@example.com&recipientPhone=%2B15005550006", ["m3"]),
        ("messages", "recipientPhone=%2B15005550006&recipientEmail=x@example.com&status=failed", ["m3"]),
        ("replies", f"leadId={JOE}", ["r1"]),
        ("replies", f"lineId={LINE}", ["r0", "r2"]),
        ("replies", f"lineId={LINE}&leadId={JANE}", ["r0"]),
        ("replies", "recipientPhone=%2B14155550100", ["r0"]),  # it came from the lead's own phone
        ("replies", "recipientPhone=%2B15005550006", ["r2"]),
        ("replies", "recipientEmail=joe@EXAMPLE.com", ["r1"]),
        ("messages", "status=&leadId=", ["m0", "m1", "m2", "m3", "m4"]),  # an empty one counts as absent
    ],
)
def test_filters(peopled: World, kind: str, query: str, wanted: list[str]) -> None:
    assert told(peopled, kind, query) == wanted


def test_filters_see_what_has_changed(peopled: World) -> None:
    peopled.cancel(leadId=JANE)
    assert told(peopled, "messages", "status=queued") == ["m2"]
    assert told(peopled, "messages", "status=cancelled") == ["m0"]


@pytest.mark.parametrize(
    ("kind", "query", "words"),
    [
        ("leads", "fone=1", ("fone", "phone", "email", "limit")),
        ("leads", "status=queued", ("status",)),
        ("lines", "phone=1", ("phone", "page")),
        ("campaigns", "name=Spring", ("name",)),
        ("messages", "lineId=" + LINE, ("lineId", "recipientPhone")),
        ("messages", "Status=queued", ("Status",)),
        ("replies", "status=sent", ("status", "lineId")),
    ],
)
def test_an_unknown_filter_is_refused_and_the_known_ones_are_named(
    peopled: World, kind: str, query: str, words: tuple[str, ...]
) -> None:
    refused(look(peopled, kind, query), 400, kind, *words)


@pytest.mark.parametrize(
    ("kind", "query", "where"),
    [
        ("messages", "status=queud", "status"),
        ("messages", "status=queued,gone", "status"),
        ("messages", "leadId=42", "leadId"),
        ("messages", "campaignId=" + "g" * 24, "campaignId"),
        ("replies", "lineId=" + "c" * 23, "lineId"),
    ],
)
def test_a_filter_with_no_sense_is_told(peopled: World, kind: str, query: str, where: str) -> None:
    answer = look(peopled, kind, query)
    assert answer.status_code in {400, 422}
    assert [each["path"] for each in refused(answer, answer.status_code)["errors"]] == [where]


def test_a_refused_look_does_not_say_that_something_was_changed(peopled: World) -> None:
    assert "changed" not in look(peopled, "messages", "status=queud").json()["detail"]


def test_pages_are_cut_in_order_without_overlap(world: World) -> None:
    made = [world.lead(phone=f"+14155550{number:03}") for number in range(25)]
    seen: list[str] = []
    for page in range(1, 5):
        found = look(world, "leads", f"page={page}&limit=10").json()
        assert (found["total"], found["page"], found["limit"]) == (25, page, 10)
        seen += [each["id"] for each in found["leads"]]
    assert seen == made


def test_pages_of_what_is_filtered(peopled: World) -> None:
    found = look(peopled, "messages", "status=queued&limit=1&page=2").json()
    assert ([each["message"] for each in found["messages"]], found["total"]) == (["m2"], 2)


@pytest.mark.parametrize("name", ["page", "limit"])
@pytest.mark.parametrize("value", ["0", "-1", "1.5", "ten", "1e3", "%D9%A5", "99999999999999999999", "+1", " "])
def test_what_is_no_page_is_refused(peopled: World, name: str, value: str) -> None:
    refused(look(peopled, "messages", f"{name}={value}"), 400, name, "from 1")


def test_the_largest_page(peopled: World) -> None:
    assert len(look(peopled, "messages", "limit=10000").json()["messages"]) == 5
    refused(look(peopled, "messages", "limit=10001"), 400, "10000")
    assert look(peopled, "messages", "page=2147483648&limit=10000").json()["messages"] == []


def test_looking_changes_nothing(peopled: World) -> None:
    before: Any = peopled.state()
    for kind in KINDS:
        look(peopled, kind)
    peopled.control("GET", "")
    peopled.control("GET", "/queue")
    peopled.control("GET", "/clock")
    assert peopled.state() == before


def test_a_workspace_shows_its_own_only(peopled: World, world: World) -> None:
    world.lead(phone="+14155550100")
    assert len(told(world, "leads", "phone=%2B14155550100")) == 1
    assert told(world, "messages") == []
    assert told(peopled, "leads") == [JANE, JOE]
