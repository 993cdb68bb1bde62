"""HTTP/1.1 over a plain socket, with as little work for the client as there can be."""

import json
import socket
import ssl
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Self

from ..errors import BenchError
from ..servers.process import Server

PIECE = 1 << 20


@dataclass
class Answer:
    """A status, the fields by their names in small letters, and the body."""

    status: int
    fields: dict[str, str]
    body: bytes = field(default=b"", repr=False)

    def json(self) -> Any:
        """The body, read as JSON."""
        return json.loads(self.body)


def common_fields(authorization: str | None) -> list[tuple[str, str]]:
    """What every request says, as real clients do: docker-registry shows OCI manifests only to who accepts them."""
    accept = ("Accept", "application/vnd.oci.image.manifest.v1+json, */*")
    return [accept, ("Authorization", authorization)] if authorization else [accept]


def parse_head(head: bytes) -> Answer:
    """Reads a status line and fields."""
    status, *lines = head.decode("latin-1").split("\r\n")
    pairs = (line.partition(":") for line in lines if line)
    return Answer(int(status.split(" ", 2)[1]), {name.lower(): value.strip() for name, _, value in pairs})


def write_head(method: str, path: str, host: str, fields: Iterable[tuple[str, str]]) -> bytes:
    """Writes a request's head."""
    lines = [f"{method} {path} HTTP/1.1", f"Host: {host}", *(f"{name}: {value}" for name, value in fields), "", ""]
    return "\r\n".join(lines).encode()


class Connection:
    """A connection to a server that is kept between requests."""

    def __init__(self, server: Server, authorization: str | None = None) -> None:
        self.host = server.authority
        #: Fields of every request.
        self.fields = common_fields(authorization)
        self.socket: socket.socket = socket.create_connection(("127.0.0.1", server.port), timeout=120)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if server.tls:
            context = ssl.create_default_context()
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
            self.socket = context.wrap_socket(self.socket)
        self.rest = b""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends the connection."""
        self.socket.close()

    def ask(self, method: str, path: str, body: bytes = b"", content_type: str | None = None) -> Answer:
        """Sends a request with a body that is at hand, and waits for the answer."""
        length = len(body) if body or method not in ("GET", "HEAD", "DELETE") else None
        head = self.head(method, path, length, content_type)
        if len(body) > PIECE:
            self.socket.sendall(head)
            self.socket.sendall(body)
        else:
            self.socket.sendall(head + body)
        return self.receive(method)

    def demand(self, status: int, method: str, path: str, body: bytes = b"", content_type: str | None = None) -> Answer:
        """Asks, and raises unless the answer has this status."""
        answer = self.ask(method, path, body, content_type)
        if answer.status != status:
            raise BenchError(f"{method} {path} on {self.host}: {answer.status} {answer.body[:500]!r}, not {status}")
        return answer

    def head(self, method: str, path: str, length: int | None, content_type: str | None = None) -> bytes:
        """A request's head with what this connection always sends."""
        fields = [*self.fields]
        if length is not None:
            fields.append(("Content-Length", str(length)))
        if content_type:
            fields.append(("Content-Type", content_type))
        return write_head(method, path, self.host, fields)

    def receive(self, method: str = "GET") -> Answer:
        """Reads a whole answer."""
        while (end := self.rest.find(b"\r\n\r\n")) < 0:
            self.more()
        answer = parse_head(self.rest[:end])
        self.rest = self.rest[end + 4 :]
        if method == "HEAD" or answer.status in (204, 304):
            return answer
        if "chunked" in answer.fields.get("transfer-encoding", ""):
            answer.body = self.chunks()
        else:
            answer.body = self.take(int(answer.fields.get("content-length", "0")))
        return answer

    def chunks(self) -> bytes:
        """Reads a body of chunks to its end."""
        body = b""
        while True:
            while (end := self.rest.find(b"\r\n")) < 0:
                self.more()
            size = int(self.rest[:end].split(b";")[0], 16)
            self.rest = self.rest[end + 2 :]
            body += self.take(size + 2)[:size]
            if not size:
                return body

    def take(self, size: int) -> bytes:
        """Reads so many bytes."""
        while len(self.rest) < size:
            self.more()
        taken, self.rest = self.rest[:size], self.rest[size:]
        return taken

    def more(self) -> None:
        """Reads what has come."""
        got = self.socket.recv(PIECE)
        if not got:
            raise BenchError(f"{self.host} closed a connection in the middle of an answer")
        self.rest += got


def path_of(location: str) -> str:
    """The path and query of a `Location`, which may be a whole URL."""
    if "://" in location:
        return "/" + location.split("://", 1)[1].partition("/")[2]
    return location
