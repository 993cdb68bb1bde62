"""The calls of the identity service that SDKs and scripts make: section 19 of the contract."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from huaweicloudsdkcore.auth.credentials import BasicCredentials, GlobalCredentials
from huaweicloudsdkcore.client import Client, ClientBuilder
from huaweicloudsdkcore.exceptions.exceptions import SdkException
from huaweicloudsdkcore.region.region import Region
from huaweicloudsdkswr.v2 import ListNamespacesRequest, ListQuotasRequest, SwrClient

from support import iam
from support.berth_server import BerthServer
from support.people import Account, User
from support.plain_http import Answer, send, send_signed

_password = "a long password"
_tokens = "/v3/auth/tokens"


@pytest.fixture(scope="module")
def server() -> Iterator[BerthServer]:
    """A server of its own, since many wrong passwords are tried on it."""
    server = BerthServer().start()
    yield server
    server.remove()


@pytest.fixture
def bob(acme: Account) -> User:
    """A user with a password."""
    bob = acme.add_user("bob")
    bob.set_password(_password)
    return bob


def identity(user: dict[str, Any], scope: dict[str, Any] | None = None) -> dict[str, Any]:
    auth: dict[str, Any] = {"identity": {"methods": ["password"], "password": {"user": user}}}
    return {"auth": auth | ({"scope": scope} if scope is not None else {})}


def ask(server: BerthServer, body: object, query: str = "") -> Answer:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = [("Content-Type", "application/json")]
    return send(server.authority, "POST", _tokens + query, headers, content, recorded=False)


def person(user: User, account: Account, **changed: object) -> dict[str, Any]:
    return {"name": user.name, "password": _password, "domain": {"name": account.name}} | changed


def assert_refused(answer: Answer, status: int) -> str:
    """Expects an error in the form of the identity service, and gives back what it says."""
    assert answer.status == status, f"{answer.status} {answer.body!r}"
    assert answer.headers["Content-Type"].startswith("application/json")
    assert "X-Subject-Token" not in answer.headers
    assert answer.json.keys() == {"error"}
    error = answer.json["error"]
    assert error.keys() == {"code", "message", "title"}
    assert error["code"] == status
    assert error["message"]
    return error["message"]


def works(server: BerthServer, token: str, *headers: tuple[str, str]) -> bool:
    """Whether the management API takes the token."""
    answer = send(server.authority, "GET", "/v2/manage/namespaces", [("X-Auth-Token", token), *headers])
    assert answer.status in {200, 401, 403}
    return answer.status == 200


def test_a_password_buys_a_token_of_the_project(acme: Account, bob: User) -> None:
    answer = ask(acme.server, identity(person(bob, acme), {"project": {"name": "region-1"}}))
    assert answer.status == 201
    assert works(acme.server, answer.headers["X-Subject-Token"])
    token = answer.json["token"]
    domain = {"id": acme.id, "name": acme.name}
    assert token["methods"] == ["password"]
    assert token["user"] == {"id": bob.id, "name": "bob", "password_expires_at": "", "domain": domain}
    assert token["project"] == {"id": iam.project_id(bob), "name": "region-1", "domain": domain}
    assert "domain" not in token
    assert all(role.keys() == {"id", "name"} for role in token["roles"])
    assert token["catalog"] == []
    issued, expires = (datetime.fromisoformat(token[key]) for key in ["issued_at", "expires_at"])
    assert abs(expires - issued - timedelta(hours=24)) < timedelta(minutes=1)


def test_the_catalog_may_be_left_out(acme: Account, bob: User) -> None:
    assert ask(acme.server, identity(person(bob, acme)), "?nocatalog=true").status == 201


def test_users_accounts_and_scopes_go_by_name_or_id(acme: Account, bob: User) -> None:
    project = {"project": {"id": iam.project_id(bob)}}
    by_id = {"id": bob.id, "password": _password}
    users = [
        person(bob, acme),
        person(bob, acme, domain={"id": acme.id}),
        by_id,
        by_id | {"domain": {"id": acme.id}},
        by_id | {"domain": {"name": acme.name}},
    ]
    scopes = [None, project, {"project": {"name": "region-1"}}]
    scopes += [{"domain": {"name": acme.name}}, {"domain": {"id": acme.id}}]
    bodies = [identity(user) for user in users] + [identity(users[0], scope) for scope in scopes]
    for body in bodies:
        answer = ask(acme.server, body)
        assert answer.status == 201, f"{body}: {answer.body!r}"
        assert answer.json["token"]["user"]["id"] == bob.id
        assert works(acme.server, answer.headers["X-Subject-Token"])


def test_a_token_of_the_account_says_so(acme: Account, bob: User) -> None:
    for scope in [None, {"domain": {"name": acme.name}}]:
        token = ask(acme.server, identity(person(bob, acme), scope)).json["token"]
        assert token["domain"] == {"id": acme.id, "name": acme.name}
        assert "project" not in token


def test_wrong_people_and_wrong_passwords_are_one_answer(acme: Account, globex: Account, bob: User) -> None:
    silent, disabled = acme.add_user("silent"), acme.add_user("disabled")
    disabled.set_password(_password)
    disabled.disable()
    wrong = [
        person(bob, acme, password="wrong"),
        person(bob, acme, password=""),
        person(bob, acme, name="nobody"),
        person(bob, acme, domain={"name": "nowhere"}),
        person(bob, globex),
        person(disabled, acme),
        person(silent, acme),
        person(silent, acme, password=""),
    ]
    answers = {assert_refused(ask(acme.server, identity(user)), 401) for user in wrong}
    assert len(answers) == 1, "the answer does not tell who there is"


def test_an_access_key_is_no_password(acme: Account, bob: User) -> None:
    name, password = bob.login
    for user in [person(bob, acme, password=bob.secret_key), person(bob, acme, name=name, password=password)]:
        assert_refused(ask(acme.server, identity(user)), 401)


def test_foreign_scopes_are_refused(acme: Account, globex: Account, bob: User) -> None:
    foreign = {"id": iam.project_id(globex.admin)}
    scopes: list[dict[str, Any]] = [{"project": foreign}, {"project": {"name": "region-9"}}]
    scopes += [{"domain": {"name": globex.name}}, {"domain": {"id": globex.id}}, {"project": {"id": "0" * 32}}]
    for scope in scopes:
        assert ask(acme.server, identity(person(bob, acme), scope)).status in {401, 403}, scope


_no_tokens: list[object] = [
    b"",
    b"{",
    b"[]",
    b"null",
    b'{"auth": null}',
    {},
    {"auth": {}},
    {"auth": {"identity": {}}},
    {"auth": {"identity": {"methods": []}}},
    {"auth": {"identity": {"methods": ["password"]}}},
    {"auth": {"identity": {"methods": ["token"], "token": {"id": "x"}}}},
    {"auth": {"identity": {"methods": "password", "password": {"user": {"id": "x", "password": "y"}}}}},
    identity({}),
    identity({"name": "bob", "password": "x"}),
    identity({"name": "bob", "domain": {"name": "acme"}}),
    identity({"password": "x", "domain": {"name": "acme"}}),
    identity({"name": "bob", "password": 1, "domain": {"name": "acme"}}),
    identity({"name": ["bob"], "password": "x", "domain": {"name": "acme"}}),
    identity({"name": "bob", "password": "x", "domain": {}}),
    identity({"name": "bob", "password": "x", "domain": {"name": "acme"}}, {}),
    identity({"name": "bob", "password": "x", "domain": {"name": "acme"}}, {"project": {}}),
    identity({"name": "bob", "password": "x", "domain": {"name": "acme"}}, {"project": "region-1"}),
]


def test_what_asks_for_no_token_is_refused(server: BerthServer) -> None:
    for body in _no_tokens:
        assert_refused(ask(server, body), 400)


def test_odd_names_and_long_values_are_refused(server: BerthServer) -> None:
    for name in ["a/b", "é", "a" * 1000, " ", "../x", "' OR 1=1 --"]:
        user = {"name": name, "password": _password, "domain": {"name": name}}
        assert_refused(ask(server, identity(user)), 401)
    user = {"name": "a\0b", "password": _password, "domain": {"name": "acme"}}
    assert ask(server, identity(user)).status in {400, 401}
    user = {"name": "bob", "password": "x" * 30_000, "domain": {"name": "acme"}}
    assert ask(server, identity(user)).status in {400, 401}
    user = {"name": "bob", "password": "x" * 2_000_000, "domain": {"name": "acme"}}
    assert ask(server, identity(user)).status in {400, 413}
    deep = b'{"auth":' + b"[" * 20_000 + b"]" * 20_000 + b"}"
    assert_refused(ask(server, deep), 400)


def test_other_methods_are_refused(server: BerthServer) -> None:
    for method, path in [("GET", _tokens), ("DELETE", _tokens), ("POST", "/v3/projects"), ("PUT", "/v3/auth/domains")]:
        answer = send(server.authority, method, path, recorded=False)
        assert answer.status == 405, f"{method} {path}: {answer.status}"


def test_a_token_is_dead_at_once_after_a_new_password(acme: Account, bob: User) -> None:
    token = iam.token(bob, _password)
    assert works(acme.server, token)
    bob.set_password("another password")
    assert not works(acme.server, token)
    assert iam.sign_in(bob, _password).status == 401
    assert works(acme.server, iam.token(bob, "another password"))


def test_a_token_is_dead_at_once_when_its_user_is_disabled_or_gone(acme: Account, bob: User) -> None:
    carol = acme.add_user("carol")
    carol.set_password(_password)
    tokens = [iam.token(user, _password) for user in [bob, carol]]
    bob.disable()
    acme.server.run("user", "remove", carol.full_name)
    for token in tokens:
        assert not works(acme.server, token)
        for path in ["/v3/projects", "/v3/auth/domains"]:
            answer = send(acme.server.authority, "GET", path, [("X-Auth-Token", token)], recorded=False)
            assert_refused(answer, 401)


def test_a_token_of_a_project_is_for_that_project(acme: Account, globex: Account, bob: User) -> None:
    token = iam.token(bob, _password)
    assert works(acme.server, token, ("X-Project-Id", iam.project_id(bob)))
    assert not works(acme.server, token, ("X-Project-Id", iam.project_id(globex.admin)))


def test_the_projects_of_ones_account_are_listed(acme: Account, globex: Account, bob: User) -> None:
    answer = send_signed(bob, "GET", "/v3/projects?name=region-1", recorded=False)
    assert answer.status == 200
    (project,) = answer.json["projects"]
    assert (project["name"], project["domain_id"], project["parent_id"]) == ("region-1", acme.id, acme.id)
    assert (project["enabled"], project["is_domain"], project["description"]) == (True, False, "")
    assert project["links"]["self"] == f"{acme.server.url}/v3/projects/{project['id']}"
    links = {"self": f"{acme.server.url}/v3/projects", "previous": None, "next": None}
    assert answer.json["links"] == links
    assert send_signed(bob, "GET", "/v3/projects", recorded=False).json["projects"] == [project]
    assert send_signed(bob, "GET", "/v3/projects?name=region-9", recorded=False).json["projects"] == []
    assert iam.project_id(bob) == iam.project_id(acme.admin) != iam.project_id(globex.admin)


def test_the_account_of_the_caller_is_listed(acme: Account, bob: User) -> None:
    answer = send_signed(bob, "GET", "/v3/auth/domains", recorded=False)
    assert answer.status == 200
    (domain,) = answer.json["domains"]
    assert (domain["id"], domain["name"], domain["enabled"]) == (acme.id, acme.name, True)
    assert answer.json["links"]["self"] == f"{acme.server.url}/v3/auth/domains"
    token = iam.token(bob, _password)
    again = send(acme.server.authority, "GET", "/v3/auth/domains", [("X-Auth-Token", token)], recorded=False)
    assert again.json == answer.json


def test_projects_and_accounts_are_told_to_nobody_else(server: BerthServer) -> None:
    for path in ["/v3/projects?name=region-1", "/v3/auth/domains"]:
        for headers in [[], [("X-Auth-Token", "x")], [("Authorization", "SDK-HMAC-SHA256 nonsense")]]:
            assert_refused(send(server.authority, "GET", path, headers, recorded=False), 401)


def client(user: User, region: str = "region-1") -> SwrClient:
    """The SDK as customers set it up with a region: it finds its project by itself."""
    credentials = BasicCredentials(user.access_key, user.secret_key).with_iam_endpoint(user.server.url)
    place = Region(region, user.server.url)
    return SwrClient.new_builder().with_credentials(credentials).with_region(place).build()


def test_the_sdk_finds_its_project_by_the_region(acme: Account, group: str) -> None:
    found = client(acme.admin)
    assert [one.name for one in found.list_namespaces(ListNamespacesRequest()).namespaces] == [group]
    keys = {quota.quota_key: quota.used for quota in found.list_quotas(ListQuotasRequest()).quotas}
    assert keys["namespace"] == 1


def test_the_sdk_is_told_when_there_is_no_project_in_a_region(acme: Account) -> None:
    with pytest.raises(SdkException, match="project id of region"):
        client(acme.admin, "region-9").list_namespaces(ListNamespacesRequest())


def test_the_sdk_finds_its_account(acme: Account, bob: User) -> None:
    credentials = GlobalCredentials(bob.access_key, bob.secret_key).with_iam_endpoint(acme.server.url)
    place = Region("region-1", acme.server.url)
    ClientBuilder(Client, "GlobalCredentials").with_credentials(credentials).with_region(place).build()
    assert credentials.domain_id == acme.id
