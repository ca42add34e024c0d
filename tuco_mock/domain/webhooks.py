"""Webhooks: what they can be told, how the API shows them, and how what they are sent is signed."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from typing import TYPE_CHECKING, Any, get_args

from tuco_mock.domain.fixture.model import WebhookEvent

if TYPE_CHECKING:
    from collections.abc import Mapping

EVENTS: tuple[str, ...] = get_args(WebhookEvent)
"""The events there are (H11, H12)."""

_LONGEST_URL = 2048
_PORT = "[1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5]"
_HOST = r"[A-Za-z0-9_]([A-Za-z0-9._-]{0,251}[A-Za-z0-9_])?|\[::1\]"
_URL = re.compile(rf"[Hh][Tt][Tt][Pp][Ss]?://({_HOST})(:({_PORT}))?([/?#][!-~]*)?")


def is_webhook_url(text: str) -> bool:
    """Whether a webhook can be registered with the URL (H15)."""
    return len(text) <= _LONGEST_URL and _URL.fullmatch(text) is not None


def secret_of(webhook_id: str) -> str:
    """The secret of a webhook that was given none: base64 of 32 bytes that follow from its id alone (H3)."""
    return base64.b64encode(hashlib.sha256(f"webhook secret/{webhook_id}".encode()).digest()).decode()


def signature(secret: str, body: bytes) -> str:
    """What a body is signed with: hexadecimal HMAC-SHA256 of its very bytes (H13)."""
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def shown(webhook: Mapping[str, Any]) -> dict[str, Any]:
    """A webhook as the API shows it: without its secret, keys in the documented order (H4)."""
    return {
        "id": webhook["id"],
        "url": webhook["url"],
        "events": webhook["events"],
        "name": webhook["name"],
        "description": webhook.get("description"),
        "isActive": webhook["isActive"],
        "lastTriggeredAt": webhook.get("lastTriggeredAt"),
        "lastSuccessAt": webhook.get("lastSuccessAt"),
        "lastFailureAt": webhook.get("lastFailureAt"),
        "failureCount": webhook.get("failureCount", 0),
        "createdAt": webhook["createdAt"],
        "updatedAt": webhook["updatedAt"],
    }
