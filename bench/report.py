"""The figures as a table and as JSON."""

import json
import os
import platform
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from itertools import zip_longest
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.figures import Figure
from bench.minimum import MINIMUM
from bench.played import Played

_MET = {True: "[green]met[/]", False: "[red]missed[/]", None: ""}


def show(part: str, figures: Sequence[Figure], console: Console) -> None:
    """Print the figures of one part."""
    table = Table(title=part, title_justify="left", show_edge=False, min_width=100)
    table.add_column("figure")
    table.add_column("value", justify="right")
    table.add_column("target")
    table.add_column("")
    for figure in figures:
        table.add_row(
            _named(figure), f"{number(figure.value)} {figure.unit}", _target(figure), _MET[figure.met]
        )
    console.print(table, "")


def show_requests(played: Played, console: Console) -> None:
    """Print what one deal asked of the vendors, and what it cannot do without."""
    table = Table(title="requests", title_justify="left", show_edge=False, min_width=100)
    for heading in ("made", "least", "why"):
        table.add_column(heading)
    columns = (
        _made(played),
        [f"{vendor} {request}" for vendor, request, _ in MINIMUM],
        [reason for _, _, reason in MINIMUM],
    )
    for row in zip_longest(*columns, fillvalue=""):
        table.add_row(*row)
    console.print(table, "")


def save(
    path: Path, parts: Mapping[str, Sequence[Figure]], played: Played, asked: Mapping[str, object]
) -> None:
    """Write everything as JSON."""
    found = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": {"cores": os.cpu_count(), "python": platform.python_version(), "load": os.getloadavg()},
        "asked": dict(asked),
        "parts": {part: [_json(figure) for figure in figures] for part, figures in parts.items()},
        "requests": _made(played),
        "least_requests": [dict(zip(("vendor", "request", "reason"), row, strict=True)) for row in MINIMUM],
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(found, indent=1) + "\n")


def number(value: float) -> str:
    """Write a value with three digits that count, or more in front of the point."""
    return f"{value:.0f}" if value >= 100 or value == int(value) else f"{value:.3g}"


def _made(played: Played) -> list[str]:
    return [f"{r['vendor']} {r['method']} {r['path']}" for r in played.requests]


def _json(figure: Figure) -> dict[str, object]:
    return figure.model_dump(exclude_defaults=True) | ({} if figure.met is None else {"met": figure.met})


def _named(figure: Figure) -> str:
    made_of = ", ".join(f"{name} {number(value)}" for name, value in figure.parts.items())
    return f"{figure.name} [dim]({made_of})[/]" if made_of else figure.name


def _target(figure: Figure) -> str:
    if figure.limit is None:
        return figure.basis
    bound = f"{'≥' if figure.at_least else '≤'} {number(figure.limit)} {figure.unit}".rstrip()
    return f"{bound} ({figure.basis})"
