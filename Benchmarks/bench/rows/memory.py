"""Memory: of a server that has nothing to do, of many slow downloads, and of many large uploads at once."""

import asyncio
import os
from collections.abc import Coroutine
from urllib.parse import urlsplit

from ..content import PIECE, Blob, push_blob
from ..cpu import forget_peak, memory
from ..errors import BenchError
from ..figures import BERTH, DEBIAN, MEMORY, Sample, Target
from ..load.wire import Connection, common_fields, parse_head, write_head
from ..servers.berth import Berth
from ..servers.process import Server
from ..stage import REPOSITORY, Stage
from .row import Row

PULLS = 1000
PULL_SECONDS = 20
#: Bytes a second of each download; the server cuts off what takes less than 1 KiB.
PULL_RATE = 20_000
#: `make soak` asks for 200, which may take twice as much.
UPLOADS = int(os.environ.get("BERTH_BENCH_UPLOADS", "100"))
UPLOAD_SIZE = 100_000_000
MIB = 2**20


async def ask(
    server: Server, method: str, path: str, authorization: str | None, length: int | None = None
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Opens a connection that reads little ahead, and sends a request's head."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port, limit=1 << 14)
    fields = common_fields(authorization)
    if length is not None:
        fields.append(("Content-Length", str(length)))
    writer.write(write_head(method, path, server.authority, fields))
    return reader, writer


async def expect(reader: asyncio.StreamReader, status: int) -> dict[str, str]:
    """Reads an answer's head, and raises unless it has this status."""
    answer = parse_head((await reader.readuntil(b"\r\n\r\n"))[:-4])
    if answer.status != status:
        raise BenchError(f"the answer is {answer.status}, not {status}")
    return answer.fields


async def pull(server: Server, path: str, authorization: str | None, until: float) -> None:
    """Downloads slowly until it is time, and breaks off."""
    reader, writer = await ask(server, "GET", path, authorization)
    await expect(reader, 200)
    while asyncio.get_running_loop().time() < until:
        await reader.readexactly(PULL_RATE)
        await asyncio.sleep(1)
    writer.transport.abort()


async def slow_pulls(server: Server, path: str, authorization: str | None) -> None:
    """Many slow downloads at once."""
    until = asyncio.get_running_loop().time() + PULL_SECONDS
    await asyncio.gather(*(pull(server, path, authorization, until) for _ in range(PULLS)))


async def upload(server: Server, authorization: str | None, piece: bytes) -> None:
    """Uploads a large body and cancels the upload, so that no more room is taken than by what is on its way."""
    reader, writer = await ask(server, "POST", f"/v2/{REPOSITORY}/blobs/uploads/", authorization, 0)
    location = urlsplit((await expect(reader, 202))["location"])
    writer.close()
    path = f"{location.path}?{location.query}"
    reader, writer = await ask(server, "PATCH", path, authorization, UPLOAD_SIZE)
    for start in range(0, UPLOAD_SIZE, PIECE):
        writer.write(piece[: UPLOAD_SIZE - start])
        await writer.drain()
    end = urlsplit((await expect(reader, 202))["location"])
    writer.close()
    reader, writer = await ask(server, "DELETE", f"{end.path}?{end.query}", authorization)
    await expect(reader, 204)
    writer.close()


async def uploads(server: Server, authorization: str | None, piece: bytes) -> None:
    """Many uploads at once."""
    await asyncio.gather(*(upload(server, authorization, piece) for _ in range(UPLOADS)))


class Memory(Row):
    """The most memory of a fresh server; the peer is there for comparison."""

    contenders = (BERTH, DEBIAN)
    most_rounds = 2

    def server(self, stage: Stage, contender: str) -> Server:
        """Starts a fresh server."""
        if contender == DEBIAN:
            debian = stage.new_debian("memory-docker-registry")
            debian.start()
            return debian
        berth: Berth = stage.new_berth("memory-berth")
        berth.start()
        berth.add_organization()
        return berth

    def measure(self, stage: Stage, contender: str) -> Sample:
        """The peak since the work began."""
        server = self.server(stage, contender)
        work = self.work(stage, server)
        forget_peak(server.pid)
        asyncio.run(work)
        server.check_alive()
        peak = memory(server.pid, "VmHWM")
        stage.retire(server)
        return {MEMORY: peak}

    def work(self, stage: Stage, server: Server) -> Coroutine[None, None, None]:
        """Prepares what takes memory, and returns it."""
        raise NotImplementedError


class IdleMemory(Memory):
    """A server that has answered a few requests, a second later."""

    name = "memory-idle"
    title = "memory, idle"
    targets = (Target(MEMORY, 48 * MIB),)
    quick = True

    def measure(self, stage: Stage, contender: str) -> Sample:
        """What it has now, not at most: checking a password takes 32 MiB for a moment."""
        server = self.server(stage, contender)
        with Connection(server, server.authorization(REPOSITORY)) as connection:
            for _ in range(100):
                connection.demand(200, "GET", "/v2/")
            push_blob(connection, REPOSITORY, Blob.random(1_000_000))
        asyncio.run(asyncio.sleep(1))
        resident = memory(server.pid, "VmRSS")
        stage.retire(server)
        return {MEMORY: resident}


class PullMemory(Memory):
    """A thousand slow downloads of 100 MB."""

    name = "memory-pulls"
    title = f"memory, {PULLS:,} slow pulls"
    targets = (Target(MEMORY, 128 * MIB),)

    def work(self, stage: Stage, server: Server) -> Coroutine[None, None, None]:
        """Pushes the blob."""
        stage.lay_out_large(server)
        authorization = server.authorization(REPOSITORY)
        return slow_pulls(server, f"/v2/{REPOSITORY}/blobs/{stage.large.digest}", authorization)


class UploadMemory(Memory):
    """Many uploads of 100 MB at once."""

    name = "memory-uploads"
    title = f"memory, {UPLOADS} uploads of 100 MB at once"
    targets = (Target(MEMORY, (128 if UPLOADS <= 100 else 256) * MIB),)
    most_rounds = 1

    def work(self, stage: Stage, server: Server) -> Coroutine[None, None, None]:
        """Makes a piece of content."""
        piece = Blob.random(PIECE).content
        authorization = server.authorization(REPOSITORY)
        return uploads(server, authorization, piece)


ROWS: list[Row] = [IdleMemory(), PullMemory(), UploadMemory()]
