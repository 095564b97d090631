"""The commands that make an installation, check it, and keep it."""

from pathlib import Path

import click

from starters.cli.common import (
    as_json,
    config_file,
    configuration,
    end,
    fail,
    key_ring,
    run,
    unless_taken,
)
from starters.cli.language import spoken


@click.command()
@click.argument("path", required=False, type=click.Path(path_type=Path))
@click.option(
    "--answers",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Answers from a file, as an earlier run printed them; nothing is asked.",
)
def init(path: Path | None, answers: Path | None) -> None:
    """Propose a settings file from what your accounts hold: fields with samples side by side, in shadow.

    It reads the accounts whose credentials are in the environment, asks ten questions at most, and never
    overwrites a file: PATH, or raccord.toml. Without credentials it writes a commented example to fill in.
    """
    from starters.cli.init.run import propose_settings

    end(propose_settings(path, answers, spoken()))


@click.command()
@config_file
@as_json
def doctor(config: Path | None, as_json: bool) -> None:
    """Check everything a start needs: one line a check, with the exact remedy."""
    from starters.cli.doctor.run import run_doctor

    end(run(run_doctor(config, as_json=as_json)))


@click.command()
@config_file
@click.option(
    "--only",
    type=click.Choice(["temporal"]),
    help="Only the namespace of a Temporal of your own (TEMPORAL_ADDRESS): the job of a deployment.",
)
@click.option("--dry-run", "dry", is_flag=True, help="Say what would be done, and change nothing anywhere.")
@as_json
def setup(config: Path | None, only: str | None, dry: bool, as_json: bool) -> None:
    """Make what is missing, and leave alone what is there: in the CRM the fields that the settings name,
    the webhooks that vendors take over their APIs, the files of the CRM's app, and on a Temporal of your own,
    which TEMPORAL_ADDRESS names, namespace and schedules. It may be repeated."""
    from raccord.temporal.client import elsewhere
    from starters.cli.setup import set_up
    from starters.cli.setup_temporal import set_up_alone

    loaded = configuration(config)
    if only:
        end(run(set_up_alone(loaded, key_ring(loaded), dry=dry, as_json=as_json)))
    keys = key_ring(loaded) if elsewhere() else None
    end(run(set_up(loaded, config, keys, as_json=as_json, dry=dry)))


@click.command()
@click.argument("connection")
@click.option(
    "--code", "pasted", is_flag=True, help="Paste an address, where the browser is not on this machine."
)
@config_file
def connect(connection: str, pasted: bool, config: Path | None) -> None:
    """Agree on a vendor's page to what Raccord may do there (OAuth), once or anew.

    CONNECTION is its name in raccord.toml. The tokens are sealed in the records and renewed by themselves;
    what waited for a refused access goes on.
    """
    from raccord.temporal.client import elsewhere
    from starters.cli.connect import connect_to

    loaded = configuration(config)
    with unless_taken():
        # Before the first `raccord up` there is no key yet; a fleet's is made once, for all its machines.
        end(run(connect_to(loaded, key_ring(loaded, create=not elsewhere()), connection, pasted=pasted)))


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@config_file
def backup(file: Path, config: Path | None) -> None:
    """Copy records and flows into FILE, while everything runs on. The keys are not in it."""
    from starters.cli.backup import back_up

    loaded = configuration(config)
    end(run(back_up(loaded, key_ring(loaded), file)))


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@config_file
def restore(file: Path, config: Path | None) -> None:
    """Put back what a backup holds, where nothing is: not beside a running Raccord, nor over its data."""
    from raccord.domain.values.message import message
    from starters.cli.backup import put_back

    loaded = configuration(config)
    if not (keys := loaded.settings.key_file).exists():
        fail(message("error.restore_key", path=str(keys)), status=1)
    end(run(put_back(loaded, key_ring(loaded), file)))
