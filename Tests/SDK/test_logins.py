"""Logins for docker, temporary and long-term: sections 14 and 15 of the contract."""

import base64
import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import requests
from huaweicloudsdkswr.v2 import CreateAuthorizationTokenResponse, CreateSecretResponse

from support import iam, images
from support.people import Account, User
from support.plain_http import send, send_signed
from support.real_clients import Docker, Skopeo, needs
from support.refusals import refused
from support.registry import push

_secret_path = "/v2/manage/utils/secret"
_token_path = "/v2/manage/utils/authorizationtoken"


@dataclass(frozen=True)
class Login:
    name: str
    password: str
    host: str
    ends: datetime

    @property
    def pair(self) -> tuple[str, str]:
        return self.name, self.password


def login_of(answer: CreateSecretResponse | CreateAuthorizationTokenResponse) -> Login:
    """What the header says to type; the body must say the same."""
    words = answer.x_swr_dockerlogin.split()
    assert words[:3] == ["docker", "login", "-u"]
    assert words[4] == "-p"
    name, password, host = words[3], words[5], words[6]
    ((told_host, told),) = answer.auths.items()
    assert told_host == host
    assert base64.b64decode(told.auth).decode() == f"{name}:{password}"
    return Login(name, password, host, datetime.fromisoformat(answer.x_swr_expireat))


def secret(user: User) -> Login:
    return login_of(user.swr.create_secret())


def authorization_token(user: User) -> Login:
    return login_of(user.swr.create_authorization_token())


def long_term(user: User) -> Login:
    name, password = user.login
    return Login(name, password, user.server.authority, datetime.max.replace(tzinfo=UTC))


_kinds = [secret, authorization_token, long_term]
_made = [secret, authorization_token]
every_kind = pytest.mark.parametrize("make", _kinds, ids=lambda make: make.__name__)
every_made_kind = pytest.mark.parametrize("make", _made, ids=lambda make: make.__name__)

Maker = Callable[[User], Login]


def statuses(user: User, login: Login) -> tuple[int, int]:
    """What `/token` and `/v2/` answer to the login."""
    url = user.server.url
    query = {"service": "berth", "scope": "registry:catalog:*"}
    token = requests.get(f"{url}/token", params=query, auth=login.pair, timeout=30)
    direct = requests.get(f"{url}/v2/", auth=login.pair, timeout=30)
    return token.status_code, direct.status_code


def seconds_left(login: Login) -> float:
    return (login.ends - datetime.now(UTC)).total_seconds()


@every_kind
def test_a_login_works_at_the_registry(acme: Account, make: Maker) -> None:
    assert statuses(acme.admin, make(acme.admin)) == (200, 200)


@every_kind
@needs("skopeo")
def test_skopeo_signs_in_and_pulls(acme: Account, group: str, tmp_path: Path, make: Maker) -> None:
    push(acme.admin, f"{group}/web", "v1", images.image("pulled"))
    login = make(acme.admin)
    skopeo = Skopeo(tmp_path, acme.server)
    assert not skopeo.login(login.name, login.password + "x")
    assert skopeo.login(login.name, login.password)
    assert skopeo.copy(f"{group}/web:v1", tmp_path / "image")


@every_kind
@needs("docker")
def test_docker_signs_in(acme: Account, tmp_path: Path, make: Maker) -> None:
    login = make(acme.admin)
    docker = Docker(tmp_path, acme.server)
    assert not docker.login(login.name, login.password + "x")
    assert docker.login(login.name, login.password)


@every_kind
def test_a_login_is_for_this_registry(acme: Account, make: Maker) -> None:
    assert make(acme.admin).host == acme.server.authority


@every_kind
def test_a_login_may_do_what_its_user_may(acme: Account, group: str, web: str, make: Maker) -> None:
    push(acme.admin, f"{group}/{web}", "v1", images.image("permission"))
    login = make(acme.add_member(group, "read", "bob"))
    url = f"{acme.server.url}/v2/{group}/{web}"
    assert requests.get(f"{url}/manifests/v1", auth=login.pair, timeout=30).status_code == 200
    assert requests.post(f"{url}/blobs/uploads/", auth=login.pair, timeout=30).status_code == 403
    foreign = acme.add_user("carol")
    assert requests.get(f"{url}/manifests/v1", auth=make(foreign).pair, timeout=30).status_code == 404
    acme.server.run("grant", "remove", group, f"{acme.name}/bob")
    assert requests.get(f"{url}/manifests/v1", auth=login.pair, timeout=30).status_code == 404


@every_kind
def test_a_login_is_dead_at_once_when_its_key_is_disabled(acme: Account, make: Maker) -> None:
    bob = acme.add_user("bob")
    login = make(bob)
    acme.server.run("key", "disable", bob.access_key)
    assert statuses(bob, login) == (401, 401)


@every_kind
def test_a_login_is_dead_at_once_when_its_key_is_removed(acme: Account, make: Maker) -> None:
    bob = acme.add_user("bob")
    login = make(bob)
    acme.server.run("key", "remove", bob.access_key)
    assert statuses(bob, login) == (401, 401)


@every_kind
def test_a_login_is_dead_at_once_when_its_user_is_disabled_or_gone(acme: Account, make: Maker) -> None:
    bob, carol = acme.add_user("bob"), acme.add_user("carol")
    logins = make(bob), make(carol)
    bob.disable()
    acme.server.run("user", "remove", carol.full_name)
    assert statuses(bob, logins[0]) == (401, 401)
    assert statuses(carol, logins[1]) == (401, 401)


@every_made_kind
def test_a_login_is_dead_at_once_when_the_password_changes(acme: Account, make: Maker) -> None:
    bob = acme.add_user("bob")
    login = make(bob)
    bob.set_password("a new password")
    assert statuses(bob, login) == (401, 401)
    assert statuses(bob, make(bob)) == (200, 200)


@every_kind
def test_a_token_that_a_login_bought_dies_with_it(acme: Account, group: str, web: str, make: Maker) -> None:
    push(acme.admin, f"{group}/{web}", "v1", images.image("token"))
    bob = acme.add_member(group, "read", "bob")
    query = {"service": "berth", "scope": f"repository:{group}/{web}:pull"}
    token = requests.get(f"{acme.server.url}/token", params=query, auth=make(bob).pair, timeout=30).json()["token"]
    url = f"{acme.server.url}/v2/{group}/{web}/manifests/v1"
    assert requests.get(url, headers={"Authorization": f"Bearer {token}"}, timeout=30).status_code == 200
    acme.server.run("key", "disable", bob.access_key)
    assert requests.get(url, headers={"Authorization": f"Bearer {token}"}, timeout=30).status_code == 401


@every_kind
def test_a_changed_login_is_refused(acme: Account, globex: Account, make: Maker) -> None:
    login, other = make(acme.admin), make(globex.admin)
    wrong = [
        (login.name, login.password[:-1] + ("0" if login.password[-1] != "0" else "1")),
        (login.name, login.password.upper()),
        (login.name, ""),
        (login.name, other.password),
        (login.name.replace("@", "@x"), login.password),
        ("region-9@" + login.name.split("@")[1], login.password),
        (login.name.split("@")[1], login.password),
    ]
    for name, password in wrong:
        assert statuses(acme.admin, Login(name, password, login.host, login.ends)) == (401, 401), name
    assert statuses(acme.admin, login) == (200, 200)


@every_made_kind
def test_logins_are_made_anew_each_time_and_all_work(acme: Account, make: Maker) -> None:
    logins = [make(acme.admin) for _ in range(3)]
    assert len({login.password for login in logins}) == 3
    for login in logins:
        assert statuses(acme.admin, login) == (200, 200)


def test_a_secret_lasts_six_hours_and_is_named_after_the_project(acme: Account) -> None:
    login = secret(acme.admin)
    assert timedelta(hours=6).total_seconds() - 60 < seconds_left(login) <= timedelta(hours=6).total_seconds()
    assert login.name.startswith("region-1@")
    assert login_of(acme.swr.create_secret(project="region-1")).name.startswith("region-1@")
    with refused(400, "4001025"):
        acme.swr.create_secret(project="region-9")


def test_the_duration_of_a_secret_may_be_chosen(acme: Account) -> None:
    for duration in [900, 86400]:
        answer = send_signed(acme.admin, "POST", f"{_secret_path}?duration_seconds={duration}")
        assert answer.status == 200
        left = (datetime.fromisoformat(answer.headers["X-Swr-Expireat"]) - datetime.now(UTC)).total_seconds()
        assert duration - 60 < left <= duration
    for wrong in ["899", "86401", "0", "-1", "x", "1e3", "9" * 30]:
        answer = send_signed(acme.admin, "POST", f"{_secret_path}?duration_seconds={wrong}")
        assert (answer.status, answer.code) == (400, "4001025"), wrong


def test_an_authorization_token_lasts_twelve_hours_and_is_named_after_the_key(acme: Account) -> None:
    login = authorization_token(acme.admin)
    assert timedelta(hours=12).total_seconds() - 60 < seconds_left(login) <= timedelta(hours=12).total_seconds()
    assert login.name == f"bearertoken@{acme.admin.access_key}"


@pytest.mark.parametrize("path", [_secret_path, _token_path])
def test_logins_are_given_to_who_has_a_token_too(acme: Account, path: str) -> None:
    acme.admin.set_password("a long password")
    token = iam.token(acme.admin, "a long password")
    answer = send(acme.server.authority, "POST", path, [("X-Auth-Token", token)])
    assert answer.status == 200
    words = answer.headers["X-Swr-Dockerlogin"].split()
    login = Login(words[3], words[5], words[6], datetime.fromisoformat(answer.headers["X-Swr-Expireat"]))
    assert statuses(acme.admin, login) == (200, 200)


@pytest.mark.parametrize("path", [_secret_path, _token_path])
def test_a_login_is_no_credential_of_the_management_api(acme: Account, path: str) -> None:
    answer = send_signed(acme.admin, "POST", path)
    words = answer.headers["X-Swr-Dockerlogin"].split()
    proof = base64.b64encode(f"{words[3]}:{words[5]}".encode()).decode()
    for headers in [[("Authorization", f"Basic {proof}")], [("X-Auth-Token", words[5])]]:
        refusal = send(acme.server.authority, "GET", "/v2/manage/namespaces", headers)
        assert (refusal.status, refusal.code) == (401, "4010000")


def test_the_long_term_password_is_computed_as_documented() -> None:
    access_key, secret_key = "AKEXAMPLE0000000000", "SKexampleSKexampleSKexampleSKexample0000"
    password = hmac.new(secret_key.encode(), access_key.encode(), hashlib.sha256).hexdigest()
    assert password == "6d5166e472d526387e1f9a491fbff7330955bd43b3fe09d4c2fbf53e4eb21681"


def test_a_receiver_pulls_with_a_login_until_the_share_is_gone(
    acme: Account, globex: Account, group: str, web: str
) -> None:
    push(acme.admin, f"{group}/{web}", "v1", images.image("shared"))
    acme.swr.share(group, web, globex.name)
    url = f"{acme.server.url}/v2/{group}/{web}/manifests/v1"
    logins = [make(globex.add_user(make.__name__.replace("_", "-"))) for make in _kinds]
    for login in logins:
        assert requests.get(url, auth=login.pair, timeout=30).status_code == 200
    acme.swr.unshare(group, web, globex.name)
    for login in logins:
        assert requests.get(url, auth=login.pair, timeout=30).status_code == 404
