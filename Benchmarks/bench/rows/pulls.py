"""Pulls: manifests and blobs."""

from ..figures import BERTH, CPU_GB, CPU_REQUEST, DEBIAN, NGINX, RATE, THROUGHPUT, Sample, Target
from ..load import sockets, wrk
from ..servers.process import Server
from ..stage import REPOSITORY, TAG, Stage, blob_path
from .row import Row, loaded, per_request

CONNECTIONS = 32
OWNER = "Berth, owner"


class Pull(Row):
    """Something small, asked for over 32 kept connections by the owner."""

    contenders: tuple[str, ...] = (BERTH, NGINX, DEBIAN)
    shown = (CPU_REQUEST, RATE)
    quick = True

    def path(self, stage: Stage) -> str:
        """What is asked for."""
        raise NotImplementedError

    def authorization(self, stage: Stage, contender: str) -> str | None:
        """The token of who asks."""
        return stage.server(contender).authorization(REPOSITORY)

    def measure(self, stage: Stage, contender: str) -> Sample:
        """wrk for some seconds."""
        server = stage.server(contender)
        url = f"http://{server.authority}{self.path(stage)}"
        authorization = self.authorization(stage, contender)
        seconds = stage.options.seconds
        return per_request(server, lambda: wrk.run(url, authorization, CONNECTIONS, seconds, stage.directory))


MANIFEST_TARGETS = (Target(CPU_REQUEST, 3, NGINX), Target(CPU_REQUEST, 1 / 27, DEBIAN, words="1/27"))


class ManifestGet(Pull):
    """GET of a manifest of about 1.5 KB by its tag."""

    name = "manifest-get"
    title = "manifest GET by tag, 1.5 KB"
    targets: tuple[Target, ...] = MANIFEST_TARGETS

    def path(self, stage: Stage) -> str:
        """The manifest by its tag."""
        return f"/v2/{REPOSITORY}/manifests/{TAG}"


class ManifestHead(Pull):
    """HEAD of a manifest by its digest. wrk waits for a body after HEAD, so plain sockets ask."""

    name = "manifest-head"
    title = "manifest HEAD by digest"
    targets: tuple[Target, ...] = MANIFEST_TARGETS
    quick = False

    def path(self, stage: Stage) -> str:
        """The manifest by its digest."""
        return f"/v2/{REPOSITORY}/manifests/{stage.image.manifest.digest}"

    def measure(self, stage: Stage, contender: str) -> Sample:
        """Plain sockets for some seconds."""
        server = stage.server(contender)
        path, authorization = self.path(stage), self.authorization(stage, contender)
        seconds = stage.options.seconds
        return per_request(server, lambda: sockets.heads(server, path, authorization, CONNECTIONS, seconds))


class SharedManifestGet(ManifestGet):
    """The same GET by the receiver of a share, beside the owner."""

    name = "manifest-get-shared"
    title = "manifest GET as receiver of a share"
    contenders = (BERTH, OWNER)
    targets = (Target(CPU_REQUEST, 1.1, OWNER),)

    def authorization(self, stage: Stage, contender: str) -> str | None:
        """Berth's own figure is the receiver's here."""
        return stage.owner(stage.berth) if contender == OWNER else stage.receiver(stage.berth)


class SharedManifestHead(ManifestHead):
    """The same HEAD by the receiver of a share, beside the owner."""

    name = "manifest-head-shared"
    title = "manifest HEAD as receiver of a share"
    contenders = (BERTH, OWNER)
    targets = (Target(CPU_REQUEST, 1.1, OWNER),)
    authorization = SharedManifestGet.authorization


class SmallBlob(Pull):
    """GET of a blob of 4 KB."""

    name = "blob-get-small"
    title = "blob GET 4 KB"
    targets = (Target(CPU_REQUEST, 4, NGINX),)

    def path(self, stage: Stage) -> str:
        """A layer."""
        return blob_path(stage.image.layers[0])


class LargeBlob(Row):
    """GET of a blob of 100 MB over four connections, each read to its end."""

    name = "blob-get-large"
    title = "blob GET 100 MB, 4 connections"
    contenders = (BERTH, NGINX, DEBIAN)
    targets = (Target(CPU_GB, 0.8, NGINX), Target(THROUGHPUT, 1, DEBIAN, at_least=True))
    quick = True

    def prepare(self, stage: Stage) -> None:
        """Pushes the blob everywhere."""
        for contender in stage.present(self.contenders):
            stage.lay_out_large(stage.server(contender))

    def measure(self, stage: Stage, contender: str) -> Sample:
        """Plain sockets, since wrk reads 8 KB at a time."""
        server = stage.server(contender)
        path, authorization = blob_path(stage.large), server.authorization(REPOSITORY)
        done, cpu = loaded(server, lambda: sockets.bodies(server, path, authorization, 4, stage.options.seconds))
        return {CPU_GB: cpu / done.bytes * 1e9, THROUGHPUT: done.bytes / done.seconds}


class TLSBlob(Row):
    """GET of a blob of 100 MB over four connections with TLS."""

    name = "blob-get-tls"
    title = "blob GET 100 MB over TLS, 4 connections"
    contenders = (BERTH, NGINX)
    targets = (Target(CPU_GB, 1.15, NGINX),)
    shown = (THROUGHPUT,)

    def prepare(self, stage: Stage) -> None:
        """Pushes the blob to both servers with TLS."""
        for contender in stage.present(self.contenders):
            stage.lay_out_large(self.server(stage, contender))

    def server(self, stage: Stage, contender: str) -> Server:
        """The server of a contender that speaks TLS."""
        return stage.nginx_tls if contender == NGINX else stage.berth_tls

    def measure(self, stage: Stage, contender: str) -> Sample:
        """wrk, which opens the seals in C."""
        server = self.server(stage, contender)
        url, authorization = f"https://{server.authority}{blob_path(stage.large)}", server.authorization(REPOSITORY)
        seconds = max(2, stage.options.seconds)
        done, cpu = loaded(server, lambda: wrk.run(url, authorization, 4, seconds, stage.directory))
        return {CPU_GB: cpu / done.bytes * 1e9, THROUGHPUT: done.bytes / done.seconds}


ROWS: list[Row] = [
    ManifestGet(), ManifestHead(), SharedManifestGet(), SharedManifestHead(), SmallBlob(), LargeBlob(), TLSBlob(),
]  # fmt: skip
