"""The stage that rows play on: servers with the same content, started when a row first asks for them."""

import shutil
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from .content import Blob, Image, push_blob, push_image, push_manifest
from .figures import BERTH, DEBIAN, NGINX
from .growth import fill
from .load.wire import Connection
from .servers.berth import OWNER, RECEIVER, Berth
from .servers.peers import DebianRegistry, Nginx
from .servers.process import Server

REPOSITORY = "bench/app"
TAG = "1.2.3"
TAGS = "bench/tags"
TAG_COUNT = 10_000


@dataclass
class Options:
    """What a run was asked for."""

    executable: Path
    directory: Path
    rounds: int = 5
    quick: bool = False
    serve_flags: list[str] = field(default_factory=list)
    #: Without the peers.
    alone: bool = False

    @property
    def seconds(self) -> int:
        """How long a load of small requests lasts."""
        return 1 if self.quick else 3


class Stage:
    """Servers and content of one run, in one temporary directory."""

    def __init__(self, options: Options) -> None:
        self.options = options
        options.directory.mkdir(parents=True, exist_ok=True)
        self.directory = Path(tempfile.mkdtemp(prefix="run-", dir=options.directory)).resolve()
        # nginx's workers are another user's.
        self.directory.chmod(0o755)
        self.servers: list[Server] = []
        self.image = Image.small()

    def close(self) -> None:
        """Stops all servers and removes all that they had."""
        for server in reversed(self.servers):
            server.stop()
        shutil.rmtree(self.directory, ignore_errors=True)

    def say(self, text: str) -> None:
        """Tells people what goes on."""
        print(f"  {time.strftime('%H:%M:%S')} {text}", flush=True)

    @cached_property
    def large(self) -> Blob:
        """The blob of 100 MB that is downloaded."""
        return Blob.random(100_000_000)

    def new_berth(self, name: str, tls: bool = False) -> Berth:
        """A Berth that is not started yet, in a directory of its own."""
        server = Berth(self.directory / name, self.options.executable, self.options.serve_flags, tls)
        self.servers.append(server)
        return server

    def new_debian(self, name: str) -> DebianRegistry:
        """A docker-registry that is not started yet."""
        server = DebianRegistry(self.directory / name)
        self.servers.append(server)
        return server

    def retire(self, server: Server) -> None:
        """Stops a server that is not needed any more and removes what it had."""
        server.stop()
        if server in self.servers:
            self.servers.remove(server)
        shutil.rmtree(server.directory, ignore_errors=True)

    @cached_property
    def berth(self) -> Berth:
        """Berth with the image, shared with `globex`."""
        server = self.new_berth("berth")
        server.start()
        self.furnish(server)
        server.share(REPOSITORY)
        return server

    @cached_property
    def debian(self) -> DebianRegistry:
        """docker-registry with the image."""
        server = self.new_debian("docker-registry")
        server.start()
        with Connection(server) as connection:
            push_image(connection, REPOSITORY, TAG, self.image)
        return server

    @cached_property
    def nginx(self) -> Nginx:
        """nginx with the image's files."""
        server = Nginx(self.directory / "nginx")
        self.servers.append(server)
        server.start()
        for reference in (TAG, self.image.manifest.digest):
            server.put(f"/v2/{REPOSITORY}/manifests/{reference}", self.image.manifest.content)
        for layer in self.image.layers:
            server.put(blob_path(layer), layer.content)
        return server

    @cached_property
    def berth_tls(self) -> Berth:
        """Berth behind TLS, with a certificate that it made."""
        server = self.new_berth("berth-tls", tls=True)
        server.start()
        server.add_organization()
        return server

    @cached_property
    def nginx_tls(self) -> Nginx:
        """nginx with Berth's certificate."""
        server = Nginx(self.directory / "nginx-tls", self.berth_tls.directory / "certs")
        self.servers.append(server)
        server.start()
        return server

    @cached_property
    def empty(self) -> Berth:
        """Berth with the image and nothing else, for comparison with the grown one."""
        server = self.new_berth("berth-empty")
        server.start()
        self.furnish(server)
        return server

    @cached_property
    def grown(self) -> Berth:
        """Berth with 100,000 repositories, 1,000,000 tags and manifests, and 500 shares of one repository."""
        server = self.new_berth("berth-grown")
        server.start()
        self.furnish(server)
        server.stop()
        self.say("fills a database with 100,000 repositories, 1,000,000 tags and manifests, 500 shares")
        start = time.monotonic()
        size = fill(server.storage / "berth.sqlite", self.image, REPOSITORY)
        self.say(f"filled: {size / 1e6:,.0f} MB in {time.monotonic() - start:.0f} s")
        server.start()
        return server

    def server(self, contender: str) -> Server:
        """The server of a contender; whatever is not a peer is Berth."""
        if contender == NGINX:
            return self.nginx
        return self.debian if contender == DEBIAN else self.berth

    def present(self, contenders: Iterable[str]) -> list[str]:
        """The contenders that take part in this run."""
        return [name for name in contenders if name.startswith(BERTH) or not self.options.alone]

    def furnish(self, server: Berth) -> None:
        """Makes the organization and pushes the image."""
        server.add_organization()
        with Connection(server, server.authorization(REPOSITORY)) as connection:
            push_image(connection, REPOSITORY, TAG, self.image)

    def lay_out_large(self, server: Server) -> None:
        """Has a server hold the blob of 100 MB."""
        digest = self.large.digest.removeprefix("sha256:")
        if digest in server.kept:
            return
        server.kept.add(digest)
        if isinstance(server, Nginx):
            server.put(blob_path(self.large), self.large.content)
        else:
            with Connection(server, server.authorization(REPOSITORY)) as connection:
                push_blob(connection, REPOSITORY, self.large)

    def lay_out_tags(self, server: Berth) -> None:
        """Has a Berth hold a repository with 10,000 tags, pushed a hundred at a time."""
        if TAGS in server.kept:
            return
        server.kept.add(TAGS)
        with Connection(server, server.authorization(TAGS)) as connection:
            push_image(connection, TAGS, "latest", self.image)
            for first in range(0, TAG_COUNT, 100):
                query = "&".join(f"tag=tag-{number:05}" for number in range(first, first + 100))
                push_manifest(connection, TAGS, f"{self.image.manifest.digest}?{query}", self.image.manifest)

    def receiver(self, server: Berth) -> str:
        """The field `Authorization` of the account that has a share."""
        return "Bearer " + server.token(REPOSITORY, RECEIVER)

    def owner(self, server: Berth) -> str:
        """The field `Authorization` of the owner."""
        return "Bearer " + server.token(REPOSITORY, OWNER)


def blob_path(blob: Blob) -> str:
    """Where a blob is downloaded."""
    return f"/v2/{REPOSITORY}/blobs/{blob.digest}"
