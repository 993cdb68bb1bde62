"""A blob of 10 GiB."""

import hashlib
import os
import shutil
import time

from ..content import with_digest
from ..errors import BenchError
from ..figures import BERTH, THROUGHPUT, TIME_S, Sample, Target
from ..load.wire import Connection, path_of
from ..stage import REPOSITORY, Stage
from .row import Row

SIZE = 10 * 2**30
PIECE = 64 * 2**20


class HugePush(Row):
    """How long after the last byte of a streamed PATCH the PUT is answered. The rate is that of the whole push."""

    name = "blob-push-huge"
    title = "blob push 10 GiB, last byte to answer"
    contenders = (BERTH,)
    targets = (Target(TIME_S, 1),)
    shown = (THROUGHPUT,)
    most_rounds = 1

    def prepare(self, stage: Stage) -> None:
        """Asks for room, and makes the content: one piece again and again, with its number before it."""
        if shutil.disk_usage(stage.directory).free < SIZE + 4 * 2**30:
            raise BenchError(f"{self.name} needs 14 GiB of room in {stage.options.directory}: make room, or use --only")
        self.piece = os.urandom(PIECE - 8)
        digest = hashlib.sha256()
        for number in range(SIZE // PIECE):
            digest.update(number.to_bytes(8, "big"))
            digest.update(self.piece)
        self.digest = "sha256:" + digest.hexdigest()

    def measure(self, stage: Stage, contender: str) -> Sample:
        """Pushes it once and removes it."""
        server = stage.berth
        with Connection(server, server.authorization(REPOSITORY)) as connection:
            location = path_of(connection.demand(202, "POST", f"/v2/{REPOSITORY}/blobs/uploads/").fields["location"])
            start = time.monotonic()
            connection.socket.sendall(connection.head("PATCH", location, SIZE, "application/octet-stream"))
            for number in range(SIZE // PIECE):
                connection.socket.sendall(number.to_bytes(8, "big"))
                connection.socket.sendall(self.piece)
            last = time.monotonic()
            answer = connection.receive()
            if answer.status != 202:
                raise BenchError(f"Berth answers a PATCH of 10 GiB with {answer.status} {answer.body!r}")
            connection.demand(201, "PUT", with_digest(path_of(answer.fields["location"]), self.digest))
            end = time.monotonic()
        server.forget_uploads()
        return {TIME_S: end - last, THROUGHPUT: SIZE / (end - start)}


ROWS: list[Row] = [HugePush()]
