"""What the code under test needs to reach a workspace: address, key, environment, ready-made clients."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tuco_mock.client.handle import Handle

if TYPE_CHECKING:
    import httpx

    from tuco_mock.client.control import Control

_PATIENCE = 30.0


class Access(Handle):
    """The simulated API as a customer sees it: a base URL and a key that opens this workspace.

    Attributes:
        api_key: the key; empty when the workspace has none.
    """

    def __init__(self, control: Control, workspace: str, api_key: str) -> None:
        super().__init__(control, workspace)
        self.api_key = api_key
        self._client: httpx.Client | None = None
        self._async_client: httpx.AsyncClient | None = None

    @property
    def base_url(self) -> str:
        """What stands in place of ``https://app.tuco.ai``, without a slash at its end."""
        return self._control.connector.url

    @property
    def headers(self) -> dict[str, str]:
        """The header that opens this workspace."""
        return {"Authorization": f"Bearer {self.api_key}"}

    @property
    def env(self) -> dict[str, str]:
        """The same as environment variables, for code that reads them or runs as another process."""
        return {"TUCO_BASE_URL": self.base_url, "TUCO_API_KEY": self.api_key, "TUCO_MOCK_URL": self.base_url}

    @property
    def client(self) -> httpx.Client:
        """An httpx client with base URL and key."""
        import httpx  # noqa: PLC0415 - only tests that use it pay for it

        if self._client is None or self._client.is_closed:
            self._client = httpx.Client(transport=self._control.connector.transport(), **self._options())
        return self._client

    @property
    def async_client(self) -> httpx.AsyncClient:
        """The same for asynchronous code, in any event loop; it keeps no connection, so nobody must close it."""
        import httpx  # noqa: PLC0415 - only who needs it pays for it

        if self._async_client is None or self._async_client.is_closed:
            transport = self._control.connector.async_transport()
            self._async_client = httpx.AsyncClient(transport=transport, **self._options())
        return self._async_client

    def _options(self) -> dict[str, Any]:
        return {"base_url": self.base_url, "headers": self.headers, "timeout": _PATIENCE, "trust_env": False}

    def _settled(self, shown: dict[str, Any]) -> None:
        """The workspace was changed as a whole: is its key still the one?"""
        keys = shown.get("apiKeys")
        if isinstance(keys, list) and self.api_key not in keys:
            self.api_key = keys[0] if keys else ""
            self.release()

    def release(self) -> None:
        """Close the HTTP clients; the next use opens others."""
        if self._client is not None:
            self._client.close()
        self._client = self._async_client = None
