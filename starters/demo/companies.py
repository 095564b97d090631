"""The settings of the demo's companies: one of ordinary days, and one whose days last seconds.

Where the billing system's dates are days of the calendar, the first one reminds and reports as well.
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from string import Template

from sandbox.google.settings import BOOK
from sandbox.notion.settings import ROOT as PAGE
from starters.demo.cast.roles import Pair

_BOTH = """
crm = "$crm"
billing = "$billing"
messenger = "slack"
mailer = "smtp"
outbound = "tools"
report_sinks = $sinks
invoice_deals_won_from = 2020-01-01

[desk]
contact = "Anne Durand, finance"
escalate_to = ["anne.durand@hexalab.example"]

[payment]
finance = ["anne.durand@hexalab.example"]
gather = 1

[dunning]
finance = ["anne.durand@hexalab.example"]
letterhead = ["Hexalab SAS", "12 rue des Ateliers, 69002 Lyon", "SIREN 812 404 309"]
$hours

[mail]
in_test = true

[invoice]
operations = "services"
payment_terms_days = $terms
iban = "FR76 3000 6000 0112 3456 7890 189"

[invoice.footers]
fr = '''
Hexalab SAS au capital de 10 000 EUR, RCS Lyon 812 404 309.
Pas d'escompte. Retard : pénalités au taux BCE + 10 points et indemnité de recouvrement de 40 EUR.'''
en = '''
Hexalab SAS au capital de 10 000 EUR, RCS Lyon 812 404 309.
No discount. Late payment: interest at the ECB rate plus 10 points and a recovery indemnity of EUR 40.'''

[vat.zero_rate_reasons]
exempt_fr = "TVA non applicable, art. 261-4-4° du CGI."
reverse_charge_fr = "Autoliquidation par le preneur."
reverse_charge_en = "Reverse charge."
outside_scope_fr = "Prestation non soumise à la TVA française : client établi hors de l'Union européenne."
outside_scope_en = "Not subject to French VAT: business customer established outside the European Union."

[receiver]
port = $receiver
public_url = "http://127.0.0.1:$receiver"

[temporal]
longest_retry = 3
auth_retry = 3
embedded_port = $temporal
embedded_ui_port = $ui
codec_port = $codec

[health]
worker_port = 0

[metrics]
worker_port = 0
receiver_port = 0

[data]
directory = "$directory"

[slack]
base_url = "http://127.0.0.1:$sandbox/slack/api/"
channel = "C0BILLING"
people = ["anne.durand@hexalab.example", "U0CAMILLE"]

[smtp]
base_url = "smtp://127.0.0.1:$smtp"
encryption = "none"
sender = "Hexalab <$sender@hexalab.example>"

[tools]
vendor = "standard_webhooks"
base_url = "http://127.0.0.1:$sandbox/_control/events"
"""

_ORDINARY_DAYS = """
[company]
name = "Hexalab SAS"

[modes]
deal_won = "live"
payment = "live"
contact = "live"
$more_modes

[contact]
quiet = 1

# Julien Caron sells outside the pilot group: his deals are left alone.
[rollout]
owners = $pilots

[onboarding]
settle = 1

[[onboarding.steps]]
kind = "crm_task"
name = "kick-off"
title = "Appeler {customer}"
text = "{amount} reçus pour {deal} : convenir du lancement."
due_in = 2

[[onboarding.steps]]
kind = "email"
name = "welcome"

[[onboarding.steps]]
kind = "slack"
name = "tell"
title = "{customer} a tout réglé"
text = "Le client reçoit le message de bienvenue ; la suite est une tâche de l'affaire."

[[onboarding.steps]]
kind = "event"
name = "out"

[watch]
alert_after = 4
credentials_alert_after = 2
probe_every = 1
flow_waits_after = 3
"""

_SHORT_DAYS = """
# What the companies agreed on, thirty days for most, would be waited for first.
[hubspot.mapping.companies]
payment_terms_days = ""

[company]
name = "Hexalab SAS"
day_length = $day
epoch = "$epoch"

[modes]
deal_won = "live"
payment = "live"
dunning = "live"
report = "live"
"""

_REPORT = """
[report]
to = ["$management"]

[sheets]
vendor = "google_sheets"
base_url = "http://127.0.0.1:$sandbox/google"
drive_url = "http://127.0.0.1:$sandbox/google"
spreadsheet = "$spreadsheet"
key_file = "$google_key"

[notion]
base_url = "http://127.0.0.1:$sandbox/notion"
page = "$page"

[folder]
directory = "$reports"
"""

MANAGEMENT = "claire.moreau@hexalab.example"
"""Who is told the week."""

_AT_ANY_HOUR = """
sends_at = "00:00"
sends_until = "23:59:59.999999"
weekdays = [0, 1, 2, 3, 4, 5, 6]
on_holidays = true
"""
"""When reminders leave where days are as long as they are: nobody waits for a Monday morning to see one."""

_SINKS = '["sheets", "notion", "folder"]'
_TERMS = 30
_SHORT_TERMS = 3
"""Days to pay where days are short: nobody wants to wait for thirty of them first."""


@dataclass(frozen=True)
class Reporting:
    """Where the week is told: the file with the key of a service account, and the folder of reports."""

    google_key: str
    reports: str


def ordinary_days(pair: Pair, ports: dict[str, int], directory: str, reporting: Reporting) -> str:
    """Write the settings of a company that has everything but reminders and reports, or these as well."""
    whole = pair.billing.calendar
    return _settings(
        f"{_BOTH}{_ORDINARY_DAYS}{_REPORT if whole else ''}",
        pair,
        ports,
        reporting,
        directory=directory,
        terms=_TERMS,
        sender="compta" if whole else "bonjour",
        sinks=_SINKS if whole else "[]",
        hours=_AT_ANY_HOUR if whole else "",
        more_modes='dunning = "live"\nreport = "live"' if whole else "",
        pilots=json.dumps(pair.crm.pilots),
    )


def short_days(pair: Pair, ports: dict[str, int], directory: str, day: int, reporting: Reporting) -> str:
    """Write the settings of a company that reminds and reports; its days last `day` seconds and begin now."""
    return _settings(
        f"{_BOTH}{_SHORT_DAYS}{_REPORT}",
        pair,
        ports,
        reporting,
        directory=directory,
        terms=_SHORT_TERMS,
        sender="compta",
        sinks=_SINKS,
        hours="",
        day=day,
        epoch=datetime.now(UTC).replace(microsecond=0).isoformat(),
    )


def _settings(text: str, pair: Pair, ports: dict[str, int], reporting: Reporting, **more: object) -> str:
    template = Template(f"{text}{pair.crm.section}{pair.billing.section}")
    return template.substitute(
        ports,
        crm=pair.crm.name,
        billing=pair.billing.name,
        management=MANAGEMENT,
        spreadsheet=BOOK,
        page=PAGE,
        google_key=reporting.google_key,
        reports=reporting.reports,
        **more,
    )
