"""Clients of a registry that people really use, each with its logins in a directory of its own."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from support.berth_server import BerthServer


def needs(program: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(shutil.which(program) is None, reason=f"{program} is not installed")


class Skopeo:
    def __init__(self, directory: Path, server: BerthServer) -> None:
        self._server = server
        self._logins = directory / "auth.json"

    def login(self, name: str, password: str) -> bool:
        words = ["login", "--tls-verify=false", "--authfile", str(self._logins), "--username", name, "--password-stdin"]
        return _run("skopeo", [*words, self._server.authority], password, self._logins.parent)

    def copy(self, repository: str, target: Path) -> bool:
        """Pulls `group/web:v1` into a directory."""
        words = ["copy", "--src-tls-verify=false", "--authfile", str(self._logins)]
        source = f"docker://{self._server.authority}/{repository}"
        return _run("skopeo", [*words, source, f"dir:{target}"], "", self._logins.parent)


class Docker:
    """`docker login`, which needs no daemon."""

    def __init__(self, directory: Path, server: BerthServer) -> None:
        self._server = server
        self._directory = directory

    def login(self, name: str, password: str) -> bool:
        words = ["--config", str(self._directory), "login", "--username", name, "--password-stdin"]
        return _run("docker", [*words, self._server.authority], password, self._directory)


def _run(program: str, words: list[str], text: str, directory: Path) -> bool:
    environment = {"PATH": os.environ["PATH"], "HOME": str(directory), "DOCKER_HOST": f"unix://{directory}/no-daemon"}
    done = subprocess.run(
        [program, *words], input=text, capture_output=True, text=True, timeout=60, env=environment, check=False
    )
    return done.returncode == 0
