"""The commands of `raccord contacts`."""

from pathlib import Path

import click

from starters.cli.common import as_json, config_file, configuration, end, key_ring, run


@click.group()
def contacts() -> None:
    """See where CRM and billing say different things of a customer, and take a change back."""


@contacts.command()
@click.option("--fix", is_flag=True, help="Have the flows carry over, and ask, what is due.")
@click.option("--csv", type=click.Path(path_type=Path), metavar="FILE", help="Write the list into a file.")
@config_file
@as_json
def diff(fix: bool, csv: Path | None, config: Path | None, as_json: bool) -> None:
    """Compare every linked customer with its companies. Writes nothing by itself."""
    from starters.cli.contacts.diff import diff as compared

    loaded = configuration(config)
    end(run(compared(loaded, key_ring(loaded), fix=fix, csv=csv, as_json=as_json)))


@contacts.command()
@click.argument("audit_row", type=click.IntRange(min=1), metavar="AUDIT_ROW")
@config_file
def undo(audit_row: int, config: Path | None) -> None:
    """Put back what a write of Raccord's replaced: AUDIT_ROW is its `sequence` in `raccord audit export`.

    It is written on the side that was overwritten; the other side keeps its value, and both agree to differ.
    """
    from starters.cli.contacts.undo import undo as undone

    loaded = configuration(config)
    end(run(undone(loaded, key_ring(loaded), audit_row)))
