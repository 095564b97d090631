"""Writing what goes out to a vendor."""

import json
from typing import Any


def write_json(content: Any) -> str:
    """Return content as compact JSON, its letters as they are."""
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))
