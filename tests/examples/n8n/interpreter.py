"""Does what n8n's nodes say, as far as two workflows need it: no n8n runs here.

Of each node only the settings are understood that those workflows use; one with any other is refused, so that no
setting goes unchecked. What a node does is as n8n's source has it: the item of a Webhook node (`headers`, `params`,
`query`, `body`), `/…/i` as a regular expression, expressions that are a path below `$json`, or its `JSON.stringify`.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import httpx

Json = dict[str, Any]

_PATH = re.compile(r"\$json((?:\.\w+|\['[^']+'\])*)")
_STEP = re.compile(r"\.(\w+)|\['([^']+)'\]")
_NODE = {"name", "type", "typeVersion", "position", "id", "webhookId", "credentials", "parameters"}


class Workflow:
    """A workflow, with one node that triggers it.

    Args:
        text: the JSON of it, as n8n imports it.
        credential: what the HTTP header credential that its nodes name holds: the header's name and its value.
        led_to: where calls to `http://127.0.0.1:4010` go.
        secret: what stands in for the secret in the file.
    """

    def __init__(self, text: str, credential: tuple[str, str], led_to: str, secret: str = "") -> None:
        self.document: Json = json.loads(text)
        self._nodes = {node["name"]: node for node in self.document["nodes"]}
        self._credential, self._led_to, self._secret = credential, led_to, secret
        for node in self._nodes.values():
            assert node.keys() <= _NODE, node.keys() - _NODE
        ends = {end["node"] for each in self.document["connections"].values() for out in each["main"] for end in out}
        assert ends <= self._nodes.keys()
        [self.trigger] = self._nodes.keys() - ends

    def start(self, item: Json) -> None:
        """Let the trigger give an item, and the nodes behind it do their work."""
        self._pass_on(self.trigger, 0, [item])

    def path(self) -> tuple[str, str]:
        """The method and the path at which the Webhook node listens, of an active workflow."""
        settings = self._settings(
            self.trigger, "webhook", 2, responseMode="lastNode", responseData="noData", options={}
        )
        method, path = settings.pop("httpMethod"), settings.pop("path")
        assert not settings
        return method, f"/webhook/{path}"

    def schedule(self) -> Json:
        """When the Schedule node fires."""
        settings = self._settings(self.trigger, "scheduleTrigger", 1.2)
        [interval] = settings.pop("rule")["interval"]
        assert not settings
        return dict(interval)

    def _settings(self, name: str, kind: str, version: float, **fixed: Any) -> Json:
        node = self._nodes[name]
        assert (node["type"], node["typeVersion"]) == (f"n8n-nodes-base.{kind}", version)
        settings = dict(node["parameters"])
        for setting, value in fixed.items():
            assert settings.pop(setting) == value
        return settings

    def _pass_on(self, name: str, output: int, items: list[Json]) -> None:
        if not items:
            return  # n8n runs no node without items
        outputs = self.document["connections"].get(name, {"main": []})["main"]
        for end in outputs[output] if output < len(outputs) else []:
            assert (end["type"], end["index"]) == ("main", 0)
            self._run(end["node"], items)

    def _run(self, name: str, items: list[Json]) -> None:
        kind = self._nodes[name]["type"].removeprefix("n8n-nodes-base.")
        does: dict[str, Callable[[str, Json], Iterator[tuple[int, Json]]]] = {
            "crypto": self._crypto,
            "if": self._if,
            "httpRequest": self._http_request,
            "splitOut": self._split_out,
        }
        done = [each for item in items for each in does[kind](name, item)]
        for output in sorted({output for output, _ in done}):
            self._pass_on(name, output, [item for place, item in done if place == output])

    def _crypto(self, name: str, item: Json) -> Iterator[tuple[int, Json]]:
        settings = self._settings(name, "crypto", 1, action="hmac", type="SHA256", encoding="hex")
        assert settings.pop("secret") == "THE SECRET OF THE WEBHOOK"
        value = str(evaluated(settings.pop("value"), item))
        into = settings.pop("dataPropertyName")
        assert not settings
        yield 0, {**item, into: hmac.new(self._secret.encode(), value.encode(), hashlib.sha256).hexdigest()}

    def _if(self, name: str, item: Json) -> Iterator[tuple[int, Json]]:
        strict = {"caseSensitive": True, "leftValue": "", "typeValidation": "strict"}
        settings = self._settings(name, "if", 2, options={})
        conditions = settings.pop("conditions")
        assert not settings
        assert (conditions["combinator"], conditions["options"]) == ("and", strict)
        yield (0 if all(holds(each, item) for each in conditions["conditions"]) else 1), item

    def _split_out(self, name: str, item: Json) -> Iterator[tuple[int, Json]]:
        settings = self._settings(name, "splitOut", 1, options={})
        field = settings.pop("fieldToSplitOut")
        assert not settings
        yield from ((0, each) for each in item[field])

    def _http_request(self, name: str, item: Json) -> Iterator[tuple[int, Json]]:
        settings = self._settings(
            name,
            "httpRequest",
            4.2,
            options={},
            authentication="genericCredentialType",
            genericAuthType="httpHeaderAuth",
        )
        assert self._nodes[name]["credentials"] == {"httpHeaderAuth": {"id": "", "name": "Tuco"}}
        url, method = settings.pop("url"), settings.pop("method")
        assert url.startswith("http://127.0.0.1:4010/")
        body = query = None
        if settings.pop("sendBody", False):
            assert settings.pop("specifyBody") == "keypair"
            body = pairs(settings.pop("bodyParameters"), item)
        if settings.pop("sendQuery", False):
            query = pairs(settings.pop("queryParameters"), item)
        assert not settings
        led = self._led_to + url.removeprefix("http://127.0.0.1:4010")
        answer = httpx.request(method, led, json=body, params=query, headers=dict([self._credential]))
        yield 0, answer.raise_for_status().json()  # anything but 2xx ends the workflow with an error


def pairs(parameters: Json, item: Json) -> Json:
    """A body or a query that is given by names and values."""
    return {each["name"]: evaluated(each["value"], item) for each in parameters["parameters"]}


def holds(condition: Json, item: Json) -> bool:
    """Whether a condition of an IF node does; with strict types, a text that is none is an error."""
    operator = condition["operator"]
    assert operator["type"] == "string"
    left, right = evaluated(condition["leftValue"], item), evaluated(condition["rightValue"], item)
    if operator["operation"] == "exists":
        return left is not None
    assert left is None or isinstance(left, str), left
    if operator["operation"] == "equals":
        return bool(left == right)
    assert operator["operation"] == "regex", operator
    found = re.fullmatch("/(.*)/(i?)", right)
    assert found is not None
    return re.search(found[1], left or "", re.ASCII | (re.IGNORECASE if found[2] else 0)) is not None


def evaluated(value: str, item: Json) -> Any:
    """A setting's value: what begins with `=` is an expression."""
    if not value.startswith("="):
        return value
    expression = re.fullmatch(r"=\{\{ (.*) \}\}", value)
    assert expression is not None, value
    written = re.fullmatch(r"JSON\.stringify\((.*)\)", expression[1])
    path = _PATH.fullmatch(expression[1] if written is None else written[1])
    assert path is not None, value
    found: Any = item
    for step in _STEP.finditer(path[1]):
        found = None if found is None else found.get(step[1] or step[2])
    return found if written is None else json.dumps(found, ensure_ascii=False, separators=(",", ":"))
