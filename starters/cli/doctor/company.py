"""What the settings say: whether they can be read, and whether they are enough."""

import tomllib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

from raccord.connectors.connection import Check, Connection, Kind
from raccord.domain.rules.contact import Standing
from raccord.domain.rules.modes import PAYMENT, Mode
from raccord.domain.rules.onboarding import PLACEHOLDERS, StepKind
from raccord.domain.values.details import Field
from raccord.settings.checks import footers_check, seller_mentions_check
from raccord.settings.configuration import BadSettings, Configuration, NoSettings
from raccord.settings.environment import variable
from raccord.settings.load import read
from raccord.settings.model import Settings
from raccord.texts import LANGUAGES
from raccord.texts.mails import BadTemplate, Templates
from starters.cli.common import without_settings
from starters.cli.doctor.reminders import gap_checks, reminder_checks
from starters.cli.doctor.report import report_check, words_check
from starters.cli.init.example import example
from starters.cli.setup_app import between_sweeps

LOCAL = ("http://127.", "http://localhost")


def settings(path: Path | None) -> tuple[Configuration | None, Check]:
    """Read the settings; None when they cannot be used, with the reason."""
    name = "settings"
    try:
        loaded = read(path)
    except NoSettings as error:
        return None, Check.fail(name, str(error), remedy=without_settings(path))
    except BadSettings as error:
        return None, Check.fail(name, "\n".join(str(error).splitlines()), remedy="Correct these.")
    return loaded, Check.ok(name, str(loaded.path))


def environment(loaded: Configuration) -> Check:
    """Tell of variables that look like settings and have no effect."""
    if not loaded.strangers:
        return Check.ok("environment", "every RACCORD_... is a setting")
    return Check.warn(
        "environment",
        f"without effect: {', '.join(loaded.strangers)}",
        expected="settings of Raccord",
        remedy="Correct or unset what was meant for Raccord; leave what is somebody else's.",
    )


def rules(loaded: Configuration) -> Iterator[Check]:
    """Judge what a start needs to be told."""
    modes = loaded.settings.modes
    for flow, mode in modes.items():
        yield Check.ok(f"mode {flow}", mode.value)
    yield Check.ok("credentials", loaded.live_or_test)
    yield _cut_over(loaded, writes=bool(loaded.settings.acting))
    yield _public_address(loaded.settings.receiver.public_url)
    yield from _placeholders(loaded.settings)
    yield from _secrets(loaded)
    if loaded.of(Kind.MESSENGER) is None:
        yield Check.warn(
            "messenger",
            "none: questions are in raccord inbox and the CRM's tasks only",
            remedy="Name a connection as messenger and fill its section, or leave it so.",
        )
    yield Check.ok("customer details", _standings(loaded.settings.contact.fields))
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


def _standings(fields: Mapping[Field, Standing]) -> str:
    """Say what is kept in step and whose word counts; nothing else of a customer is ever written."""
    return ", ".join(f"{field} {standing}" for field, standing in fields.items()) or "none"


def _mails(loaded: Configuration) -> Iterator[Check]:
    """Fill in each template that a step of onboarding names, in each language."""
    templates = Templates(loaded.settings.mail.templates)
    named = {name: f"({name})" for name in PLACEHOLDERS}
    for step in loaded.settings.onboarding.begun:
        if step.kind is not StepKind.EMAIL:
            continue
        name = f"mail {step.template}"
        try:
            subjects = [templates.render(step.template, language, named).subject for language in LANGUAGES]
        except BadTemplate as error:
            yield Check.fail(name, str(error), remedy="Correct it, or [mail] templates.")
        else:
            yield Check.ok(name, "; ".join(subjects))


def _cut_over(loaded: Configuration, *, writes: bool) -> Check:
    name, since = "cut-over", loaded.settings.invoice_deals_won_from
    if since is None and writes:
        return Check.fail(
            name,
            "not set",
            expected="needed for draft and live mode",
            remedy="Set invoice_deals_won_from.",
        )
    return Check.ok(name, str(since or "not set"))


def _public_address(url: str) -> Check:
    if url.startswith(("https://", *LOCAL)):
        return Check.ok("public address", url)
    return Check.fail(
        "public address",
        url,
        expected="the https address that the CRM calls",
        remedy="Set receiver.public_url to it, exactly as entered in the CRM.",
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
            yield Check.warn(name, f"{value} is the example's", remedy=f"Set {name} to your own.")


def _secrets(loaded: Configuration) -> Iterator[Check]:
    """Without its secret, nothing that a vendor sends is believed."""
    acting = loaded.settings.modes.get(PAYMENT, Mode.SHADOW) is not Mode.SHADOW
    for row in loaded.connections:
        secret = variable(row.name, "webhook_secret")
        expected = f"the signing secret of {row.name}"
        if row.vendor.webhooks and not row.webhooks:
            every = between_sweeps(loaded)
            if row.vendor.needs_webhooks:
                yield _polled(row, every, expected=expected, secret=secret)
            elif acting:
                later = f"not set: payments are only found by the sweep, every {every}"
                remedy = f"Run raccord setup, which registers for webhooks, and set {secret}."
                yield Check.warn("webhook secret", later, expected=expected, remedy=remedy)
        if row.vendor.presses and not row.presses:
            remedy = f"Set {secret}, or the buttons of messages do nothing."
            yield Check.fail("buttons", "no signing secret", expected=expected, remedy=remedy)


def _polled(row: Connection, every: str, *, expected: str, secret: str) -> Check:
    """Say how long a won deal waits where nothing that its vendor sends could be proven."""
    upload = "; raccord setup writes the app that is to be uploaded" if row.vendor.app else ""
    return Check.warn(
        "webhook secret",
        f"not set: won deals, and what somebody repairs, are only found by the sweep, every {every}",
        expected=expected,
        remedy=f"Set {secret}{upload}. Or leave it so, with a shorter [sweep] every, such as 5 min.",
    )
