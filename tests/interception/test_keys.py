"""The workspace's key takes the place of the one that a call carries."""

from __future__ import annotations

import pytest

from tests.interception.clients import Call
from tests.interception.servers import TUCO, Server
from tuco_mock.interception import intercept


@pytest.mark.parametrize(
    ("given", "arrives"),
    [
        ({"Authorization": "Bearer tuco_sk_live"}, "Bearer tuco_sk_workspace"),
        ({"authorization": "bearer   tuco_sk_live"}, "bearer tuco_sk_workspace"),
        ({"Authorization": "Basic dTpw"}, "Basic dTpw"),
        ({}, None),
        ({"Authorization": "Bearer"}, "Bearer"),
    ],
)
def test_what_arrives(call: Call, mock: Server, given: dict[str, str], arrives: str | None) -> None:
    with intercept(mock.url, "tuco_sk_workspace"):
        got = call("GET", f"{TUCO}/x", headers=given).json
    assert dict(got["headers"]).get("authorization") == arrives


def test_without_a_key_of_the_workspace_all_keys_stay(call: Call, mock: Server) -> None:
    with intercept(mock.url):
        got = call("GET", f"{TUCO}/x", headers={"Authorization": "Bearer tuco_sk_live"}).json
    assert dict(got["headers"])["authorization"] == "Bearer tuco_sk_live"


def test_the_code_s_own_headers_stay_as_they_are(call: Call, mock: Server) -> None:
    own = {"Authorization": "Bearer tuco_sk_live"}
    with intercept(mock.url, "tuco_sk_workspace"):
        call("GET", f"{TUCO}/x", headers=own)
    assert own == {"Authorization": "Bearer tuco_sk_live"}
