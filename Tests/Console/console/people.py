"""Accounts and users that sign in with a password."""

from dataclasses import dataclass
from functools import cached_property

from support.berth_server import BerthServer


@dataclass(frozen=True)
class Person:
    """A user with a password, and what the command line does for its account."""

    server: BerthServer
    account: str
    name: str
    password: str

    @staticmethod
    def add_account(server: BerthServer, name: str, *, region: str | None = None) -> "Person":
        """A new account's first user, who may do everything in it."""
        password = f"the password of {name}"
        elsewhere = ["--region", region] if region else []
        server.run("account", "add", name, *elsewhere, "--password-stdin", text=password)
        return Person(server, name, name, password)

    def add_colleague(self, name: str) -> "Person":
        """A user of the same account, without any permission."""
        password = f"the password of {name}"
        self.server.run("user", "add", f"{self.account}/{name}", "--password-stdin", text=password)
        return Person(self.server, self.account, name, password)

    @property
    def full_name(self) -> str:
        """`acme/alice`, as people sign in."""
        return f"{self.account}/{self.name}"

    @cached_property
    def account_id(self) -> str:
        accounts = self.server.run("account", "list")
        return next(account["id"] for account in accounts if account["name"] == self.account)

    def add_organization(self, name: str) -> str:
        self.server.run("org", "add", name, "--account", self.account)
        return name

    def set_password(self, password: str) -> None:
        self.server.run("user", "password", self.full_name, "--password-stdin", text=password)

    def disable(self) -> None:
        self.server.run("user", "disable", self.full_name)
