"""Signed requests: section 2 of the contract."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest

from support.berth_server import unique
from support.people import Account, User
from support.plain_http import Answer, send, send_signed, usual_headers
from support.signature import Header, authorization, canonical_request, date_text

_list = "/v2/manage/namespaces"


@dataclass
class Signed:
    """A request with its proof, to be sent as it is or changed after it was signed."""

    user: User
    method: str = "GET"
    target: str = _list
    headers: list[Header] = field(default_factory=list)
    body: bytes = b""
    proof: str = ""

    def send(self) -> Answer:
        headers = [*self.headers, ("Authorization", self.proof)]
        return send(self.user.server.authority, self.method, self.target, headers, self.body)


def signed(
    user: User,
    method: str = "GET",
    target: str = _list,
    body: bytes = b"",
    headers: list[Header] | None = None,
    secret_key: str | None = None,
    access_key: str | None = None,
) -> Signed:
    used = usual_headers(user) if headers is None else headers
    proof = authorization(access_key or user.access_key, secret_key or user.secret_key, method, target, used, body)
    return Signed(user, method, target, used, body, proof)


def with_header(headers: list[Header], name: str, value: str) -> list[Header]:
    """The headers with one of them replaced, or added."""
    return [header for header in headers if header[0].lower() != name.lower()] + [(name, value)]


def is_refused(answer: Answer) -> bool:
    return (answer.status, answer.code) == (401, "4010000")


VECTOR_HEADERS = [
    ("Content-Type", "application/json"),
    ("Host", "swr-api.region-1.example.com"),
    ("User-Agent", "ua/1"),
    ("X-Sdk-Date", "20260102T030405Z"),
]
_tags = "/v2/manage/namespaces/group-a/repos/web%2Fapi/tags"


@pytest.mark.parametrize(
    ("method", "target", "headers", "body", "digest", "signature"),
    [
        (
            "POST",
            "/v2/manage/namespaces",
            VECTOR_HEADERS,
            b'{"namespace": "group-a"}',
            "d2bac2275d27f5850da6627d27e14cd3dd9c9fed5d197f034d78bdfa62a3253b",
            "b247a920b6f905e85db22432190f829c7dae3a0747001681918e6d0f66e999cc",
        ),
        (
            "GET",
            f"{_tags}?filter=tag%3A%3Av1%7Corder_type%3A%3Aasc&limit=10&offset=0",
            [*VECTOR_HEADERS, ("X-Project-Id", "proj-1")],
            b"",
            "f55a88af07c65c134b1bbbc3211af88888989c70dc1740142d2d3aece9e057ae",
            "65f1090606d279c54d5babc1661b3f4882c852fab30b12b5f349b4a52b59d8e5",
        ),
    ],
)
def test_the_signatures_of_these_tests_are_those_of_the_contract(
    method: str, target: str, headers: list[Header], body: bytes, digest: str, signature: str
) -> None:
    canonical = canonical_request(method, target, headers, body)
    assert hashlib.sha256(canonical.encode()).hexdigest() == digest
    secret_key = "SKexampleSKexampleSKexampleSKexample0000"
    proof = authorization("AKEXAMPLE0000000000", secret_key, method, target, headers, body)
    assert proof.endswith(f"Signature={signature}")


def test_signed_requests_are_served(acme: Account) -> None:
    name = unique("group")
    created = signed(acme.admin, "POST", _list, f'{{"namespace": "{name}"}}'.encode()).send()
    assert created.status == 201
    listed = signed(acme.admin).send()
    assert [organization["name"] for organization in listed.json["namespaces"]] == [name]


@pytest.mark.parametrize(
    "target",
    [
        "/v2/manage/repos?limit=10&offset=0",
        "/v2/manage/repos?offset=0&limit=10",
        "/v2/manage/repos?filter=name%3A%3Aa%7Climit%3A%3A10",
        "/v2/manage/repos?name=",
        "/v2/manage/repos?name",
        "/v2/manage/repos?name=a%20b",
        "/v2/manage/repos?name=%C3%A9",
        "/v2/manage/repos?name=a~b-c_d.e",
        "/v2/manage/repos?name=b&name=a",
        "/v2/manage/repos?name=%2B",
        "/v2/manage/repos?na%6De=a",
        "/v2/manage/namespaces/missing/repos/team%24web",
        "/v2/manage/namespaces/missing/repos/team%2Fweb",
        "/v2/manage/namespaces/missing/repos/team$web",
    ],
)
def test_a_signature_holds_however_the_target_is_written(visitor: Account, target: str) -> None:
    assert signed(visitor.admin, target=target).send().status != 401


def test_the_order_in_which_parameters_are_sent_does_not_matter(visitor: Account) -> None:
    request = signed(visitor.admin, target="/v2/manage/repos?limit=10&offset=0")
    assert replace(request, target="/v2/manage/repos?offset=0&limit=10").send().status == 200


def test_more_headers_may_be_signed_and_others_left_unsigned(visitor: Account) -> None:
    more = [*usual_headers(visitor.admin), ("X-Anything", "  spaces around  "), ("X-Empty", "")]
    assert signed(visitor.admin, headers=more).send().status == 200
    fewer = [header for header in usual_headers(visitor.admin) if header[0] in {"Host", "X-Sdk-Date"}]
    request = signed(visitor.admin, headers=fewer)
    assert replace(request, headers=[*fewer, ("User-Agent", "changed on the way")]).send().status == 200


def test_a_header_with_an_umlaut_is_signed_and_sent_as_utf_8(visitor: Account) -> None:
    headers = [*usual_headers(visitor.admin), ("X-Anything", "Bücher")]
    request = signed(visitor.admin, headers=headers)
    on_the_wire = "Bücher".encode().decode("latin-1")
    assert replace(request, headers=with_header(request.headers, "X-Anything", on_the_wire)).send().status == 200


@pytest.mark.parametrize(
    "change",
    [
        lambda request: replace(request, method="POST", target="/v2/manage/utils/secret"),
        lambda request: replace(request, method="DELETE"),
        lambda request: replace(request, target="/v2/manage/overview"),
        lambda request: replace(request, target=f"{_list}?namespace=a"),
        lambda request: replace(request, headers=with_header(request.headers, "User-Agent", "another")),
        lambda request: replace(request, headers=with_header(request.headers, "Content-Type", "text/plain")),
        lambda request: replace(request, headers=request.headers[:2] + request.headers[3:]),
        lambda request: replace(
            request,
            headers=with_header(request.headers, "X-Sdk-Date", date_text(datetime.now(UTC) + timedelta(minutes=1))),
        ),
        lambda request: replace(request, headers=with_header(request.headers, "Host", "registry.example.com")),
        lambda request: replace(request, body=b'{"added": true}'),
        lambda request: replace(request, proof=request.proof[:-1] + ("0" if request.proof[-1] != "0" else "1")),
        lambda request: replace(request, proof=request.proof[:-1]),
        lambda request: replace(request, proof=request.proof + "0"),
    ],
    ids=[
        *["method and path", "method", "path", "query", "header", "content type", "header missing", "date", "host"],
        *["body", "signature", "signature shorter", "signature longer"],
    ],
)
def test_a_request_that_was_changed_after_signing_is_refused(
    visitor: Account, change: Callable[[Signed], Signed]
) -> None:
    request = signed(visitor.admin)
    assert is_refused(change(request).send())
    assert request.send().status == 200


def test_a_changed_body_is_refused_and_creates_nothing(acme: Account) -> None:
    request = signed(acme.admin, "POST", _list, b'{"namespace": "first"}')
    assert is_refused(replace(request, body=b'{"namespace": "other"}').send())
    assert is_refused(replace(request, body=b"").send())
    assert acme.swr.list_organizations() == []


def test_a_changed_body_is_refused_also_with_the_hash_of_the_signed_one(acme: Account) -> None:
    body = b'{"namespace": "first"}'
    request = signed(acme.admin, "POST", _list, body)
    for value in [hashlib.sha256(body).hexdigest(), "UNSIGNED-PAYLOAD"]:
        headers = [*request.headers, ("X-Sdk-Content-Sha256", value)]
        assert is_refused(replace(request, body=b'{"namespace": "other"}', headers=headers).send())
    assert acme.swr.list_organizations() == []


def test_a_body_may_be_left_unsigned_when_that_is_signed(acme: Account) -> None:
    name = unique("group")
    usual = [*usual_headers(acme.admin), ("X-Sdk-Content-Sha256", "UNSIGNED-PAYLOAD")]
    headers = with_header(usual, "Content-Type", "text/plain")
    body = f'{{"namespace": "{name}"}}'.encode()
    request = signed(acme.admin, "POST", _list, b"anything", headers)
    assert replace(request, body=body).send().status == 201
    assert is_refused(signed(acme.admin, "POST", _list, body, usual).send()), "SDKs sign JSON"


def test_keys_are_checked(acme: Account, globex: Account) -> None:
    assert is_refused(signed(acme.admin, secret_key="x" * 40).send())
    assert is_refused(signed(acme.admin, secret_key=globex.admin.secret_key).send())
    assert is_refused(signed(acme.admin, access_key=globex.admin.access_key).send())
    assert is_refused(signed(acme.admin, access_key="NOSUCHKEY00000000000").send())
    assert is_refused(signed(acme.admin, access_key=acme.admin.access_key.lower()).send())


def test_an_unknown_key_is_refused_like_a_wrong_one(visitor: Account) -> None:
    unknown = signed(visitor.admin, access_key="NOSUCHKEY00000000000").send()
    wrong = signed(visitor.admin, secret_key="x" * 40).send()
    assert unknown.body == wrong.body


@pytest.mark.parametrize("minutes", [-14, 14])
def test_clocks_may_differ_by_a_quarter_of_an_hour(visitor: Account, minutes: int) -> None:
    date = datetime.now(UTC) + timedelta(minutes=minutes)
    assert signed(visitor.admin, headers=usual_headers(visitor.admin, date=date)).send().status == 200


@pytest.mark.parametrize("minutes", [-16, 16, -24 * 60, 24 * 60 * 365])
def test_clocks_may_not_differ_by_more(visitor: Account, minutes: int) -> None:
    date = datetime.now(UTC) + timedelta(minutes=minutes)
    assert is_refused(signed(visitor.admin, headers=usual_headers(visitor.admin, date=date)).send())


@pytest.mark.parametrize(
    "date", ["", "today", "20261301T000000Z", "2026-01-02T03:04:05Z", "20260102T030405", "9" * 400]
)
def test_a_date_that_cannot_be_read_is_refused(visitor: Account, date: str) -> None:
    assert is_refused(
        signed(visitor.admin, headers=with_header(usual_headers(visitor.admin), "X-Sdk-Date", date)).send()
    )


@pytest.mark.parametrize("name", ["Host", "X-Sdk-Date"])
def test_host_and_date_must_be_signed(visitor: Account, name: str) -> None:
    every = usual_headers(visitor.admin)
    request = signed(visitor.admin, headers=[header for header in every if header[0] != name])
    assert is_refused(replace(request, headers=every).send())


def test_a_signed_header_that_is_sent_twice_is_refused(visitor: Account) -> None:
    request = signed(visitor.admin)
    assert is_refused(replace(request, headers=[*request.headers, ("User-Agent", "another")]).send())


@pytest.mark.parametrize(
    "algorithm",
    ["SDK-HMAC-SM3", "SDK-ECDSA-P256-SHA256", "SDK-SM2-SM3", "V11-HMAC-SHA256", "AWS4-HMAC-SHA256", "Basic"],
)
def test_another_algorithm_is_refused(visitor: Account, algorithm: str) -> None:
    request = signed(visitor.admin)
    assert is_refused(replace(request, proof=request.proof.replace("SDK-HMAC-SHA256", algorithm)).send())


@pytest.mark.parametrize(
    "proof",
    [
        "",
        "SDK-HMAC-SHA256",
        "SDK-HMAC-SHA256 ",
        "SDK-HMAC-SHA256 Access=KEY",
        "SDK-HMAC-SHA256 Access=KEY, SignedHeaders=host;x-sdk-date",
        "SDK-HMAC-SHA256 Access=KEY, SignedHeaders=, Signature=00",
        "SDK-HMAC-SHA256 Access=, SignedHeaders=host;x-sdk-date, Signature=",
        "SDK-HMAC-SHA256 Access=KEY, SignedHeaders=host;x-sdk-date, Signature=zz",
        "SDK-HMAC-SHA256 Access=KEY, SignedHeaders=host;x-sdk-date;missing, Signature=" + "0" * 64,
        "SDK-HMAC-SHA256 Access=KEY, Access=KEY, SignedHeaders=host;x-sdk-date, Signature=" + "0" * 64,
        "SDK-HMAC-SHA256 Access=KEY, SignedHeaders=" + "a;" * 3000 + ", Signature=" + "0" * 64,
        "Bearer KEY",
        "Basic S0VZOktFWQ==",
    ],
    ids=range(13),
)
def test_a_proof_that_cannot_be_read_is_refused(visitor: Account, proof: str) -> None:
    request = replace(signed(visitor.admin), proof=proof.replace("KEY", visitor.admin.access_key))
    assert is_refused(request.send())


def test_a_disabled_or_removed_key_is_refused_at_once(acme: Account) -> None:
    bob = acme.add_user("bob")
    assert send_signed(bob, "GET", _list).status == 200
    acme.server.run("key", "disable", bob.access_key)
    assert is_refused(send_signed(bob, "GET", _list))
    carol = acme.add_user("carol")
    acme.server.run("key", "remove", carol.access_key)
    assert is_refused(send_signed(carol, "GET", _list))


def test_a_disabled_user_is_refused_at_once(acme: Account) -> None:
    bob = acme.add_user("bob")
    assert send_signed(bob, "GET", _list).status == 200
    bob.disable()
    assert is_refused(send_signed(bob, "GET", _list))
    acme.server.run("user", "enable", bob.full_name)
    assert send_signed(bob, "GET", _list).status == 200
