"""Whose process is at the other end of a connection on this machine."""

import asyncio
import os
import re
import socket
import struct
import sys
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Iterator
from pathlib import Path

_CONNECTIONS = Path("/proc/net/tcp")
_ESTABLISHED = "01"

End = tuple[str, int]
"""IPv4 address and port."""


async def is_ours(client: End | None, server: End | None) -> bool:
    """Whether the client's end of a connection on loopback belongs to the user whom this process runs as.

    What the system does not tell is not ours.
    """
    if client is None or server is None or not client[0].startswith("127."):
        return False
    if sys.platform == "linux":
        return _owner(client, server) == os.getuid()
    return await _among_our_own(client, server)


def _owner(client: End, server: End) -> int | None:
    """Return the user id of a socket, as the kernel lists it (man 5 proc)."""
    wanted = [_hexadecimal(client), _hexadecimal(server), _ESTABLISHED]
    for line in _CONNECTIONS.read_text("ascii").splitlines()[1:]:
        columns = line.split()
        if columns[1:4] == wanted:
            return int(columns[7])
    return None


def _hexadecimal(end: End) -> str:
    # The kernel prints the address as a number of its own byte order.
    (address,) = struct.unpack("=I", socket.inet_aton(end[0]))
    return f"{address:08X}:{end[1]:04X}"


async def _among_our_own(client: End, server: End) -> bool:
    """Look with lsof, which macOS has and which shows everybody their own sockets (man 8 lsof)."""
    command = ["lsof", "-nP", "-a", "-u", str(os.getuid()), f"-iTCP@{client[0]}:{client[1]}", "-Fn"]
    try:
        process = await asyncio.create_subprocess_exec(*command, stdin=DEVNULL, stdout=PIPE, stderr=DEVNULL)
    except OSError:
        return False
    output, _ = await process.communicate()
    return (client, server) in _ends(output.decode("ascii", "replace"))


def _ends(listed: str) -> Iterator[tuple[End, End]]:
    for found in re.finditer(r"^n([\d.]+):(\d+)->([\d.]+):(\d+)$", listed, re.MULTILINE):
        yield (found[1], int(found[2])), (found[3], int(found[4]))
