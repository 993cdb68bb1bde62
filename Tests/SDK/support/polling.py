"""Waiting for something that is bound to happen."""

import time
from collections.abc import Callable


def wait_until(happened: Callable[[], bool], what: str, seconds: float = 15) -> None:
    """Asks again and again until it has happened, and fails with `what` after a while."""
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline, f"waited {seconds} s in vain until {what}"
        time.sleep(0.05)
