"""``Prefer: code=429``: a documented answer for one call, with nothing done (RFC 7240; A20)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tuco_mock.api.documented import documented
from tuco_mock.api.errors import ApiError
from tuco_mock.wire.answer import Answer

if TYPE_CHECKING:
    from tuco_mock.api.door import Operation

_PREFERENCE = re.compile(r"""(?:^|[,;\s])(code|example)\s*=\s*(?:"([^"]*)"|([^\s,;]+))""", re.IGNORECASE)


def preferred(operation: Operation, prefer: str) -> Answer | None:
    """The answer that a ``Prefer`` header asks for; None when it asks for none, or for what happens anyway.

    Raises:
        ApiError: 400, the operation documents no such code, or no such example of it.
    """
    wanted: dict[str, str] = {}
    for name, quoted, plain in _PREFERENCE.findall(prefer):
        wanted.setdefault(name.lower(), quoted or plain)  # the first counts (RFC 7240)
    if "code" not in wanted:
        return None
    known = documented(operation.method, operation.path)
    answer = known.get(int(wanted["code"])) if re.fullmatch(r"[0-9]{3}", wanted["code"]) else None
    here = f"{operation.method} {operation.path}"
    if answer is None:
        codes = ", ".join(map(str, known))
        raise ApiError(
            400, f"Prefer: code={wanted['code']} is not documented for {here}; it documents {codes}", clause="A20"
        )
    status = int(wanted["code"])
    name = wanted.get("example", next(iter(answer.examples), ""))
    if name not in answer.examples:
        names = ", ".join(answer.examples)
        raise ApiError(
            400, f"Prefer: example={name} is not among those of {here} {status}; there are {names}", clause="A20"
        )
    if status < 400 and "example" not in wanted:
        return None
    headers = tuple((name.lower().encode(), value.encode()) for name, value in answer.headers.items())
    return Answer(status, answer.examples[name], headers)
