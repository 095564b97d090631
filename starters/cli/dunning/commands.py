"""The commands of `raccord dunning`."""

from datetime import date, datetime
from pathlib import Path
from typing import Any, NoReturn

import click

from starters.cli.common import as_json, config_file, configuration, end, fail, key_ring, run

_DAY = click.DateTime(["%Y-%m-%d"])
_FILE = click.Path(path_type=Path)
customer_argument = click.argument("customer")
invoice_argument = click.argument("invoice")


reason_option = click.option("--reason", metavar="TEXT", help="Kept with it, and in the audit.")


@click.group()
def dunning() -> None:
    """See who is reminded of late invoices, and say what should be known of them.

    A CUSTOMER is named by its id in the billing system, by its name, or by the number of an open invoice.
    """


@dunning.command("list")
@config_file
@as_json
def list_(config: Path | None, as_json: bool) -> None:
    """List who is late, for how much, what was sent, what comes next, and why nothing does."""
    from starters.cli.dunning.looking import list_all

    loaded = configuration(config)
    end(run(list_all(loaded, key_ring(loaded), as_json=as_json)))


@dunning.command()
@customer_argument
@config_file
@as_json
def show(customer: str, config: Path | None, as_json: bool) -> None:
    """Show a customer: its open invoices, what was sent, what was said, and what comes next."""
    from starters.cli.dunning.looking import show as shown

    loaded = configuration(config)
    end(run(shown(loaded, key_ring(loaded), customer, as_json=as_json)))


@dunning.command()
@customer_argument
@click.option("--language", default="", metavar="LANGUAGE", help="fr or en, instead of the customer's own.")
@click.option("--html", type=_FILE, metavar="FILE", help="Write the mail's page into a file.")
@config_file
def preview(customer: str, language: str, html: Path | None, config: Path | None) -> None:
    """Write the mail that would leave next. Sends nothing."""
    from starters.cli.dunning.previewing import preview as previewed

    loaded = configuration(config)
    end(run(previewed(loaded, key_ring(loaded), customer, language=language, html=html)))


@dunning.command()
@customer_argument
@click.option("--until", type=_DAY, metavar="DAY", help="The last day of it; without one, until `resume`.")
@reason_option
@config_file
def pause(customer: str, until: datetime | None, reason: str | None, config: Path | None) -> None:
    """Send a customer no reminder, until a day is over or until `resume`."""
    _say(config, customer, "pause", reason=reason, until=_date(until))


@dunning.command()
@customer_argument
@invoice_argument
@reason_option
@config_file
def dispute(customer: str, invoice: str, reason: str | None, config: Path | None) -> None:
    """Leave one contested invoice out of all reminders; the customer's others go on."""
    _say(config, customer, "dispute", invoice, reason=reason)


@dunning.command()
@customer_argument
@invoice_argument
@reason_option
@config_file
def settled(customer: str, invoice: str, reason: str | None, config: Path | None) -> None:
    """Say that the dispute about an invoice is over: it is reminded of again."""
    _say(config, customer, "settled", invoice, reason=reason)


@dunning.command()
@customer_argument
@click.argument("day", type=_DAY, metavar="DAY")
@click.option(
    "--amount", default="", metavar="AMOUNT", help="What was promised; without it, all that is late."
)
@reason_option
@config_file
def promise(customer: str, day: datetime, amount: str, reason: str | None, config: Path | None) -> None:
    """Note that a customer pays by a DAY: silence until it is over; not kept, the next level leaves."""
    _say(config, customer, "promise", reason=reason, until=_date(day), amount=amount)


@dunning.command()
@customer_argument
@click.argument("parts", nargs=-1, required=True, metavar="DAY=AMOUNT...")
@reason_option
@config_file
def instalments(customer: str, parts: tuple[str, ...], reason: str | None, config: Path | None) -> None:
    """Note that a customer pays in parts, each by a day of its own: 2026-12-15=400 2027-01-15=400."""
    _say(config, customer, "instalments", reason=reason, parts=parts)


@dunning.command()
@customer_argument
@click.argument("address", default="")
@reason_option
@config_file
def bounced(customer: str, address: str, reason: str | None, config: Path | None) -> None:
    """Say that the last mail, or mails to an ADDRESS, did not arrive: the level does not count."""
    _say(config, customer, "bounced", reason=reason, address=address)


@dunning.command()
@click.argument("customer", nargs=-1)
@click.option("--all", "every", is_flag=True, help="Everybody who waits for an approval, nobody left alone.")
@reason_option
@config_file
def approve(customer: tuple[str, ...], every: bool, reason: str | None, config: Path | None) -> None:
    """Let customers be reminded who were late before reminders began."""
    from starters.cli.dunning.saying import approve as approved

    loaded = configuration(config)
    end(run(approved(loaded, key_ring(loaded), customer, every=every, reason=_told(reason))))


@dunning.command()
@click.option("--policy", type=_FILE, metavar="FILE", help="A file with another section [dunning].")
@config_file
@as_json
def check(policy: Path | None, config: Path | None, as_json: bool) -> None:
    """Say what the rules do with today's accounts, and what those of another file would."""
    from starters.cli.dunning.changing import check as checked

    loaded = configuration(config)
    end(run(checked(loaded, key_ring(loaded), policy, as_json=as_json)))


def _plain(kind: str, says: str) -> None:
    """Add a command that says a word of nothing but a customer."""

    @dunning.command(kind, help=says)
    @customer_argument
    @reason_option
    @config_file
    def _(customer: str, reason: str | None, config: Path | None) -> None:
        _say(config, customer, kind, reason=reason)


for _kind, _says in {
    "resume": "Take back a pause, a collection, an insolvency, a stop, and mails that did not arrive.",
    "collection": "Say that somebody else collects the money now: no more reminders.",
    "insolvency": "Say that a procedure is open and nobody may ask for the money: no more reminders.",
    "stop": "Remind a customer no more, until `resume`.",
    "remind": "Remind a customer at the next moment at which a mail may leave; never within the gap.",
}.items():
    _plain(_kind, _says)


@dunning.command()
@click.option("--policy", type=_FILE, metavar="FILE", help="Its section [dunning]; else the rules in force.")
@click.option("--against", type=_FILE, metavar="FILE", help="Another one, side by side.")
@click.option("--since", type=_DAY, required=True, metavar="DAY", help="From which day on, as 2026-01-31.")
@click.option("--csv", type=_FILE, metavar="FILE", help="Invoices and payments, instead of the account's.")
@click.option("--out", type=_FILE, metavar="FOLDER", help="Write mails.csv and mails.svg into a folder.")
@config_file
@as_json
def simulate(config: Path | None, as_json: bool, since: datetime, **files: Path | None) -> None:
    """Play rules with invoices and payments of the past: which mails would have left. Sends nothing."""
    from starters.cli.dunning.rehearsing import Asked
    from starters.cli.dunning.rehearsing import simulate as simulated

    loaded = configuration(config)
    asked = Asked(since=since.date(), **files)
    end(run(simulated(loaded, key_ring(loaded), asked, as_json=as_json)))


def _told(reason: str | None) -> str:
    """Return a reason, or end the command where it says nothing; the settings are read by then."""
    if reason is not None and not reason.strip():
        from raccord.domain.values.message import message

        fail(message("dunning.typed.no_reason"))
    return (reason or "").strip()


def _date(at: datetime | None) -> date | None:
    return at.date() if at else None


def _say(
    config: Path | None, customer: str, kind: str, invoice: str = "", *, reason: str | None, **more: Any
) -> NoReturn:
    from raccord.domain.dunning.words import WordKind
    from starters.cli.dunning.judging import Said
    from starters.cli.dunning.saying import say

    loaded = configuration(config)
    said = Said(kind=WordKind(kind), reason=_told(reason), **more)
    end(run(say(loaded, key_ring(loaded), customer, said, invoice)))
