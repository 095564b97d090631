"""Who on this machine holds a file or a port, told for a person. Linux says; elsewhere nothing is found."""

import fcntl
import os
import socket
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

OUR_COMMAND = "from starters.cli.main import main; main()"
"""How one of our processes starts another of our commands: `python -c` with this."""
_PROC = Path("/proc")
_LISTENING = "0A"
_LONGEST_COMMAND = 100


@dataclass(frozen=True)
class Sentence:
    """Words in English, which are the id of their translations (`starters.cli.help`), and what they name.

    So said where nothing is installed yet, and what reads the catalogs of `raccord.texts` is not there.
    """

    words: str
    named: Mapping[str, str]

    def __str__(self) -> str:
        return self.words.format_map(self.named)


class Taken(Exception):
    """We cannot have what we need of this machine; `said` says who has it, or why, and what to do."""

    def __init__(self, *said: Sentence) -> None:
        super().__init__("\n".join(map(str, said)))
        self.said = said


def sentence(words: str, **named: object) -> Sentence:
    """Build a sentence."""
    return Sentence(words, {name: str(value) for name, value in named.items()})


@dataclass(frozen=True)
class Holder:
    """A process of this machine."""

    pid: int
    command: str

    def __str__(self) -> str:
        return f"`{self.command}` (pid {self.pid})" if self.command else f"pid {self.pid}"


def holders_of_file(path: Path) -> list[Holder]:
    """Return the processes that have this file open; those of other users are not seen."""
    return list(_with_open({str(path.resolve())}))


def holders_of_port(port: int) -> list[Holder]:
    """Return the processes that listen on a TCP port of any address; those of other users are not seen."""
    sockets = {f"socket:[{inode}]" for table in ("tcp", "tcp6") for inode in _listening(table, port)}
    return list(_with_open(sockets)) if sockets else []


def lock(descriptor: int, *, shared: bool = False, within: float = 0.0) -> bool:
    """Lock an open file, for oneself or `shared`, within some seconds; return whether it is.

    It is held until the last descriptor of this opening is closed, inherited ones included (flock(2)).
    """
    until = time.monotonic() + within
    while True:
        try:
            fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= until:
                return False
            time.sleep(0.05)
        else:
            return True


def free_port() -> int:
    """Return a port of loopback that nobody holds now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _listening(table: str, port: int) -> Iterator[str]:
    # proc_net_tcp: the second column is the local address and port in hexadecimal, the fourth the state,
    # the tenth the socket's inode.
    with suppress(OSError):
        for line in (_PROC / "net" / table).read_text().splitlines()[1:]:
            column = line.split()
            if column[3] == _LISTENING and int(column[1].rpartition(":")[2], 16) == port:
                yield column[9]


def _with_open(links: Iterable[str]) -> Iterator[Holder]:
    wanted = set(links)
    for process in _PROC.glob("[0-9]*"):
        # Another user's, or gone meanwhile.
        with suppress(OSError):
            if any(_target(link) in wanted for link in (process / "fd").iterdir()):
                yield Holder(int(process.name), _command(process))


def _target(link: Path) -> str:
    try:
        return os.readlink(link)
    except OSError:
        return ""


def _command(process: Path) -> str:
    """Return a command line as a person would type it."""
    words = (process / "cmdline").read_text("utf-8", errors="replace").rstrip("\0").split("\0")
    words[0] = Path(words[0]).name
    for place, word in enumerate(words):
        if word == OUR_COMMAND or Path(word).name == "raccord":
            words = ["raccord", *words[place + 1 :]]
            break
    said = "".join(c if c.isprintable() else "?" for c in " ".join(words))
    return said if len(said) <= _LONGEST_COMMAND else f"{said[: _LONGEST_COMMAND - 1]}…"
