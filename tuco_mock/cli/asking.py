"""How commands ask a server that runs already."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tuco_mock.cli.ending import fail

if TYPE_CHECKING:
    import httpx


def client(url: str, token: str | None) -> httpx.Client:
    """A client of the server's control plane."""
    import httpx

    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return httpx.Client(base_url=url, headers=headers, timeout=600, trust_env=False)


def ask(url: str, token: str | None, method: str, path: str, body: Any = None) -> Any:
    """Call the control plane; a refusal ends the command with its detail and exit code 2, no server with 1."""
    import httpx

    try:
        with client(url, token) as asking:
            answer = asking.request(method, path, json=body)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        fail(f"no server at {url}: {error}", 1)
    try:
        found = answer.json()
    except ValueError:
        fail(f"{url} is no tuco-mock: it answered {answer.status_code}", 1)
    if not answer.is_success:
        mistakes = [": ".join(filter(None, (each["path"], each["message"]))) for each in found.get("errors", ())]
        fail("\n  ".join(("nothing was changed:", *mistakes)) if mistakes else str(found.get("detail", found)))
    return found
