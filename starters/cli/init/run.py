"""The command: read the accounts, ask, propose, write; or the example where there is nothing to read."""

import os
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from raccord.connectors.connection import in_its_words
from raccord.connectors.errors import ConnectorError
from raccord.domain.proposal.proposal import Accounts, Entry, desk_language, propose
from raccord.domain.proposal.questions import Question, questions
from raccord.domain.values.clock import BusinessClock
from raccord.domain.values.described import BillingAccount, CrmAccount
from raccord.domain.values.message import Message, Percent, message
from raccord.settings.configuration import BadSettings
from raccord.settings.file import content_of, default_path
from raccord.settings.load import messenger_in_environment
from raccord.texts import say
from raccord.texts.proposal import settings_file
from starters.cli.common import fail, run, warn
from starters.cli.init.accounts import Reachable, free_place, reachable, read_accounts
from starters.cli.init.asking import Conversation, checked
from starters.cli.init.ending import ending
from starters.cli.init.example import example, write_example, written


def propose_settings(path: Path | None, answers: Path | None, language: str) -> int:
    """Write a settings file, in shadow. Nothing is written anywhere else, and no existing file is touched."""
    file = path or default_path()
    if file.is_dir():
        fail(message("init.folder", file=str(file)))
    try:
        with os.scandir(file.parent):
            # Said now, and not after ten answers.
            pass
        asked = reachable()
        given = content_of(answers) if answers else None
    except OSError as error:
        fail(message("init.unwritten", file=str(file), why=str(error.strerror)))
    except BadSettings as error:
        fail(error)
    if asked is None:
        if given is not None:
            fail(message("init.answers_without"))
        return write_example(file, path, language)
    accounts = _read(asked, language)
    today = BusinessClock().date_of(datetime.now(UTC))
    questioned = questions(accounts.crm, accounts.billing, today)
    if given is None:
        chosen = Conversation(language).answers(questioned)
    else:
        chosen = _from_file(questioned, given, answers, language)
    asked_in = desk_language(accounts.billing, language)
    entries = (
        *propose(accounts, questioned, chosen),
        *_messenger(),
        Entry("desk", "language", asked_in, (message("init.file.desk"),)),
        *_legal(accounts, asked.here),
    )
    head = (
        message("init.file.head", day=today),
        message("init.file.accounts", accounts=_called(accounts)),
        message("init.file.secrets"),
    )
    place = free_place(file)
    written(place, settings_file(head, entries, language), path)
    answers_to_keep = chosen if given is None else None
    for line in ending(file, place, asked_in, answers_to_keep, language):
        click.echo(line)
    return 0


def _read(asked: Reachable, language: str) -> Accounts:
    names = [row.name for row in (asked.crm, asked.billing) if row]
    click.echo(say(message("init.reading", name=tuple(names)), language))
    try:
        accounts = run(read_accounts(asked))
    except ConnectorError as error:
        fail(in_its_words(error), status=1)
    for line in _found(accounts, language):
        click.echo(line)
    for sentence in (*accounts.crm.unread, *accounts.billing.unread):
        warn(say(message("init.unread", why=sentence), language))
    if {accounts.crm.test, accounts.billing.test} == {True, False}:
        warn(say(message("init.mixed"), language))
    if not asked.billing:
        warn(say(message("init.without_billing"), language))
    return accounts


def _found(accounts: Accounts, language: str) -> Iterator[str]:
    crm, billing = accounts.crm, accounts.billing
    seen = message(
        "init.read.crm",
        name=accounts.crm_name,
        account=crm.name,
        mode=_mode(crm),
        pipelines=len(crm.pipelines),
        owners=len(crm.owners),
        fields=sum(map(len, crm.fields.values())),
    )
    yield f"  {say(seen, language)}"
    if billing.test is not None or billing.name:
        rates = tuple(Percent(percent=rate) for rate in billing.vat_rates)
        told = message(
            "init.read.billing",
            name=accounts.billing_name,
            account=billing.name,
            mode=_mode(billing),
            rates=rates or message("init.read.no_rates"),
        )
        yield f"  {say(told, language)}"
    yield ""


def _mode(account: CrmAccount | BillingAccount) -> str | Message:
    match account.test:
        case None:
            return message("init.mode.unknown")
        case test:
            return "TEST" if test else "LIVE"


def _called(accounts: Accounts) -> tuple[str, ...]:
    both = ((accounts.crm_name, accounts.crm), (accounts.billing_name, accounts.billing))
    modes = {True: "TEST", False: "LIVE", None: ""}
    return tuple(
        " ".join(filter(None, (name, account.name, modes[account.test])))
        for name, account in both
        if account.name
    )


def _from_file(
    asked: tuple[Question, ...], given: dict[str, Any], file: Path | None, language: str
) -> dict[str, str]:
    try:
        return checked(asked, given, str(file), language)
    except ValueError as error:
        fail(str(error))


def _messenger() -> Iterator[Entry]:
    """Yield who asks people, where the environment says all there is to know of it."""
    if name := messenger_in_environment():
        yield Entry("", "messenger", name, (message("init.file.messenger"),))


def _legal(accounts: Accounts, here: str | None) -> Iterator[Entry]:
    """Yield what the example has and no account tells: legal wording, and where webhooks arrive.

    `here` is where they do when the vendors are on this machine.
    """
    known = tomllib.loads(example())
    url = here or known["receiver"]["public_url"]
    yield Entry("receiver", "public_url", url, (message("init.file.public_url"),))
    if accounts.billing.country not in (None, "FR"):
        return
    places = (
        ("invoice.footers", known["invoice"]["footers"], message("init.file.footers")),
        ("vat.zero_rate_reasons", known["vat"]["zero_rate_reasons"], message("init.file.zero")),
    )
    for section, texts, remark in places:
        for number, (name, text) in enumerate(texts.items()):
            yield Entry(section, name, text, () if number else (remark,))
