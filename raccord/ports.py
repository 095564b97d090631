"""The ports that our processes listen on: taken before anything else begins, or refused in one sentence."""

import errno
import socket
from collections.abc import Sequence
from dataclasses import dataclass

from raccord.machine import Taken, holders_of_port

_BACKLOG = 2048
"""How many connections wait to be accepted; uvicorn's own default."""


class PortTaken(Taken):
    """We cannot listen there."""


@dataclass(frozen=True)
class Place:
    """Where one of our processes listens. `setting`: its name in raccord.toml."""

    host: str
    port: int
    setting: str


def listen(place: Place) -> socket.socket:
    """Return a listening socket. Raises `PortTaken`."""
    family = socket.AF_INET6 if ":" in place.host else socket.AF_INET
    try:
        return socket.create_server((place.host, place.port), family=family, backlog=_BACKLOG)
    except OSError as error:
        raise PortTaken(_refusal(place, error)) from error


def refusals(places: Sequence[Place]) -> list[str]:
    """Return a sentence for each place where nobody could listen now; nothing is kept."""
    found = []
    seen: dict[int, str] = {}
    for place in places:
        if before := seen.get(place.port):
            found.append(
                f"{before} and {place.setting} are both {place.port}: set one of them to another port."
            )
            continue
        seen[place.port] = place.setting
        try:
            listen(place).close()
        except PortTaken as taken:
            found.append(str(taken))
    return found


def _refusal(place: Place, error: OSError) -> str:
    where = f"{place.host}:{place.port} ({place.setting})"
    match error:
        case OSError(errno=errno.EADDRINUSE):
            holders = " and ".join(map(str, holders_of_port(place.port)))
            by = holders or "a process that this user may not see"
            return f"port {place.port} is taken by {by}: stop it, or set {place.setting} to another port."
        case OSError(errno=errno.EACCES):
            return f"{where} needs rights that this user has not: set {place.setting} to a port above 1023."
        case _:
            # The standard library adds the address again.
            reason = (error.strerror or str(error)).partition(" (while ")[0]
            return f"nobody can listen at {where}: {reason}. Correct it in raccord.toml."
