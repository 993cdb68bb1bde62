"""Loads that wrk cannot make: HEAD requests, and large bodies that are read in large pieces. One process, one core."""

import select
import socket
import time
from collections.abc import Callable

from ..errors import BenchError
from ..servers.process import Server
from .wire import common_fields, parse_head, write_head
from .wrk import Load

PIECE = 1 << 20


def connect(server: Server, count: int) -> dict[int, socket.socket]:
    """Opens connections, by their descriptors."""
    opened = [socket.create_connection(("127.0.0.1", server.port), timeout=60) for _ in range(count)]
    for one in opened:
        one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return {one.fileno(): one for one in opened}


def request(server: Server, method: str, path: str, authorization: str | None) -> bytes:
    """A request without a body."""
    return write_head(method, path, server.authority, common_fields(authorization))


def loop(server: Server, sockets: dict[int, socket.socket], hear: Callable[[int], bool]) -> float:
    """Calls `hear` for each connection that has something, until it has said `False` for all; returns the seconds."""
    start = time.monotonic()
    open_ones = set(sockets)
    with select.epoll() as epoll:
        for descriptor in sockets:
            epoll.register(descriptor, select.EPOLLIN)
        while open_ones:
            events = epoll.poll(30)
            if not events:
                raise BenchError(f"{server.name} has sent nothing for 30 seconds")
            for descriptor, _ in events:
                if not hear(descriptor):
                    epoll.unregister(descriptor)
                    open_ones.discard(descriptor)
    elapsed = time.monotonic() - start
    for one in sockets.values():
        one.close()
    return elapsed


def heads(server: Server, path: str, authorization: str | None, connections: int, seconds: float) -> Load:
    """Sends HEAD requests over some connections, one at a time on each."""
    text = request(server, "HEAD", path, authorization)
    sockets = connect(server, connections)
    done = 0
    deadline = time.monotonic() + seconds
    for one in sockets.values():
        one.send(text)

    def hear(descriptor: int) -> bool:
        nonlocal done
        one = sockets[descriptor]
        answer = one.recv(16384)
        if not (answer.startswith(b"HTTP/1.1 200") and answer.endswith(b"\r\n\r\n")):
            raise BenchError(f"{server.name} answers HEAD {path} with {answer[:200]!r}")
        done += 1
        if time.monotonic() > deadline:
            return False
        one.send(text)
        return True

    elapsed = loop(server, sockets, hear)
    return Load(done, 0, elapsed)


def bodies(server: Server, path: str, authorization: str | None, connections: int, seconds: float) -> Load:
    """Downloads a large body over some connections, again and again, and reads each to its end."""
    text = request(server, "GET", path, authorization)
    sockets = connect(server, connections)
    missing = dict.fromkeys(sockets, 0)
    piece = memoryview(bytearray(PIECE))
    done = total = 0
    deadline = time.monotonic() + seconds
    for one in sockets.values():
        one.send(text)

    def hear(descriptor: int) -> bool:
        nonlocal done, total
        one = sockets[descriptor]
        if not missing[descriptor]:
            head, _, body = one.recv(65536).partition(b"\r\n\r\n")
            answer = parse_head(head)
            if answer.status != 200 or "content-length" not in answer.fields:
                raise BenchError(f"{server.name} answers GET {path} with {head[:200]!r}")
            missing[descriptor] = int(answer.fields["content-length"]) - len(body)
            total += len(body)
            return True
        size = one.recv_into(piece, min(missing[descriptor], PIECE))
        if not size:
            raise BenchError(f"{server.name} broke off GET {path}")
        total += size
        missing[descriptor] -= size
        if missing[descriptor]:
            return True
        done += 1
        if time.monotonic() > deadline:
            return False
        one.send(text)
        return True

    elapsed = loop(server, sockets, hear)
    return Load(done, total, elapsed)
