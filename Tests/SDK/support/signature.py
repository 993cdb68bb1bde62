"""Signs requests as the contract describes it, and on purpose not with the SDK's own signer."""

import hashlib
import hmac
from collections.abc import Sequence
from datetime import UTC, datetime
from urllib.parse import quote, unquote

ALGORITHM = "SDK-HMAC-SHA256"

Header = tuple[str, str]


def date_text(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def canonical_request(method: str, target: str, headers: Sequence[Header], body: bytes) -> str:
    """The text whose hash is signed. `headers` are those that are signed, and no others."""
    path, _, query = target.partition("?")
    uri = "/".join(_encode(segment) for segment in unquote(path).split("/"))
    lines = sorted((name.lower(), value.strip()) for name, value in headers)
    return "\n".join(
        [
            method.upper(),
            uri if uri.endswith("/") else uri + "/",
            _canonical_query(query),
            "".join(f"{name}:{value}\n" for name, value in lines),
            ";".join(name for name, _ in lines),
            _body_hash(headers, body),
        ]
    )


def authorization(
    access_key: str, secret_key: str, method: str, target: str, headers: Sequence[Header], body: bytes = b""
) -> str:
    """The value of the Authorization header of a request of which all these headers are signed."""
    date = next((value for name, value in headers if name.lower() == "x-sdk-date"), "")
    digest = hashlib.sha256(canonical_request(method, target, headers, body).encode()).hexdigest()
    message = f"{ALGORITHM}\n{date}\n{digest}"
    signature = hmac.new(secret_key.encode(), message.encode(), hashlib.sha256).hexdigest()
    names = ";".join(sorted(name.lower() for name, _ in headers))
    return f"{ALGORITHM} Access={access_key}, SignedHeaders={names}, Signature={signature}"


def _canonical_query(query: str) -> str:
    parts = [part.partition("=") for part in query.split("&") if part]
    pairs = sorted((unquote(name), unquote(value)) for name, _, value in parts)
    return "&".join(f"{_encode(name)}={_encode(value)}" for name, value in pairs)


def _body_hash(headers: Sequence[Header], body: bytes) -> str:
    told = [value for name, value in headers if name.lower() == "x-sdk-content-sha256"]
    return told[0] if told and body else hashlib.sha256(body).hexdigest()


def _encode(text: str) -> str:
    return quote(text, safe="-_.~")
