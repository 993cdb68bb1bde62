"""Whether the checks that every answer goes through see what is wrong: a check that never fails proves nothing."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from support.contract import Contract, Operation
from support.error_codes import PREFIX

contract = Contract.load()
_values: dict[str, Any] = {"string": "text", "integer": 1, "number": 1.5, "boolean": True}
_nothing: dict[str, str] = {}


def sample(schema: dict[str, Any], name: str = "") -> Any:
    """A body as the schema has it."""
    match schema["type"]:
        case "array":
            return [sample(schema["items"])]
        case "map":
            return {"registry.example.com": sample(schema["values"])}
        case kind if kind.startswith("object"):
            return {key: sample(field, key) for key, field in schema.get("fields", {}).items()}
        case kind:
            is_time = name.lower().removesuffix("_at").removesuffix("at") in {"created", "updated"}
            return "2026-01-01T00:00:00.000000Z" if is_time else _values[kind]


def answer_of(operation: Operation) -> Any:
    body: Any = sample(operation.body) if operation.has_body and operation.body else None
    if operation.name == "list_repo_details":
        del body["repos"][0]["status"]
    return body


def headers_of(operation: Operation) -> dict[str, str]:
    values = {
        "content-range": "0-1/1",
        "x-swr-dockerlogin": "docker login -u region-1@KEY -p secret registry.example.com",
        "x-swr-expireat": "2026-01-01T00:00:00.000Z",
    }
    usual = {"X-Request-Id": "1", "Content-Type": "application/json"}
    return usual | {name: values[name.lower()] for name in operation.headers}


def faults(name: str, body: Any = _nothing, status: int | None = None, **changed: str | None) -> list[str]:
    operation = next(one for one in contract.operations if one.name == name)
    content = answer_of(operation) if body is _nothing else body
    headers: Mapping[str, str] = {
        key: value
        for key, value in (headers_of(operation) | {k.replace("_", "-"): v for k, v in changed.items()}).items()
        if value is not None
    }
    data = b"" if content is None else json.dumps(content).encode()
    return list(contract.faults(operation, status or operation.status, headers, data))


def refusal(code: str = PREFIX + "4040058", **changed: Any) -> dict[str, Any]:
    body: dict[str, Any] = {
        "errors": [{"errorCode": code, "errorMessage": "gone", "detail": ""}],
        "error_code": code,
        "error_msg": "gone",
        "details": [{"error_code": code, "error_msg": ""}],
    }
    return body | changed


def test_the_contract_has_59_operations() -> None:
    assert len(set(contract.names)) == 59


@pytest.mark.parametrize("name", contract.names)
def test_an_answer_as_documented_is_right(name: str) -> None:
    assert faults(name) == []


@pytest.mark.parametrize("operation", contract.operations, ids=lambda operation: operation.name)
def test_an_operation_is_known_by_its_path(operation: Operation) -> None:
    found = contract.operation_of(operation.method, operation.path.replace("{", "a-").replace("}", "") + "?limit=1")
    assert found == operation


def test_paths_that_look_alike_are_told_apart() -> None:
    base = "/v2/manage/namespaces/group/repos/web"
    for method, target, name in [
        ("GET", f"{base}/retentions/histories", "list_retention_histories"),
        ("GET", f"{base}/retentions/7", "show_retention"),
        ("GET", f"{base}/tags/references", "show_repo_tag"),
        ("GET", f"{base}/access-domains", "list_repo_domains"),
        ("GET", f"{base}/access-domains/globex", "show_access_domain"),
        ("GET", "/v2", "show_api_version"),
    ]:
        operation = contract.operation_of(method, target)
        assert operation is not None
        assert operation.name == name
    assert contract.operation_of("GET", "/v2/") is None


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ({"id": 1, "name": "a", "creator_name": "b"}, "auth is missing"),
        ({"id": "1", "name": "a", "creator_name": "b", "auth": 7}, "not of type integer"),
        ({"id": True, "name": "a", "creator_name": "b", "auth": 7}, "not of type integer"),
        ({"id": 1, "name": None, "creator_name": "b", "auth": 7}, "not of type string"),
        ({"id": 1, "name": "a", "creator_name": "b", "auth": 7, "secret": 1}, "in no document"),
        ([], "is no object"),
    ],
)
def test_a_wrong_body_is_seen(body: Any, fault: str) -> None:
    (found,) = faults("show_namespace", body)
    assert fault in found


def test_wrong_records_statuses_and_headers_are_seen() -> None:
    records = answer_of(next(one for one in contract.operations if one.name == "list_repos_details"))
    assert faults("list_repos_details", [records[0] | {"created_at": "yesterday"}])
    assert faults("list_repos_details", [records[0] | {"total_range": 2}])
    assert faults("list_repos_details", Content_Range=None)
    assert faults("list_repos_details", Content_Range="0-2/2")
    assert faults("list_repos_details", Content_Type="text/plain")
    assert faults("show_namespace", X_Request_Id=None)
    assert faults("create_namespace", status=200)
    assert faults("create_namespace", {})
    assert faults("list_repository_tags", [{}])
    assert not faults("show_access_domain", {"exist": False})
    assert not faults("list_repo_accessories", {"total": 0, "accessories": None})


def test_a_refusal_as_documented_is_right() -> None:
    assert faults("show_namespace", refusal(), 404) == []
    assert faults("show_namespace", refusal(PREFIX + "4030170", encoded_authorization_message="x"), 403) == []


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (refusal(), 403),
        (refusal(PREFIX + "4049999"), 404),
        (refusal("4040058"), 404),
        (refusal(error_msg=""), 404),
        (refusal(errors=[]), 404),
        (refusal(details=None), 404),
        (refusal(details=[{"error_code": PREFIX + "4040010", "error_msg": ""}]), 404),
        (refusal(errorCode=PREFIX + "4040058"), 404),
        (refusal(PREFIX + "5000007"), 500),
        ([], 404),
        (None, 404),
    ],
)
def test_a_wrong_refusal_is_seen(body: Any, status: int) -> None:
    assert faults("show_namespace", body, status)
