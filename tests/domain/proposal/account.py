"""A CRM's account as it is met: fields under other names, half filled, with what people type."""

from decimal import Decimal

from raccord.domain.values.described import (
    BillingAccount,
    CrmAccount,
    Place,
    Purpose,
    SeenField,
    SeenPipeline,
    SeenStage,
    Slot,
    Spare,
)

SIRETS = ("732 829 320 00074", "55210055400013", "44306184100047")
SIRENS = ("732829320", "552 100 554", "443061841")
VAT_NUMBERS = ("FR44732829320", "FR 03 552100554", "BE0428759497")
COMPANIES, DEALS, LINES = "companies", "deals", "line_items"


def field(name: str, *values: str, label: str = "", text: bool = True, records: int = 10) -> SeenField:
    return SeenField(name=name, label=label or name, values=values, text=text, records=records)


def slot(purpose: Purpose, *kinds: str, made: str = "") -> Slot:
    kind = {Purpose.VAT_RATE: LINES, Purpose.LANGUAGE: DEALS}.get(purpose, COMPANIES)
    places = tuple(Place(setting=f"mapping.{each}.{purpose}", kind=each) for each in kinds or (kind,))
    return Slot(purpose=purpose, places=places, made=made or purpose.value)


SLOTS = tuple(map(slot, Purpose))
PIPELINES = (
    SeenPipeline(
        id="default",
        name="Ventes",
        stages=(
            SeenStage(id="sent", name="Envoyé", won=False),
            SeenStage(id="won", name="Gagné", won=True),
        ),
    ),
    SeenPipeline(id="7", name="Renouvellements", stages=(SeenStage(id="8", name="Renouvelé", won=True),)),
    SeenPipeline(id="9", name="Recrutement", stages=(SeenStage(id="10", name="Reçu", won=False),)),
)
BILLING = BillingAccount(
    name="Hexalab SAS",
    country="FR",
    test=True,
    section={"vat_country": "FR"},
    vat_rates=(Decimal(20), Decimal("5.5")),
)


def crm(**fields: tuple[SeenField, ...]) -> CrmAccount:
    """Return an account of these fields, by the kind of record; all of it could be read."""
    return CrmAccount(
        name="144000001",
        section={"account_id": 144000001},
        pipelines=PIPELINES,
        fields={COMPANIES: (), DEALS: (), LINES: ()} | fields,
        slots=SLOTS,
        spares=(
            Spare(setting="mapping.deals.service_date", there=False),
            Spare(setting="mapping.deals.purchase_order", there=True),
        ),
    )


def unread(account: CrmAccount, *kinds: str) -> CrmAccount:
    """Return the account as a token sees it that may not read these kinds of records."""
    left = {kind: each for kind, each in account.fields.items() if kind not in kinds}
    return account.model_copy(update={"fields": left})


FULL = crm(
    companies=(
        field("numero_siret", *SIRETS, "n/c", label="N° SIRET"),
        field("no_tva", *VAT_NUMBERS, label="N° TVA intracom."),
        field("mail_compta", "compta@a.example", label="E-mail comptabilité"),
        field("delai", "30 jours", "45 FDM", label="Délai de paiement"),
        field("website", "https://a.example", "https://b.example"),
    ),
    deals=(field("langue", "fr", label="Langue"),),
    line_items=(field("taux_tva", "20", "5,5", label="Taux de TVA"),),
)
