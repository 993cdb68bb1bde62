"""What years of use change: the same work on a full database and on an empty one."""

import json
import statistics
import time

from ..content import push_image
from ..figures import BERTH, CPU_PUSH, CPU_REQUEST, RATE, TIME_MS, Sample, Target
from ..growth import LONG
from ..load import wrk
from ..load.clients import Work
from ..load.wire import Connection, common_fields
from ..servers.berth import OWNER, Berth, basic, password
from ..stage import REPOSITORY, TAG, Stage
from .pulls import CONNECTIONS
from .pushes import push_manifests, push_small_blobs
from .row import Row, per_request

EMPTY = "Berth, empty"


class Grown(Row):
    """Berth's own figure is that of the server with a full database."""

    contenders = (BERTH, EMPTY)
    targets = (Target(CPU_REQUEST, 1.15, EMPTY),)
    shown = (RATE,)

    def prepare(self, stage: Stage) -> None:
        """Fills the database."""
        _ = stage.empty, stage.grown

    def server(self, stage: Stage, contender: str) -> Berth:
        """The server of a contender."""
        return stage.empty if contender == EMPTY else stage.grown


class GrownManifestGet(Grown):
    """GET of a manifest by tag from the repository that has 500 shares."""

    name = "growth-manifest-get"
    title = "grown: manifest GET by tag"

    def measure(self, stage: Stage, contender: str) -> Sample:
        """As without growth."""
        server = self.server(stage, contender)
        url = f"http://{server.authority}/v2/{REPOSITORY}/manifests/{TAG}"
        token, seconds = server.authorization(REPOSITORY), stage.options.seconds
        return per_request(server, lambda: wrk.run(url, token, CONNECTIONS, seconds, stage.directory))


class GrownToken(Grown):
    """GET of /token."""

    name = "growth-token"
    title = "grown: /token"

    def measure(self, stage: Stage, contender: str) -> Sample:
        """As without growth."""
        server = self.server(stage, contender)
        server.authorization(REPOSITORY)
        url, seconds = f"http://{server.authority}{server.token_path(REPOSITORY)}", stage.options.seconds
        return per_request(server, lambda: wrk.run(url, basic(OWNER), CONNECTIONS, seconds, stage.directory))


class GrownBlobPush(Grown):
    """Eight clients push blobs of 4 KB."""

    name = "growth-blob-push"
    title = "grown: blob push 4 KB"
    targets = (Target(CPU_PUSH, 1.15, EMPTY),)
    #: What the grown server is pushed to; the empty one has this repository with one image.
    repository = REPOSITORY

    def measure(self, stage: Stage, contender: str) -> Sample:
        """As without growth."""
        work = self.push(stage, self.server(stage, contender), self.repository if contender == BERTH else REPOSITORY)
        return {CPU_PUSH: work.cpu / work.steps, RATE: work.steps / work.seconds}

    def push(self, stage: Stage, server: Berth, repository: str) -> Work:
        """The load."""
        return push_small_blobs(server, 8, stage.options.seconds, repository)


class GrownManifestPut(GrownBlobPush):
    """Four clients push manifests."""

    name = "growth-manifest-put"
    title = "grown: manifest PUT"

    def push(self, stage: Stage, server: Berth, repository: str) -> Work:
        """The load."""
        return push_manifests(server, stage, 4, stage.options.seconds, repository)


class LongBlobPush(GrownBlobPush):
    """Pushes of blobs into the repository with 10,000 tags."""

    name = "growth-blob-push-long"
    title = "grown: blob push 4 KB among 10,000 tags"
    repository = LONG


class LongManifestPut(GrownManifestPut):
    """Pushes of manifests into the repository with 10,000 tags."""

    name = "growth-manifest-put-long"
    title = "grown: manifest PUT among 10,000 tags"
    repository = LONG

    def prepare(self, stage: Stage) -> None:
        """Pushes the layers that the manifests name."""
        super().prepare(stage)
        with Connection(stage.grown, stage.grown.authorization(LONG)) as connection:
            push_image(connection, LONG, "pushed", stage.image)


class Page(Row):
    """A page of a list, asked for again and again over one connection: the median from request to answer."""

    contenders = (BERTH,)
    targets = (Target(TIME_MS, 0.005),)

    def __init__(self, name: str, title: str, path: str, managed: bool = True) -> None:
        self.name = f"page-{name}"
        self.title = f"grown: {title}"
        self.path = path
        self.managed = managed

    def prepare(self, stage: Stage) -> None:
        """Fills the database."""
        _ = stage.grown

    def measure(self, stage: Stage, contender: str) -> Sample:
        """Fifty requests after five that are not counted."""
        server = stage.grown
        with Connection(server) as connection:
            if self.managed:
                connection.fields = [("X-Auth-Token", management_token(server))]
            else:
                connection.fields = common_fields(server.authorization(LONG if LONG in self.path else "*"))
            times = [timed(connection, self.path) for _ in range(55)]
        return {TIME_MS: statistics.median(times[5:])}


def timed(connection: Connection, path: str) -> float:
    """The seconds of one request."""
    start = time.monotonic()
    connection.demand(200, "GET", path)
    return time.monotonic() - start


def management_token(server: Berth) -> str:
    """A token for the management API."""
    user = {"name": OWNER, "password": password(OWNER), "domain": {"name": OWNER}}
    identity = {"methods": ["password"], "password": {"user": user}}
    body = json.dumps({"auth": {"identity": identity, "scope": {"domain": {"name": OWNER}}}}).encode()
    with Connection(server) as connection:
        answer = connection.demand(201, "POST", "/v3/auth/tokens", body, "application/json")
    return answer.fields["x-subject-token"]


def pages() -> list[Row]:
    """One row a list. The repository `bench/app` has 500 shares, the account 100,000 repositories."""
    organization, _, name = LONG.partition("/")
    of_long = f"manage/namespaces/{organization}/repos/{name}"
    shares = "/v2/manage/namespaces/bench/repositories/app/access-domains"
    return [
        Page("catalog", "page of _catalog", "/v2/_catalog?n=100", managed=False),
        Page("tags", "page of 10,000 tags", f"/v2/{LONG}/tags/list?n=100&last=v04999", managed=False),
        Page("repositories", "repositories, first page", "/v2/manage/repos?limit=100&offset=0"),
        Page("repositories-far", "repositories, offset 90,000", "/v2/manage/repos?limit=100&offset=90000"),
        Page(
            "repositories-name", "repositories by name",
            "/v2/manage/repos?limit=100&offset=0&order_column=name&order_type=asc",
        ),
        Page("repositories-marker", "repositories, v3 from the middle", "/v3/manage/repos?limit=100&marker=50000"),
        Page("managed-tags", "tags of the management API", f"/v2/{of_long}/tags?limit=100&offset=5000"),
        Page("organizations", "organizations", "/v2/manage/namespaces"),
        Page("shares", "100 of 500 shares", f"{shares}?limit=100&offset=200"),
        Page("shared", "repositories that are shared", "/v2/manage/shared-repositories?center=self&limit=100&offset=0"),
    ]  # fmt: skip


ROWS: list[Row] = [
    GrownManifestGet(), GrownToken(), GrownBlobPush(), GrownManifestPut(), *pages(), LongBlobPush(), LongManifestPut(),
]  # fmt: skip
