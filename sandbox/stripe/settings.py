"""How this Stripe account behaves, and what it is called."""

from dataclasses import dataclass, field

from sandbox.core.settings import AccountSettings

KEY = "rk_test_sandbox0000000000000000"
WEBHOOK_SECRET = "whsec_sandbox00000000000000000000"  # noqa: S105 - the sandbox's published credential

API_VERSION = "2026-10-28.endive"
KNOWN_VERSIONS = (
    "2025-03-31.basil",
    "2025-09-30.clover",
    "2026-03-25.dahlia",
    "2026-07-29.dahlia",
    "2026-09-30.endive",
    API_VERSION,
)

ACCOUNT = "acct_1SandboxRaccord"
ACCOUNT_NAME = "Hexalab SAS"
ACCOUNT_COUNTRY = "FR"
ACCOUNT_CURRENCY = "eur"
ACCOUNT_TIMEZONE = "Europe/Paris"
ACCOUNT_DETAILS = (
    "12 rue des Ateliers",
    "69002 Lyon",
    "SIREN 812 404 309",
    "TVA/VAT FR57812404309",
)
"""Its public business details, as an invoice prints them below the name."""
ACCOUNT_ADDRESS = {
    "city": "Lyon",
    "country": "FR",
    "line1": "12 rue des Ateliers",
    "line2": None,
    "postal_code": "69002",
    "state": None,
}
ACCOUNT_VAT_NUMBER, ACCOUNT_TAX_ID = "FR57812404309", "txi_1SandboxRaccord"
ACCOUNT_EMAIL = "facturation@hexalab.example"
NUMBER_PREFIX = "F"

_TEST_LIMIT, _LIVE_LIMIT = 25, 100


@dataclass(frozen=True)
class StripeSettings(AccountSettings):
    """One account's.

    `api_key`            the one key that is accepted; `_live_` in it makes the account a live one
    `denied`             permissions the restricted key lacks, such as `rak_customer_write`; each row of the
                         Dashboard is None, Read or Write, so who may not read may not write either
                         (stripe.md 6)
    `mails_in_test`      whether an account with a test key mails invoices all the same, for whoever wants to
                         see them; Stripe sends none then, although `invoice.sent` fires (stripe.md 3)
    `payment_methods`    those that the account has activated
    `vat_per_rate`       VAT is rounded once per rate and invoice; otherwise on every line
    `search_lag`         seconds until search finds a new object
    `rate_limits`        whether the per-second limits below apply
    `requests_per_second` of the account; 0 is Stripe's own: 25 with a test key, 100 with a live one
                         (stripe.md 8)
    `retry_after`        seconds in the header Retry-After of every 429; 0 sends none, as Stripe promises none
                         (stripe.md 8)
    `lock_timeouts`      an injected 429 is a `lock_timeout` and not a `rate_limit`
    `idempotency_keys`   False: the header Idempotency-Key is ignored, as by a vendor that knows no such thing
    `idempotency_hours`  how long an answer is kept under its key
    `deleted_customer_expands` whether a deleted customer is a 200 although `tax_ids` is to be expanded, which
                         its stub lacks; False: 400, as for any property that cannot be expanded (unconfirmed:
                         stripe.md 1.2 shows the bare read only)
    `late_finalisation`  whether a draft whose due date has passed can be finalised (unconfirmed: stripe.md
                         1.3 says only that a due date is given once)
    `own_tax_id`         the account's VAT number: `default`, printed on every invoice; `known` and not
                         printed; or `none`
    `numbers_per_customer` whether each customer has a sequence of invoice numbers of its own
    `processing_seconds` how long a write takes: the same key meanwhile is 409, the same object 429
    `clock_offset`       seconds between the real clock and the account's: past or future invoices
    `day_seconds`        the length of a day in `days_until_due`
    `verification_seconds` until an EU VAT number is verified
    `unverified`         the VAT numbers that the authority does not know: `unverified` and not `verified`
                         (stripe.md 4)
    `addresses_merged`   whether parts of an address that an update leaves out stay (no page says)
    `tax_ids_newest_first` how a customer's tax ids are listed and expanded (no page says)
    `overpaid_counts_as_paid` whether `amount_paid` of an invoice includes what was paid too much
                         (unconfirmed)
    `transfers_reconciled` whether transfers that land are applied to what the customer is to pay by transfer;
                         otherwise somebody does it by hand
    `refunds_pending`    whether a refund is `pending` until the customer's bank has taken it
    `refunds_to_cash`    whether what a transfer brought goes back to the customer's cash balance
                         (unconfirmed)
    `attached_with_own_date` whether `paid_at` of a payment that had come before it was attached to its
                         invoice is when it came; otherwise when it was attached (unconfirmed: "the time that
                         the payment succeeded")
    `api_version`, `enabled_events`, `previous_secret`: the operator's webhook endpoint; a previous secret
                         adds a second `v1`
    `copies`             how often each event is sent to an endpoint
    `late_seconds`       each copy of an event leaves at a moment of its own within so many seconds, so that
                         events arrive late and in any order
    `held`               types of events, `*` for all, that do not leave at all: they are lost, until somebody
                         resends one
    """

    api_key: str = KEY
    denied: list[str] = field(default_factory=list)
    mails_in_test: bool = False
    payment_methods: list[str] = field(default_factory=lambda: ["card", "customer_balance", "sepa_debit"])
    vat_per_rate: bool = False
    search_lag: float = 1.0
    rate_limits: bool = True
    requests_per_second: int = 0
    requests_per_second_and_endpoint: int = 25
    searches_per_second: int = 20
    retry_after: int = 0
    lock_timeouts: bool = False
    idempotency_keys: bool = True
    idempotency_hours: float = 24.0
    deleted_customer_expands: bool = True
    late_finalisation: bool = False
    own_tax_id: str = "default"
    numbers_per_customer: bool = False
    processing_seconds: float = 0.0
    clock_offset: int = 0
    day_seconds: int = 86_400
    verification_seconds: float = 1.0
    unverified: list[str] = field(default_factory=list)
    addresses_merged: bool = False
    tax_ids_newest_first: bool = True
    api_version: str = API_VERSION
    enabled_events: list[str] = field(default_factory=lambda: ["*"])
    previous_secret: str = ""
    copies: int = 1
    late_seconds: float = 0.0
    held: list[str] = field(default_factory=list)
    overpaid_counts_as_paid: bool = True
    transfers_reconciled: bool = True
    refunds_pending: bool = False
    refunds_to_cash: bool = False
    attached_with_own_date: bool = False

    @property
    def livemode(self) -> bool:
        return "_live_" in self.api_key

    @property
    def mails(self) -> bool:
        """Whether invoices that are sent leave as e-mails."""
        return self.livemode or self.mails_in_test

    @property
    def overall_limit(self) -> int:
        """Requests a second, whatever they ask for."""
        return self.requests_per_second or (_LIVE_LIMIT if self.livemode else _TEST_LIMIT)

    def lacks(self, permission: str) -> bool:
        return permission in self.denied or permission.replace("_write", "_read") in self.denied
