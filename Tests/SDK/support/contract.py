"""The contract of the 59 operations, and whether an answer keeps it."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from support.errors import error_faults
from support.schema import schema_faults

_path = Path(__file__).resolve().parents[1] / "contract" / "operations.json"
_range = re.compile(r"(\d+)-(\d+)/(\d+)")
_login = re.compile(r"docker login -u \S+@\S+ -p \S+ \S+")
_instant = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z")

_examples = {"retention_id": "1", "api_version": "v2", "resource_type": "store", "frequency": "daily"}

# The one operation without a result that answers an empty object.
_empty_objects = {"create_image_sync_repo"}


@dataclass(frozen=True)
class Operation:
    """One operation: what it is called by, and what it promises."""

    name: str
    method: str
    path: str
    is_public: bool
    takes_body: bool
    status: int
    has_body: bool
    body: dict[str, Any] | None
    headers: frozenset[str]
    errors: frozenset[str]

    def fits(self, method: str, segments: list[str]) -> bool:
        own = self.path.split("/")
        return method == self.method and len(own) == len(segments) and all(map(_fits, own, segments))

    def target(self, values: Mapping[str, str]) -> str:
        """The path with these values, else with ones that can be read but name nothing."""
        return "/".join(
            values.get(part[1:-1], _examples.get(part[1:-1], "missing")) if part.startswith("{") else part
            for part in self.path.split("/")
        )

    @property
    def variables(self) -> list[str]:
        return [part[1:-1] for part in self.path.split("/") if part.startswith("{")]

    @property
    def precision(self) -> tuple[int, list[int]]:
        """Of two paths that fit, the one with more fixed segments is meant, then the one with earlier ones."""
        fixed = [index for index, part in enumerate(self.path.split("/")) if not part.startswith("{")]
        return -len(fixed), fixed


class Contract:
    def __init__(self, operations: list[Operation]) -> None:
        self.operations = operations

    @classmethod
    def load(cls) -> "Contract":
        return cls([_operation(entry) for entry in json.loads(_path.read_text())["operations"]])

    @property
    def names(self) -> list[str]:
        return [operation.name for operation in self.operations]

    def operation_of(self, method: str, target: str) -> Operation | None:
        """Which operation a request is for, by its raw target."""
        segments = [unquote(segment) for segment in target.split("?")[0].split("/")]
        if segments[-1:] == ["access-domains"] or segments[-2:-1] == ["access-domains"]:
            # An older client calls the shares of a repository by the path of its other operations.
            segments[5:6] = ["repositories"]
        fitting = [operation for operation in self.operations if operation.fits(method, segments)]
        return min(fitting, key=lambda operation: operation.precision, default=None)

    def faults(
        self, operation: Operation | None, status: int, headers: Mapping[str, str], body: bytes
    ) -> Iterator[str]:
        """What in an answer is not as the contract has it."""
        if not headers.get("X-Request-Id"):
            yield "there is no X-Request-Id"
        if status >= 400:
            yield from error_faults(status, headers, body, operation.errors if operation else frozenset())
        elif operation is None:
            yield "no operation has this path, yet it succeeded"
        else:
            yield from _success_faults(operation, status, headers, body)


def _success_faults(operation: Operation, status: int, headers: Mapping[str, str], body: bytes) -> Iterator[str]:
    if status != operation.status:
        yield f"the status is not {operation.status}"
    if not operation.has_body:
        if body and not (operation.name in _empty_objects and body.strip() == b"{}"):
            yield "the body is not empty"
        return
    if not headers.get("Content-Type", "").startswith("application/json"):
        yield f"Content-Type is {headers.get('Content-Type')}"
    try:
        answer = json.loads(body)
    except ValueError:
        yield "the body is not JSON"
        return
    yield from schema_faults(operation.name, operation.body or {}, answer)
    yield from _header_faults(operation, headers, answer)


def _header_faults(operation: Operation, headers: Mapping[str, str], answer: Any) -> Iterator[str]:
    for name in operation.headers:
        value = headers.get(name, "")
        match name.lower():
            case "content-range":
                records = answer.get("retention_log") if isinstance(answer, dict) else answer
                yield from _range_faults(value, records or [])
            case "x-swr-dockerlogin" if not _login.fullmatch(value):
                yield f"{name} is {value!r}"
            case "x-swr-expireat" if not _instant.fullmatch(value):
                yield f"{name} is {value!r}"


def _range_faults(value: str, records: list[Any]) -> Iterator[str]:
    parts = _range.fullmatch(value)
    if parts is None:
        yield f"Content-Range is {value!r}"
        return
    _, count, total = map(int, parts.groups())
    if count != len(records) or count > total:
        yield f"Content-Range is {value!r} for {len(records)} records"
    for record in records:
        if record.get("total_range", total) != total:
            yield f"total_range is {record['total_range']} and Content-Range {value!r}"


def _fits(own: str, segment: str) -> bool:
    return bool(segment) if own.startswith("{") else own == segment


def _operation(entry: dict[str, Any]) -> Operation:
    return Operation(
        name=entry["operationId"],
        method=entry["method"],
        path=entry["path"],
        is_public=entry["auth"] == "none",
        takes_body=entry["request_body"] is not None,
        status=entry["success"]["status"],
        has_body=entry["success"]["body"] == "json",
        body=entry["response_body"],
        headers=frozenset(entry["response_headers"]),
        errors=frozenset(error["code"] for error in entry["errors"] if error["code"]),
    )
