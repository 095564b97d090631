"""The commands that let flow 1 go further, or back, for one salesperson or pipeline."""

from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from pathlib import Path

import click
from click.core import ParameterSource

from raccord.machine import sentence
from starters.cli.common import as_json, config_file, configuration, end, fail, key_ring, run
from starters.cli.help import said_here
from starters.cli.language import spoken


def _amount(_: click.Context, __: click.Parameter, typed: str | None) -> Decimal | None:
    if typed is None:
        return None
    try:
        amount = Decimal(typed.replace(",", "."))
    except InvalidOperation:
        amount = Decimal(0)
    if not amount.is_finite() or amount <= 0:
        said = sentence("write a net amount above 0: 1000 or 999.50")
        raise click.BadParameter(said_here(said, spoken()))
    return amount


def _whose(command: Callable[..., None]) -> Callable[..., None]:
    for option in (
        click.option("--reason", required=True, metavar="TEXT", help="Why; kept in the audit."),
        click.option("--everybody", is_flag=True, help="Everybody who has no rung of their own."),
        click.option(
            "--pipeline", default="", metavar="NAME", help="A pipeline, by its name or its id in the CRM."
        ),
        click.option(
            "--owner",
            default="",
            metavar="WHO",
            help="A salesperson, by e-mail address, name or id in the CRM.",
        ),
    ):
        command = option(command)
    return command


@click.command("ladder")
@config_file
@as_json
def ladder(config: Path | None, as_json: bool) -> None:
    """Show who is on which rung: shadow, draft, live up to an amount, live."""
    from starters.cli.ladder.command import show

    loaded = configuration(config)
    end(run(show(loaded, key_ring(loaded), as_json=as_json)))


@click.command("promote")
@_whose
@click.option(
    "--under", callback=_amount, metavar="AMOUNT", help="Up to which net amount invoices are issued alone."
)
@config_file
def promote(
    *, owner: str, pipeline: str, everybody: bool, reason: str, under: Decimal | None, config: Path | None
) -> None:
    """Go one rung further for a salesperson or a pipeline: shadow, draft, live up to an amount, live."""
    from starters.cli.ladder.command import up
    from starters.cli.ladder.finding import Typed

    loaded, typed = configuration(config), Typed(owner, pipeline, everybody)
    end(run(up(loaded, key_ring(loaded), typed, under, reason)))


@click.command("demote")
@_whose
@click.option(
    "--to", type=click.Choice(["shadow", "draft"]), default="shadow", help="How far.", show_default=True
)
@click.option("--under", callback=_amount, metavar="AMOUNT", help="Stay live, up to this net amount alone.")
@config_file
def demote(
    *,
    owner: str,
    pipeline: str,
    everybody: bool,
    reason: str,
    to: str,
    under: Decimal | None,
    config: Path | None,
) -> None:
    """Go back at once for a salesperson, a pipeline or everybody: no new write from the next look on.

    For everybody, whoever stands higher comes down too.
    """
    from raccord.domain.rules.ladder import Rung
    from raccord.domain.rules.modes import Mode
    from raccord.domain.values.message import message
    from starters.cli.ladder.command import down
    from starters.cli.ladder.finding import Typed

    said = click.get_current_context().get_parameter_source("to")
    if under is not None and said is not ParameterSource.DEFAULT:
        fail(message("ladder.to_or_under"))
    loaded, typed = configuration(config), Typed(owner, pipeline, everybody)
    rung = Rung(mode=Mode(to)) if under is None else Rung(mode=Mode.LIVE, up_to=under)
    end(run(down(loaded, key_ring(loaded), typed, rung, reason)))


LADDER = (ladder, promote, demote)
