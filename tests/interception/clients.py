"""The clients that are led, each used the way it is used, behind one face."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import aiohttp
import httpx
import requests

CERTIFICATES = ssl.create_default_context()
"""Shared, since reading them takes longer than a call."""


class Answer(NamedTuple):
    """What came back: status, headers (names in small letters), JSON, and the address that the client shows for it."""

    status: int
    headers: Mapping[str, str]
    json: Any
    url: str


Call = Callable[..., Answer]
"""`call(method, url, headers=None, content=None, timeout=30)`, redirects followed."""


def with_httpx(method: str, url: str, headers: Any = None, content: bytes | None = None, timeout: float = 30) -> Answer:
    """One call with `httpx.Client`."""
    with httpx.Client(follow_redirects=True, timeout=timeout, verify=CERTIFICATES) as client:
        answer = client.request(method, url, headers=headers, content=content)
    return Answer(answer.status_code, dict(answer.headers), answer.json() if answer.content else None, str(answer.url))


def with_async_httpx(
    method: str, url: str, headers: Any = None, content: bytes | None = None, timeout: float = 30
) -> Answer:
    """One call with `httpx.AsyncClient`."""

    async def call() -> Answer:
        async with httpx.AsyncClient(follow_redirects=True, timeout=timeout, verify=CERTIFICATES) as client:
            answer = await client.request(method, url, headers=headers, content=content)
        read = answer.json() if answer.content else None
        return Answer(answer.status_code, dict(answer.headers), read, str(answer.url))

    return asyncio.run(call())


def with_requests(
    method: str, url: str, headers: Any = None, content: bytes | None = None, timeout: float = 30
) -> Answer:
    """One call with `requests`."""
    answer = requests.request(method, url, headers=headers, data=content, timeout=timeout)
    shown = {name.lower(): value for name, value in answer.headers.items()}
    return Answer(answer.status_code, shown, answer.json() if answer.content else None, answer.url)


def with_aiohttp(
    method: str, url: str, headers: Any = None, content: bytes | None = None, timeout: float = 30
) -> Answer:
    """One call with `aiohttp`."""

    async def call() -> Answer:
        limit = aiohttp.ClientTimeout(total=timeout)
        async with (
            aiohttp.ClientSession(timeout=limit, trust_env=True) as session,
            session.request(method, url, headers=headers, data=content) as answer,
        ):
            shown = {name.lower(): value for name, value in answer.headers.items()}
            read = await answer.json(content_type=None) if await answer.read() else None
            return Answer(answer.status, shown, read, str(answer.url))

    return asyncio.run(call())


CALLS: dict[str, Call] = {
    "httpx": with_httpx,
    "async httpx": with_async_httpx,
    "requests": with_requests,
    "aiohttp": with_aiohttp,
}
