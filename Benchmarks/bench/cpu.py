"""CPU time and memory of a process, as Linux tells them in /proc."""

import os
from pathlib import Path

TICK = 1 / os.sysconf("SC_CLK_TCK")


def parse_stat(text: str) -> tuple[int, int]:
    """The parent and the CPU ticks of a line of /proc/PID/stat, those of children that have ended included."""
    fields = text.rpartition(")")[2].split()
    return int(fields[1]), sum(map(int, fields[11:15]))


def family(pid: int) -> dict[int, int]:
    """A process and all processes under it, each with its CPU ticks."""
    ticks: dict[int, int] = {}
    children: dict[int, list[int]] = {}
    for entry in os.listdir("/proc"):
        if not entry.isdigit():
            continue
        try:
            parent, ticks[int(entry)] = parse_stat(Path("/proc", entry, "stat").read_text())
        except OSError:  # It has just ended.
            continue
        children.setdefault(parent, []).append(int(entry))
    members: dict[int, int] = {}
    waiting = [pid]
    while waiting:
        member = waiting.pop()
        if member in ticks:
            members[member] = ticks[member]
            waiting += children.get(member, [])
    return members


def cpu_seconds(pid: int) -> float:
    """The CPU time, in user mode and in the kernel, that a process and its children have had."""
    return sum(family(pid).values()) * TICK


def memory(pid: int, key: str) -> int:
    """Bytes of physical memory of a process and its children: `VmRSS` now, `VmHWM` at most so far."""
    total = 0
    for member in family(pid):
        try:
            text = Path(f"/proc/{member}/status").read_text()
        except OSError:
            continue
        if f"{key}:" in text:
            total += int(text.split(f"{key}:")[1].split()[0]) * 1024
    return total


def forget_peak(pid: int) -> None:
    """Begins `VmHWM` anew."""
    for member in family(pid):
        Path(f"/proc/{member}/clear_refs").write_text("5")
