"""The command `raccord data-quality`."""

from datetime import datetime
from pathlib import Path

import click

from starters.cli.common import as_json, config_file, configuration, end, run


@click.command("data-quality")
@click.option(
    "--since",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DATE",
    help="Judge deals won on this day or later, as 2026-01-31 [default: the last twelve months]",
)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="FOLDER",
    help="Keep a page for each salesperson there, and an overview.",
)
@click.option(
    "--csv",
    "tables",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="FOLDER",
    help="Keep everything there for a spreadsheet.",
)
@config_file
@as_json
def data_quality(
    since: datetime | None, out: Path | None, tables: Path | None, config: Path | None, as_json: bool
) -> None:
    """Read the CRM and tell what to clean, by whom, and what it is worth. Writes nothing.

    Each won deal is judged as Raccord would judge it live. Ctrl-C keeps what was read until then.
    """
    from starters.cli.data_quality.command import Wanted, look

    wanted = Wanted(since=since and since.date(), out=out, tables=tables, as_json=as_json)
    end(run(look(configuration(config), wanted)))
