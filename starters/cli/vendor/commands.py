"""The commands for whoever adds a vendor to Raccord."""

import click

from starters.cli.common import end

KINDS = ("crm", "billing", "messenger", "report_sinks")
"""Those that `tools.skeleton` has, which `--help` does without."""


@click.group()
def vendor() -> None:
    """Add a vendor to Raccord: for developers, in a checkout of its source."""


@vendor.command("new")
@click.argument("name")
@click.option(
    "--kind",
    type=click.Choice(KINDS),
    required=True,
    help="What it is: a CRM, a billing system, a messenger, or a place where the weekly report is shown.",
)
def vendor_new(name: str, kind: str) -> None:
    """Begin a vendor: its package, simulator, tests and page, with what is still missing said in each.

    NAME is the package's: lower-case letters, digits and underscores. Nothing that is there is overwritten,
    and nobody can choose the vendor before it is finished. docs/new-vendor.md goes on from there.
    """
    from raccord.connectors.connection import Kind
    from starters.cli.vendor.new import begin

    end(begin(name, Kind(kind)))
