"""Pushes: blobs and manifests, each of them new."""

import os

from ..content import Blob, manifest_of, push_blob, push_manifest, push_small_blob
from ..figures import BERTH, CPU_GB, CPU_PUSH, DEBIAN, RATE, THROUGHPUT, Sample, Target
from ..load.clients import Step, Work, together
from ..load.wire import Connection
from ..machine import warm_memory
from ..servers.process import Server
from ..stage import REPOSITORY, Stage
from .row import Row

LARGE = 100_000_000
LARGE_CLIENTS = 2


def push_small_blobs(server: Server, clients: int, seconds: float, repository: str = REPOSITORY) -> Work:
    """Clients push blobs of 4 KB, one after the other."""
    authorization = server.authorization(repository)

    def client(_: int) -> Step:
        connection = Connection(server, authorization)
        connection.ask("GET", "/v2/")
        return lambda: push_small_blob(connection, repository, Blob.random(4096))

    return together(server, clients, client, seconds=seconds)


def push_manifests(server: Server, stage: Stage, clients: int, seconds: float, repository: str = REPOSITORY) -> Work:
    """Clients push manifests of an image's layers to tags of their own, one after the other."""
    authorization = server.authorization(repository)

    def client(number: int) -> Step:
        connection = Connection(server, authorization)
        connection.ask("GET", "/v2/")
        prefix, count = f"{os.urandom(6).hex()}-{number}", 0

        def step() -> None:
            nonlocal count
            count += 1
            manifest = manifest_of(stage.image.config, stage.image.layers, f"{prefix}-{count:06}")
            push_manifest(connection, repository, f"{prefix}-{count}", manifest)

        return step

    return together(server, clients, client, seconds=seconds)


class Push(Row):
    """A push to Berth and docker-registry."""

    contenders = (BERTH, DEBIAN)
    quick = True


class LargePush(Push):
    """Two clients push blobs of 100 MB: POST, PATCH with all bytes, PUT."""

    name = "blob-push-large"
    title = "blob push 100 MB, POST + PATCH + PUT, 2 clients"
    targets = (Target(CPU_GB, 0.4, DEBIAN), Target(THROUGHPUT, 2, DEBIAN, at_least=True))

    def measure(self, stage: Stage, contender: str) -> Sample:
        """Content is made, and what an earlier round has left is removed, before the clock runs."""
        server = stage.server(contender)
        each = 1 if stage.options.quick else 3
        authorization = server.authorization(REPOSITORY)
        # For what the clients hold, for what the server writes, and to spare.
        warm_memory(stage.directory, 3 * LARGE_CLIENTS * each * LARGE)

        def client(_: int) -> Step:
            blobs = [Blob.random(LARGE) for _ in range(each)]
            connection = Connection(server, authorization)
            return lambda: push_blob(connection, REPOSITORY, blobs.pop())

        work = together(server, LARGE_CLIENTS, client, steps=each)
        server.forget_uploads()
        size = work.steps * LARGE
        return {CPU_GB: work.cpu / size * 1e9, THROUGHPUT: size / work.seconds}


class SmallPush(Push):
    """Eight clients push blobs of 4 KB: POST, PUT."""

    name = "blob-push-small"
    title = "blob push 4 KB, POST + PUT, 8 clients"
    targets = (Target(RATE, 3.7, DEBIAN, at_least=True),)
    shown = (CPU_PUSH,)

    def measure(self, stage: Stage, contender: str) -> Sample:
        """As many pushes as there is time for."""
        work = push_small_blobs(stage.server(contender), 8, stage.options.seconds)
        return {RATE: work.steps / work.seconds, CPU_PUSH: work.cpu / work.steps}


class ManifestPut(Push):
    """Four clients push manifests by tag."""

    name = "manifest-put"
    title = "manifest PUT by tag, 4 clients"
    targets = (Target(RATE, 3.5, DEBIAN, at_least=True),)
    shown = (CPU_PUSH,)

    def measure(self, stage: Stage, contender: str) -> Sample:
        """Each manifest and each tag is new."""
        work = push_manifests(stage.server(contender), stage, 4, stage.options.seconds)
        return {RATE: work.steps / work.seconds, CPU_PUSH: work.cpu / work.steps}


ROWS: list[Row] = [LargePush(), SmallPush(), ManifestPut()]
