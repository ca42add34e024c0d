"""The API description: a valid OpenAPI 3.1 document whose answers and examples are exact."""

from __future__ import annotations

import itertools
import json
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from tuco_mock.contract.examples import Example, examples
from tuco_mock.contract.schemas import Schemas
from tuco_mock.contract.spec import load_spec, operations, resolve

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

DOCUMENT = load_spec()
SCHEMAS = Schemas(DOCUMENT)
OPERATIONS = {operation.id: operation for operation in operations(DOCUMENT)}
EXAMPLES = tuple(examples(DOCUMENT))

LEAD = "69b2c41d352a78479d2c623b"

NO_FALLBACK = (
    "sendFallbackSmsOnFailed is true but fallback SMS is not configured. Configure fallback in workspace settings "
    "(Settings → Fallback) or set sendFallbackSmsOnFailed to false."
)
NO_LIST = "List not found. The specified listId does not exist or is invalid. Omit listId to use the Quick Sends list."

WITH_BODY = (
    *("cancelForLead", "sendMessage", "addLeadToCampaign", "createLeads", "deleteLeads"),
    *("checkAddresses", "checkContact", "checkLeads", "createWebhook", "updateWebhook"),
)
CHECKS = ("checkAddress", "checkAddresses", "checkLeadAvailability", "checkLeads")
SHARED: list[tuple[Collection[str], dict[str, list[str]]]] = [
    (
        OPERATIONS,
        {
            "400": ["No active workspace"],
            "401": ["Unauthorized"],
            "405": ["Method not allowed"],
            "500": ["Internal server error"],
        },
    ),
    (
        WITH_BODY,
        {
            "400": ["Invalid request body (JSON required)", "Request body must be a JSON object"],
            "413": ["Request body too large"],
        },
    ),
    (
        ("sendMessage", "addLeadToCampaign", "createLeads", "createWebhook", "updateWebhook", "deleteWebhook"),
        {"402": ["READ_ONLY"]},
    ),
    (
        ("sendMessage", "addLeadToCampaign", "getReplies", "checkContact", *CHECKS),
        {"429": ["Rate limit exceeded"]},
    ),
    (CHECKS, {"429": ["Daily availability check quota exhausted"]}),
    (("getWebhook", "updateWebhook", "deleteWebhook", "testWebhook"), {"404": ["Webhook not found"]}),
    (
        ("createWebhook", "updateWebhook"),
        {
            "400": [
                "URL is required",
                "Invalid URL format",
                "At least one event must be selected",
                "Invalid events: message.invalid",
                "Name is required",
                "name must be a text",
                "description must be a text",
            ]
        },
    ),
    (("addLeadToCampaign", "getLeads", "checkLeadAvailability"), {"404": ["Lead not found"]}),
    (("sendMessage", "getReplies"), {"404": ["Lead not found or access denied"]}),
    (("addLeadToCampaign", "getReplies"), {"404": ["Campaign not found"]}),
    (("cancelForLead", "getReplies"), {"400": ["Invalid leadId"]}),
]
"""The error texts that several operations have, by status."""

OWN: dict[str, dict[str, list[str]]] = {
    "cancelForLead": {"400": ["Either leadId, recipientPhone, or recipientEmail is required"]},
    "sendMessage": {
        "400": [
            "recipientPhone: expected a text",
            "Message and attachmentUrls cannot both be empty",
            "Invalid messageType. Must be email, sms, or imessage",
            "attachmentUrls must be an array",
            "Maximum 2 attachments per message",
            "No active lines in workspace. Add and activate a line, or provide fromLineId.",
            "Invalid scheduledDate format",
            "Invalid time format. sendWindowStart and sendWindowEnd must be in HH:mm format (e.g., 09:00, 17:00)",
            "Invalid timezone or time window settings. Please check your timezone and time format.",
            "Either recipientEmail or recipientPhone is required (in body or on the lead when leadId is provided).",
            NO_FALLBACK,
        ],
        "403": ["Attachment URL does not belong to this organization"],
        "404": ["Line not found"],
    },
    "addLeadToCampaign": {
        "400": [
            "Either leadId or lead data is required",
            "firstName is required",
            "Either email or phone is required",
            "Invalid request: must provide leadId or lead data",
            "Lead not resolved",
            "Failed to process lead through campaign",
            "lead.phone: expected a text",
        ]
    },
    "createLeads": {
        "400": [
            "leads must be a list with at least one lead",
            "leads[0]: expected an object",
            "leads[1]: a lead needs an address: `phone`, `altPhone1` to `3`, `email` or `altEmail1` to `3`",
            "leads[0].phone: expected a text",
            "defaultCountryCode: expected a calling code as `+1` or `+44`",
        ],
        "404": [NO_LIST],
    },
    "getLeads": {
        "400": ["Invalid lead id"],
        "503": ["Search timed out. Try a more specific search or fewer results."],
    },
    "deleteLeads": {"400": ["No ids provided", "Invalid lead id in ids array"]},
    "checkAddress": {"400": ["Address parameter is required (phone or email)"]},
    "checkAddresses": {
        "400": [
            "addresses array is required and must not be empty",
            "Maximum 100 addresses per request",
            "addresses[1]: expected a text",
        ]
    },
    "checkLeadAvailability": {"400": ["Lead ID is required"]},
    "checkLeads": {"404": ["No leads found to check"]},
    "getReplies": {
        "400": [
            "Invalid campaignId",
            "Invalid lineId",
            "Invalid dateFrom",
            "Invalid dateTo",
            "dateFrom must be <= dateTo",
        ]
    },
    "updateWebhook": {"400": ["isActive must be true or false"]},
}
"""The error texts that one operation alone has, by status."""

IN_ITS_OWN_WORDS = {
    ("checkLeads", "No active workspace"): "No active workspace - No orgId",
    ("getReplies", "Internal server error"): "Failed to fetch replies",
}
"""What an operation says in place of a text of all."""


def documented_texts() -> dict[tuple[str, str], list[str]]:
    """Every documented error text, by operation and status."""
    found: dict[tuple[str, str], list[str]] = {}
    for names, texts in [*SHARED, *(((name,), texts) for name, texts in OWN.items())]:
        for name, status in itertools.product(names, texts):
            said = [IN_ITS_OWN_WORDS.get((name, text), text) for text in texts[status]]
            found.setdefault((name, status), []).extend(said)
    return found


ERRORS = documented_texts()

WITHOUT_TEXT = {
    ("checkContact", "400"): [{"available": False, "reason": "No phone or email addresses provided"}],
    ("checkContact", "429"): [{"available": False, "reason": "Daily availability check quota exhausted"}],
}
"""The documented error bodies that have no error text, by operation and status."""

BESIDE = {
    "READ_ONLY": {"code": "READ_ONLY", "reason": "past_due"},
    NO_FALLBACK: {"code": "FALLBACK_NOT_CONFIGURED"},
}
"""What stands beside some of the texts."""

REQUESTS = {
    *("CancelForLeadRequest", "CreateLeadsRequest", "LeadRow", "CustomFields", "DeleteLeadsRequest"),
    *("CheckAddressesRequest", "CheckContactRequest", "CheckLeadsRequest"),
    *("CreateWebhookRequest", "UpdateWebhookRequest"),
    *("SendMessageRequest", "AddLeadToCampaignRequest", "CampaignLead"),
}
"""The schemas of what is sent, and of what is given back as it was."""

REQUEST_OF = {
    "cancelForLead": "CancelForLeadRequest",
    "deleteLeads": "DeleteLeadsRequest",
    "checkAddresses": "CheckAddressesRequest",
    "checkLeads": "CheckLeadsRequest",
    "sendMessage": "SendMessageRequest",
}
"""The schema of what is sent to the operations that a link sends a body to."""

NOT_ALWAYS = {
    "CreatedLeads": {"duplicates"},
    "SentMessage": {"reason", "error", "scheduledDate"},
    "SentMessageToDuplicate": {"reason", "error", "scheduledDate"},
    "Message": {
        *("fromLineId", "recipientPhone", "recipientEmail", "recipientName", "leadId", "campaignId", "batchId"),
        *("stepIndex", "attachmentUrls", "attachmentNames", "scheduledDate", "timezone", "sendWindowStart"),
        *("sendWindowEnd", "allowedDaysOfWeek", "sendFallbackSmsOnFailed", "correlationId"),
        *("sentAt", "deliveredAt", "readAt", "errorMessage"),
    },
}
"""The members of an answer that are left out at times."""

CANCELLED: dict[str, Any] = {
    "success": True,
    "cancelledCount": 3,
    "jobsRemovedFromQueue": 2,
    "leadId": LEAD,
    "messageIds": ["69dba0001111111111111111", "69dba0001111111111111112", "69dba0001111111111111113"],
}
PAGE: dict[str, Any] = {
    "replies": [
        {
            "leadId": LEAD,
            "messageId": "69b340dd6dae1d942ece4d09",
            "message": "Stop",
            "respondedAtUtc": "2026-03-12T22:40:29.174Z",
            "recipientPhone": "+919042956129",
            "recipientEmail": "goforbg@icloud.com",
            "name": "BG Real",
            "recentReplies": [
                {
                    "messageId": "69b340dd6dae1d942ece4d09",
                    "message": "Stop",
                    "receivedAtUtc": "2026-03-12T22:40:29.174Z",
                },
                {
                    "messageId": "69b33fdd6dae1d942ece4d08",
                    "message": "Thanks for reaching out",
                    "receivedAtUtc": "2026-03-12T21:15:00.000Z",
                },
            ],
            "parentMessages": [
                {
                    "messageId": "69b344bc6dae1d942ece4d0e",
                    "message": "Here's your document.",
                    "sentAtUtc": "2026-03-12T22:57:02.892Z",
                    "batchId": None,
                    "stepIndex": None,
                }
            ],
        }
    ],
    "total": 1,
    "page": 1,
    "limit": 50,
    "totalPages": 1,
}


def example(operation: str, place: str, name: str) -> Any:
    """The value of one example."""
    (found,) = [one for one in EXAMPLES if one[:3] == (operation, place, name)]
    return found.value


def schema_nodes(node: object) -> Iterator[dict[str, Any]]:
    """Every mapping below a node that describes an object."""
    if isinstance(node, dict):
        if node.get("type") == "object":
            yield node
        for value in node.values():
            yield from schema_nodes(value)
    elif isinstance(node, list):
        for value in node:
            yield from schema_nodes(value)


def test_is_valid_openapi_3_1() -> None:
    assert DOCUMENT["openapi"].startswith("3.1.")
    errors = [error.message for error in OpenAPIV31SpecValidator(DOCUMENT).iter_errors()]
    assert errors == []


def test_is_json() -> None:
    """YAML would turn an unquoted time into a date, an unquoted 200 into a number."""
    assert json.loads(json.dumps(DOCUMENT)) == DOCUMENT


def test_has_these_operations() -> None:
    found = {(operation.id, operation.method, operation.path) for operation in OPERATIONS.values()}
    assert found == {
        ("cancelForLead", "POST", "/api/messages/cancel-for-lead"),
        ("getReplies", "GET", "/api/replies"),
        ("getLeads", "GET", "/api/leads"),
        ("createLeads", "POST", "/api/leads"),
        ("sendMessage", "POST", "/api/messages"),
        ("addLeadToCampaign", "POST", "/api/campaigns/{id}/leads"),
        ("deleteLeads", "DELETE", "/api/leads"),
        ("getLines", "GET", "/api/lines/by-user"),
        ("checkAddress", "GET", "/api/check-availability"),
        ("checkAddresses", "POST", "/api/check-availability"),
        ("checkContact", "POST", "/api/check-availability-rr"),
        ("checkLeadAvailability", "GET", "/api/leads/check-availability"),
        ("checkLeads", "POST", "/api/leads/check-availability"),
        ("listWebhooks", "GET", "/api/webhooks"),
        ("createWebhook", "POST", "/api/webhooks"),
        ("getWebhook", "GET", "/api/webhooks/{id}"),
        ("updateWebhook", "PATCH", "/api/webhooks/{id}"),
        ("deleteWebhook", "DELETE", "/api/webhooks/{id}"),
        ("testWebhook", "POST", "/api/webhooks/{id}/health-check"),
    }
    assert DOCUMENT["servers"] == [{"url": "/"}]
    assert DOCUMENT["security"] == [{"bearerAuth": []}]


@pytest.mark.parametrize("operation", OPERATIONS)
def test_documents_its_statuses(operation: str) -> None:
    responses = OPERATIONS[operation].definition["responses"]
    assert {"400", "401", "405", "500"} <= set(responses)
    assert {"200", "201"} & set(responses)
    assert set(responses) - {"200", "201"} == {status for name, status in ERRORS if name == operation}


@pytest.mark.parametrize(("operation", "status"), ERRORS)
def test_error_has_exactly_the_documented_texts(operation: str, status: str) -> None:
    pointer, response = resolve(DOCUMENT, f"{OPERATIONS[operation].pointer}/responses/{status}")
    validator = SCHEMAS.validator(f"{pointer}/content/application~1json/schema")
    texts = ERRORS[operation, status]
    bodies = [one.value for one in EXAMPLES if one[:2] == (operation, f"response {status}")]
    assert sorted(each["error"] for each in bodies if "error" in each) == sorted(texts)
    without = WITHOUT_TEXT.get((operation, status), [])
    assert [each for each in bodies if "error" not in each] == without
    for body in (each for known in WITHOUT_TEXT.values() for each in known):
        assert validator.is_valid(body) == (body in without), body
    for text in {text for known in ERRORS.values() for text in known} | {"Not found", "", "unauthorized"}:
        assert validator.is_valid({"error": text, **BESIDE.get(text, {})}) == (text in texts), text
    assert not validator.is_valid({"error": texts[0], "code": "X"})
    assert not validator.is_valid({})
    assert response["description"]


def test_unknown_path_is_described() -> None:
    validator = SCHEMAS.validator("/components/responses/UnknownPath/content/application~1json/schema")
    assert validator.is_valid({"error": "Not found"})
    assert not validator.is_valid({"error": "Lead not found or access denied"})


@pytest.mark.parametrize("one", EXAMPLES, ids=lambda one: f"{one.operation}-{one.place}-{one.name}")
def test_example_fits_its_schema(one: Example) -> None:
    assert list(SCHEMAS.validator(one.schema_pointer).iter_errors(one.value)) == []


def test_every_content_and_parameter_has_an_example() -> None:
    places = {(one.operation, one.place) for one in EXAMPLES}
    for operation in OPERATIONS.values():
        wanted = {f"response {status}" for status in operation.definition["responses"]}
        wanted |= {f"parameter {one['name']}" for one in operation.definition.get("parameters", ())}
        wanted |= {"request"} & {"request" if "requestBody" in operation.definition else ""}
        assert {(operation.id, place) for place in wanted} <= places


@pytest.mark.clause("D1", "D2", "A12")
def test_documented_answers_are_shown_as_they_stand() -> None:
    """Compared as text, so that the order of the keys counts too."""
    assert json.dumps(example("cancelForLead", "response 200", "cancelled")) == json.dumps(CANCELLED)
    assert json.dumps(example("getReplies", "response 200", "oneLead")) == json.dumps(PAGE)
    assert example("cancelForLead", "response 200", "nonePending")["cancelledCount"] == 0
    assert example("cancelForLead", "response 200", "noLeadFound")["leadId"] is None
    assert example("cancelForLead", "request", "byPhone") == {"recipientPhone": "+14422646782"}


def test_answer_schemas_are_strict() -> None:
    schemas = DOCUMENT["components"]["schemas"]
    answers = {name: schema for name, schema in schemas.items() if name not in REQUESTS}
    checked = Counter[str]()
    for name, schema in answers.items():
        for node in schema_nodes(schema):
            checked[name] += 1
            assert node["additionalProperties"] is False, name
            always = [each for each in node["properties"] if each not in NOT_ALWAYS.get(name, ())]
            assert node["required"] == always, name
    assert checked["RepliesPage"] == checked["CancelForLeadResult"] == 1


@pytest.mark.parametrize(
    ("schema", "good", "bad"),
    [
        ("ObjectId", [LEAD], [LEAD.upper(), LEAD[:-1], LEAD + "0", LEAD + "\n", "", 5, None]),
        (
            "Timestamp",
            ["2026-03-12T22:40:29.174Z"],
            [
                "2026-03-12T22:40:29Z",
                "2026-03-12T22:40:29.1740Z",
                "2026-03-12T22:40:29.174+00:00",
                "2026-03-12T22:40:29.174Z\n",
            ],
        ),
        (
            "RecentReply",
            [{"messageId": LEAD, "message": "x" * 200, "receivedAtUtc": "2026-03-12T22:40:29.174Z"}],
            [
                {"messageId": LEAD, "message": "x" * 201, "receivedAtUtc": "2026-03-12T22:40:29.174Z"},
                {"messageId": LEAD, "message": None, "receivedAtUtc": "2026-03-12T22:40:29.174Z"},
            ],
        ),
        (
            "RepliesPage",
            [{**PAGE, "limit": 100}],
            [
                {**PAGE, "limit": 101},
                {**PAGE, "limit": 0},
                {**PAGE, "page": 0},
                {**PAGE, "total": -1},
                {**PAGE, "replies": PAGE["replies"] * 101},
                {
                    **PAGE,
                    "replies": [{**PAGE["replies"][0], "recentReplies": PAGE["replies"][0]["recentReplies"] * 6}],
                },
                {
                    **PAGE,
                    "replies": [{**PAGE["replies"][0], "parentMessages": PAGE["replies"][0]["parentMessages"] * 11}],
                },
                {**PAGE, "replies": [{**PAGE["replies"][0], "recentReplies": []}]},
            ],
        ),
        (
            "CancelForLeadResult",
            [CANCELLED, {**CANCELLED, "leadId": None}],
            [
                {**CANCELLED, "success": False},
                {**CANCELLED, "leadId": ""},
                {**CANCELLED, "cancelledCount": -1},
                {**CANCELLED, "cancelledCount": "3"},
                {**CANCELLED, "messageIds": [LEAD, LEAD]},
            ],
        ),
    ],
)
def test_schema_bounds(schema: str, good: list[Any], bad: list[Any]) -> None:
    validator = SCHEMAS.validator(f"/components/schemas/{schema}")
    assert [value for value in good if not validator.is_valid(value)] == []
    assert [value for value in bad if validator.is_valid(value)] == []


@pytest.mark.parametrize("operation", OPERATIONS)
def test_links_lead_somewhere(operation: str) -> None:
    """Each link names an operation and parameters of it, and finds its values in an example of the answer."""
    responses = OPERATIONS[operation].definition["responses"]
    for status in {"200", "201"} & set(responses):
        answers = [one.value for one in EXAMPLES if one[:2] == (operation, f"response {status}")]
        links_of_one_answer_lead_somewhere(operation, responses[status].get("links", {}), answers)
    linked = any("links" in responses[status] for status in {"200", "201"} & set(responses))
    assert linked == (operation not in {"deleteLeads", "deleteWebhook"})  # nothing is left to go to


def links_of_one_answer_lead_somewhere(operation: str, links: dict[str, Any], answers: list[Any]) -> None:
    """Check the links of an answer, of which these are the examples."""
    requests = [one.value for one in EXAMPLES if one[:2] == (operation, "request")]
    names = {one["name"] for one in OPERATIONS[operation].definition.get("parameters", ())}
    for name, link in links.items():
        target = OPERATIONS[link["operationId"]].definition
        assert set(link.get("parameters", ())) <= {one["name"] for one in target.get("parameters", ())}, name
        body = link.get("requestBody", {})
        wanted = REQUEST_OF.get(link["operationId"])
        known = DOCUMENT["components"]["schemas"][wanted]["properties"] if wanted else ()
        assert set(body) <= set(known), name
        values = [*link.get("parameters", {}).values(), *body.values()]
        for expression in [each for value in values for each in (value if isinstance(value, list) else [value])]:
            if not expression.startswith("$"):
                continue  # a value that is always the same
            source, _, pointer = expression.partition("#")
            if source.startswith(("$request.query.", "$request.path.")):
                assert source.rpartition(".")[2] in names, name
            else:
                pool = {"$response.body": answers, "$request.body": requests}[source]
                assert any(reaches(value, pointer) for value in pool), (name, expression)


def reaches(document: Any, pointer: str) -> bool:
    """Whether there is something at a pointer."""
    try:
        return resolve(document, pointer) is not None
    except LookupError:
        return False
