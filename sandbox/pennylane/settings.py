"""The company's published credentials, and what can be changed while it runs."""

from dataclasses import dataclass, field
from decimal import Decimal

from sandbox.core.settings import AccountSettings

VENDOR = "pennylane"
TOKEN = "pl_sandbox_company_token_0000000000"  # noqa: S105 - the sandbox's published credential
CLIENT, CLIENT_SECRET = "pl_sandbox_app", "pl_sandbox_app_secret_000000"
"""The OAuth application of a partner."""
WEBHOOK_SECRET = "whsec_sandbox_pennylane_0000"  # noqa: S105 - of the operator's own subscription

COMPANY, COMPANY_NAME, COMPANY_SIREN = 20_260, "Hexalab SAS", "812404309"
COMPANY_EMAIL, COMPANY_ZONE = "facturation@hexalab.example", "Europe/Paris"
BANK_ACCOUNT, JOURNAL, TEMPLATE, LEDGER_ACCOUNT = 530_001, 670_001, 880_001, 411_001
EXCHANGE_RATES = {"USD": Decimal("0.92"), "GBP": Decimal("1.15"), "CHF": Decimal("1.05")}
"""Euros for one of a currency; one for one where none is named."""

SCOPES = ("customers:all", "customer_invoices:all", "products:all", "transactions:readonly")


@dataclass(frozen=True)
class PennylaneSettings(AccountSettings):
    """One company's. `verify` marks what pennylane.md leaves open: both answers can be played.

    `scopes`               of the company's token; one that lacks is 403 (pennylane.md 6)
    `token_revoked`        the company's token is refused: 401 (pennylane.md 6)
    `sandbox_account`      whether `GET /me` says that this is a test company: `sandbox-<id>` in the place of
                           its SIREN (pennylane.md 6)
    `numbering`            whether the company has set up how invoices are numbered; if not, none is finalised
                           (pennylane.md 1.4)
    `duplicate_invoice`    the status that an `external_reference` of another invoice gets: 422 or 409; 0 when
                           it is taken a second time (pennylane.md 1.5, verify)
    `repeated_finalize`    the status of finalising what is final (pennylane.md, Not verified)
    `unknown_filters_ignored` whether a `filter` that there is not narrows nothing; otherwise it is a 400
                           (pennylane.md, Not verified)
    `matches_in_changelog` whether matching a bank transaction is a change of the invoice
                           (pennylane.md 2, verify)
    `changelog_lag`        seconds until a change is in the changelogs (pennylane.md, Not verified)
    `filter_lag`           seconds until a filtered list finds a new record (no page says that it lags)
    `pdf_seconds`          until the PDF of a finalised invoice exists; "a few minutes" (pennylane.md 1.1),
                           shortened here
    `link_seconds`         how long the public link of a PDF lasts after it was served (pennylane.md 1.6)
    `vat_per_rate`         whether VAT is rounded once per rate; otherwise on every line (no page says)
    `partial_over_late`    whether an overdue invoice of which a part is settled is `partially_paid` or
                           `partially_cancelled`, and not `late` (no page says; see pennylane.md 3)
    `short_amounts`        whether amounts have no more decimals than they need, as the OpenAPI's `34.0`;
                           otherwise two, as pennylane.md's `120.00`
    `live_fields`          whether answers have what came after the OpenAPI of April 2026 (pennylane.md 11)
    `guide_errors`         whether refusals have the shape of the errors guide (pennylane.md 9)
    `wrong_type`           whether a customer's record can be read and written through the endpoint of the
                           other type, which corrupts it (pennylane.md 1.2); otherwise that is 404
    `rate_limits`, `requests`, `window_seconds` the limit per token (pennylane.md 8)
    `token_path`           where tokens are got: the guide's `/oauth/token`, or the OpenAPI's
                           `/oauth/oauth/token` (pennylane.md 6)
    `access_seconds`, `refresh_seconds` how long tokens last (pennylane.md 6)
    `copies`               how often each event is delivered: at least once (pennylane.md 7)
    `clock_offset`         seconds between the real clock and the company's: past or future invoices
    """

    scopes: list[str] = field(default_factory=lambda: list(SCOPES))
    token_revoked: bool = False
    sandbox_account: bool = True
    numbering: bool = True
    duplicate_invoice: int = 422
    repeated_finalize: int = 422
    unknown_filters_ignored: bool = False
    matches_in_changelog: bool = True
    changelog_lag: float = 0.0
    filter_lag: float = 0.0
    pdf_seconds: float = 2.0
    link_seconds: int = 1800
    vat_per_rate: bool = False
    partial_over_late: bool = True
    short_amounts: bool = False
    live_fields: bool = False
    guide_errors: bool = False
    wrong_type: bool = True
    rate_limits: bool = True
    requests: int = 25
    window_seconds: float = 5.0
    token_path: str = "/oauth/token"  # noqa: S105 - a path
    access_seconds: int = 86_400
    refresh_seconds: int = 7_776_000
    copies: int = 1
    clock_offset: int = 0
