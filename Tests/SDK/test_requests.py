"""Requests in general: sections 1.2, 1.5 and 1.12 of the contract."""

import json

import pytest

from support.berth_server import BerthServer, unique
from support.contract import Operation
from support.people import Account
from support.plain_http import send, send_signed, usual_headers
from support.recorder import recorder
from support.signature import authorization

_operations = [operation for operation in recorder.contract.operations if not operation.is_public]
_with_variables = [operation for operation in _operations if operation.variables]
_with_body = [operation for operation in _operations if operation.takes_body]


@pytest.mark.parametrize(
    ("method", "target", "status"),
    [
        ("GET", "/v2/manage/nothing", 404),
        ("GET", "/v3/manage/nothing", 404),
        ("GET", "/v2/manage/namespaces/a/b/c/d/e", 404),
        ("PUT", "/v2/manage/namespaces", 405),
        ("POST", "/v2/manage/overview", 405),
    ],
)
def test_an_unknown_path_or_method_is_told_as_such(visitor: Account, method: str, target: str, status: int) -> None:
    answer = send_signed(visitor.admin, method, target)
    assert (answer.status, answer.code) == (status, "4040083")
    assert ("Allow" in answer.headers) == (status == 405)


def test_every_answer_names_its_request(visitor: Account) -> None:
    targets = ["/v2/manage/namespaces", "/v2/manage/namespaces", "/v2/manage/nothing", "/"]
    ids = {send_signed(visitor.admin, "GET", target).headers["X-Request-Id"] for target in targets}
    assert len(ids) == 4


@pytest.mark.parametrize(
    "content_type", ["application/json", "application/json;charset=utf-8", "Application/JSON", None]
)
def test_json_is_read_under_each_of_its_names(acme: Account, content_type: str | None) -> None:
    name = unique("group")
    headers = [header for header in usual_headers(acme.admin) if header[0] != "Content-Type"]
    headers += [("Content-Type", content_type)] if content_type else []
    body = json.dumps({"namespace": name}).encode()
    target = "/v2/manage/namespaces"
    proof = authorization(acme.admin.access_key, acme.admin.secret_key, "POST", target, headers, body)
    answer = send(acme.server.authority, "POST", target, [*headers, ("Authorization", proof)], body)
    assert answer.status == 201
    assert acme.swr.show_organization(name).name == name


def test_unknown_fields_and_parameters_are_in_nobodys_way(acme: Account) -> None:
    name = unique("group")
    body = {"namespace": name, "project": "x", "tags": []}
    assert send_signed(acme.admin, "POST", "/v2/manage/namespaces", body).status == 201
    assert send_signed(acme.admin, "GET", f"/v2/manage/namespaces/{name}?verbose=true").status == 200


def test_a_body_that_is_too_large_is_refused(acme: Account) -> None:
    body = b'{"namespace": "' + b"a" * (4 << 20) + b'"}'
    answer = send_signed(acme.admin, "POST", "/v2/manage/namespaces", body)
    assert (answer.status, answer.code) == (413, "4131001")
    assert acme.swr.list_organizations() == []


@pytest.fixture(scope="module")
def owner(server: BerthServer) -> Account:
    """The owner of `place`, in which there is `web`."""
    return Account(server, "owner")


@pytest.fixture(scope="module")
def place(owner: Account) -> str:
    name = owner.add_organization()
    owner.swr.create_repository(name, "web")
    return name


@pytest.mark.parametrize("operation", _with_variables, ids=lambda operation: operation.name)
def test_no_value_in_a_path_breaks_the_server(owner: Account, place: str, operation: Operation) -> None:
    nasty = ["%00", "%0a", "..", "%2e%2e%2f", "'", "%25", "%E2%80%AE", "a" * 4000, "-1", "99999999999999999999", "$"]
    for variable in operation.variables:
        for value in nasty:
            target = operation.target({"namespace": place, variable: value})
            assert 400 <= send_signed(owner.admin, operation.method, target, {}).status < 500, target
    assert owner.swr.show_organization(place).name == place


@pytest.mark.parametrize("operation", _with_body, ids=lambda operation: operation.name)
def test_no_body_breaks_the_server(owner: Account, place: str, operation: Operation) -> None:
    target = operation.target({"namespace": place, "repository": "web"})
    bodies = [
        *[b"null", b"0", b'""', b"[[]]", b"\x00", b"\xef\xbb\xbf{}", b"{}{}", b'{"a": 1e999}'],
        *[b"[" * 20000, b'{"a":' * 20000, b"[" * 200 + b"]" * 200, b"1" * 5000, b'"' + b"\\u0000" * 2000 + b'"'],
        b'{"namespace": "\\ud800"}',
    ]
    for body in bodies:
        answer = send_signed(owner.admin, operation.method, target, body)
        assert 400 <= answer.status < 500, body[:30]
    assert owner.swr.show_repository(place, "web").name == "web"


@pytest.mark.parametrize(
    "query",
    ["limit=%00", "name=%FF", "limit=1&limit=2", "limit", "=", "&&&", "name=" + "a" * 5000, "filter=%7C", "%zz=%"],
)
def test_no_query_breaks_the_server(visitor: Account, query: str) -> None:
    for target in ["/v2/manage/repos", "/v3/manage/repos", "/v2/manage/namespaces", "/v2/manage/shared-repositories"]:
        assert send_signed(visitor.admin, "GET", f"{target}?{query}").status < 500
