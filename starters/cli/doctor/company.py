"""What the settings say: whether they can be read, and whether they are enough."""

import tomllib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import reduce
from pathlib import Path

from raccord.connectors.connection import Check, Connection, Kind, in_its_words
from raccord.connectors.webhooks import HintKind
from raccord.domain.rules.contact import Standing
from raccord.domain.rules.modes import PAYMENT, Mode
from raccord.domain.rules.onboarding import PLACEHOLDERS, StepKind
from raccord.domain.values.details import Field
from raccord.domain.values.message import Text, message
from raccord.settings.checks import footers_check, seller_mentions_check
from raccord.settings.configuration import BadSettings, Configuration, NoSettings
from raccord.settings.environment import naming, unnamed, variable
from raccord.settings.load import read
from raccord.settings.model import Settings
from raccord.texts import LANGUAGES
from raccord.texts.mails import BadTemplate, Templates
from raccord.texts.told import Told
from starters.cli.common import without_settings
from starters.cli.doctor.reminders import gap_checks, reminder_checks
from starters.cli.doctor.report import report_check, words_check
from starters.cli.init.example import example
from starters.cli.setup_app import between_sweeps

LOCAL = ("http://127.", "http://localhost")


def settings(path: Path | None) -> tuple[Configuration | None, Check]:
    """Read the settings; None when they cannot be used, with the reason."""
    name = message("check.settings")
    try:
        loaded = read(path)
    except NoSettings as error:
        return None, Check.fail(name, _said(error), remedy=without_settings(path))
    except BadSettings as error:
        return None, Check.fail(name, _said(error), remedy=message("doctor.correct_these"))
    return loaded, Check.ok(name, str(loaded.path))


def _said(error: Told) -> Text:
    return reduce(lambda one, other: message("check.lines", one=one, other=other), error.said)


def environment(loaded: Configuration) -> Check:
    """Tell of variables that look like settings and have no effect."""
    if not loaded.strangers:
        return Check.ok(message("check.environment"), message("doctor.all_settings"))
    vendors = unnamed(loaded.strangers)
    remedies = [naming(vendor) for vendor in vendors]
    if sum(map(len, vendors.values())) < len(loaded.strangers):
        remedies.append(message("doctor.unset"))
    return Check.warn(
        message("check.environment"),
        message("doctor.strangers", names=tuple(loaded.strangers)),
        expected=message("doctor.own_settings"),
        remedy=reduce(lambda one, other: message("check.lines", one=one, other=other), remedies),
    )


def rules(loaded: Configuration) -> Iterator[Check]:
    """Judge what a start needs to be told."""
    modes = loaded.settings.modes
    for flow, mode in modes.items():
        yield Check.ok(f"mode {flow}", mode.value)
    yield Check.ok(message("check.credentials"), loaded.live_or_test)
    yield _cut_over(loaded, writes=bool(loaded.settings.acting))
    yield _public_address(loaded.settings.receiver.public_url)
    yield from _placeholders(loaded.settings)
    yield from _secrets(loaded)
    yield from _payments(loaded)
    if loaded.of(Kind.MESSENGER) is None:
        yield Check.warn(
            message("check.messenger"),
            message("doctor.no_messenger"),
            remedy=message("doctor.name_messenger"),
        )
    yield Check.ok(message("doctor.details"), _standings(loaded.settings.contact.fields))
    yield from _mails(loaded)
    if loaded.of(Kind.MAILER):
        templates = Templates(loaded.settings.mail.templates)
        yield from reminder_checks(loaded.settings.dunning, templates, loaded.settings.company.name)
        yield from gap_checks(loaded.settings.dunning, loaded.settings.clock.date_of(datetime.now(UTC)))
        if loaded.settings.report.to:
            yield words_check(templates, loaded.settings.desk.language, loaded.settings.company.name)
    yield report_check(loaded)
    yield footers_check(loaded.settings.invoice_policy)
    if loaded.settings.vat.seller_country == "FR":
        yield seller_mentions_check(loaded.settings.invoice_policy)


def _standings(fields: Mapping[Field, Standing]) -> Text:
    """Say what is kept in step and whose word counts; nothing else of a customer is ever written."""
    return ", ".join(f"{field} {standing}" for field, standing in fields.items()) or message("check.none")


def _mails(loaded: Configuration) -> Iterator[Check]:
    """Fill in each template that a step of onboarding names, in each language."""
    templates = Templates(loaded.settings.mail.templates)
    named = {name: f"({name})" for name in PLACEHOLDERS}
    for step in loaded.settings.onboarding.begun:
        if step.kind is not StepKind.EMAIL:
            continue
        name = message("doctor.mail", template=step.template)
        try:
            subjects = [templates.render(step.template, language, named).subject for language in LANGUAGES]
        except BadTemplate as error:
            yield Check.fail(name, in_its_words(error), remedy=message("doctor.correct_template"))
        else:
            yield Check.ok(name, "; ".join(subjects))


def _cut_over(loaded: Configuration, *, writes: bool) -> Check:
    name, since = message("check.cut_over"), loaded.settings.invoice_deals_won_from
    if since is None and writes:
        return Check.fail(
            name,
            message("doctor.not_set"),
            expected=message("doctor.needed_to_act"),
            remedy=message("doctor.set_cut_over"),
        )
    return Check.ok(name, str(since) if since else message("doctor.not_set"))


def _public_address(url: str) -> Check:
    if url.startswith(("https://", *LOCAL)):
        return Check.ok(message("doctor.public_address"), url)
    return Check.fail(
        message("doctor.public_address"),
        url,
        expected=message("doctor.https_address"),
        remedy=message("doctor.set_address"),
    )


def _placeholders(settings: Settings) -> Iterator[Check]:
    """Tell of what still stands there as the example has it: nobody's webhooks arrive at its address."""
    known = tomllib.loads(example())
    places = (
        ("receiver.public_url", settings.receiver.public_url, known["receiver"]["public_url"]),
        ("company.name", settings.company.name, known["company"]["name"]),
    )
    for name, value, placeholder in places:
        if value == placeholder:
            yield Check.warn(
                name, message("check.example", value=value), remedy=message("check.set_to_own", name=name)
            )


def _secrets(loaded: Configuration) -> Iterator[Check]:
    """Without its secret, nothing that a vendor sends is believed."""
    acting = loaded.settings.modes.get(PAYMENT, Mode.SHADOW) is not Mode.SHADOW
    for row in loaded.connections:
        secret = variable(row.name, "webhook_secret")
        expected = message("doctor.signing_secret", connection=row.name)
        if row.vendor.webhooks and not row.webhooks:
            every = between_sweeps(loaded)
            if row.vendor.needs_webhooks:
                yield _polled(row, every, expected=expected, secret=secret)
            elif acting:
                later = message("doctor.payments_by_sweep", every=every)
                remedy = message("doctor.run_setup", secret=secret)
                yield Check.warn(message("doctor.webhook_secret"), later, expected=expected, remedy=remedy)
        if row.vendor.presses and not row.presses:
            remedy = message("doctor.set_buttons", secret=secret)
            yield Check.fail(
                message("check.buttons"),
                message("doctor.no_signing_secret"),
                expected=expected,
                remedy=remedy,
            )


def _payments(loaded: Configuration) -> Iterator[Check]:
    """Say how long money waits to be seen where its vendor has no webhook for it: nothing to be repaired."""
    row = loaded.billing
    if HintKind.INVOICE in row.vendor.tells or loaded.settings.modes.get(PAYMENT, Mode.SHADOW) is Mode.SHADOW:
        return
    said = message("doctor.payments_untold", every=between_sweeps(loaded), vendor=row.settings.vendor)
    yield Check.ok(message("check.payments"), said)


def _polled(row: Connection, every: str, *, expected: Text, secret: str) -> Check:
    """Say how long a won deal waits where nothing that its vendor sends could be proven."""
    remedy = (
        message("doctor.webhook_upload", secret=secret)
        if row.vendor.app
        else message("doctor.webhook_set", secret=secret)
    )
    return Check.warn(
        message("doctor.webhook_secret"),
        message("doctor.deals_by_sweep", every=every),
        expected=expected,
        remedy=remedy,
    )
