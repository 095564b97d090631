"""Processes of their own on one database, let go together: `tests.records.writer` and its like."""

import asyncio
import subprocess
import sys
from pathlib import Path
from typing import TypeAlias

ROOT = Path(__file__).parents[2]
Process: TypeAlias = "subprocess.Popen[bytes]"


def start(module: str, *arguments: object) -> Process:
    """Start a module of this folder. It says "ready" once it has migrated, then waits for a line."""
    command = [sys.executable, "-m", f"tests.records.{module}", *map(str, arguments)]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, stderr=pipe)


def start_writer(url: str, key_file: Path, name: str, count: int, *, breath: float = 0.003) -> Process:
    """Start a process that appends pairs; by its breath after each, SQLite's unfair lock lets others in."""
    return start("writer", url, key_file, name, count, breath)


async def let_go(*processes: Process) -> None:
    """Let processes begin together, once each has its database open."""
    for process in processes:
        assert process.stdout
        assert await asyncio.to_thread(process.stdout.readline) == b"ready\n"
    for process in processes:
        assert process.stdin
        process.stdin.write(b"\n")
        process.stdin.flush()


async def finished(process: Process) -> list[str]:
    """Wait for the end of a process that must succeed; return the lines it said since it was ready."""
    said, errors = await asyncio.to_thread(process.communicate)
    assert process.returncode == 0, errors.decode()
    return said.decode().splitlines()
