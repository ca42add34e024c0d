"""A receiver of webhooks for tests of the server: real sockets, every byte kept; and events that happen when told."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from tuco_mock.actions.events import message_event
from tuco_mock.client.receiving import Answer, Receiving
from tuco_mock.contract.validation import ResponseValidator

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType
    from typing import Self

    from tests.support import Json, World
    from tuco_mock.app import TucoApp
    from tuco_mock.domain.deliveries import Delivery
    from tuco_mock.server import BackgroundServer

WEBHOOKS = "/api/webhooks"
EVENTS = ["message.sent", "message.failed", "message.fallback", "message.opened", "message.reply"]
SECRET = "s3cret"


class Came(NamedTuple):
    """A webhook that came."""

    headers: Mapping[str, str]
    raw: bytes

    @property
    def body(self) -> Json:
        """Its JSON."""
        found: Json = json.loads(self.raw)
        return found

    def is_signed(self, secret: str = SECRET) -> bool:
        """Whether it is signed with the secret."""
        return hmac.new(secret.encode(), self.raw, hashlib.sha256).hexdigest() == self.headers["x-tuco-signature"]


class Catcher:
    """Takes webhooks, and answers them all in one way."""

    def __init__(self, answer: Answer | None = None) -> None:
        self.answer = answer or Answer()
        self.came: list[Came] = []
        self._changed = threading.Condition()
        self._server = Receiving(self.take)
        self.url = self._server.url

    def take(self, headers: Mapping[str, str], raw: bytes) -> Answer:
        """Keep what came; how it is answered."""
        with self._changed:
            self.came.append(Came(headers, raw))
            self._changed.notify_all()
        return self.answer

    def wait(self, count: int = 1, seconds: float = 10) -> list[Came]:
        """All that came, once it is so many."""
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.came) >= count, seconds), f"{len(self.came)} came"
            return list(self.came)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._server.stop()


def app_of(server: BackgroundServer) -> TucoApp:
    """The application of a server of the tests."""
    app = server.app
    return cast("TucoApp", app.app if isinstance(app, ResponseValidator) else app)


def register(world: World, url: str, *events: str, **more: Any) -> str:
    """Put a webhook there; its id."""
    found = world.add("webhooks", url=url, events=list(events) or EVENTS, name="w", **{"secret": SECRET, **more})
    return str(found["id"])


def fire(
    server: BackgroundServer, world: World, message_id: str, event: str = "message.sent", **data: Any
) -> list[Delivery]:
    """Let something become of a message."""
    store = app_of(server).store
    message = store.messages.get(world.id, message_id)
    assert message is not None
    return message_event(store, store.workspaces.get(world.id), event, message, data)


def settled(world: World) -> list[Json]:
    """The deliveries, once none is pending."""
    assert world.control("POST", "/deliveries/wait", {"timeout": "20s"})["delivered"]
    found: list[Json] = world.control("GET", "/deliveries")["deliveries"]
    return found
