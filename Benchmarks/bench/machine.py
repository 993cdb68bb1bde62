"""What the figures were measured on and with."""

import os
import platform
import resource
import shutil
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

from .errors import BenchError


def raise_descriptor_limit() -> None:
    """Lets this process, and the servers that it starts, have many connections."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 65536 if hard == resource.RLIM_INFINITY else min(65536, hard)
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    if wanted < 4096:
        raise BenchError(f"a process may open {wanted} files at most here; 4096 are needed: raise ulimit -Hn")


def warm_memory(directory: Path, size: int) -> None:
    """Writes a file of some size and removes it.

    A virtual machine's memory is often given to it page by page when it is first used, which costs up to 3 s per GB,
    more than a push. The pages that are used here are the next that the kernel hands out.
    """
    piece = os.urandom(1 << 20)
    file = directory / "warm"
    try:
        with file.open("wb") as out:
            for _ in range(size // len(piece)):
                out.write(piece)
    finally:
        file.unlink(missing_ok=True)


def require_tools(tools: Sequence[str]) -> None:
    """Raises unless these programs are there. Some are in directories that not everybody's PATH has."""
    os.environ["PATH"] += ":/usr/sbin:/sbin"
    missing = [tool for tool in tools if not shutil.which(tool)]
    if missing:
        raise BenchError(f"{', '.join(missing)} must be installed: run scripts/install-tools.sh bench")


def describe(executable: Path, directory: Path) -> dict[str, str]:
    """Machine, kernel, file system and versions, by name."""
    return {
        "CPU": cpu_model(),
        "cores": str(len(os.sched_getaffinity(0))),
        "memory": f"{os.sysconf('SC_PHYS_PAGES') * os.sysconf('SC_PAGE_SIZE') / 2**30:.0f} GiB",
        "kernel": platform.release(),
        "file system": file_system(directory),
        "Berth": version([str(executable), "--version"]),
        "nginx": version(["nginx", "-v"]),
        "docker-registry": version(["docker-registry", "--version"]),
        "wrk": version(["wrk", "-v"]),
        "docker": version(["dockerd", "--version"]),
        "Python": platform.python_version(),
        "measured": time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime()),
    }


def cpu_model() -> str:
    """What the processor calls itself."""
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def file_system(directory: Path) -> str:
    """The kind of file system that a directory is on; tmpfs makes every fsync free."""
    found = ("/", "unknown")
    path = str(directory.resolve())
    for line in Path("/proc/mounts").read_text().splitlines():
        _, mount, kind, *_ = line.split()
        inside = path == mount or path.startswith(mount.rstrip("/") + "/")
        if inside and len(mount) >= len(found[0]):
            found = (mount, kind)
    return found[1]


def version(words: list[str]) -> str:
    """The first line in which a program tells its version."""
    try:
        result = subprocess.run(words, capture_output=True, text=True, timeout=20)
    except (OSError, subprocess.TimeoutExpired):
        return "none"
    lines = [line for line in (result.stdout + result.stderr).splitlines() if any(c.isdigit() for c in line)]
    return lines[0].split(" Copyright")[0].strip() if lines else "unknown"
