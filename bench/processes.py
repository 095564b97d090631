"""What the kernel says of a process: CPU time and resident memory. Linux only."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TypeAlias

CpuSeconds: TypeAlias = dict[str, float]
"""By the name of the process."""

_TICKS = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pid: int) -> float:
    """Return user and system time of a process and all its threads, to 10 ms."""
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def resident_mib(pid: int) -> float:
    """Return how much memory a process occupies."""
    lines = Path(f"/proc/{pid}/status").read_text("ascii").splitlines()
    return int(next(line for line in lines if line.startswith("VmRSS")).split()[1]) / 1024


def spent(pids: Mapping[str, int]) -> CpuSeconds:
    """Return what each process has spent since it began."""
    return {name: cpu_seconds(pid) for name, pid in pids.items()}


def between(before: CpuSeconds, after: CpuSeconds) -> CpuSeconds:
    """Return what each process has spent between two readings."""
    return {name: after[name] - before[name] for name in before}
