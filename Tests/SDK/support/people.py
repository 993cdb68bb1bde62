"""Accounts and users, with all that they sign in with."""

import hashlib
import hmac
from functools import cached_property

from support.berth_server import BerthServer, unique
from support.swr import Swr


class User:
    """A user with an access key of its own."""

    def __init__(self, server: BerthServer, account: str, name: str) -> None:
        self.server = server
        self.account = account
        self.name = name
        key = server.run("key", "add", self.full_name)
        self.access_key: str = key["access_key"]
        self.secret_key: str = key["secret_key"]

    @property
    def full_name(self) -> str:
        """`acme/alice`, as the command line names people."""
        return f"{self.account}/{self.name}"

    @cached_property
    def id(self) -> str:
        users = self.server.run("user", "list", self.account)
        return next(user["id"] for user in users if user["name"] == self.full_name)

    @cached_property
    def swr(self) -> Swr:
        """What the SDK can do for this user."""
        return Swr(self.server.url, self.access_key, self.secret_key)

    @property
    def login(self) -> tuple[str, str]:
        """User name and password of the long-term `docker login`."""
        password = hmac.new(self.secret_key.encode(), self.access_key.encode(), hashlib.sha256).hexdigest()
        return f"{self.server.region}@{self.access_key}", password

    def set_password(self, password: str) -> None:
        self.server.run("user", "password", self.full_name, "--password-stdin", text=password)

    def disable(self) -> None:
        self.server.run("user", "disable", self.full_name)


class Account:
    """An account that nothing else uses."""

    def __init__(self, server: BerthServer, prefix: str = "acme", region: str | None = None) -> None:
        self.server = server
        self.name = unique(prefix)
        elsewhere = ["--region", region] if region else []
        self.id: str = server.run("account", "add", self.name, *elsewhere)["id"]

    @cached_property
    def admin(self) -> User:
        """The admin user that every account has from the beginning."""
        return User(self.server, self.name, self.name)

    @cached_property
    def swr(self) -> Swr:
        """What the SDK can do for the account's admin user."""
        return self.admin.swr

    def add_user(self, name: str = "bob", *, admin: bool = False) -> User:
        """A user without any permission, unless it is an admin user."""
        self.server.run("user", "add", f"{self.name}/{name}", *(["--admin"] if admin else []))
        return User(self.server, self.name, name)

    def add_member(self, target: str, permission: str, name: str | None = None) -> User:
        """A user with `read`, `write` or `manage` on an organization or a repository, and nothing else."""
        user = self.add_user(name or unique(permission))
        self.server.run("grant", "set", target, user.full_name, permission)
        return user

    def add_organization(self, prefix: str = "group") -> str:
        name = unique(prefix)
        self.swr.create_organization(name)
        return name

    def share(self, repository: str, receiver: "Account", *validity: str) -> None:
        """Shares `group/web` by the command line, with an end such as `--for 2s` or `--forever`."""
        self.server.run("share", "add", repository, "--with", receiver.name, *(validity or ("--forever",)))
