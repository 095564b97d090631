"""How long the suite waits: limits are written for an idle machine and multiplied by one factor.

`RACCORD_TEST_PATIENCE` sets the factor; otherwise it is how many processes will wait for each core: those
that do when the run begins, and those that the run itself adds. Only limits scale: what decides about
correctness (a step's timeout, a vendor's lag) stays as it is.
"""

import os

FACTOR = "RACCORD_TEST_PATIENCE"
MOST = 10.0
"""However busy the machine is, a test that waits ten times as long waits for nothing."""
OWN = 4.0
"""Who waits for a core on behalf of one test process: a lane is four processes beside the server, and a file
of crash points has up to four lanes."""


class WrongFactor(ValueError):
    """`RACCORD_TEST_PATIENCE` is no number of at least 1."""


def factor() -> float:
    """Return by how much limits are longer than on an idle machine. Raises `WrongFactor`."""
    said = os.environ.get(FACTOR, "1")
    try:
        found = float(said)
    except ValueError:
        raise WrongFactor(f"{FACTOR} is {said!r}, which is no number") from None
    if not 1 <= found < float("inf"):
        raise WrongFactor(f"{FACTOR} is {said!r}, which is less than 1 or no number")
    return found


def patience(seconds: float) -> float:
    """Return a limit in seconds for the machine as it is, from one for an idle machine."""
    return seconds * factor()


def settle_factor(processes: int = 1) -> float:
    """Fix the factor for this process and those it starts, by the load where nobody has set it.

    `processes`: how many processes run tests side by side. Raises `WrongFactor`.
    """
    if not os.environ.get(FACTOR):
        found = busy(os.getloadavg()[0] + OWN * processes, os.cpu_count() or 1)
        os.environ[FACTOR] = f"{found:.1f}"
    return factor()


def busy(load: float, cores: int) -> float:
    """Return the factor for a load: 1 with a core for everybody, and never more than `MOST`."""
    return min(max(load / cores, 1.0), MOST)
