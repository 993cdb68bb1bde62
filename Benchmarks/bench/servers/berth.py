"""Berth, asked as its users ask it: with tokens, for private images, with all that it does by default."""

import base64
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

from ..errors import BenchError
from ..figures import BERTH
from ..load.wire import Connection
from .process import Server, remove_large

OWNER = "admin"
RECEIVER = "globex"
ORGANIZATION = "bench"
TOKEN_SECONDS = 3600


def password(account: str) -> str:
    """The password of an account's admin user."""
    return f"password-of-{account}"


def basic(account: str) -> str:
    """The field `Authorization` with an account's password."""
    return "Basic " + base64.b64encode(f"{account}:{password(account)}".encode()).decode()


class Berth(Server):
    """A Berth with an organization of account `admin`; `receiver` names an account with a share of `bench/app`."""

    name = BERTH

    def __init__(self, directory: Path, executable: Path, flags: Sequence[str] = (), tls: bool = False) -> None:
        super().__init__(directory)
        self.executable = executable
        self.flags = [*flags]
        self.tls = tls
        self.tokens: dict[tuple[str, str], tuple[str, float]] = {}

    @property
    def storage(self) -> Path:
        """Where its data is."""
        return self.directory / "storage"

    def command(self) -> list[str]:
        """`berth serve`, with tokens that last."""
        words = [str(self.executable), "serve", "--listen", self.authority, "--token-ttl", f"{TOKEN_SECONDS}s"]
        return [
            *words,
            "--storage",
            "storage",
            "--certs",
            "certs",
            *(["--tls", "files"] if self.tls else []),
            *self.flags,
        ]

    def environment(self) -> dict[str, str]:
        """The password of the first account."""
        return {"BERTH_ADMIN_PASSWORD": password(OWNER)}

    def start(self) -> None:
        """Makes a certificate first where one is needed."""
        if self.tls and not (self.directory / "certs").exists():
            self.directory.mkdir(parents=True, exist_ok=True)
            self.administer("certs", "create", "--host", "127.0.0.1")
        self.tokens = {}
        super().start()

    def administer(self, *words: str, given: str = "") -> None:
        """Runs a command of berth's on the data of this server."""
        command = [str(self.executable), *words, "--storage", "storage", "--certs", "certs"]
        result = subprocess.run(command, cwd=self.directory, input=given, capture_output=True, text=True)
        if result.returncode:
            raise BenchError(f"berth {' '.join(words)}: {result.stderr.strip()}")

    def add_organization(self) -> None:
        """Makes the organization that all repositories are in."""
        self.administer("org", "add", ORGANIZATION, "--account", OWNER)

    def share(self, repository: str) -> None:
        """Shares a repository with an account that is made for it."""
        self.administer("account", "add", RECEIVER, "--password-stdin", given=password(RECEIVER))
        self.administer("share", "add", repository, "--with", RECEIVER, "--forever")

    def token_path(self, repository: str, actions: str = "pull,push") -> str:
        """Where a token for a repository is asked for."""
        return f"/token?service=berth&scope=repository:{repository}:{actions}"

    def token(self, repository: str, account: str = OWNER) -> str:
        """A token for a repository, `*` being the catalog; kept until it is half as old as it may get."""
        value, until = self.tokens.get((repository, account), ("", 0))
        if time.monotonic() > until:
            actions = "pull,push" if account == OWNER else "pull"
            path = self.token_path(repository, actions)
            if repository == "*":
                path = "/token?service=berth&scope=registry:catalog:*"
            with Connection(self, basic(account)) as connection:
                answer = connection.ask("GET", path)
            if answer.status != 200:
                raise BenchError(f"Berth gives no token to {account}: {answer.status} {answer.body!r}")
            value = str(answer.json()["token"])
            self.tokens[repository, account] = value, time.monotonic() + TOKEN_SECONDS / 2
        return value

    def authorization(self, repository: str) -> str | None:
        """The owner's token."""
        return "Bearer " + self.token(repository)

    def forget_uploads(self) -> None:
        """Removes the files of large blobs, but for those that are kept."""
        remove_large(self.storage / "blobs", self.kept)
