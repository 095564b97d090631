"""The records every simulated account starts with; README.md says which deal shows what."""

import json
from importlib.resources import files
from typing import Any


def rows(name: str) -> list[dict[str, Any]]:
    """The rows of `<name>.json`, read afresh."""
    found: list[dict[str, Any]] = json.loads(files(__name__).joinpath(f"{name}.json").read_text("utf-8"))
    return found
