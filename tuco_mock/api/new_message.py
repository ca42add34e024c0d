"""The body of POST /api/messages: what it says, checked in the documented order (clauses M2 to M12)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple, cast, get_args
from urllib.parse import urlsplit

import msgspec

from tuco_mock.actions.send import Outgoing
from tuco_mock.api.errors import ApiError
from tuco_mock.api.new_leads import INTEGRATIONS, text_of
from tuco_mock.domain import addresses
from tuco_mock.domain.fixture.model import IntegrationIds, Lead, Message
from tuco_mock.domain.ids import object_id
from tuco_mock.domain.messages import Channel
from tuco_mock.domain.timestamps import parse_iso, upper_bound
from tuco_mock.domain.zones import is_zone

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tuco_mock.api.door import Call

SOURCE = "api"
"""Where leads come from that were made for a message (M15)."""

MOST_ATTACHMENTS = 2

_ALTERNATES = (*addresses.PHONE_FIELDS[1:], *addresses.EMAIL_FIELDS[1:])
_TEXTS = (
    *("message", "recipientPhone", "recipientEmail", "recipientName", *_ALTERNATES),
    *("batchId", *INTEGRATIONS, "contactOwnerEmail", "correlationId"),
)
"""What has to be a text, and is refused by its name where it is none (M3)."""

_TIME = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]", re.ASCII)
_WINDOW = ("sendWindowStart", "sendWindowEnd")
_DAYS = range(7)
_ECHOED = re.compile(r"[ -~]{1,128}", re.ASCII)
_PYTHON: dict[str, str] = {field.encode_name: field.name for field in msgspec.structs.fields(Lead)}
_PYTHON_IDS: dict[str, str] = {field.encode_name: field.name for field in msgspec.structs.fields(IntegrationIds)}
_UPLOADS = re.compile(r"/uploads/([^/]*)")


class Body(NamedTuple):
    """What a body says, everything but its lead checked.

    Attributes:
        texts: its texts, without those that are not given.
        outgoing: what is to be sent, and to whom.
        lead_id: the lead that it names, as it was given; None when it names none.
        foreign: the first of its attachments that was uploaded by another organisation (M10).
        wants_fallback: whether an SMS is to be sent when it fails.
    """

    outgoing: Outgoing
    lead_id: object
    foreign: str | None
    wants_fallback: bool


def read_body(body: dict[str, Any], call: Call) -> Body:
    """What a body says.

    Raises:
        ApiError: 400 or 404, with the first error of the documented order (M2).
    """
    texts = {name: text_of(body, name, name, "M3") for name in _TEXTS}
    if texts["message"] is None and (not _is_given(body.get("attachmentUrls")) or body["attachmentUrls"] == []):
        raise _refused("Message and attachmentUrls cannot both be empty", "M4")
    channel = _channel(body)
    urls = _attachments(body)
    line = _line(body, call)
    when = _date(body)
    window = _window(body)
    wants_fallback = _switch(body, "sendFallbackSmsOnFailed")
    found = _addressed(texts, call.workspace.country_code)
    message = Message(
        message=texts["message"] or "",
        message_type=channel,
        from_line_id=line,
        batch_id=texts["batchId"],
        scheduled_date=when,
        attachment_urls=urls or None,
        attachment_names=_names(body),
        send_fallback_sms_on_failed=wants_fallback or None,
        correlation_id=_correlation(texts["correlationId"], call),
        recipient_name=texts["recipientName"],
        recipient_phone=found.get("recipientPhone"),
        recipient_email=found.get("recipientEmail"),
        **window,
    )
    given = body.get("leadId") if _is_given(body.get("leadId")) else None
    foreign = next((url for url in urls if _is_foreign(url, call.workspace.id)), None)
    return Body(Outgoing(message, _person(texts, found), given is not None), given, foreign, wants_fallback)


def _is_given(value: object) -> bool:
    """Whether a field counts as given: it is neither null nor blank (C2, M3)."""
    return value is not None and not (isinstance(value, str) and not value.strip())


def _channel(body: Mapping[str, Any]) -> Channel:
    given = body.get("messageType")
    if not _is_given(given):
        return "imessage"
    if given not in get_args(Channel):
        raise _refused("Invalid messageType. Must be email, sms, or imessage", "M5")
    return cast("Channel", given)


def _attachments(body: Mapping[str, Any]) -> list[str]:
    given = body.get("attachmentUrls")
    if not _is_given(given):
        return []
    if not isinstance(given, list):
        raise _refused("attachmentUrls must be an array", "M6")
    if len(given) > MOST_ATTACHMENTS:
        raise _refused(f"Maximum {MOST_ATTACHMENTS} attachments per message", "M6")
    for position, url in enumerate(given):
        if not isinstance(url, str) or not url.strip():
            raise _refused(f"attachmentUrls[{position}]: expected a text", "M6")
    return given


def _line(body: Mapping[str, Any], call: Call) -> str | None:
    """The line that the message is to leave from; None when any will do (M7)."""
    given = body.get("fromLineId")
    if not _is_given(given):
        if not call.store.lines.has_active(call.workspace.id):
            raise _refused("No active lines in workspace. Add and activate a line, or provide fromLineId.", "M7")
        return None
    line_id = object_id(given)
    if line_id is None or not call.store.lines.has_active(call.workspace.id, line_id):
        raise ApiError(404, "Line not found", clause="M7")
    return line_id


def _date(body: Mapping[str, Any]) -> str | None:
    given = body.get("scheduledDate")
    if not _is_given(given):
        return None
    moment = parse_iso(given) if isinstance(given, str) else None
    if moment is None:
        raise _refused("Invalid scheduledDate format", "M8")
    return upper_bound(moment)


def _window(body: Mapping[str, Any]) -> dict[str, Any]:
    """The hours and days on which the message may be sent, as a message has them (M9)."""
    start, end = (_time(body.get(name)) for name in _WINDOW)
    zone = body.get("timezone")
    if not _is_given(zone):
        zone = None
    if zone is not None and not (isinstance(zone, str) and is_zone(zone)):
        raise _refused("Invalid timezone or time window settings. Please check your timezone and time format.", "M9")
    days = body.get("allowedDaysOfWeek")
    if days is not None and not (isinstance(days, list) and all(map(_is_day, days))):
        raise _refused("allowedDaysOfWeek: expected a list of whole numbers from 0 to 6", "M9")
    return {
        "timezone": zone,
        "send_window_start": start,
        "send_window_end": end,
        "allowed_days_of_week": sorted(set(map(int, days))) if days else None,
    }


def _is_day(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and value in _DAYS


def _time(given: object) -> str | None:
    if not _is_given(given):
        return None
    if not isinstance(given, str) or not _TIME.fullmatch(given):
        raise _refused(
            "Invalid time format. sendWindowStart and sendWindowEnd must be in HH:mm format (e.g., 09:00, 17:00)", "M9"
        )
    return given


def _switch(body: Mapping[str, Any], name: str) -> bool:
    given = body.get(name)
    if given is not None and not isinstance(given, bool):
        raise _refused(f"{name}: expected true or false", "M3")
    return bool(given)


def _names(body: Mapping[str, Any]) -> list[str] | None:
    given = body.get("attachmentNames")
    if given is not None and not (isinstance(given, list) and all(isinstance(name, str) for name in given)):
        raise _refused("attachmentNames: expected a list of texts", "M3")
    return given or None


def _addressed(texts: Mapping[str, str | None], country_code: str) -> dict[str, str]:
    """The recipient's addresses, normalised; a phone that can't be one stays as it is (M11, N4)."""
    phone, email = texts["recipientPhone"], texts["recipientEmail"]
    return {
        **({"recipientPhone": addresses.phone(phone, country_code) or phone} if phone else {}),
        **({"recipientEmail": email.strip()} if email else {}),
    }


def _person(texts: Mapping[str, str | None], found: Mapping[str, str]) -> Lead:
    """Who the message is to, as the call says it; the name is parted at its first space (M15)."""
    first, _, last = (texts["recipientName"] or "").strip().partition(" ")
    outside = {kept: texts[name] for name, kept in INTEGRATIONS.items() if texts[name] is not None}
    words: dict[str, Any] = {
        "firstName": first or None,
        "lastName": last.strip() or None,
        "phone": found.get("recipientPhone"),
        "email": found.get("recipientEmail"),
        **{name: texts[name] for name in _ALTERNATES},
    }
    return Lead(
        **{_PYTHON[name]: value for name, value in words.items()},
        source=SOURCE,
        contact_owner_email=texts["contactOwnerEmail"],
        integration_ids=IntegrationIds(**{_PYTHON_IDS[name]: each for name, each in outside.items()})
        if outside
        else None,
    )


def _correlation(given: str | None, call: Call) -> str | None:
    """What the caller calls this sending, in the body or in the header; None when it can't be echoed (M19)."""
    for text in (given, call.visit.header(b"x-correlation-id")):
        if text is not None and text.strip() and _ECHOED.fullmatch(text):
            return text.strip()
    return None


def _is_foreign(url: str, workspace: str) -> bool:
    """Whether a URL is that of an upload of another organisation (M10)."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").lower()
    except ValueError:
        return False
    found = _UPLOADS.match(parts.path)
    return found is not None and (host == "tuco.ai" or host.endswith(".tuco.ai")) and found[1] != workspace


def _refused(error: str, clause: str) -> ApiError:
    return ApiError(400, error, clause=clause)
