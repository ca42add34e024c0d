"""Where the webhooks of the machine go: a receiver that takes them, one that is down, and a port that is shut."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Self

from tests.support_webhooks import Catcher
from tuco_mock.client.receiving import Answer

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import TracebackType

    from tests.model.model import Thing

SHUT = "http://127.0.0.1:9/hook"


class Receivers:
    """Real sockets.

    Attributes:
        urls: where they listen.
    """

    def __init__(self) -> None:
        self._catchers = [Catcher(), Catcher(Answer(503))]
        self.urls = [*(each.url for each in self._catchers), SHUT]

    def forget(self) -> None:
        """Forget all that came."""
        for each in self._catchers:
            each.came.clear()

    def check(self, deliveries: Iterable[Thing]) -> None:
        """Each delivery came once, byte by byte, and is known to have come, or not to; nothing else came.

        What the lab lost, or was dropped with its webhook, never came.
        """
        sent: dict[str, Counter[str]] = {url: Counter() for url in self.urls}
        for each in deliveries:
            if each["state"] in {"lost", "dropped"}:
                assert each["sentAt"] is None, each
                continue
            status, state = {self.urls[0]: (200, "delivered"), self.urls[1]: (503, "failed")}.get(
                each["url"], (None, "failed")
            )
            assert (each["status"], each["state"]) == (status, state), each
            sent[each["url"]][each["raw"]] += 1
        for catcher in self._catchers:
            assert Counter(came.raw.decode() for came in catcher.came) == sent[catcher.url]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        for each in self._catchers:
            each.__exit__(kind, error, traceback)
