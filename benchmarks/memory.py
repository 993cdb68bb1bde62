"""How much memory a server takes for many large uploads at once, and for many slow downloads.

    python3 benchmarks/memory.py .build/release/berth

Starts a server of its own in a directory of its own, which needs as much room as the uploads have (UPLOADS x UPLOAD_MB,
20 GB unless the environment says less), and prints the memory that it had at most.
"""

import asyncio
import base64
import hashlib
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

UPLOADS = int(os.environ.get("UPLOADS", "200"))
UPLOAD_MB = int(os.environ.get("UPLOAD_MB", "100"))
PULLS = int(os.environ.get("PULLS", "1000"))
PULL_SECONDS = int(os.environ.get("PULL_SECONDS", "60"))
PULL_RATE = int(os.environ.get("PULL_RATE", "20000"))
PART = b"\7" * (1 << 20)


class Server:
    def __init__(self, executable: str, directory: Path) -> None:
        self.directory = directory
        environment = {**os.environ, "BERTH_ADMIN_PASSWORD": "password-of-admin"}
        words = [executable, "serve", "--listen", "127.0.0.1:0", "--storage", "storage", "--certs", "certs"]
        self.output = directory / "output"
        with self.output.open("wb") as output, (directory / "errors").open("wb") as errors:
            self.process = subprocess.Popen(words, cwd=directory, env=environment, stdout=output, stderr=errors)
        while not (found := re.search(r"http://127.0.0.1:(\d+)", self.output.read_text())):
            if self.process.poll() is not None:
                raise SystemExit("berth did not start: " + (directory / "errors").read_text())
            time.sleep(0.05)
        self.port = int(found.group(1))
        command = [executable, "org", "add", "load", "--account", "admin", "--storage", "storage", "--certs", "certs"]
        subprocess.run(command, cwd=directory, check=True, stdout=subprocess.DEVNULL)

    def status(self, key: str) -> int:
        text = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(text.split(f"{key}:")[1].split()[0]) // 1024

    def forget_peak(self) -> None:
        Path(f"/proc/{self.process.pid}/clear_refs").write_text("5")

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait()


def head(method: str, path: str, *fields: str) -> bytes:
    credentials = base64.b64encode(b"admin:password-of-admin").decode()
    lines = [f"{method} {path} HTTP/1.1", "Host: load", f"Authorization: Basic {credentials}", *fields, "", ""]
    return "\r\n".join(lines).encode()


async def answer(reader: asyncio.StreamReader) -> tuple[int, dict[str, str]]:
    text = (await reader.readuntil(b"\r\n\r\n")).decode()
    status, *fields = text.split("\r\n")
    return int(status.split()[1]), dict(field.split(": ", 1) for field in fields if field)


async def upload(port: int, number: int) -> int:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(head("POST", f"/v2/load/app{number}/blobs/uploads/", "Content-Length: 0"))
    status, fields = await answer(reader)
    assert status == 202, status
    size = UPLOAD_MB << 20
    writer.write(head("PATCH", fields["Location"], f"Content-Length: {size}"))
    for _ in range(UPLOAD_MB):
        writer.write(PART)
        await writer.drain()
    status, _ = await answer(reader)
    writer.write(head("DELETE", fields["Location"]))
    await answer(reader)
    writer.close()
    return status


async def push(port: int, megabytes: int) -> str:
    digest = hashlib.sha256()
    for _ in range(megabytes):
        digest.update(PART)
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    path = f"/v2/load/pulled/blobs/uploads/?digest=sha256:{digest.hexdigest()}"
    writer.write(head("POST", path, f"Content-Length: {megabytes << 20}"))
    for _ in range(megabytes):
        writer.write(PART)
        await writer.drain()
    status, _ = await answer(reader)
    assert status == 201, status
    writer.close()
    return f"sha256:{digest.hexdigest()}"


async def pull(port: int, digest: str, until: float) -> int:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 14)
    writer.write(head("GET", f"/v2/load/pulled/blobs/{digest}"))
    status, _ = await answer(reader)
    assert status == 200, status
    received = 0
    while time.monotonic() < until:
        received += len(await reader.readexactly(PULL_RATE))
        await asyncio.sleep(1)
    writer.transport.abort()
    return received


async def measure(server: Server) -> None:
    await upload(server.port, UPLOADS)  # The password is checked once, and remembered.
    print(f"idle: {server.status('VmRSS')} MiB")
    server.forget_peak()
    start = time.monotonic()
    statuses = await asyncio.gather(*(upload(server.port, number) for number in range(UPLOADS)))
    seconds = time.monotonic() - start
    assert set(statuses) == {202}, set(statuses)
    print(f"{UPLOADS} uploads of {UPLOAD_MB} MB at once: at most {server.status('VmHWM')} MiB, {seconds:.0f} s")

    digest = await push(server.port, 1024)
    server.forget_peak()
    until = time.monotonic() + PULL_SECONDS
    received = await asyncio.gather(*(pull(server.port, digest, until) for _ in range(PULLS)))
    assert min(received) > 0
    peak = server.status("VmHWM")
    print(f"{PULLS} downloads at {PULL_RATE // 1000} KB/s for {PULL_SECONDS} s: at most {peak} MiB, none was cut off")


def main() -> None:
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    with tempfile.TemporaryDirectory(prefix="berth-memory-") as directory:
        server = Server(str(Path(sys.argv[1]).absolute()), Path(directory))
        try:
            asyncio.run(measure(server))
        finally:
            server.stop()


if __name__ == "__main__":
    main()
