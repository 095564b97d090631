"""The commands that hold CRM and billing system against each other: now, over a week, over the past."""

from datetime import datetime
from pathlib import Path

import click

from starters.cli.common import as_json, config_file, configuration, end, fail, key_ring, run


@click.command()
@click.option(
    "--once", is_flag=True, help="Look and compare now; schedules do it every hour and every night."
)
@click.option(
    "--since",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DATE",
    help="With --once: compare from this day on, as 2026-01-31, and not from the cut-over date.",
)
@click.option(
    "--page", type=click.Path(dir_okay=False, path_type=Path), help="Keep the proof as an HTML page."
)
@config_file
@as_json
def reconcile(
    once: bool, since: datetime | None, page: Path | None, config: Path | None, as_json: bool
) -> None:
    """Show the last proof: won deals, invoices and payments held against each other, gap by gap.

    With --once, first have every won deal since the cut-over looked at that no webhook told of, then compare.
    """
    from raccord.domain.values.message import message
    from starters.cli.reconcile import reconcile_now, show_last

    loaded = configuration(config)
    if once:
        work = reconcile_now(loaded, key_ring(loaded), since and since.date(), page, as_json=as_json)
    elif since:
        fail(message("error.since_once"))
    else:
        work = show_last(loaded, key_ring(loaded), page, as_json=as_json)
    end(run(work))


@click.command()
@click.option(
    "--week", metavar="WEEK", help="Which week, as 2026-W48 or any day of it [default: the last one over]"
)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="FOLDER",
    help="Keep its page, its tables as CSV and its charts as PNG there.",
)
@config_file
@as_json
def report(week: str | None, out: Path | None, config: Path | None, as_json: bool) -> None:
    """Tell a week: won deals, invoices and payments, what waits, and what changed since the week before.

    A week is made once and then says the same whenever it is asked for; as far as [modes] lets it, it is also
    shown in the configured places and mailed to management, each once.
    """
    from starters.cli.report import tell_week, week_of

    loaded = configuration(config)
    meant = week_of(week, loaded)
    end(run(tell_week(loaded, key_ring(loaded), meant, out, as_json=as_json)))


@click.command()
@click.option(
    "--since",
    required=True,
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DATE",
    help="Deals won on this day or later, as 2026-01-31.",
)
@click.option("--dry-run", is_flag=True, help="Count what it would do, and change nothing: comes first.")
@config_file
@as_json
def backfill(since: datetime, dry_run: bool, config: Path | None, as_json: bool) -> None:
    """Link the deals of the past with their invoices and show what was paid. Nobody is told."""
    from starters.cli.backfill import fill

    loaded = configuration(config)
    end(run(fill(loaded, key_ring(loaded), since.date(), dry=dry_run, as_json=as_json)))
