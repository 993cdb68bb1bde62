"""wrk: GET requests over connections that are kept, from one thread."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

from ..errors import BenchError
from .wire import common_fields

#: wrk runs this at its end; its own report rounds what this does not.
DONE = """
done = function(summary, latency, requests)
    local errors = summary.errors
    io.write(string.format("RESULT %d %d %d %d %d\\n", summary.requests, summary.bytes, summary.duration,
        errors.connect + errors.read + errors.write + errors.timeout, errors.status))
end
"""


@dataclass(frozen=True)
class Load:
    """What a load came to."""

    requests: int
    bytes: int
    seconds: float


def parse(output: str) -> Load:
    """Reads what `DONE` has printed; answers of 400 and more and lost connections are errors."""
    line = next((line for line in output.splitlines() if line.startswith("RESULT ")), None)
    if line is None:
        raise BenchError(f"wrk gave no result:\n{output}")
    requests, size, microseconds, lost, refused = map(int, line.split()[1:])
    if lost or refused or not requests:
        raise BenchError(f"wrk: {requests} requests, of which {lost} were lost and {refused} refused")
    return Load(requests, size, microseconds / 1e6)


def run(url: str, authorization: str | None, connections: int, seconds: float, scratch: Path) -> Load:
    """Asks for a URL again and again for some seconds."""
    script = scratch / "done.lua"
    script.write_text(DONE)
    whole = max(1, round(seconds))
    words = ["wrk", "-t1", f"-c{connections}", f"-d{whole}s", "--timeout", "30s", "-s", str(script)]
    for name, value in common_fields(authorization):
        words += ["-H", f"{name}: {value}"]
    try:
        result = subprocess.run([*words, url], capture_output=True, text=True)
    except FileNotFoundError:
        raise BenchError("wrk must be installed: run scripts/install-tools.sh bench") from None
    if result.returncode:
        raise BenchError(f"wrk: {result.stderr.strip() or result.stdout.strip()}")
    return parse(result.stdout)
