"""Schemathesis on the simulated API: all phases and all checks, in process and over a socket, with every kind of key.

Every answer is checked twice, by Schemathesis and by the `ResponseValidator` that the application is wrapped in: a
difference from the description shows as a 500, which nothing here accepts. Together with those of
the control plane the tests send over 10,000 requests, and each asserts that it did send its share.
"""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode

from tests.clauses.checking import CHECK, CHECK_ANY, CHECK_LEADS, LINES
from tests.contract.fuzzing import config, run
from tests.support import CANCEL, LEADS, MESSAGES, REPLIES, World
from tests.support_webhooks import WEBHOOKS
from tuco_mock.app import create_app
from tuco_mock.contract.spec import load_spec
from tuco_mock.contract.validation import ResponseValidator
from tuco_mock.delivery import attempt
from tuco_mock.delivery.post import NotAnswered

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from schemathesis import Case, HookContext, Response
    from schemathesis.core.failures import Failure
    from schemathesis.schemas import BaseSchema

    from tests.contract.fuzzing import Report
    from tuco_mock.server import BackgroundServer

KEY = "tuco_sk_xxxxxxxxxxxxx"
DEFAULT = "org_3AZs4H8UsfFxVFONr6H4K75okaG"
ENROLMENTS = "/api/campaigns/{id}/leads"
WRONG_WAY_ROUND = {"error": "dateFrom must be <= dateTo"}
UNSAYABLE = {
    "Invalid timezone or time window settings. Please check your timezone and time format.",
    "No active lines in workspace. Add and activate a line, or provide fromLineId.",
}
"""What a body that fits its schema may be refused with: no schema has all time zones, or sees lines (M7, M9)."""
NO_HTTP = {"error": "Invalid HTTP request received"}
FRAMING = {"content-length", "transfer-encoding"}
"""Headers by which a request is read off the wire: with made-up ones it is another request, or none at all."""
NO_ADDRESS = {"error": "Address parameter is required (phone or email)"}
WEBHOOK = {
    "id": "680a1b2c3d4e5f6789012345",
    "url": "https://example.com/hook",
    "events": ["message.reply"],
    "name": "the one of the examples",
}
NO_LIMIT = {"rateLimits": {"replies": None, "messages": None, "campaignLeads": None, "availability": None}}
SAME_IDS = {"seed": "the same", **NO_LIMIT}
NOW = "2090-06-01T00:00:00Z"
OPERATIONS = {
    "getReplies": (REPLIES, "GET", 220),
    "cancelForLead": (CANCEL, "POST", 320),
    "getLeads": (LEADS, "GET", 120),
    "createLeads": (LEADS, "POST", 120),
    "deleteLeads": (LEADS, "DELETE", 120),
    "sendMessage": (MESSAGES, "POST", 120),
    "addLeadToCampaign": (ENROLMENTS, "POST", 120),
    "checkAddress": (CHECK, "GET", 60),
    "checkAddresses": (CHECK, "POST", 60),
    "checkContact": (CHECK_ANY, "POST", 60),
    "checkLeadAvailability": (CHECK_LEADS, "GET", 60),
    "checkLeads": (CHECK_LEADS, "POST", 60),
    "createWebhook": (WEBHOOKS, "POST", 80),
    "getWebhook": (WEBHOOKS + "/{id}", "GET", 40),
    "updateWebhook": (WEBHOOKS + "/{id}", "PATCH", 80),
    "deleteWebhook": (WEBHOOKS + "/{id}", "DELETE", 40),
    "testWebhook": (WEBHOOKS + "/{id}/health-check", "POST", 40),
}
"""Where each operation that takes anything is, and how many requests are made up for it in each mode."""
SLOW = [HealthCheck.too_slow, HealthCheck.filter_too_much]
"""Not looked at: to make up what a schema forbids is slow, and much of it is thrown away for being valid after all."""
CHECKS = {
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
    "response_headers_conformance",
    "positive_data_acceptance",
    "negative_data_rejection",
    "use_after_free",
    "ensure_resource_availability",
    "missing_required_header",
    "ignored_auth",
    "object_level_authorization",
    "unsupported_method",
    "allow_header_conformance",
}
"""All checks there are; none is switched off. What is let by, and why: see `prepared`."""


class InProcess:
    """An application of our own that is called directly, and its control plane.

    Attributes:
        app: the application, each answer checked.
    """

    def __init__(self) -> None:
        self.app = ResponseValidator(create_app(), load_spec())
        self.control("PATCH", "/_tuco/workspaces/default", NO_LIMIT)

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """Call the control plane."""

        async def call() -> httpx.Response:
            transport = httpx.ASGITransport(self.app)
            async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
                return await client.request(method, path, json=body)

        answer = asyncio.run(call())
        assert answer.is_success, answer.text
        return answer.json()

    def reset(self) -> None:
        """The documented examples once more, with a webhook, without a limit, on a clock that stands still."""
        self.control("POST", "/_tuco/workspaces/default/reset")
        self.control("PATCH", "/_tuco/workspaces/default", SAME_IDS)
        self.control("POST", "/_tuco/workspaces/default/clock", {"freeze": NOW})
        self.control("POST", "/_tuco/workspaces/default/webhooks", WEBHOOK)


@pytest.fixture(autouse=True)
def nobody_is_called(monkeypatch: pytest.MonkeyPatch) -> None:
    """Health checks reach nobody: the URLs are made up, and what is at some of them is none of ours."""

    async def post(url: str, headers: Any, body: bytes) -> None:
        raise NotAnswered("Connection refused")

    monkeypatch.setattr(attempt, "post", post)


@pytest.fixture(scope="module")
def in_process() -> Iterator[InProcess]:
    """The application without a socket."""
    own = InProcess()
    yield own
    assert own.app.different == 0


@pytest.fixture
def documented(make_world: Callable[..., World], in_process: InProcess) -> World:
    """A workspace on the running server that holds the documented examples, without a limit."""
    in_process.reset()
    state = in_process.control("GET", "/_tuco/workspaces/default/state")
    return make_world(state=state, clock=NOW, **SAME_IDS)


def prepared(schema: BaseSchema, reset: Callable[[], Any]) -> BaseSchema:
    """The schema with our hooks.

    A workspace is put back as soon as a call has cancelled or removed something, so that there always is something to
    cancel and to remove. What calls had made before is gone then.
    """
    made: set[str] = set()
    put_away: set[str] = set()

    @schema.hook
    def after_call(context: HookContext, case: Case[Any], response: Response) -> None:
        if response.status_code == 201 and case.path == WEBHOOKS:
            made.add(response.json()["id"])
            put_away.difference_update(made)
        if response.status_code == 200 and {"cancelledCount", "deletedCount"} & {
            name for name, count in response.json().items() if count
        }:
            reset()
            put_away.update(made)
            made.clear()

    @schema.hook
    def filter_failure(context: HookContext, failure: Failure, case: Case[Any], response: Response) -> bool:
        """Keep a failure, unless something valid was refused that no JSON Schema can say.

        That is dates in the wrong order (R9), a time zone that isn't one (M9), and a fallback that isn't there (M12).
        And a link hands on an address that was sent before, which may be blank: then it doesn't fit the schema (V11).
        Or unless we ourselves have put away what a call had made, or the request as sent was no HTTP.
        """
        if isinstance(failure, schemathesis.openapi.checks.EnsureResourceAvailability):
            return put_away.isdisjoint(case.path_parameters.values())
        if response.status_code == 400 and response.json() == NO_HTTP:
            return FRAMING.isdisjoint(name.lower() for name in case.headers)
        if not isinstance(failure, schemathesis.openapi.checks.RejectedPositiveData) or response.status_code != 400:
            return True
        told = response.json()
        if told == WRONG_WAY_ROUND:
            return not case.query["dateFrom"][:4] >= case.query["dateTo"][:4]
        if told == NO_ADDRESS:
            return bool(case.query["address"].strip())
        return not (told.get("code") == "FALLBACK_NOT_CONFIGURED" or told["error"] in UNSAYABLE)

    return schema


def assert_complete(report: Report) -> None:
    """Nothing was found, in a run that left nothing out."""
    assert not report.problems, "\n\n".join(report.problems[:5])
    assert set(report.checks) == CHECKS
    assert set(report.phases) == {"examples", "coverage", "fuzzing", "stateful"}
    assert report.phases["coverage"] > 150
    assert report.links > 20
    assert report.statuses(REPLIES) == {200, 400, 401, 404, 405}
    assert report.statuses(CANCEL) == {200, 400, 401, 405}
    assert report.statuses(LEADS) - {429} == {200, 201, 400, 401, 404, 405}  # 429: the day's checks of leads (V21)
    assert report.statuses(f"GET {LEADS}") >= {200, 400, 401, 404}
    assert report.statuses(f"POST {LEADS}") >= {201, 400, 401, 404}
    assert report.statuses(f"DELETE {LEADS}") >= {200, 400, 401}
    assert report.statuses(f"POST {MESSAGES}") >= {201, 400, 401, 404}
    assert report.statuses(f"POST {ENROLMENTS}") >= {201, 400, 401, 404}
    assert report.statuses(LINES) == {200, 401, 405}
    assert report.statuses(f"GET {CHECK}") >= {200, 400, 401}
    assert report.statuses(f"POST {CHECK}") >= {200, 400, 401}
    assert report.statuses(CHECK_ANY) >= {200, 400, 401, 405}
    assert report.statuses(CHECK_LEADS) >= {200, 400, 401, 404, 405}
    assert report.statuses(WEBHOOKS) == {200, 201, 400, 401, 404, 405}
    assert report.statuses(f"POST {WEBHOOKS}") >= {201, 400, 401}
    assert report.statuses(f"PATCH {WEBHOOKS}") >= {200, 401, 404}


def test_all_phases_in_process(in_process: InProcess) -> None:
    in_process.reset()
    made = schemathesis.openapi.from_asgi("/openapi.json", in_process.app, config=config(examples=25, key=KEY))
    report = run(prepared(made, in_process.reset))
    assert_complete(report)
    assert report.requests > 300


def test_all_phases_over_a_socket(documented: World, server: BackgroundServer) -> None:
    url = f"{server.url}/openapi.json"
    made = schemathesis.openapi.from_url(url, config=config(examples=20, key=documented.key))
    report = run(prepared(made, lambda: documented.control("POST", "/reset")))
    assert_complete(report)
    assert report.requests > 200


@pytest.mark.clause("R20", "R21", "R22")
def test_real_rate_limit(make_world: Callable[..., World], server: BackgroundServer) -> None:
    """On a clock that stands still 120 calls are let through, whatever they ask; the others get a valid 429."""
    world = make_world(clock="2026-03-13T00:00:00Z")
    quiet = config(examples=120, phases=("coverage", "fuzzing"), key=world.key)
    made = schemathesis.openapi.from_url(f"{server.url}/openapi.json", config=quiet).include(path=REPLIES)
    report = run(prepared(made, world.drop))
    assert not report.problems, "\n\n".join(report.problems[:5])
    statuses = Counter({status: count for (_, status), count in report.answers.items()})
    assert statuses[200] + statuses[400] + statuses[404] == 120
    assert statuses[429] > 50


INACTIVE = (400, {"error": "No active workspace"})
NO_ORG = (400, {"error": "No active workspace - No orgId"})
CALLERS = [
    ("bearer   {inactive}", INACTIVE),
    ("Bearer {unknown}", (401, {"error": "Unauthorized"})),
    ("Basic {documented}", (401, {"error": "Unauthorized"})),
    (None, (401, {"error": "Unauthorized"})),
]
"""Authorization headers, and the answer that follows from them alone, whatever else was sent (A1, A4)."""


@pytest.mark.clause("A1", "A2", "A4")
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=lambda mode: str(mode.value))
@pytest.mark.parametrize("operation", OPERATIONS)
def test_each_request_in_process_and_with_each_key(
    *,
    operation: str,
    mode: GenerationMode,
    in_process: InProcess,
    documented: World,
    make_world: Callable[..., World],
    server: BackgroundServer,
) -> None:
    """The same answer without and with a socket; and no data get past a key that does not fit."""
    quiet = config(examples=1)
    quiet.projects.default.generation.update(with_security_parameters=False)  # the keys are ours to vary
    here = schemathesis.openapi.from_asgi("/openapi.json", in_process.app, config=quiet)
    there = schemathesis.openapi.from_url(f"{server.url}/openapi.json", config=quiet)
    path, method, examples = OPERATIONS[operation]
    keys = {
        "documented": documented.key,
        "empty": make_world(**NO_LIMIT).key,
        "inactive": make_world(active=False).key,
        "unknown": "tuco_sk_unknown",
    }

    def reset() -> None:
        in_process.reset()
        documented.control("POST", "/reset")

    prepared(here, reset)
    sent = 0

    @settings(max_examples=examples, deadline=None, database=None, print_blob=True, suppress_health_check=SLOW)
    @given(case=here[path][method].as_strategy(generation_mode=mode))
    def each(case: Case[Any]) -> None:
        nonlocal sent
        headers = {"Authorization": f"Bearer {KEY}"}
        answer = case.call(headers=headers)
        case.validate_response(answer, headers=headers)

        def answered(header: str | None) -> tuple[int, Any]:
            """To the same request over the socket; that it fits the description is seen to on the other side."""
            again = there[path][method].Case(
                method=case.method,
                path_parameters=case.path_parameters,
                query=case.query,
                headers=case.headers,
                body=case.body,
                media_type=case.media_type,
            )
            other = again.call(headers={} if header is None else {"Authorization": header.format(**keys)})
            return other.status_code, other.json()

        status, body = answered("Bearer {documented}")
        ours = json.loads(json.dumps(body).replace(documented.id, DEFAULT))
        assert (status, ours) == (answer.status_code, answer.json())
        assert answered("Bearer {empty}")[0] in {200, 201, 400, 404, 429}
        for header, expected in CALLERS:
            assert answered(header) == (NO_ORG if expected == INACTIVE and operation == "checkLeads" else expected)
        sent += 3 + len(CALLERS)

    each()
    assert sent >= examples * (3 + len(CALLERS))
