"""Everything that our processes load, for `tests.forked`: imported once, then nothing but forked.

Temporal's runtime has threads, and only the thread that forks goes on in a child: it must not have begun.
"""

import atexit
import gc
import os
import threading
from importlib import import_module

for name in (
    *("starters.cli.main", "starters.cli.doctor.run", "starters.cli.flows", "starters.cli.inbox"),
    *("workers.run", "starters.receiver.serve", "starters.demo.access", "sandbox.app"),
    *(f"raccord.vendors.{vendor}" for vendor in ("hubspot", "slack", "smtp", "standard_webhooks", "stripe")),
    *(f"sandbox.{vendor}" for vendor in ("hubspot", "slack", "stripe")),
):
    import_module(name)
if threading.active_count() != 1:
    raise RuntimeError("a module has begun a thread as it was loaded: it would be missing in every child")
# Collections of a child would write to, and so copy, every page that it shares with the others.
gc.collect()
gc.freeze()
# Taking everything that was loaded apart again takes seconds.
atexit.register(os._exit, 0)
