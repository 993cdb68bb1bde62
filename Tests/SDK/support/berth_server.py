"""A `berth serve` of its own, with a directory and a port of its own, and the commands on its data."""

import itertools
import json
import os
import re
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

_checkout = Path(__file__).resolve().parents[3]
_numbers = itertools.count(1)


def executable() -> Path:
    """The program that BERTH_EXECUTABLE names, else the debug build of this checkout."""
    named = os.environ.get("BERTH_EXECUTABLE")
    program = Path(named) if named else _checkout / ".build" / "debug" / "berth"
    if not os.access(program, os.X_OK):
        raise FileNotFoundError(f"there is no berth program at {program}: run `swift build`")
    return program


def unique(prefix: str) -> str:
    """A name that no other call gives: tests share servers, but neither accounts nor organizations."""
    return f"{prefix}{next(_numbers)}"


class BerthServer:
    """Serves from `start()` to `stop()`. Commands work before, between and after, as an operator's do."""

    def __init__(self, *arguments: str, region: str = "region-1") -> None:
        self.region = region
        self.directory = Path(tempfile.mkdtemp(prefix="berth-sdk-"))
        self.url = ""
        self._arguments = arguments
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def authority(self) -> str:
        """`127.0.0.1:41234`: the Host of requests, and the first part of an image's reference."""
        return self.url.removeprefix("http://")

    @property
    def log(self) -> str:
        path = self.directory / "errors"
        return path.read_text(errors="replace") if path.exists() else ""

    @property
    def memory(self) -> int:
        """The bytes of memory that the server has at the moment."""
        assert self._process is not None
        status = Path(f"/proc/{self._process.pid}/status").read_text()
        return int(status.split("VmRSS:")[1].split()[0]) * 1024

    def start(self) -> "BerthServer":
        printed = self.directory / "output"
        with printed.open("wb") as output, (self.directory / "errors").open("ab") as errors:
            self._process = subprocess.Popen(
                self._words(
                    "serve",
                    "--listen",
                    "127.0.0.1:0",
                    "--region",
                    self.region,
                    "--sign-in-attempts",
                    "0",
                    *self._arguments,
                ),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=errors,
                env=self._environment(),
                cwd=self.directory,
            )
        deadline = time.monotonic() + 60
        while not (announced := re.search(r"http://[0-9.:]+", printed.read_text())):
            ended = self._process.poll() is not None
            if ended or time.monotonic() > deadline:
                self.stop()
                raise RuntimeError(f"berth did not begin to serve:\n{printed.read_text()}{self.log}")
            time.sleep(0.02)
        self.url = announced.group()
        return self

    def stop(self) -> None:
        """Asks the server to stop, and waits until it has."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(timeout=40)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self.directory, ignore_errors=True)

    def run(self, *words: str, text: str | None = None) -> Any:
        """Runs a command such as `account add acme` that must succeed, and gives back the JSON it prints."""
        done = self.attempt(*words, text=text)
        if done.returncode != 0:
            raise RuntimeError(f"berth {' '.join(words)}: {done.stderr}")
        return json.loads(done.stdout) if done.stdout.strip() else None

    def attempt(self, *words: str, text: str | None = None) -> subprocess.CompletedProcess[str]:
        """Runs a command that may fail."""
        return subprocess.run(
            self._words(*words, "--json"),
            input=text or "",
            capture_output=True,
            text=True,
            timeout=120,
            env=self._environment(),
            cwd=self.directory,
            check=False,
        )

    def _words(self, *words: str) -> list[str]:
        places = ["--storage", str(self.directory / "storage"), "--certs", str(self.directory / "certs")]
        return [str(executable()), *words, *places]

    def _environment(self) -> dict[str, str]:
        """Without the settings of the person who runs the tests."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("BERTH_")}
        return kept | {"BERTH_ADMIN_PASSWORD": "password of admin"}
