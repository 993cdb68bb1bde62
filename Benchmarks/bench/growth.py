"""Fills the database of a server that is stopped, as if years had passed: far faster than pushing could."""

import hashlib
import json
import sqlite3
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from .content import CONFIG, MANIFEST, Blob, Image, manifest_of
from .errors import BenchError

ORGANIZATIONS = 100
REPOSITORIES = 100_000
TAGS_EACH = 10
SHARES = 500
#: A repository among the others that has many tags.
LONG = "grown-0/repo-0"
LONG_TAGS = 10_000


@dataclass(frozen=True)
class Size:
    """How much is filled in."""

    organizations: int = ORGANIZATIONS
    repositories: int = REPOSITORIES
    tags_each: int = TAGS_EACH
    shares: int = SHARES
    long_tags: int = LONG_TAGS


def fill(database: Path, image: Image, shared: str, size: Size | None = None) -> int:
    """Adds repositories, manifests, tags, and shares of the repository `shared`; returns the size of the file.

    All manifests name the config and the first layer of an image that is there already.
    """
    connection = sqlite3.connect(database)
    try:
        # Whoever is killed in here throws the file away.
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("PRAGMA cache_size = -1000000")
        indexes = drop_indexes(connection)
        with connection:
            Filler(connection, image, size or Size()).fill(shared)
        for index in indexes:
            connection.execute(index)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.commit()
    except sqlite3.Error as error:
        raise BenchError(f"the database is not as Benchmarks/bench/growth.py knows it: {error}") from error
    finally:
        connection.close()
    return database.stat().st_size


def drop_indexes(connection: sqlite3.Connection) -> list[str]:
    """Takes away the indexes that can be made again at the end, and returns how."""
    found = connection.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
    ).fetchall()
    for name, _ in found:
        connection.execute(f"DROP INDEX {name}")
    return [sql for _, sql in found]


class Filler:
    """Writes the rows."""

    def __init__(self, connection: sqlite3.Connection, image: Image, size: Size) -> None:
        self.connection = connection
        self.size = size
        self.now = int(time.time() * 1000)
        self.account, self.region = self.one("SELECT id, home_region FROM accounts WHERE name = 'admin'")
        (self.user,) = self.one("SELECT id FROM users WHERE account_id = ?", self.account)
        (last,) = self.one("SELECT MAX(id) FROM repositories")
        self.first = int(last) + 1
        self.config, self.layers = image.config, image.layers[:1]

    def one(self, query: str, *values: object) -> tuple[str, ...]:
        """The only row of a query."""
        row = self.connection.execute(query, values).fetchone()
        if row is None:
            raise BenchError(f"the database has no answer to: {query}")
        return tuple(row)

    def insert(self, table: str, columns: str, rows: Iterable[tuple[object, ...]]) -> None:
        """Inserts rows into a table."""
        marks = ", ".join("?" * len(columns.split(",")))
        self.connection.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", rows)

    def fill(self, shared: str) -> None:
        """Writes everything."""
        self.add_organizations()
        self.add_repositories()
        self.add_manifests()
        self.add_shares(shared)

    def add_organizations(self) -> None:
        """Organizations `grown-0`, `grown-1` …"""
        rows = ((f"grown-{n}", self.account, self.now, "operator") for n in range(self.size.organizations))
        self.insert("organizations", "name, account_id, created_at, created_by", rows)
        found = self.connection.execute("SELECT name, id FROM organizations").fetchall()
        self.organizations = {name: number for name, number in found}

    def repositories(self) -> Iterator[tuple[int, str, str, int]]:
        """Id, organization, name in it and number of tags of each repository."""
        for number in range(self.size.repositories):
            organization = f"grown-{number % self.size.organizations}"
            tags = self.size.long_tags if number == 0 else self.size.tags_each
            yield self.first + number, organization, f"repo-{number}", tags

    def add_repositories(self) -> None:
        """Private repositories, some with a category of their own."""
        each = sum(len(blob.content) for blob in (self.config, *self.layers))
        columns = (
            "id, name, organization_id, is_public, is_published, description, category, created_at, updated_at, "
            "creator_id, created_by, account_id, local_name, tag_count, size"
        )
        manifest = len(self.manifest(0, 0).content)
        rows = (
            (
                number, f"{organization}/{name}", self.organizations[organization], 0, 1, "what this image is for",
                "linux" if number % 4 == 0 else "other", self.now, self.now - number * 977 % 10_000_000, self.user,
                "admin/admin", self.account, name, tags, each + tags * manifest,
            )
            for number, organization, name, tags in self.repositories()
        )  # fmt: skip
        self.insert("repositories", columns, rows)
        total = self.one(
            "SELECT COUNT(*), SUM(tag_count), SUM(size) FROM repositories WHERE account_id = ?", self.account
        )
        self.connection.execute(
            "UPDATE account_usage SET repositories = ?, tags = ?, bytes = ? WHERE account_id = ?",
            (*total, self.account),
        )

        self.connection.execute(
            "UPDATE organizations SET repository_count = "
            "(SELECT COUNT(*) FROM repositories r WHERE r.organization_id = organizations.id AND r.is_published = 1)"
        )

    def manifest(self, repository: int, tag: int) -> Blob:
        """The manifest of a tag: all have one length and different digests."""
        return manifest_of(self.config, self.layers, f"{repository:010}-{tag:010}")

    def add_manifests(self) -> None:
        """A manifest a tag, with its edges to blobs."""
        blobs = [(blob.digest, len(blob.content)) for blob in (self.config, *self.layers)]
        image_size = sum(size for _, size in blobs)
        batch: list[tuple[int, str, Blob]] = []
        for number, _, _, tags in self.repositories():
            self.insert(
                "repository_blobs", "repository_id, digest, leased_at", [(number, d, self.now) for d, _ in blobs]
            )
            batch += [(number, f"v{tag:05}", self.manifest(number, tag)) for tag in range(tags)]
            if len(batch) > 20_000:
                self.add_batch(batch, blobs, image_size)
                batch = []
        self.add_batch(batch, blobs, image_size)

    def add_batch(self, batch: list[tuple[int, str, Blob]], blobs: list[tuple[str, int]], image_size: int) -> None:
        """Some manifests and their tags."""
        self.insert(
            "manifest_bodies", "digest, stored_at, bytes", ((m.digest, self.now, m.content) for _, _, m in batch)
        )
        self.insert(
            "manifests",
            "repository_id, digest, media_type, artifact_type, size, annotations, pushed_at, pushed_by, image_size, "
            "config",
            (
                (number, manifest.digest, MANIFEST, CONFIG, len(manifest.content),
                 json.dumps(json.loads(manifest.content)["annotations"]), self.now, "admin/admin", image_size,
                 self.config.digest)
                for number, _, manifest in batch
            ),
        )  # fmt: skip
        self.insert(
            "manifest_blobs",
            "repository_id, manifest, blob, size",
            ((number, manifest.digest, digest, size) for number, _, manifest in batch for digest, size in blobs),
        )
        self.insert(
            "tags",
            "repository_id, name, digest, created_at, updated_at",
            ((number, tag, manifest.digest, self.now, self.now) for number, tag, manifest in batch),
        )

    def add_shares(self, shared: str) -> None:
        """Accounts, each with a share of one repository that lasts for ever."""
        (repository,) = self.one("SELECT id FROM repositories WHERE name = ?", shared)
        ids = [hashlib.md5(f"receiver {n}".encode()).hexdigest() for n in range(self.size.shares)]
        self.insert(
            "accounts",
            "id, name, home_region, created_at",
            ((each, f"receiver-{n}", self.region, self.now) for n, each in enumerate(ids)),
        )
        self.insert("account_usage", "account_id, repositories, tags, bytes", ((each, 0, 0, 0) for each in ids))
        self.insert("projects", "id, account_id", ((hashlib.md5(each.encode()).hexdigest(), each) for each in ids))
        self.insert(
            "shares",
            "repository_id, account_id, description, created_by, created_at, updated_at, creator_id, owner_id",
            ((repository, each, "a share", "admin/admin", self.now, self.now, self.user, self.account) for each in ids),
        )
