"""`python -m raccord`: the `raccord` command, where only the interpreter is at hand."""

import sys
from importlib import import_module

if __name__ == "__main__":
    # By name: what is below the command line does not import it.
    sys.exit(import_module("starters.cli.main").main())
