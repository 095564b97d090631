"""`raccord`, and `python -m raccord` where only the interpreter is at hand."""

import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

PACKAGES = ("raccord", "workflows", "activities", "workers", "starters", "sandbox")
"""What the wheel brings; `sandbox` alone may be left out of an image."""
USAGE = 2


def strangers(root: Path) -> list[str]:
    """Name the packages of ours that Python would load from elsewhere than `root`, with where from.

    Such names are anybody's: a stranger's `workflows` would be loaded without a word, in place of ours.
    """
    found = {name: find_spec(name) for name in PACKAGES}
    places = {
        name: [Path(place).resolve() for place in spec.submodule_search_locations or [spec.origin or ""]]
        for name, spec in found.items()
        if spec
    }
    return [f"{name} ({at[0]})" for name, at in places.items() if at != [root.resolve() / name]]


def main() -> None:
    """Run the command, unless another distribution stands in our place."""
    root = Path(__file__).parents[1]
    if others := strangers(root):
        sys.stderr.write(
            f"raccord: packages of the same name stand before Raccord's own in {root}: {', '.join(others)}. "
            "Install Raccord in an environment of its own, and start it from another folder.\n"
        )
        sys.exit(USAGE)
    # By name: what is below the command line does not import it.
    import_module("starters.cli.main").main()


if __name__ == "__main__":
    main()
