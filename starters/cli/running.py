"""The commands that run Raccord, or something to try it on, until they are stopped."""

from importlib.util import find_spec
from pathlib import Path

import click

from starters.cli.common import config_file, configuration, end, fail, key_ring, run, unless_taken
from starters.cli.language import spoken

EMBEDDED = ("aiosmtpd", "httpx", "rich")
"""What the extra `embedded` brings, as it is imported."""

PORT = click.IntRange(1, 65535)


@click.command()
@click.option("--exit", "leave", is_flag=True, help="Stop when the scenarios have been played.")
@click.option("--json", "json_file", type=click.Path(path_type=Path), help="Write the results to this file.")
@click.option(
    "--pair",
    default="hubspot-stripe",
    show_default=True,
    metavar="CRM-BILLING",
    help="CRM and billing system that are played; pipedrive-pennylane too.",
)
@click.option("--only", multiple=True, metavar="NAME", help="Play only this scenario; may be repeated.")
@click.option(
    "--day",
    type=click.IntRange(1, 3600),
    default=3,
    show_default=True,
    metavar="SECONDS",
    help="How long a day lasts in the scenarios of reminders.",
)
def demo(leave: bool, json_file: Path | None, pair: str, only: tuple[str, ...], day: int) -> None:
    """Try everything without any account: simulated vendors, real Temporal, real processes."""
    _need_embedded("demo")
    from starters.demo.run import run_demo

    end(run(run_demo(pair=pair, stay=not leave, json_file=json_file, day=day, only=only)))


@click.command()
@config_file
def up(config: Path | None) -> None:
    """Run everything on this machine: Temporal with its Web UI, worker and receiver."""
    _need_embedded("up")
    from starters.embedded.alone import alone

    loaded = configuration(config)
    with unless_taken(), alone(loaded.settings) as lock:
        from starters.cli.doctor.run import look_before_a_start
        from starters.embedded.up import run_up

        look_before_a_start(loaded)
        end(run(run_up(loaded, key_ring(loaded, create=True), lock)))


@click.command()
@config_file
def worker(config: Path | None) -> None:
    """Run one worker process; start as many as you need."""
    from raccord.domain.values.message import message
    from raccord.settings.configuration import BadSettings
    from raccord.temporal.client import TemporalUnreachable
    from raccord.temporal.logs import configure_logs
    from workers.run import run_worker

    configure_logs("worker")
    loaded = configuration(config)
    try:
        run(run_worker(loaded, key_ring(loaded)))
    except TemporalUnreachable as error:
        fail(error, status=1)
    except BadSettings as error:
        fail(message("error.settings"), error)


@click.command()
@config_file
def starter(config: Path | None) -> None:
    """Run the receiver: webhooks come in here and start flows."""
    from starters.receiver.places import listening

    loaded = configuration(config)
    with unless_taken(), listening(loaded.settings) as sockets:
        from raccord.temporal.logs import configure_logs
        from starters.receiver.serve import run_receiver

        configure_logs("receiver")
        run(run_receiver(loaded, key_ring(loaded), sockets))


@click.command()
@click.option("--port", type=PORT, default=8090, show_default=True, help="Port on loopback.")
@click.option(
    "--webhook",
    multiple=True,
    metavar="VENDOR=URL",
    help="Where a vendor delivers, e.g. hubspot=http://127.0.0.1:8080/webhooks/hubspot; may be repeated.",
)
@click.option(
    "--link",
    multiple=True,
    metavar="LABEL=URL",
    help="A link at the top of the page; with {id} in it, one beside each deal; may be repeated.",
)
@click.option("--smtp-port", type=PORT, help="Port of the mailbox on loopback, instead of a free one.")
@click.option("--mail", is_flag=True, help="Mail invoices, which Stripe does not do with a test key.")
@click.option("--year", is_flag=True, help="Begin with a CRM that has sold for a year, and needs cleaning.")
def sandbox(  # noqa: PLR0917 - click passes them by name
    port: int, webhook: tuple[str, ...], link: tuple[str, ...], smtp_port: int | None, mail: bool, year: bool
) -> None:
    """Run the simulated vendors alone, with a page to play on."""
    _need_embedded("sandbox")
    from raccord.domain.values.message import message
    from raccord.texts import say_param
    from sandbox.app import create_app, delivery_of, link_of
    from sandbox.mailbox.mailbox import Mailbox
    from sandbox.server import must_be_free, serve
    from starters.demo.access import access

    try:
        vendors = create_app(
            webhooks=dict(map(delivery_of, webhook)),
            links=dict(map(link_of, link)),
            settings={
                "stripe": {"mails_in_test": mail},
                # As the key of its Stripe: nobody works in either.
                "hubspot": {"a_year": year, "account_type": "DEVELOPER_TEST"},
            },
            mailbox=Mailbox(port=smtp_port or 0),
        )
        for wanted in filter(None, (port, smtp_port)):
            must_be_free("127.0.0.1", wanted)
    except ValueError as error:
        fail(str(error))
    for said in (
        message("sandbox.at", url=f"http://127.0.0.1:{port}/"),
        message("sandbox.in_a_shell"),
        f"\n{access(port)}",
        message("sandbox.then"),
    ):
        click.echo(say_param(said, spoken()))
    run(serve(vendors, port=port))


def _need_embedded(command: str) -> None:
    """End the command with a sentence where Raccord was installed for production alone."""
    if missing := [name for name in EMBEDDED if find_spec(name) is None]:
        from raccord.domain.values.message import message

        fail(message("error.embedded", typed=f"raccord {command}", missing=tuple(missing)))
