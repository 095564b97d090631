"""Whether a vendor can call an address at all."""

import re
from urllib.parse import urlsplit

from raccord.connectors.connection import LOOPBACK

_NOWHERE = re.compile(r"(^|\.)(example(\.\w+)?|test|invalid|localhost|local)$|^(127|0)\.")
"""Names that lead nowhere (RFC 2606, RFC 6761), and this machine: what an example has would reach others."""


def callable_from_outside(url: str) -> bool:
    """Whether it is an address of the world outside: no name that stands for an example, no own machine."""
    parts = urlsplit(url)
    host = parts.hostname or "localhost"
    return parts.scheme == "https" and host not in LOOPBACK and not _NOWHERE.search(host)
