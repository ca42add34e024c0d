"""Schemathesis on the control plane, by its own description, on an application of our own that it may ruin."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import schemathesis

from tests.contract.fuzzing import config, run
from tuco_mock.app import create_app
from tuco_mock.settings import Settings

if TYPE_CHECKING:
    from typing import Any

    from schemathesis import Case, HookContext, Response
    from schemathesis.core.failures import Failure
    from schemathesis.schemas import BaseSchema

    from tests.contract.fuzzing import Report

DESCRIPTION = "/_tuco/openapi.json"
PHASES = ("examples", "coverage", "fuzzing")
MORE = {"type", "title", "status", "detail", "errors"}


def problem_of(response: Response) -> str | None:
    """What is wrong with a refusal: it has to be a problem (RFC 9457) that says what to do."""
    if response.status_code < 400:
        return None
    if response.headers["content-type"] != ["application/problem+json"]:
        return f"a refusal as {response.headers['content-type']}"
    said = response.json()
    right = (
        {"type", "title", "status", "detail"} <= said.keys() <= MORE
        and said["status"] == response.status_code
        and said["title"]
        and len(said["detail"]) > 10
        and all(each.keys() == {"path", "message"} and each["message"] for each in said.get("errors", []))
    )
    return None if right else f"not a problem: {said}"


@pytest.fixture
def schema(request: pytest.FixtureRequest) -> BaseSchema:
    """The description, read in process; the parameter is the configuration."""
    app = create_app(Settings(allowed_hosts=("testserver",)))  # that is what Schemathesis calls the host
    app.stop_waiting()  # nothing that is waited for would come here: each wait ends at once
    made = schemathesis.openapi.from_asgi(DESCRIPTION, app, config=request.param)

    @made.hook
    def after_call(context: HookContext, case: Case[Any], response: Response) -> None:
        """What was dropped comes back, so that the calls to come find a workspace."""
        if case.method == "DELETE" and response.status_code == 200:
            assert made["/_tuco/reset"]["POST"].Case().call().status_code == 200

    @made.hook
    def filter_failure(context: HookContext, failure: Failure, case: Case[Any], response: Response) -> bool:
        """Keep a failure, unless the description can't say what was wrong and the refusal does.

        Its schemas tell the shape of a thing. They don't tell that an id is taken or names nothing, that a thing needs
        one address of several, that two leads share one, that a duration or a calling code can't be read.
        """
        refused = isinstance(failure, schemathesis.openapi.checks.RejectedPositiveData)
        return not (refused and response.status_code in {400, 422} and problem_of(response) is None)

    return made


def assert_sound(report: Report) -> None:
    assert not report.problems, "\n\n".join(report.problems[:5])
    assert max(report.statuses()) < 500


@pytest.mark.parametrize(
    "schema", [config(examples=5, phases=PHASES, parameters={"path.ws": "default"})], indirect=True, ids=["default"]
)
def test_control_plane(schema: BaseSchema) -> None:
    """Every operation, on a workspace that is there: each answer as described, each refusal a problem."""
    report = run(schema, problem_of)
    assert_sound(report)
    assert {200, 201, 400, 404, 405, 422} <= report.statuses()
    operations = {f"{method.upper()} {path}" for path in schema for method in schema[path]}
    # the description itself is not among the fuzzed: loading it asked for it
    assert {label for label, _ in report.answers} >= operations - {f"GET {DESCRIPTION}"}
    assert report.requests > 2000


@pytest.mark.parametrize("schema", [config(examples=3, phases=("fuzzing",))], indirect=True, ids=["any"])
def test_workspaces_that_are_not_there(schema: BaseSchema) -> None:
    """With any text as the workspace's id."""
    report = run(schema, problem_of)
    assert_sound(report)
    assert 404 in report.statuses()
    assert report.requests > 50
