"""Out and in again: what `render` writes, `check` and `build` turn into the same documents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tuco_mock.domain import ids
from tuco_mock.domain.fixture import render
from tuco_mock.domain.fixture.build import Context, Documents, Items, build
from tuco_mock.domain.fixture.check import check
from tuco_mock.domain.fixture.parse import parse
from tuco_mock.domain.timestamps import millis

if TYPE_CHECKING:
    from tuco_mock.domain.fixture.model import Workspace

NOW = millis("2026-03-13T12:00:00.000Z")
KINDS = ("lines", "lists", "leads", "campaigns", "enrolments", "messages", "replies", "webhooks")

words = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
said = words.filter(lambda text: bool(text) and not text.isspace())
times = st.sampled_from(
    ["-2h", "+1d", "-1h30m", "PT5M", "2026-03-12", "2026-03-12T22:40:29.174Z", "2026-03-12T22:40+05:30"]
)
moments = times.map(lambda text: "-" + text if text.startswith("P") else text)
plain = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | words,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(words.filter(lambda key: "\0" not in key), inner, max_size=3)
    ),
    max_leaves=5,
)


def some(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Any of the fields."""
    return st.fixed_dictionaries({}, optional=fields)


def spelled(kind: str, number: int) -> st.SearchStrategy[str]:
    """An address in one of its notations; no two numbers mean the same one."""
    if kind == "phone":
        tail = f"{number:04d}"
        return st.sampled_from(
            [f"+1415555{tail}", f"(415) 555-{tail}", f"415555{tail}", f" 1-415-555-{tail}", f"no number {tail}"]
        )
    return st.sampled_from([f"a{number}@example.com", f"  A{number}@Example.COM "])


def an_id(kind: int, number: int) -> st.SearchStrategy[str]:
    plain_id = f"{kind:02x}{'ab' * 9}{number:04x}"
    return st.sampled_from([plain_id, plain_id.upper()])


@st.composite
def leads(draw: st.DrawFn, number: int, list_ids: list[str]) -> dict[str, Any]:
    fields = [*("phone", "altPhone1", "altPhone2", "altPhone3"), *("email", "altEmail1", "altEmail2", "altEmail3")]
    chosen = draw(st.lists(st.sampled_from(fields), min_size=1, unique=True))
    own = {
        name: draw(spelled("phone" if "hone" in name else "email", number * 8 + fields.index(name))) for name in chosen
    }
    rest = some(
        firstName=words,
        lastName=words,
        notes=words,
        customFields=st.dictionaries(words.filter(lambda key: "\0" not in key), plain, max_size=2),
        integrationIds=some(ghlRecordId=words, hubspotPortalId=words),
        **({"listId": st.sampled_from(list_ids)} if list_ids else {}),
        source=st.none() | words,
        createdAt=moments,
        updatedAt=moments,
    )
    return {"id": draw(an_id(1, number)), **own, **draw(rest)}


@st.composite
def recipients(draw: st.DrawFn, lead_ids: list[str], *, may_be_gone: bool) -> dict[str, Any]:
    """Whom a message or reply names: a lead, an address, or both."""
    known = [*lead_ids, None, *(["0" * 24] if may_be_gone else [])]
    number = draw(st.integers(0, 40))
    found: dict[str, Any] = draw(
        some(
            leadId=st.sampled_from(known),
            recipientPhone=spelled("phone", number),
            recipientEmail=spelled("email", number),
        )
    )
    if found.get("leadId") is None and not found.keys() & {"recipientPhone", "recipientEmail"}:
        found["recipientPhone"] = draw(spelled("phone", number))
    return found


@st.composite
def messages(draw: st.DrawFn, lead_ids: list[str], line_ids: list[str], campaign_ids: list[str]) -> dict[str, Any]:
    status = draw(
        st.sampled_from(
            ["queued", "pending", "scheduled", "sending", "sent", "delivered", "failed", "fallback", "cancelled"]
        )
    )
    jobs = ["none"]
    if status in {"queued", "pending", "scheduled", "sending"}:
        jobs += ["waiting", "delayed", "active"]
    elif status == "cancelled":
        jobs += ["active"]
    rest = some(
        job=st.sampled_from(jobs),
        recipientName=words,
        message=words,
        messageType=st.sampled_from(["imessage", "sms", "email"]),
        batchId=words,
        stepIndex=st.integers(0, 9),
        scheduledDate=moments,
        createdAt=moments,
        updatedAt=moments,
        sentAt=moments,
        **({"fromLineId": st.sampled_from(line_ids)} if line_ids else {}),
        **({"campaignId": st.sampled_from(campaign_ids)} if campaign_ids else {}),
    )
    return {"status": status, **draw(recipients(lead_ids, may_be_gone=True)), **draw(rest)}


@st.composite
def replies(draw: st.DrawFn, lead_ids: list[str], line_ids: list[str], campaign_ids: list[str]) -> dict[str, Any]:
    rest = some(
        receivedAt=moments,
        **({"lineId": st.sampled_from(line_ids)} if line_ids else {}),
        **({"campaignId": st.sampled_from(campaign_ids)} if campaign_ids else {}),
    )
    return {"message": draw(words), **draw(recipients(lead_ids, may_be_gone=False)), **draw(rest)}


@st.composite
def workspaces(draw: st.DrawFn) -> dict[str, Any]:
    def several(count: int) -> range:
        return range(draw(st.integers(0, count)))

    lines = [
        {
            "id": draw(an_id(2, number)),
            "phone": draw(spelled("phone", 9000 + number)),
            **draw(some(firstName=words, isActive=st.booleans(), updatedAt=moments)),
        }
        for number in several(2)
    ]
    lists = [
        {"id": draw(an_id(4, number)), "name": draw(said), **draw(some(description=words, createdAt=moments))}
        for number in several(2)
    ]
    people = [draw(leads(number, [each["id"] for each in lists])) for number in several(4)]
    lead_ids = [lead["id"] for lead in people]
    campaigns = [
        {
            "id": draw(an_id(3, number)),
            "name": draw(said),
            "steps": draw(st.lists(st.just({"message": "Hi"}) | st.just({"message": "Hi", "delay": "2d"}), max_size=2)),
            "leads": draw(st.lists(st.sampled_from(lead_ids), unique=True)) if lead_ids else [],
        }
        for number in several(2)
    ]
    named: Any = (
        lead_ids,
        [line["id"] for line in lines],
        [campaign["id"] for campaign in campaigns],
    )
    hook = st.fixed_dictionaries(
        {
            "url": st.just("https://example.com/hook"),
            "events": st.just(["message.reply", "message.sent"]),
            "name": said,
        },
        optional={"secret": said, "description": words, "isActive": st.booleans(), "createdAt": moments},
    )
    return {
        "id": "w",
        **draw(
            some(
                name=words,
                apiKeys=st.just(["k1", "k2"]),
                active=st.booleans(),
                rateLimits=some(replies=st.none() | st.integers(1, 1_000_000)),
                clock=moments | st.just({"live": "-5ms"}),
            )
        ),
        "lines": lines,
        "lists": lists,
        "leads": people,
        "campaigns": campaigns,
        "messages": [draw(messages(*named)) for _ in several(5)],
        "replies": [draw(replies(*named)) for _ in several(4)],
        "webhooks": [draw(hook) for _ in several(1)],
    }


def build_of(raw: object, now: int) -> tuple[Workspace, Documents]:
    workspace = check(raw).workspaces[0]
    context = Context(
        now=now,
        country_code=workspace.default_country_code,
        new_id=lambda kind, position, _sequence: ids.derived_id("w", kind, position),
    )
    return workspace, build("w", Items.of(workspace), context)


def words_of(workspace: Workspace, made: Documents) -> dict[str, Any]:
    jobs = {job.message_id: job.state for job in made.jobs}
    members: dict[str, list[str]] = {campaign["id"]: [] for campaign in made.campaigns}
    for enrolment in made.enrolments:
        members[enrolment["campaignId"]].append(enrolment["leadId"])
    return render.workspace(
        msgspec.to_builtins(workspace),
        lines=map(render.line, made.lines),
        lists=map(render.lead_list, made.lists),
        leads=map(render.lead, made.leads),
        campaigns=[render.campaign(campaign, members[campaign["id"]]) for campaign in made.campaigns],
        messages=[render.message(message, jobs.get(message["id"])) for message in made.messages],
        replies=map(render.reply, made.replies),
        webhooks=map(render.webhook, made.webhooks),
    )


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(workspaces(), st.integers(-(10**12), 10**12))
def test_out_then_in_is_the_identity(raw: dict[str, Any], later: int) -> None:
    """At another moment, too: nothing relative is left in what was rendered."""
    first, made = build_of({"workspaces": [raw]}, NOW)
    text = msgspec.json.encode({"workspaces": [words_of(first, made)]})
    second, again = build_of(parse(text), NOW + later)
    for kind in KINDS:
        assert getattr(again, kind) == getattr(made, kind), kind
    assert again.jobs == made.jobs
    assert again.threads == made.threads
    assert words_of(second, again) == words_of(first, made)
    assert [getattr(second, name) for name in ("name", "api_keys", "active", "rate_limits", "clock")] == [
        getattr(first, name) for name in ("name", "api_keys", "active", "rate_limits", "clock")
    ]


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(workspaces())
def test_the_same_file_always_yields_the_same_documents(raw: dict[str, Any]) -> None:
    assert (
        build_of({"workspaces": [raw]}, NOW)[1] == build_of(parse(msgspec.json.encode({"workspaces": [raw]})), NOW)[1]
    )


def test_words_stand_in_the_order_of_the_format() -> None:
    _, made = build_of(
        {
            "workspaces": [
                {
                    "leads": [{"email": "a@example.com", "phone": "+14155550100", "firstName": "A"}],
                    "messages": [{"sentAt": "-1h", "status": "sent", "recipientPhone": "4155550100"}],
                }
            ]
        },
        NOW,
    )
    lead, message = made.leads[0], made.messages[0]
    assert list(render.lead(lead)) == ["id", "firstName", "phone", "email", "createdAt", "updatedAt"]
    assert list(render.message(message, None)) == [
        "id",
        "leadId",
        "recipientPhone",
        "message",
        "messageType",
        "status",
        "createdAt",
        "updatedAt",
        "sentAt",
    ]
    assert list(render.workspace({"clock": None, "id": "w", "other": 1}, leads=[render.lead(lead)])) == ["id", "leads"]


@pytest.mark.parametrize(
    ("status", "state", "told"),
    [
        ("queued", "waiting", None),
        ("queued", "active", "active"),
        ("queued", None, "none"),
        ("scheduled", "delayed", None),
        ("sent", None, None),
        ("cancelled", "active", "active"),
    ],
)
def test_a_job_is_told_when_the_status_does_not_imply_it(status: str, state: Any, told: str | None) -> None:
    assert render.message({"id": "a" * 24, "leadId": None, "status": status}, state).get("job") == told
