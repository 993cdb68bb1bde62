"""Whether a refusal has the body that the contract gives all of them."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from support.error_codes import PREFIX, documented


def error_faults(status: int, headers: Mapping[str, str], body: bytes, codes: frozenset[str]) -> Iterator[str]:
    """What in a refusal is wrong. `codes` are those of the operation, beside those of all operations."""
    if not headers.get("Content-Type", "").startswith("application/json"):
        yield f"Content-Type is {headers.get('Content-Type')}"
    try:
        answer = json.loads(body)
    except ValueError:
        yield "the error is not JSON"
        return
    if not isinstance(answer, dict):
        yield "the error is not an object"
        return
    code, message = answer.get("error_code"), answer.get("error_msg")
    yield from _code_faults(status, code, codes)
    if not isinstance(message, str) or not message:
        yield "error_msg says nothing"
    if undocumented := answer.keys() - {
        "errors",
        "error_code",
        "error_msg",
        "details",
        "encoded_authorization_message",
    }:
        yield f"the error has keys {sorted(undocumented)}"
    yield from _entry_faults("errors", answer.get("errors"), {"errorCode": code, "errorMessage": message}, "detail")
    yield from _entry_faults("details", answer.get("details"), {"error_code": code}, "error_msg")


def _code_faults(status: int, code: Any, codes: frozenset[str]) -> Iterator[str]:
    if not isinstance(code, str) or not code.startswith(PREFIX):
        yield f"error_code is {code!r}"
        return
    number = code.removeprefix(PREFIX)
    if number not in documented and code not in codes:
        yield f"no document has error_code {code}"
    # The contract has no codes of 405: a method that a path has not is told like a path, a read-only registry like
    # a right.
    kin = {405: ("4040083", "4030170")}.get(status, (str(status),))
    if not number.startswith(kin):
        yield f"error_code {code} does not belong to status {status}"
    if status >= 500 and number != "5001101":
        yield "the server broke"


def _entry_faults(key: str, entries: Any, fixed: dict[str, Any], free: str) -> Iterator[str]:
    if not isinstance(entries, list) or not entries or not isinstance(entries[0], dict):
        yield f"{key} holds no object"
        return
    first = entries[0]
    for name, value in fixed.items():
        if first.get(name) != value:
            yield f"{key}[0].{name} is {first.get(name)!r}, not {value!r}"
    if not isinstance(first.get(free), str):
        yield f"{key}[0].{free} is no text"
    if undocumented := first.keys() - fixed.keys() - {free, "encoded_authorization_message"}:
        yield f"{key}[0] has keys {sorted(undocumented)}"
