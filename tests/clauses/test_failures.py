"""Clauses A11, C19 and R24: an engine that fails is a documented 500, one log record, and nothing of it leaks."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest

from tests.clauses.busy import BUSY, JANE
from tests.clauses.checks import held
from tests.support import CANCEL, REPLIES, error

if TYPE_CHECKING:
    from tests.clauses.engines import OwnServer


class EngineDown(RuntimeError):
    """What the engine fails with; its text must stay inside."""


def fail(collection: str, method: str) -> None:
    """Watch that makes calls of everything but the control plane's own collections fail."""
    raise EngineDown(f"secret detail of {collection}.{method}")


FAILURES = [
    pytest.param("POST", CANCEL, "Internal server error", marks=pytest.mark.clause("C19")),
    pytest.param("GET", REPLIES, "Failed to fetch replies", marks=pytest.mark.clause("R24")),
]


@pytest.mark.clause("A11", "A3", "A10")
@pytest.mark.parametrize("failing", ["workspaces", "leads"])
@pytest.mark.parametrize(("method", "path", "text"), FAILURES, ids=["cancelForLead", "getReplies"])
def test_failure_of_an_engine_is_the_documented_500(
    own: OwnServer, caplog: pytest.LogCaptureFixture, *, method: str, path: str, text: str, failing: str
) -> None:
    """A failing engine gives the operation's own 500 without a trace of its cause, which the log has in full."""
    world = own.world(state=BUSY)
    before = held(world)
    own.documents.watch = lambda collection, called: fail(collection, called) if collection == failing else None
    body = b'{"recipientPhone":"+14422640101"}'
    answer = own.http.request(method, f"{path}?leadId={JANE}", headers=world.headers, content=body)
    own.documents.watch = None

    assert error(answer) == (500, {"error": text})
    assert answer.headers["content-type"] == "application/json"
    assert "Traceback" not in answer.text
    assert "secret" not in str(answer.headers)
    (record,) = [each for each in caplog.records if each.levelno >= logging.ERROR]
    assert record.exc_info is not None
    assert isinstance(record.exc_info[1], EngineDown)
    assert (method in record.getMessage(), path in record.getMessage()) == (True, True)
    assert "Traceback" in caplog.text
    after = held(world)
    assert {**after, "rateLimitBuckets": {}} == {**before, "rateLimitBuckets": {}}


@pytest.mark.clause("A11")
@pytest.mark.parametrize(("method", "path", "text"), FAILURES, ids=["cancelForLead", "getReplies"])
def test_answers_again_after_a_failure(own: OwnServer, method: str, path: str, text: str) -> None:
    """Once the engine is back the same request, on the same connection, is answered as ever."""
    world = own.world(state=BUSY)

    def send() -> int:
        return own.http.request(method, path, headers=world.headers, json={"leadId": JANE}).status_code

    own.documents.watch = fail
    failed = send(), send()
    own.documents.watch = None
    assert failed == (500, 500)
    assert send() == 200
