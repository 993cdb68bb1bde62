"""A whole client: docker's engine, or skopeo where the engine cannot be run."""

import base64
import gzip
import hashlib
import io
import json
import os
import shutil
import signal
import subprocess
import tarfile
import time
from pathlib import Path

from ..content import CONFIG, LAYER, Blob, Image, push_image
from ..errors import BenchError
from ..figures import BERTH, DEBIAN, TIME_S, Sample, Target
from ..load.wire import Connection
from ..servers.berth import OWNER, password
from ..servers.process import Server
from ..stage import Stage
from .row import Row

IMAGE = "bench/layered"
LAYERS = 10
LAYER_SIZE = 4_000_000


def layered_image() -> Image:
    """An image that docker can unpack: ten layers, each with one file of random bytes."""
    layers, differences = [], []
    for number in range(LAYERS):
        archive = io.BytesIO()
        with tarfile.open(fileobj=archive, mode="w") as tar:
            entry = tarfile.TarInfo(f"file-{number}")
            entry.size = LAYER_SIZE
            tar.addfile(entry, io.BytesIO(os.urandom(LAYER_SIZE)))
        differences.append("sha256:" + hashlib.sha256(archive.getvalue()).hexdigest())
        layers.append(Blob.of(gzip.compress(archive.getvalue(), compresslevel=1)))
    root = {"type": "layers", "diff_ids": differences}
    config = Blob.of(json.dumps({"architecture": "amd64", "os": "linux", "config": {}, "rootfs": root}).encode())
    manifest = {
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "config": config.descriptor(CONFIG),
        "layers": [layer.descriptor(LAYER + "+gzip") for layer in layers],
    }
    return Image(config, layers, Blob.of(json.dumps(manifest).encode()))


def run(words: list[str]) -> None:
    """Runs a command of a client."""
    environment = {key: value for key, value in os.environ.items() if key not in ("DOCKER_HOST", "DOCKER_CONTEXT")}
    result = subprocess.run(words, capture_output=True, text=True, env=environment)
    if result.returncode:
        raise BenchError(f"{' '.join(words)}: {result.stderr.strip() or result.stdout.strip()}")


def write_credentials(directory: Path, server: Server) -> None:
    """Writes the login of Berth's owner into a file as docker has it."""
    directory.mkdir(parents=True, exist_ok=True)
    login = base64.b64encode(f"{OWNER}:{password(OWNER)}".encode()).decode()
    (directory / "config.json").write_text(json.dumps({"auths": {server.authority: {"auth": login}}}))


class Docker:
    """A docker engine of its own, that leaves the machine's network and firewall alone."""

    words = "docker pull"

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        directory.mkdir()
        self.host = f"unix://{directory}/docker.sock"
        with (directory / "log").open("wb") as log:
            self.engine = subprocess.Popen(
                [
                    "dockerd", "--data-root", f"{directory}/data", "--exec-root", f"{directory}/exec",
                    "--pidfile", f"{directory}/pid", "--host", self.host, "--iptables=false", "--ip6tables=false",
                    "--bridge=none", "--insecure-registry", "127.0.0.0/8",
                ],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
                env={**os.environ, "PATH": os.environ.get("PATH", "") + ":/usr/sbin:/sbin"},
            )  # fmt: skip
        try:
            self.wait()
        except BaseException:
            self.stop()
            raise

    def wait(self) -> None:
        """Waits until the engine answers."""
        deadline = time.monotonic() + 60
        while subprocess.run(["docker", "--host", self.host, "version"], capture_output=True).returncode:
            if time.monotonic() > deadline or self.engine.poll() is not None:
                raise BenchError(f"dockerd does not answer:\n{(self.directory / 'log').read_text()[-2000:]}")

    def pull(self, reference: str, credentials: Path) -> None:
        """Pulls an image."""
        run(["docker", "--host", self.host, "--config", str(credentials), "pull", "--quiet", reference])

    def forget(self, reference: str) -> None:
        """Removes what was pulled."""
        run(["docker", "--host", self.host, "image", "rm", "--force", reference])

    def stop(self) -> None:
        """Stops the engine and what it has started."""
        if self.engine.poll() is None:
            self.engine.terminate()
            try:
                self.engine.wait(30)
            except subprocess.TimeoutExpired:
                os.killpg(self.engine.pid, signal.SIGKILL)
                self.engine.wait()


class Skopeo:
    """skopeo, which pulls an image into a directory."""

    words = "skopeo copy to a directory"

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def pull(self, reference: str, credentials: Path) -> None:
        """Pulls an image."""
        trust = ["--src-tls-verify=false", "--authfile", str(credentials / "config.json")]
        run(["skopeo", "copy", "--quiet", *trust, f"docker://{reference}", f"dir:{self.directory}"])

    def forget(self, reference: str) -> None:
        """Removes what was pulled."""
        shutil.rmtree(self.directory)

    def stop(self) -> None:
        """There is nothing to stop."""


class ClientPull(Row):
    """docker pull of an image of ten layers of 4 MB, from the command to its end, unpacking included."""

    name = "client-pull"
    title = "docker pull, 10 layers, whole client"
    contenders = (BERTH, DEBIAN)
    targets = (Target(TIME_S, 1.03, DEBIAN),)
    client: Docker | Skopeo | None = None

    def prepare(self, stage: Stage) -> None:
        """Starts the client and pushes the image to both servers."""
        can_run = os.geteuid() == 0 and shutil.which("dockerd", path=os.environ.get("PATH", "") + ":/usr/sbin")
        self.client = (Docker if can_run else Skopeo)(stage.directory / "client")
        self.title = f"{self.client.words}, 10 layers, whole client"
        image = layered_image()
        for server in self.servers(stage).values():
            with Connection(server, server.authorization(IMAGE)) as connection:
                push_image(connection, IMAGE, "1", image)
            write_credentials(stage.directory / f"login-{server.name}", server)

    def servers(self, stage: Stage) -> dict[str, Server]:
        """The servers of the contenders that take part."""
        return {name: stage.server(name) for name in stage.present(self.contenders)}

    def measure(self, stage: Stage, contender: str) -> Sample:
        """The time of the whole command."""
        assert self.client is not None
        server = self.servers(stage)[contender]
        reference = f"{server.authority}/{IMAGE}:1"
        start = time.monotonic()
        self.client.pull(reference, stage.directory / f"login-{server.name}")
        seconds = time.monotonic() - start
        self.client.forget(reference)
        return {TIME_S: seconds}

    def finish(self, stage: Stage) -> None:
        """Stops the client."""
        if self.client is not None:
            self.client.stop()
            self.client = None


ROWS: list[Row] = [ClientPull()]
