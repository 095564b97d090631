"""The ports that our processes listen on: taken before anything else begins, or refused in one sentence."""

import errno
import socket
from collections.abc import Sequence
from dataclasses import dataclass

from raccord.machine import Sentence, Taken, holders_of_port, sentence

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


def refusals(places: Sequence[Place]) -> list[Sentence]:
    """Return a sentence for each place where nobody could listen now; nothing is kept."""
    found = []
    seen: dict[int, str] = {}
    for place in places:
        if before := seen.get(place.port):
            found.append(
                sentence(
                    "{before} and {setting} are both {port}: set one of them to another port.",
                    before=before,
                    setting=place.setting,
                    port=place.port,
                )
            )
            continue
        seen[place.port] = place.setting
        try:
            listen(place).close()
        except PortTaken as taken:
            found += taken.said
    return found


def _refusal(place: Place, error: OSError) -> Sentence:
    where = f"{place.host}:{place.port} ({place.setting})"
    match error:
        case OSError(errno=errno.EADDRINUSE):
            if holders := ", ".join(map(str, holders_of_port(place.port))):
                return sentence(
                    "port {port} is taken by {holders}: stop it, or set {setting} to another port.",
                    port=place.port,
                    holders=holders,
                    setting=place.setting,
                )
            return sentence(
                "port {port} is taken by a process that this user may not see: stop it, or set {setting} to "
                "another port.",
                port=place.port,
                setting=place.setting,
            )
        case OSError(errno=errno.EACCES):
            return sentence(
                "{where} needs rights that this user has not: set {setting} to a port above 1023.",
                where=where,
                setting=place.setting,
            )
        case _:
            # The standard library adds the address again.
            reason = (error.strerror or str(error)).partition(" (while ")[0]
            return sentence(
                "nobody can listen at {where}: {reason}. Correct it in raccord.toml.",
                where=where,
                reason=reason,
            )
