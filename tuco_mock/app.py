"""The composition root: settings -> engines -> store -> rooms, in that order."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING

from starlette.applications import Starlette

from tuco_mock.actions.recovery import recover
from tuco_mock.actions.reset import go_on, start_with
from tuco_mock.actions.timer import Timer
from tuco_mock.api.description import description_route
from tuco_mock.api.routes import OPERATIONS, UnknownPath
from tuco_mock.api.routes import routes as api_routes
from tuco_mock.control.door import Simulated
from tuco_mock.control.routes import CONTROL, ControlPlane
from tuco_mock.delivery.courier import Courier
from tuco_mock.domain.clocks import hold_moment, release_moment
from tuco_mock.domain.fixture.check import check_text
from tuco_mock.settings import Settings, fixture_path
from tuco_mock.state.engines import Engines, open_engines
from tuco_mock.state.store import Store
from tuco_mock.wire.paths import PathTree

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from tuco_mock.domain.fixture.model import Fixture
    from tuco_mock.domain.workspaces import Workspace

SIMULATED = [Simulated(each.method, each.path, each.group) for each in OPERATIONS]
"""The simulated API, as the control plane knows it."""


class TucoApp(Starlette):
    """The ASGI application of one simulated service.

    Attributes:
        store: everything it remembers.
        courier: sends what webhooks are told.
        started_with: the workspaces of its starting fixture, or those it goes on with, the first one first.
        goes_on: whether it goes on with what a server before has left, and has loaded no fixture.
    """

    def __init__(self, store: Store, settings: Settings) -> None:
        api = api_routes(store, settings)
        super().__init__(routes=[*api, description_route()])
        self.router.redirect_slashes = False  # another path is another path (A18)
        self.router.default = UnknownPath(store)
        self.store = store
        self.courier = store.deliveries.courier = Courier(store)
        self.started_with: list[Workspace] = []
        self.goes_on = False
        self._timer = Timer(store)
        if store.engines.peers is not None:
            store.engines.peers.on_recovery(partial(recover, store))
        self._doors = PathTree({route.path: route.app for route in api})
        self._control = ControlPlane(store, settings, SIMULATED)

    def start_working(self) -> None:
        """Do from now on what is due, in the running event loop; the first request starts it as well."""
        self._timer.start()

    def stop_waiting(self) -> None:
        """End everything that waits or delays, for the server is about to stop."""
        self._timer.stop()
        self.store.bell.end()

    def close(self) -> None:
        """Give back the connections to real engines: it answers nothing any more."""
        self.store.engines.close()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer; what is the house's own goes straight to its door, which needs no middleware or router."""
        self._timer.start()
        moment = hold_moment()
        self.courier.loop = asyncio.get_running_loop()
        try:
            await self._to(scope)(scope, receive, send)
        finally:
            release_moment(moment)

    def _to(self, scope: Scope) -> ASGIApp:
        """Who answers."""
        if scope["type"] != "http":
            return super().__call__
        path = scope["path"]
        if path.startswith(CONTROL) and path[len(CONTROL) :][:1] in {"", "/"}:
            return self._control
        found = self._doors.find(path)
        if found is None:
            return super().__call__
        door, scope["path_params"] = found
        return door


def create_app(settings: Settings | None = None, *, engines: Engines | None = None) -> TucoApp:
    """A simulated service, loaded with its fixture and ready to answer.

    Where two real engines still hold what a server before has left, it goes on with that and loads no fixture, unless
    the settings want it fresh. With a single one there is nothing to go on with: the other one begins anew.

    Args:
        settings: what can be set from outside; defaults as documented there.
        engines: where the state is kept; those that the settings say unless given.

    Raises:
        UnusableEngine: a real engine is not there, too old, not to be used by us, or holds what is another server's.
        InvalidInput: the fixture has mistakes; all of them are listed, and nothing was loaded.
        OSError: the fixture can't be read.
    """
    settings = settings or Settings()
    fixture = read_fixture(settings)
    if engines is None:
        engines = open_engines(settings.mongo_url, settings.redis_url, settings.namespace)
    try:
        with engines.start(settings.fresh) as goes_on:
            store = Store(engines, journal_limit=settings.journal_limit, worker=settings.worker)
            app = TucoApp(store, settings)
            app.started_with = go_on(store) if goes_on else start_with(store, fixture)
            app.goes_on = goes_on
    except BaseException:
        engines.close()
        raise
    return app


def read_fixture(settings: Settings) -> Fixture:
    """The fixture to start with, checked.

    Raises:
        InvalidInput: it has mistakes; all of them are listed.
        OSError: it can't be read.
    """
    path = fixture_path(settings.fixture)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error
    return check_text(data, str(path))
