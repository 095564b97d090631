"""Become another program that dies with the one that started us. Linux only; run as a script, by path.

`python launch.py PARENT COMMAND...`: asks the kernel for SIGKILL at the parent's death, whatever kills it,
and executes the command, for which the request stays (prctl(2), PR_SET_PDEATHSIG). Everything our processes
acknowledge is durable, so being killed costs nothing.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main() -> None:
    """Execute the command, unless the parent is gone already."""
    parent, command = int(sys.argv[1]), sys.argv[2:]
    if die_with(parent):
        os.execv(command[0], command)  # noqa: S606 - nothing goes through a shell


def die_with(parent: int) -> bool:
    """Ask for SIGKILL at the death of the parent; return whether it is alive to die."""
    if ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG) was refused")
    # It may have died before it was asked: then nobody would ever send the signal.
    return os.getppid() == parent


if __name__ == "__main__":
    main()
