"""Requests exactly as written, for what the SDK would not send; their answers are looked at like all others."""

import http.client
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from requests.structures import CaseInsensitiveDict

from support.error_codes import PREFIX
from support.people import User
from support.recorder import recorder
from support.signature import Header, authorization, date_text


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def code(self) -> str:
        """The error code without its prefix, empty for a success."""
        return "" if self.status < 400 else self.json["error_code"].removeprefix(PREFIX)


def send(
    authority: str,
    method: str,
    target: str,
    headers: Sequence[Header] = (),
    body: bytes = b"",
    *,
    recorded: bool = True,
) -> Answer:
    """Sends these headers and no others, beside Host, where it is not given, and Content-Length."""
    connection = http.client.HTTPConnection(authority, timeout=30)
    try:
        named = {name.lower() for name, _ in headers}
        connection.putrequest(method, target, skip_host="host" in named, skip_accept_encoding=True)
        for name, value in headers:
            connection.putheader(name, value)
        if (body or method in {"POST", "PATCH", "PUT"}) and "content-length" not in named:
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body)
        response = connection.getresponse()
        answer = Answer(response.status, CaseInsensitiveDict(response.headers.items()), response.read())
    finally:
        connection.close()
    if recorded:
        recorder.record(method, target, answer.status, answer.headers, answer.body)
    return answer


def usual_headers(user: User, *, date: datetime | None = None) -> list[Header]:
    """The headers that the SDK signs."""
    return [
        ("Content-Type", "application/json"),
        ("Host", user.server.authority),
        ("User-Agent", "tests/1"),
        ("X-Sdk-Date", date_text(date or datetime.now(UTC))),
    ]


def send_signed(
    user: User, method: str, target: str, body: Any = None, *, headers: Sequence[Header] = (), recorded: bool = True
) -> Answer:
    """Sends a signed request. A body that is not bytes goes as JSON."""
    content = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
    signed = [*usual_headers(user), *headers]
    proof = authorization(user.access_key, user.secret_key, method, target, signed, content)
    return send(user.server.authority, method, target, [*signed, ("Authorization", proof)], content, recorded=recorded)
