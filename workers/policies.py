"""What the flows are given, frozen from the settings and from what the vendors can."""

from collections.abc import Iterator
from datetime import UTC, datetime

from activities.desk.questions import DeskRules
from activities.documents.keeping import KeepingRules
from activities.payment.memory import Telling
from raccord.connectors.capabilities import BillingCapabilities, CrmCapabilities
from raccord.connectors.connection import Check, CheckState, Kind
from raccord.domain.contact.policy import ContactPolicy
from raccord.domain.deal_won.policy import DealWonPolicy
from raccord.domain.dunning.calendar import public_holidays
from raccord.domain.dunning.policy import DunningPolicy
from raccord.domain.onboarding.policy import OnboardingPolicy
from raccord.domain.payment.policy import PaymentPolicy
from raccord.domain.proof.policy import ProofPolicy
from raccord.domain.report.policy import ReportPolicy
from raccord.domain.rules.modes import Mode
from raccord.domain.service.outage import WatchPolicy
from raccord.domain.values.message import message
from raccord.domain.values.working_hours import WorkingHours
from raccord.settings.checks import (
    delivery_check,
    drafts_check,
    einvoicing_check,
    payment_check,
    vat_country_check,
)
from raccord.settings.configuration import BadSettings, Configuration
from raccord.texts.voice import Voice

FLOW = "deal_won"
"""What invoices, as `[modes]` names it."""
PAYMENT = "payment"
"""What shows and tells payments, as `[modes]` names it."""
DUNNING = "dunning"
"""What reminds of late invoices, as `[modes]` names it."""
CONTACT = "contact"
"""What keeps customers in step, as `[modes]` names it."""

REPORT = "report"
"""What tells the week, as `[modes]` names it."""


def billing_checks(configuration: Configuration, able: BillingCapabilities) -> Iterator[Check]:
    """Judge what the settings ask of the billing system by what it can."""
    settings, billing = configuration.settings, configuration.billing.name
    yield vat_country_check(settings.vat.seller_country, able.vat_country, connection=billing)
    yield einvoicing_check(
        settings.invoice_policy,
        transmits=able.einvoicing,
        connection=billing,
        today=settings.clock.date_of(datetime.now(UTC)),
    )
    yield delivery_check(settings.invoice, delivers=able.delivers, connection=billing)
    yield payment_check(settings.invoice_policy, offers=able.payment_methods, connection=billing)
    yield drafts_check(FLOW, settings.modes[FLOW], drafts=able.drafts, connection=billing)


def deal_won_policy(configuration: Configuration, able: BillingCapabilities) -> DealWonPolicy:
    """Freeze what flow 1 may do.

    Raises `BadSettings` when the settings promise what the billing connection cannot do, or contradict it.
    """
    wrong = [check for check in billing_checks(configuration, able) if check.state is CheckState.FAIL]
    if wrong:
        raise BadSettings(
            *(message("check.found_and_remedy", found=each.seen, remedy=each.advice) for each in wrong)
        )
    settings = configuration.settings
    return DealWonPolicy(
        mode=settings.modes[FLOW],
        crm=configuration.crm.name,
        billing=configuration.billing.name,
        invoice_deals_won_from=settings.invoice_deals_won_from,
        rollout=settings.rollout,
        invoice=settings.invoice_policy,
        clock=settings.clock,
        mails_leave=able.mails_leave,
        vat_rounding=able.vat_rounding,
        max_lines=able.max_lines,
        timing=settings.timing,
        approve_above=settings.desk.approve_above,
        reminds=configuration.of(Kind.MAILER) is not None,
        language=settings.desk.language,
    )


def payment_policy(configuration: Configuration, crm: CrmCapabilities) -> PaymentPolicy:
    """Freeze what flow 2 may do."""
    settings = configuration.settings
    return PaymentPolicy(
        mode=settings.modes[PAYMENT],
        crm=configuration.crm.name,
        billing=configuration.billing.name,
        rollout=settings.rollout,
        clock=settings.clock,
        timing=settings.timing,
        moves_paid_deals=crm.paid_stages,
        reminds=configuration.of(Kind.MAILER) is not None,
        language=settings.desk.language,
    )


def proof_policy(configuration: Configuration) -> ProofPolicy:
    """Freeze by what both sides are held together."""
    settings = configuration.settings
    reminding = dunning_policy(configuration)
    reminds = bool(reminding.mailer) and reminding.mode is not Mode.SHADOW
    return ProofPolicy(
        crm=configuration.crm.name,
        billing=configuration.billing.name,
        since=settings.invoice_deals_won_from,
        clock=settings.clock,
        amount_basis=settings.invoice_policy.amount_basis,
        payments=settings.modes[PAYMENT] is not Mode.SHADOW,
        reminded_from=max(0, reminding.rules.levels[0].day) if reminds else None,
        timing=settings.timing,
        language=settings.desk.language,
    )


def report_policy(configuration: Configuration) -> ReportPolicy:
    """Freeze how the week is told."""
    settings, mailer = configuration.settings, configuration.of(Kind.MAILER)
    return ReportPolicy(
        mode=settings.modes[REPORT],
        crm=configuration.crm.name,
        billing=configuration.billing.name,
        sinks=settings.report_sinks,
        mailer=mailer.name if mailer else "",
        messenger=messenger_name(configuration),
        since=settings.invoice_deals_won_from,
        rules=settings.report,
        clock=settings.clock,
        timing=settings.timing,
        language=settings.desk.language,
    )


def telling(configuration: Configuration) -> Telling | None:
    """Freeze how news of payments are told; None without a messenger."""
    if not (messenger := messenger_name(configuration)):
        return None
    rules = configuration.settings.payment
    return Telling(
        messenger=messenger,
        timing=configuration.settings.timing,
        gather=rules.gather,
        longest=rules.longest,
        digest_above=rules.digest_above,
    )


def keeping_rules(configuration: Configuration, crm: CrmCapabilities) -> KeepingRules:
    """Freeze what is to be done with the PDFs of invoices."""
    settings = configuration.settings
    return KeepingRules(
        keep=settings.data.keep_pdfs,
        billing=configuration.billing.name,
        crm=configuration.crm.name if crm.files else "",
        mode=settings.modes[FLOW],
        timing=settings.timing,
    )


def desk_rules(configuration: Configuration) -> DeskRules:
    """Freeze what the settings say about the desk."""
    settings, desk = configuration.settings, configuration.settings.desk
    return DeskRules.model_validate(
        dict(desk)
        | {
            "voice": voice(configuration),
            "hours": working_hours(configuration),
            "messenger": messenger_name(configuration),
            "crm": configuration.crm.name if desk.tasks else "",
            "timing": settings.timing,
        }
    )


def voice(configuration: Configuration) -> Voice:
    """Return how the company's messages speak."""
    desk = configuration.settings.desk
    return Voice(language=desk.language, stage=configuration.live_or_test, contact=desk.contact)


def watch_policy(configuration: Configuration) -> WatchPolicy:
    """Freeze when an outage is told."""
    settings = configuration.settings
    told = {
        "messenger": messenger_name(configuration),
        "timing": settings.timing,
        "language": settings.desk.language,
    }
    return WatchPolicy.model_validate(dict(settings.watch) | told)


def messenger_name(configuration: Configuration) -> str:
    """Return the messenger's connection, which is its queue too; empty when there is none."""
    messenger = configuration.of(Kind.MESSENGER)
    return messenger.name if messenger else ""


def onboarding_policy(configuration: Configuration) -> OnboardingPolicy:
    """Freeze what flow 2b may do. It goes as far as flow 2, which starts it."""
    settings, mailer = configuration.settings, configuration.of(Kind.MAILER)
    return OnboardingPolicy(
        mode=settings.modes[PAYMENT],
        crm=configuration.crm.name,
        billing=configuration.billing.name,
        messenger=messenger_name(configuration),
        mailer=mailer.name if mailer else "",
        outbound=settings.outbound,
        rules=settings.onboarding,
        clock=settings.clock,
        mails_leave=configuration.live_or_test == "LIVE" or settings.mail.in_test,
        test=configuration.live_or_test == "TEST",
        customers_language=settings.invoice.default_language,
        company=settings.company.name,
        timing=settings.timing,
        language=settings.desk.language,
    )


def dunning_policy(configuration: Configuration) -> DunningPolicy:
    """Freeze what flow 3 may do. Without a mailer it reminds nobody."""
    settings, mailer = configuration.settings, configuration.of(Kind.MAILER)
    messenger = configuration.of(Kind.MESSENGER)
    return DunningPolicy(
        mode=settings.modes[DUNNING],
        crm=configuration.crm.name,
        billing=configuration.billing.name,
        mailer=mailer.name if mailer else "",
        messenger=messenger.name if messenger else "",
        rules=settings.dunning,
        holidays=public_holidays(settings.vat.seller_country, settings.clock.date_of(datetime.now(UTC))),
        clock=settings.clock,
        mails_leave=configuration.live_or_test == "LIVE" or settings.mail.in_test,
        test=configuration.live_or_test == "TEST",
        customers_language=settings.invoice.default_language,
        company=settings.company.name,
        timing=settings.timing,
        language=settings.desk.language,
    )


def contact_policy(configuration: Configuration) -> ContactPolicy:
    """Freeze what flow 4 may do."""
    settings = configuration.settings
    return ContactPolicy(
        mode=settings.modes[CONTACT],
        crm=configuration.crm.name,
        billing=configuration.billing.name,
        rules=settings.contact,
        clock=settings.clock,
        timing=settings.timing,
        language=settings.desk.language,
    )


def working_hours(configuration: Configuration) -> WorkingHours:
    """Return when the company's people are at work."""
    settings = configuration.settings
    return WorkingHours(
        clock=settings.clock,
        country=settings.vat.seller_country,
        opens_at=settings.desk.opens_at,
        closes_at=settings.desk.closes_at,
    )
