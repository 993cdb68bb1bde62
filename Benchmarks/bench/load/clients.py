"""Several clients at once, each a process of its own, that start together."""

import multiprocessing
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection as Pipe

from ..cpu import cpu_seconds
from ..errors import BenchError
from ..servers.process import Server

Step = Callable[[], None]
#: Makes what the client of a number needs, and returns what it does again and again.
Client = Callable[[int], Step]


@dataclass(frozen=True)
class Work:
    """How often all clients together have done their step, in which time, with how much of the server's CPU."""

    steps: int
    seconds: float
    cpu: float


def together(server: Server, count: int, client: Client, steps: int | None = None, seconds: float = 0) -> Work:
    """Runs some clients at once: each does so many steps, or as many as it can in so many seconds."""
    context = multiprocessing.get_context("fork")
    ready = context.Barrier(count + 1)

    def live(number: int, pipe: Pipe) -> None:
        done = 0
        try:
            step = client(number)
            ready.wait(120)
            deadline = time.monotonic() + seconds
            while done < steps if steps is not None else time.monotonic() < deadline:
                step()
                done += 1
            pipe.send((done, time.monotonic(), None))
        except BaseException as error:
            ready.abort()
            pipe.send((done, time.monotonic(), f"{type(error).__name__}: {error}"))

    processes = []
    pipes = []
    for number in range(count):
        ours, theirs = context.Pipe(duplex=False)
        processes.append(context.Process(target=live, args=(number, theirs), daemon=True))
        pipes.append(ours)
    for process in processes:
        process.start()
    failure = None
    try:
        # What clients prepare is not the server's work yet: its CPU time is read when all of them stand ready.
        while ready.n_waiting < count and not ready.broken:
            time.sleep(0.002)
        cpu = cpu_seconds(server.pid)
        try:
            ready.wait(120)
        except threading.BrokenBarrierError:
            failure = "a client could not begin"
        start = time.monotonic()
        results = [pipe.recv() for pipe in pipes]
        cpu = cpu_seconds(server.pid) - cpu
    finally:
        for process in processes:
            process.join(5)
            if process.is_alive():
                process.kill()
    errors = [error for _, _, error in results if error and "BrokenBarrier" not in error]
    if errors or failure:
        raise BenchError(f"{server.name}: {errors[0] if errors else failure}")
    return Work(sum(done for done, _, _ in results), max(end for _, end, _ in results) - start, cpu)
