"""The calls to the identity service that a test of the management API needs."""

import json
from typing import Any

from support.people import User
from support.plain_http import Answer, send, send_signed


def sign_in(user: User, password: str) -> Answer:
    """The answer to asking for a token of the user's account."""
    person = {"name": user.name, "password": password, "domain": {"name": user.account}}
    auth: dict[str, Any] = {"identity": {"methods": ["password"], "password": {"user": person}}}
    body = json.dumps({"auth": auth | {"scope": {"project": {"name": user.server.region}}}}).encode()
    headers = [("Content-Type", "application/json")]
    return send(user.server.authority, "POST", "/v3/auth/tokens", headers, body, recorded=False)


def token(user: User, password: str) -> str:
    answer = sign_in(user, password)
    assert answer.status == 201, f"{answer.status} {answer.body!r}"
    return answer.headers["X-Subject-Token"]


def project_id(user: User) -> str:
    """The id of the one project that the user's account has in the region."""
    answer = send_signed(user, "GET", f"/v3/projects?name={user.server.region}", recorded=False)
    assert answer.status == 200, f"{answer.status} {answer.body!r}"
    (project,) = answer.json["projects"]
    return project["id"]
