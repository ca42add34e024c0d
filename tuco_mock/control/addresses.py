"""What the addresses of the simulated world do: look, say, forget (V8)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from tuco_mock.control.problem import Problem
from tuco_mock.domain.addresses import any_key, phone_in_query, phone_key
from tuco_mock.domain.errors import InvalidInput, Mistake
from tuco_mock.domain.fixture.check import check_addresses
from tuco_mock.domain.fixture.world import address_documents, address_words
from tuco_mock.domain.journal import Effect

if TYPE_CHECKING:
    from tuco_mock.control.door import ControlCall

_ALONE = re.compile(r"^\[0\]\.?")


def look(call: ControlCall) -> dict[str, Any]:
    """What was said of addresses, emails first, in the order of the alphabet."""
    return {"addresses": [address_words(each) for each in call.store.addresses.all(call.workspace().id)]}


def put(call: ControlCall) -> Any:
    """Say what one address does, or a list of them, in place of what was said of each: all of them or none."""
    workspace = call.workspace()
    many = isinstance(call.body, list)
    try:
        given = check_addresses(call.body if many else [call.body], workspace.country_code)
    except InvalidInput as error:
        if many:
            raise
        raise InvalidInput([Mistake(_ALONE.sub("", each.path), each.message) for each in error.mistakes]) from error
    documents = address_documents(workspace.id, given, workspace.country_code)
    shown = [address_words(each) for each in documents]
    call.store.addresses.put(workspace.id, documents)
    call.effects.append(Effect("addresses.set", ids=tuple(each["address"] for each in shown)))
    return shown if many else shown[0]


def forget(call: ControlCall) -> dict[str, Any]:
    """Forget what was said of one address, or of all."""
    workspace = call.workspace()
    unknown = sorted(call.query.keys() - {"address"})
    if unknown:
        raise Problem(400, f"There is no parameter {unknown[0]!r}; `address` is the one to forget, none forgets all.")
    text = call.query.get("address", [None])[0]
    key = None
    if text is not None:
        key = any_key(text, workspace.country_code) or phone_key(phone_in_query(text, workspace.country_code))
        if key is None:
            raise Problem(400, f"{text!r} is neither a phone number nor an email address.")
    cleared = call.store.addresses.forget(workspace.id, key)
    if cleared:
        call.effects.append(Effect("addresses.forgotten", count=cleared))
    return {"cleared": cleared}
