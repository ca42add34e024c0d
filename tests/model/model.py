"""What a workspace is, in lists and loops: written from the clauses alone, it shares no code with the server.

Things are kept as a fixture writes them, in a list a kind, oldest first. What a fixture leaves out is filled in when a
thing is put there, so a thing reads back whole.
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from tests.model import notation

if TYPE_CHECKING:
    from tests.model.limiter import Bucket

Thing = dict[str, Any]

PHONES = ("phone", "altPhone1", "altPhone2", "altPhone3")
EMAILS = ("email", "altEmail1", "altEmail2", "altEmail3")
KINDS = ("lines", "leads", "campaigns", "messages", "replies")
WAITING = ("queued", "pending", "scheduled")
JOBS = {"queued": "waiting", "pending": "waiting", "scheduled": "delayed"}
HOUR = 3_600_000


class Refused(Exception):
    """The fixture format forbids it: 422, and nothing is changed."""


def named(given: list[Thing]) -> list[Thing]:
    """The things, with ids that clash with nothing for those that have none."""
    return [{**thing, "id": thing.get("id") or f"?{n}"} for n, thing in enumerate(given)]


class Workspace:
    """One workspace.

    Attributes:
        settings: under the names of the fixture format.
        now: its clock, in milliseconds; it always stands still.
        bucket: of the rate limiter; None when it is full.
        things: by kind.
        jobs: state of the queue's jobs, by message id.
        agenda, old_agenda: what is still to happen, since it was loaded and when it was.
        start: what it was made with.
    """

    def __init__(self, settings: Thing, now: int) -> None:
        self.settings = settings
        self.now = now
        self.bucket: Bucket | None = None
        self.things: dict[str, list[Thing]] = {kind: [] for kind in KINDS}
        self.jobs: dict[str, str] = {}
        self.agenda: list[Thing] = []
        self.old_agenda: list[Thing] = []
        self.start: Thing = {}

    @property
    def id(self) -> str:
        return str(self.settings["id"])

    @property
    def country_code(self) -> str:
        return str(self.settings["defaultCountryCode"])

    # looking things up

    def find(self, kind: str, identifier: str) -> Thing | None:
        """The thing of the id."""
        for thing in self.things[kind]:
            if thing["id"] == identifier:
                return thing
        return None

    def addresses(self, thing: Thing) -> list[str]:
        """The comparable forms of all addresses of a lead, of a message or of a reply (N1, N2)."""
        texts = [thing[name] for name in (*PHONES, "recipientPhone") if name in thing]
        phones = [notation.phone(text, self.country_code) for text in texts]
        emails = [notation.email(thing[name]) for name in (*EMAILS, "recipientEmail") if name in thing]
        return [address for address in phones + emails if address is not None]

    def owner(self, address: str | None) -> Thing | None:
        """The lead that has the address, primary or alternate (C7)."""
        for lead in self.things["leads"]:
            if address is not None and address in lead["_addresses"]:
                return lead
        return None

    # putting things there

    def accepts(self, kind: str, given: list[Thing]) -> bool:
        """Whether the things can be put there; ids that are left out never clash."""
        attempt = copy.deepcopy(self)
        try:
            attempt.add(kind, named(given))
        except Refused:
            return False
        return True

    def add(self, kind: str, given: list[Thing]) -> list[Thing]:
        """Put things there, all of them or none; each has its id.

        Raises:
            Refused: an id or address is taken, something named is nowhere, or a thing makes no sense.
        """
        before = copy.deepcopy((self.things, self.jobs))
        try:
            return [self._add(kind, thing) for thing in given]
        except Refused:
            self.things, self.jobs = before
            raise

    def answer(self, given: list[Thing]) -> list[Thing]:
        """Let people reply: on the line, and to the campaign, of what they got last; the rest of that is cancelled.

        Raises:
            Refused: as `add`.
        """
        placed = self.add("replies", given)
        for reply in placed:
            self._place(reply)
        for reply in placed:
            self._stop(reply)
        return placed

    def _place(self, reply: Thing) -> None:
        got = [
            message
            for message in self.things["messages"]
            if message["status"] in {"sent", "delivered"}
            and (
                set(reply["_addresses"]) & set(message["_addresses"])
                if reply["leadId"] is None
                else message["leadId"] == reply["leadId"]
            )
        ]
        last = max(got, key=lambda message: (message["sentAt"], message["id"]), default={})
        for name, of_message in (("lineId", "fromLineId"), ("campaignId", "campaignId")):
            if name not in reply and of_message in last:
                reply[name] = last[of_message]

    def _stop(self, reply: Thing) -> None:
        if reply["leadId"] is None or "campaignId" not in reply:
            return
        for message in self.things["messages"]:
            whose = (message["leadId"], message.get("campaignId"))
            if whose == (reply["leadId"], reply["campaignId"]) and message["status"] in WAITING:
                message.update(status="cancelled", updatedAt=notation.iso(self.now))
                if self.jobs.get(message["id"]) in {"waiting", "delayed"}:
                    del self.jobs[message["id"]]

    def _add(self, kind: str, given: Thing) -> Thing:
        thing = {name: copy.deepcopy(value) for name, value in given.items() if value is not None}
        thing["id"] = thing["id"].lower()
        if self.find(kind, thing["id"]):
            raise Refused("the id is taken")
        for name in ("createdAt", "updatedAt", "sentAt", "scheduledDate", "receivedAt"):
            if name in thing:
                thing[name] = notation.moment(thing[name], self.now)
        self._link(thing, {"fromLineId": "lines", "lineId": "lines", "campaignId": "campaigns"})
        self._normalise(thing)
        if kind in {"messages", "replies"}:
            self._belongs(thing, given)
        finish = {
            "lines": self._line,
            "leads": self._lead,
            "campaigns": self._campaign,
            "messages": self._message,
            "replies": self._reply,
        }
        finish[kind](thing)
        self.things[kind].append(thing)
        return thing

    def _link(self, thing: Thing, links: dict[str, str]) -> None:
        for name, kind in links.items():
            if name in thing:
                thing[name] = thing[name].lower()
                if not self.find(kind, thing[name]):
                    raise Refused(f"no such {kind}")

    def _normalise(self, thing: Thing) -> None:
        """Phones in E.164 where they can be, emails trimmed; blank is as good as not given."""
        for name in (*PHONES, "recipientPhone"):
            if name in thing:
                thing[name] = notation.phone(thing[name], self.country_code) or thing[name]
        for name in (*EMAILS, "recipientEmail"):
            if name in thing:
                thing[name] = thing[name].strip()
        for name in (*PHONES, *EMAILS, "recipientPhone", "recipientEmail"):
            if not thing.get(name, "?").strip():
                del thing[name]

    def _dated(self, thing: Thing, created_at: str) -> None:
        thing.setdefault("createdAt", created_at)
        thing.setdefault("updatedAt", thing["createdAt"])

    def _line(self, line: Thing) -> None:
        if not {"phone", "email"} & line.keys():
            raise Refused("no address")
        line.setdefault("isActive", True)
        self._dated(line, notation.iso(self.now))

    def _lead(self, lead: Thing) -> None:
        """Two leads never share an address."""
        if not {*PHONES, *EMAILS} & lead.keys():
            raise Refused("no address")
        lead["_addresses"] = self.addresses(lead)
        for address in lead["_addresses"]:
            if self.owner(address):
                raise Refused("the address is taken")
        self._dated(lead, notation.iso(self.now))

    def _campaign(self, campaign: Thing) -> None:
        campaign.setdefault("steps", [])
        campaign["leads"] = [lead_id.lower() for lead_id in campaign.get("leads", [])]
        if len(set(campaign["leads"])) < len(campaign["leads"]):
            raise Refused("a lead is enrolled twice")
        if not all(self.find("leads", lead_id) for lead_id in campaign["leads"]):
            raise Refused("no such lead")
        self._dated(campaign, notation.iso(self.now))

    def _message(self, message: Thing) -> None:
        message.setdefault("message", "")
        message.setdefault("messageType", "imessage")
        status = message.setdefault("status", "queued")
        self._dated(message, message.get("sentAt", notation.iso(self.now)))
        if status in {"sent", "delivered"}:
            message.setdefault("sentAt", message["createdAt"])
        job = message.pop("job", None)
        possible = status in {*WAITING, "sending"} or (status, job) == ("cancelled", "active")
        if job not in {None, "none"} and not possible:
            raise Refused("such a message has no job")
        job = job or JOBS.get(status, "none")
        if job == "delayed":
            message.setdefault("scheduledDate", notation.iso(notation.millis(message["createdAt"]) + HOUR))
        if job != "none":
            self.jobs[message["id"]] = job

    def _reply(self, reply: Thing) -> None:
        if reply["leadId"] is not None and not self.find("leads", reply["leadId"]):
            raise Refused("no such lead")
        if not {"recipientPhone", "recipientEmail"} & reply.keys():  # it came from the lead's primary address
            lead = self.find("leads", reply["leadId"])
            assert lead is not None
            name = next(name for name in ("phone", "email", *PHONES, *EMAILS) if name in lead)
            reply["recipientPhone" if name in PHONES else "recipientEmail"] = lead[name]
            self._normalise(reply)
            reply["_addresses"] = self.addresses(reply)
        reply.setdefault("receivedAt", notation.iso(self.now))

    def _belongs(self, thing: Thing, given: Thing) -> None:
        """The lead of a message or reply: the one it names, nobody when it names null, else the address's owner."""
        if given.get("leadId") is None and not {"recipientPhone", "recipientEmail"} & thing.keys():
            raise Refused("neither a lead nor an address")
        thing["_addresses"] = self.addresses(thing)
        if "leadId" in given:
            thing["leadId"] = given["leadId"] and given["leadId"].lower()
            return
        owners = [lead for address in thing["_addresses"] if (lead := self.owner(address))]
        thing["leadId"] = owners[0]["id"] if owners else None
