"""A server as a process: started, waited for, stopped."""

import os
import signal
import socket
import subprocess
import time
from pathlib import Path

from ..errors import BenchError


def free_port() -> int:
    """A port of the loopback address that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """A server's process, which listens on `port` of 127.0.0.1 and keeps all that it has in `directory`."""

    name = "server"
    #: Whether it speaks TLS.
    tls = False

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.port = 0
        self.process: subprocess.Popen[bytes] | None = None
        #: Hex digests of blobs that are downloaded later.
        self.kept: set[str] = set()

    @property
    def pid(self) -> int:
        """The id of the process."""
        assert self.process is not None
        return self.process.pid

    @property
    def authority(self) -> str:
        """Host and port."""
        return f"127.0.0.1:{self.port}"

    def command(self) -> list[str]:
        """What starts the server."""
        raise NotImplementedError

    def environment(self) -> dict[str, str]:
        """Variables of the process beside those of this one."""
        return {}

    def launch(self) -> None:
        """Starts the process without waiting for an answer; in a session of its own, so that Ctrl-C is ours alone."""
        self.directory.mkdir(parents=True, exist_ok=True)
        self.port = self.port or free_port()
        with (self.directory / "output").open("ab") as output:
            self.process = subprocess.Popen(
                self.command(), cwd=self.directory, env={**os.environ, **self.environment()},
                stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip

    def start(self) -> None:
        """Starts the process and waits until it takes connections."""
        self.launch()
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=5).close()
                return
            except OSError:
                self.check_alive()
                time.sleep(0.02)
        raise BenchError(f"{self.name} takes no connections:\n{self.last_words()}")

    def check_alive(self) -> None:
        """Raises what the process said last if it has ended."""
        if self.process is not None and self.process.poll() is not None:
            raise BenchError(f"{self.name} has stopped, with status {self.process.returncode}:\n{self.last_words()}")

    def last_words(self) -> str:
        """The end of what the process has printed."""
        return (self.directory / "output").read_text(errors="replace")[-2000:]

    def stop(self) -> None:
        """Ends the process; harmless when there is none."""
        if self.process is None:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        self.process = None

    def authorization(self, repository: str) -> str | None:
        """The field `Authorization` of requests for a repository; `None` without one."""
        return None

    def forget_uploads(self) -> None:
        """Removes large blobs behind the server, so that the page cache has room for the next."""


def remove_large(directory: Path, kept: set[str]) -> None:
    """Removes the files of more than 1 MB under a directory, but for those with a kept digest in their path."""
    for parent, _, names in os.walk(directory):
        for name in names:
            file = Path(parent, name)
            if file.stat().st_size > 1_000_000 and not kept.intersection(file.parts):
                file.unlink()
