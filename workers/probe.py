"""`python -m workers.probe`: whether the address in `PROBE_URL` answers 200, for a container's health check.

The image holds no `curl`. Without an address there is nothing to ask, and the container is healthy.
"""

import os
import sys
import urllib.request
from urllib.error import URLError

_SECONDS = 2.5


def main() -> int:
    """Return the exit status: 0 when it answers 200."""
    url = os.environ.get("PROBE_URL")
    if not url:
        return 0
    if not url.startswith("http://"):
        sys.stderr.write("PROBE_URL is no address\n")
        return 1
    try:
        with urllib.request.urlopen(url, timeout=_SECONDS) as answer:  # noqa: S310 - http, see above
            return int(answer.status != 200)
    except (URLError, OSError) as error:
        sys.stderr.write(f"{url}: {error}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main())
