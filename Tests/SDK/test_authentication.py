"""Who may call at all: section 1.3 of the contract. Signatures have tests of their own."""

import pytest
import requests
from huaweicloudsdkswr.v2 import ListApiVersionsRequest, ListNamespacesRequest, ShowApiVersionRequest

from support import iam
from support.berth_server import BerthServer
from support.clients import swr_client
from support.contract import Operation
from support.people import Account
from support.plain_http import Answer, send, send_signed
from support.recorder import recorder
from support.refusals import refused

_list = "/v2/manage/namespaces"
_password = "a long password"

_authenticated = [operation for operation in recorder.contract.operations if not operation.is_public]


@pytest.mark.parametrize("operation", _authenticated, ids=lambda operation: operation.name)
def test_an_operation_needs_credentials(server: BerthServer, operation: Operation) -> None:
    authority, target = server.authority, operation.target({})
    answer = send(authority, operation.method, target)
    assert (answer.status, answer.code) == (401, "4010000")
    headers = [("Content-Type", "application/json"), ("X-Auth-Token", "")]
    answer = send(authority, operation.method, target, headers, b'{"body": true}')
    assert (answer.status, answer.code) == (401, "4010000")


def test_the_list_of_versions_is_open_to_all(server: BerthServer) -> None:
    for target in ["/", "/v2"]:
        assert send(server.authority, "GET", target).status == 200
        assert send(server.authority, "GET", target, [("Authorization", "SDK-HMAC-SHA256 nonsense")]).status == 200
    stranger = swr_client(server.url, "NOSUCHKEY00000000000", "nothing")
    versions = stranger.list_api_versions(ListApiVersionsRequest()).versions
    version = stranger.show_api_version(ShowApiVersionRequest(api_version="v2")).version
    assert version in versions
    assert version.status in {"CURRENT", "SUPPORTED", "DEPRECATED"}
    with refused(404, "4040083"):
        stranger.show_api_version(ShowApiVersionRequest(api_version="v9"))


def test_a_key_that_there_is_not_is_refused_by_the_sdk(visitor: Account) -> None:
    client = swr_client(visitor.server.url, "NOSUCHKEY00000000000", visitor.admin.secret_key)
    with refused(401, "4010000"):
        client.list_namespaces(ListNamespacesRequest())
    client = swr_client(visitor.server.url, visitor.admin.access_key, "another secret")
    with refused(401, "4010000"):
        client.list_namespaces(ListNamespacesRequest())


def with_token(account: Account, token: str, *headers: tuple[str, str], target: str = _list) -> Answer:
    return send(account.server.authority, "GET", target, [("X-Auth-Token", token), *headers])


def test_a_token_is_as_good_as_a_signature(acme: Account, group: str) -> None:
    acme.admin.set_password(_password)
    token = iam.token(acme.admin, _password)
    assert [one["name"] for one in with_token(acme, token).json["namespaces"]] == [group]
    body = b'{"repository": "web", "is_public": false}'
    target = f"/v2/manage/namespaces/{group}/repos"
    headers = [("X-Auth-Token", token), ("Content-Type", "application/json;charset=utf-8")]
    assert send(acme.server.authority, "POST", target, headers, body).status == 201
    body = b'{"repository": "api", "is_public": false}'
    assert send(acme.server.authority, "POST", target, headers[:1], body).status == 201
    assert len(acme.swr.list_repositories().body) == 2


def test_a_token_has_the_permissions_of_its_user(acme: Account, group: str) -> None:
    bob = acme.add_member(group, "read", "bob")
    bob.set_password(_password)
    token = iam.token(bob, _password)
    assert with_token(acme, token, target=f"{_list}/{group}").json["auth"] == 1
    answer = send(acme.server.authority, "DELETE", f"{_list}/{group}", [("X-Auth-Token", token)])
    assert (answer.status, answer.code) == (403, "4030170")


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "e30.e30.e30", "0" * 4000])
def test_a_token_that_nobody_issued_is_refused(visitor: Account, token: str) -> None:
    answer = with_token(visitor, token)
    assert (answer.status, answer.code) == (401, "4010000")


def test_a_changed_token_is_refused(acme: Account) -> None:
    acme.admin.set_password(_password)
    token = iam.token(acme.admin, _password)
    middle = len(token) // 2
    changed = token[:middle] + ("A" if token[middle] != "A" else "B") + token[middle + 1 :]
    assert with_token(acme, changed).status == 401
    assert with_token(acme, token[:-2]).status == 401
    assert with_token(acme, token).status == 200


def test_a_token_for_images_is_none_for_management(acme: Account) -> None:
    login = acme.admin.login
    url = f"{acme.server.url}/token"
    answer = requests.get(url, params={"service": "berth", "scope": "registry:catalog:*"}, auth=login, timeout=30)
    assert answer.status_code == 200
    assert with_token(acme, answer.json()["token"]).status == 401


def test_a_new_password_ends_the_tokens_of_the_old_one_and_nobody_elses(acme: Account) -> None:
    bob, carol = acme.add_user("bob"), acme.add_user("carol")
    tokens = []
    for user in [bob, carol]:
        user.set_password(_password)
        tokens.append(iam.token(user, _password))
    bob.set_password("another " + _password)
    assert with_token(acme, tokens[0]).status == 401
    assert with_token(acme, tokens[1]).status == 200
    carol.disable()
    assert with_token(acme, tokens[1]).status == 401
    assert iam.sign_in(carol, _password).status == 401


def test_the_project_of_ones_account_may_be_named(acme: Account, group: str) -> None:
    project = iam.project_id(acme.admin)
    client = swr_client(acme.server.url, acme.admin.access_key, acme.admin.secret_key, project)
    assert [one.name for one in client.list_namespaces(ListNamespacesRequest()).namespaces] == [group]


def test_the_project_of_another_account_is_refused(acme: Account, globex: Account) -> None:
    foreign = iam.project_id(globex.admin)
    assert foreign != iam.project_id(acme.admin)
    for project in [foreign, "0" * 32, "x"]:
        client = swr_client(acme.server.url, acme.admin.access_key, acme.admin.secret_key, project)
        with refused(403, None):
            client.list_namespaces(ListNamespacesRequest())
    answers = [
        send_signed(acme.admin, "GET", _list, headers=[("X-Project-Id", project)]).body
        for project in [foreign, "0" * 32]
    ]
    assert answers[0] == answers[1], "it is not told which projects there are"


def test_an_account_that_is_removed_is_refused_at_once(acme: Account) -> None:
    assert acme.swr.list_organizations() == []
    acme.server.run("account", "remove", acme.name)
    with refused(401, "4010000"):
        acme.swr.list_organizations()
