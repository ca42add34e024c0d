"""Put things into workspaces: a whole fixture, a whole state, or single things; all of it or nothing."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import msgspec

from tuco_mock.actions.specs import booked_of, first_clock, named, settings_of, start_of
from tuco_mock.actions.wholes import replacing
from tuco_mock.domain import ids, threads
from tuco_mock.domain.clocks import Clock
from tuco_mock.domain.collector import collector_paused
from tuco_mock.domain.errors import Conflict
from tuco_mock.domain.fixture import model
from tuco_mock.domain.fixture.build import Context, Documents, Items, build
from tuco_mock.domain.fixture.past import past_documents
from tuco_mock.domain.fixture.values import moment
from tuco_mock.domain.fixture.world import address_documents
from tuco_mock.domain.limits import UNITS_PER_TOKEN, Bucket
from tuco_mock.domain.timestamps import iso, millis
from tuco_mock.domain.workspaces import Workspace
from tuco_mock.state.documents import Taken
from tuco_mock.state.queue import Job
from tuco_mock.state.starts import Start

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tuco_mock.state.real.holdings import Holdings
    from tuco_mock.state.store import Store

_CONTENTS = ("lines", "lists", "leads", "campaigns", "enrolments", "messages", "replies", "webhooks")


@collector_paused()
def make_workspace(
    store: Store, spec: model.Workspace, origin: str = "", *, keeps_start: bool = True, uses_up: bool = False
) -> Workspace:
    """Make a workspace with everything in it.

    Args:
        store: the state.
        spec: what it holds; id and keys are made up when it gives none.
        origin: what ids of things that give none are derived from, besides their position.
        keeps_start: whether a reset goes back to this, and not to what the whole server started with.
        uses_up: whether the things of `spec` may go from it as they are built, so that memory holds them once.

    Raises:
        Conflict: the id or a key is taken.
        InvalidInput: a time in it, counted from its clock, can't be written down.
    """
    spec = named(spec)
    workspace = settings_of(spec, _blank(spec.id or ""))
    clock = first_clock(spec)
    start = start_of(spec, origin) if keeps_start else None
    documents = _build(workspace, spec, clock, origin, uses_up=uses_up)
    if store.gates is None or start is None or store.workspaces.exist(workspace.id):
        _begin(store, workspace, spec, clock, documents, start)
    else:  # unless it is all there, it is as if it had never been there
        with replacing(store, workspace.id, "nothing"):
            _begin(store, workspace, spec, clock, documents, start)
    return workspace


def _begin(
    store: Store, workspace: Workspace, spec: model.Workspace, clock: Clock, documents: Documents, start: Start | None
) -> None:
    """Keep a new workspace with its contents, or nothing of it.

    Raises:
        Conflict: the id or a key is taken.
    """
    hidden = store.gates is not None  # from the calls of others, until all is there
    store.workspaces.add(msgspec.structs.replace(workspace, api_keys=()) if hidden else workspace)
    try:
        store.begin(workspace.id, clock, _last(documents, spec), start)
        _fill(store, workspace, spec, clock, documents)
        if hidden:
            store.workspaces.replace(workspace)
    except BaseException:
        store.drop(workspace.id)
        raise


def replace_state(
    store: Store,
    workspace: Workspace,
    spec: model.Workspace,
    *,
    given: frozenset[str] | None = None,
    origin: str = "",
) -> Workspace:
    """Put another state in place of a workspace's whole contents.

    Args:
        store: the state.
        workspace: the one to change; its id stays.
        spec: the new state.
        given: names of the settings that the new state gives, in the format's words, others stay as they are; all of
            them are given when it is left out.
        origin: what ids of things that give none are derived from, besides their position.

    Raises:
        Conflict: the state has another id, or a key that belongs to another workspace.
        InvalidInput: the state has mistakes; the old one is untouched.
    """
    if spec.id is not None and spec.id != workspace.id:
        raise Conflict(f"This is the state of {spec.id!r}, not of {workspace.id!r}; leave its id out to load it here.")
    changed = settings_of(spec, workspace, given)
    keeps_clock = given is not None and "clock" not in given
    clock = store.vitals.clock(workspace.id) if keeps_clock else first_clock(spec)
    how = {"settings": changed, "clock": clock.text, "origin": origin, "state": spec}
    with replacing(store, workspace.id, "state", **how):
        put_in_place(store, changed, spec, clock, origin)
    return changed


@collector_paused()
def put_in_place(store: Store, workspace: Workspace, spec: model.Workspace, clock: Clock, origin: str) -> None:
    """Put settings and contents in place of what a workspace has, with this clock; the same again changes nothing.

    Raises:
        Conflict: a key belongs to another workspace; nothing was changed.
        InvalidInput: the state has mistakes; nothing was changed.
    """
    documents = _build(workspace, spec, clock, origin)
    store.workspaces.replace(workspace)
    store.empty(workspace.id)
    store.vitals.begin(workspace.id, clock, _last(documents, spec))
    _fill(store, workspace, spec, clock, documents)


def add(store: Store, workspace: Workspace, items: Items, *, goes_on: bool = False) -> Documents:
    """Put single things into a workspace, as they stand at its present moment.

    Args:
        store: the state.
        workspace: where.
        items: what.
        goes_on: whether who calls sends the messages at once, or tells of the replies: until that is done, these are
            noted as being made.

    Raises:
        InvalidInput: an id or address is taken, or something named does not exist; nothing was added.
        Taken: the same, but somebody else was quicker only just now.
    """
    here = workspace.id
    now = store.vitals.clock(here).now()
    expected = store.vitals.sequence(here) + 1
    documents = build(here, items, _context(store, workspace, now, expected))
    first = store.vitals.next_sequence(here, documents.next_sequence - expected)
    if first != expected:  # somebody else took numbers meanwhile: those reserved now are ours alone
        documents = build(here, items, _context(store, workspace, now, first))
    if store.hands is None:
        _keep(store, here, documents, now)
    else:
        with _noted(store.hands, here, documents, goes_on=goes_on):
            _keep(store, here, documents, now)
            store.drop_jobs_of_cancelled(here, [job.message_id for job in documents.jobs])
    return documents


@contextlib.contextmanager
def _noted(hands: Holdings, workspace: str, documents: Documents, *, goes_on: bool) -> Iterator[None]:
    """Note what is made before it is, so that others see to the rest if this process dies."""
    jobs = {job.message_id: f"{job.state} {'' if job.due is None else job.due}" for job in documents.jobs}
    sent = {message["id"]: "" for message in documents.messages if goes_on and message["id"] not in jobs}
    replies = {reply["id"]: "" for reply in documents.replies if goes_on}
    with (
        hands.making(workspace, "queue", jobs),
        hands.making(workspace, "send", sent, keep=True),
        hands.making(workspace, "reply", replies, keep=True),
    ):
        yield


def _keep(store: Store, workspace: str, documents: Documents, now: int) -> None:
    """Keep single things, all of them or none."""
    for position, kind in enumerate(_CONTENTS):
        try:
            store.documents.insert(workspace, kind, getattr(documents, kind))
        except Taken:
            for before in _CONTENTS[:position]:
                ids_of_kind = [each["_id"] for each in getattr(documents, before)]
                store.documents.remove(workspace, before, {"_id": {"$in": ids_of_kind}})
            raise
    store.queue.add(workspace, _jobs(documents, now))
    store.replies.touch(workspace, documents.threads)


def _context(store: Store, workspace: Workspace, now: int, first: int) -> Context:
    """What building needs to know of a workspace that holds things already."""
    here = workspace.id
    return Context(
        now=now,
        country_code=workspace.country_code,
        next_sequence=first,
        new_id=lambda _kind, _position, sequence: ids.generated_id(workspace.seed or here, sequence, now),
        exists=lambda kind, each: store.exists(kind, here, each),
        lead_of_key=lambda address_key: store.leads.id_of(here, address_key),
        lead=lambda each: store.leads.get(here, each),
        campaigns_of=lambda each: store.campaigns_of(here, each),
        last_reply_of=lambda each: store.replies.last_of(here, each, threads.ALL),
    )


def _blank(workspace_id: str) -> Workspace:
    return Workspace(id=workspace_id)


def _build(
    workspace: Workspace, spec: model.Workspace, clock: Clock, origin: str, *, uses_up: bool = False
) -> Documents:
    """The documents of a whole state, built before anything is changed."""

    def new_id(kind: str, position: int, _sequence: int) -> str:
        return ids.derived_id(origin, kind, position)

    context = Context(now=clock.now(), country_code=workspace.country_code, new_id=new_id, uses_up=uses_up)
    made = build(workspace.id, Items.of(spec), context)
    made.past_replies = past_documents(workspace.id, spec.past_replies, workspace.country_code, clock.now())
    return made


def _fill(store: Store, workspace: Workspace, spec: model.Workspace, clock: Clock, documents: Documents) -> None:
    """Keep the contents of a workspace that has begun and has none; the documents are handed over and gone
    afterwards.
    """
    here = workspace.id
    store.queue.add(here, _jobs(documents, clock.now()))
    for kind in _CONTENTS:
        store.documents.move_in(here, kind, getattr(documents, kind))
    store.replies.start(here, documents.threads)
    store.addresses.put(here, address_documents(here, spec.addresses, workspace.country_code))
    store.past_replies.keep(here, documents.past_replies)
    store.agenda.begin(here, documents.agenda)
    for line_id, days in booked_of(spec.bookings).items():
        store.bookings.put(here, line_id, days)
    levels = {} if spec.rate_limit_buckets is None else msgspec.to_builtins(spec.rate_limit_buckets)
    for group, level in levels.items():
        at = moment(level["at"], clock.now()) or iso(clock.now())
        store.vitals.set_bucket(here, group, Bucket(round(level["tokens"] * UNITS_PER_TOKEN), millis(at)))


def _last(documents: Documents, spec: model.Workspace) -> int:
    """The last running number a state has used."""
    return max(documents.next_sequence - 1, spec.sequence or 0)


def _jobs(documents: Documents, now: int) -> list[Job]:
    """The jobs to queue, in the order of their messages."""
    order = {message["id"]: message["seq"] for message in documents.messages}
    return [Job(job.message_id, job.state, job.due, order[job.message_id], now) for job in documents.jobs]
