"""Pipedrive's section of `raccord.toml`."""

import re
from typing import Annotated, ClassVar, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    StringConstraints,
    field_validator,
    model_validator,
)

from raccord.connectors.mapping import Names, deposits_have_balances, each_shows_one_thing
from raccord.connectors.oauth_settings import OAuthSettings
from raccord.domain.values.base import Unfit, fold

_ASCII = re.compile(r"[\x21-\x7e]+")
_INDIVIDUAL = ("individual", "particulier", "true", "yes", "oui", "1")

FieldName = Annotated[str, StringConstraints(strip_whitespace=True, max_length=255)]
"""A custom field: its name as people see it, or its code of 40 letters and digits, which stays the same when
somebody gives it another name. Empty means "not used"."""
FieldValue = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class CompanyNames(Names):
    """Fields of organizations."""

    siren: FieldName = "SIREN"
    siret: FieldName = "SIRET"
    vat_number: FieldName = "N° de TVA"
    billing_email: FieldName = "E-mail de facturation"
    payment_terms_days: FieldName = "Délai de paiement (jours)"
    phone: FieldName = ""
    """Organizations have no field of their own for it."""
    individual: FieldName = ""
    """Tells private persons from companies, by one of `individual_values`."""
    individual_values: tuple[FieldValue, ...] = _INDIVIDUAL
    language: FieldName = ""
    order_number_required: FieldName = ""


class DealNames(Names):
    """Fields of deals that are read."""

    service_date: FieldName = "Date de prestation"
    purchase_order: FieldName = "Bon de commande"
    reference: FieldName = ""
    language: FieldName = "Langue"
    payment_terms_days: FieldName = ""
    deposit_percent: FieldName = ""
    delivered_on: FieldName = ""

    @model_validator(mode="after")
    def _deposits_have_balances(self) -> Self:
        deposits_have_balances(self)
        return self


class InvoiceNames(Names):
    """Fields of deals that show the invoice."""

    id: FieldName = "Facture - identifiant"
    number: FieldName = "Facture - numéro"
    url: FieldName = "Facture - lien"
    status: FieldName = "Facture - état"
    due_on: FieldName = "Facture - échéance"
    amount_net: FieldName = "Facture - montant HT"
    amount_gross: FieldName = "Facture - montant TTC"
    credit_notes: FieldName = "Facture - avoirs"
    amount_credited: FieldName = "Facture - montant des avoirs"
    deposit_number: FieldName = "Facture - numéro d'acompte"


class PaymentNames(Names):
    """Fields of deals that show the money which their invoices brought; missing ones are left out."""

    status: FieldName = "Paiement - état"
    paid: FieldName = "Paiement - montant reçu"
    due: FieldName = "Paiement - reste dû"
    paid_on: FieldName = "Paiement - date"
    means: FieldName = "Paiement - moyen"
    details: FieldName = "Paiement - détail"


class Mapping(BaseModel):
    """Which custom fields hold what Raccord reads and writes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    companies: CompanyNames = CompanyNames()
    deals: DealNames = DealNames()
    invoice: InvoiceNames = InvoiceNames()
    payment: PaymentNames = PaymentNames()

    @model_validator(mode="after")
    def _each_shows_one_thing(self) -> Self:
        each_shows_one_thing(self.invoice, self.payment, alike=fold)
        return self


class PipedriveSettings(OAuthSettings):
    """One company's account. Pipedrive's tokens do not say whether they are of a test account."""

    entered: ClassVar[str] = "api_token"
    vendor: str = "pipedrive"
    base_url: str = "https://api.pipedrive.com"
    api_token: SecretStr | None = None
    """Of a user of its own, so that its edits are told from people's (pipedrive page, section 4)."""
    oauth_url: str = "https://oauth.pipedrive.com/oauth"
    """What `/authorize` and `/token` are below (section 6)."""
    company_id: int | None = Field(default=None, gt=0)
    """The company's number: events of other companies are ignored, and another company's token is told."""
    company_domain: str = Field(default="", pattern="^[a-z0-9-]*$", max_length=63)
    """What stands before `.pipedrive.com` in the browser: deals and organizations then get links."""
    user_id: int | None = Field(default=None, gt=0)
    """The number of the token's user: what it changes is an echo of ours, and no event."""
    webhook_user: str = Field(default="raccord", min_length=1, max_length=100)
    """The name that deliveries carry beside `webhook_secret` (HTTP Basic; pipedrive page, section 7)."""
    mapping: Mapping = Mapping()
    activity_type: str = Field(default="task", min_length=1)
    """The kind of activity that tasks are: a `key_string` of the account (section 3)."""
    paid_stages: tuple[Annotated[int, Field(gt=0)], ...] = ()
    """Where a won deal goes once it is fully paid: at most one stage of each pipeline, by its number. Deals
    of other pipelines stay where they are."""
    requests_per_second: float = Field(default=8.0, gt=0)
    """Below the 20 in two seconds that the smallest plan admits (section 8)."""

    @field_validator("api_token")
    @classmethod
    def _is_one_word(cls, token: SecretStr | None) -> SecretStr | None:
        if token is not None and not _ASCII.fullmatch(token.get_secret_value()):
            raise Unfit("unfit.api_token")
        return token

    @field_validator("webhook_secret", "previous_webhook_secret")
    @classmethod
    def _survives_any_encoding(cls, secret: SecretStr | None) -> SecretStr | None:
        """Refuse what is not ASCII: nobody documents how Pipedrive encodes it (section 7)."""
        if secret is not None and not _ASCII.fullmatch(secret.get_secret_value()):
            raise Unfit("unfit.webhook_password")
        return secret

    @field_validator("webhook_user")
    @classmethod
    def _has_no_colon(cls, user: str) -> str:
        if ":" in user or not _ASCII.fullmatch(user):
            raise Unfit("unfit.webhook_user")
        return user
