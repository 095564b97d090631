"""The sections about invoices, VAT and e-invoicing: what is read, refused, and said by doctor."""

from datetime import date
from pathlib import Path

import pytest

from raccord.connectors.connection import CheckState
from raccord.domain.rules.einvoicing import EInvoicing, EInvoicingMode
from raccord.domain.rules.invoicing import IndividualRule, InvoicePolicy, Operations
from raccord.domain.rules.vat import VatPolicy
from raccord.domain.values.parties import TaxTreatment as T
from raccord.settings.checks import einvoicing_check, footers_check, seller_mentions_check
from raccord.settings.configuration import BadSettings
from raccord.settings.load import read
from workers.policies import deal_won_policy

CONNECTIONS = '[hubspot]\naccess_token = "pat-eu1-0000"\n[stripe]\napi_key = "rk_test_0000"\n'
FOOTER = "Pas d'escompte. Retard : pénalités et indemnité de recouvrement de 40 EUR."
BEFORE, AFTER = date(2027, 8, 31), date(2027, 9, 1)


def rules_of(directory: Path, toml: str) -> InvoicePolicy:
    file = directory / "raccord.toml"
    file.write_text(toml + "\n" + CONNECTIONS, "utf-8")
    return read(file).settings.invoice_policy


def test_nothing_said_means_the_careful_thing(tmp_path: Path) -> None:
    rules = rules_of(tmp_path, "")
    assert rules.individuals is IndividualRule.ASK
    assert rules.late_payment_mention
    assert rules.operations is Operations.UNSTATED
    assert (rules.vat.reverse_charge, rules.vat.export, rules.vat.on_debits) == (True, True, False)
    assert rules.einvoicing == EInvoicing(mode=EInvoicingMode.OFF, starts_on=date(2027, 9, 1))


def test_every_rule_is_a_setting(tmp_path: Path) -> None:
    rules = rules_of(
        tmp_path,
        """
        [invoice]
        individuals = "invoice"
        operations = "services"
        footers_individuals = { fr = "Médiateur" }
        [vat]
        reverse_charge = false
        export = false
        on_debits = true
        zero_rate_reasons = { exempt_fr = "Franchise", reverse_charge_en = "Reverse charge" }
        [einvoicing]
        mode = "vendor"
        from = 2026-09-01
        """,
    )
    assert (rules.individuals, rules.operations) == (IndividualRule.INVOICE, Operations.SERVICES)
    assert rules.footer("fr", individual=True) == "Médiateur"
    assert (rules.vat.reverse_charge, rules.vat.export, rules.vat.on_debits) == (False, False, True)
    assert rules.vat.zero_rate_reason("exempt", "fr") == "Franchise"
    assert rules.einvoicing == EInvoicing(mode=EInvoicingMode.VENDOR, starts_on=date(2026, 9, 1))


def test_the_environment_reaches_the_switch_date(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RACCORD_EINVOICING__FROM", "2026-09-01")
    assert rules_of(tmp_path, "").einvoicing.starts_on == date(2026, 9, 1)


def test_only_a_french_seller_owes_the_french_mention(tmp_path: Path) -> None:
    belgian, french = rules_of(tmp_path, '[vat]\nseller_country = "BE"'), rules_of(tmp_path, "")
    assert (belgian.late_payment_mention, belgian.discount_mention) == (False, False)
    assert (french.late_payment_mention, french.discount_mention) == (True, True)


@pytest.mark.parametrize(
    ("seller", "rates", "alike"),
    [("FR", "FR", True), ("MC", "FR", True), ("BE", "BE", True), ("BE", "FR", False), ("FR", "BE", False)],
)
def test_the_sellers_country_is_the_country_of_its_rates(
    tmp_path: Path, seller: str, rates: str, alike: bool
) -> None:
    file = tmp_path / "raccord.toml"
    file.write_text(f'[vat]\nseller_country = "{seller}"\n{CONNECTIONS}vat_country = "{rates}"\n', "utf-8")
    configuration = read(file)
    able = configuration.billing.connect(configuration.settings.clock).capabilities
    if alike:
        assert deal_won_policy(configuration, able).invoice.vat.seller_country == seller
    else:
        with pytest.raises(BadSettings, match=rf"vat\.seller_country is {seller} .*vat_country is {rates}\."):
            deal_won_policy(configuration, able)


@pytest.mark.parametrize(
    ("toml", "named"),
    [
        ('[vat.zero_rate_reasons]\nexemption_fr = "x"', "exemption_fr"),
        ('[vat.zero_rate_reasons]\nexport = "x"', "export_fr"),
        ('[vat.zero_rate_reasons]\ntaxed_fr = "x"', "taxed_fr"),
        ('[invoice.footers]\nfrench = "x"', "french"),
        ('[invoice.footers_individuals]\nFR = "x"', "FR"),
        ('[invoice.memos]\nfr = "Devis {quote}"', "quote"),
        ('[invoice.memos]\nfr = "Devis {name.__class__}"', "name.__class__"),
        ('[invoice.memos]\nfr = "Devis {id:>9}"', "{reference}"),
        ('[invoice.memos]\nfr = "Devis {"', "braces stand around"),
        ('[invoice]\niban = "FR7630006000011234567890188"', "check digits"),
        ('[invoice]\nbic = "AGRI"', "BIC"),
        ('[invoice]\npayment_methods = ["cheque"]', "invoice.payment_methods"),
        ('[invoice]\nindividuals = "yes"', "invoice.individuals"),
        ('[invoice]\noperations = "service"', "invoice.operations"),
        ('[einvoicing]\nmode = "on"', "einvoicing.mode"),
        ("[einvoicing]\nsince = 2026-09-01", "einvoicing.since"),
    ],
)
def test_a_misspelt_rule_is_refused_by_name(tmp_path: Path, toml: str, named: str) -> None:
    with pytest.raises(BadSettings, match=named):
        rules_of(tmp_path, toml)


def test_the_example_file_is_in_order(tmp_path: Path) -> None:
    example = Path(__file__).parents[2] / "raccord.example.toml"
    file = tmp_path / "raccord.toml"
    text = example.read_text("utf-8")
    secrets = {"[hubspot]": 'access_token = "pat-eu1-0000"', "[stripe]": 'api_key = "rk_test_0000"'}
    for section, secret in secrets.items():
        text = text.replace(section, f"{section}\n{secret}")
    file.write_text(text, "utf-8")
    rules = read(file).settings.invoice_policy
    assert footers_check(rules).state is CheckState.OK
    abroad = set(T) - {T.TAXED, T.EXEMPT, T.DOMESTIC_REVERSE_CHARGE}
    for language in ("fr", "en"):
        words = {rules.vat.zero_rate_reason(treatment, language) for treatment in abroad}
        assert len(words - {""}) == len(abroad)


@pytest.mark.parametrize(
    ("footers", "state", "found"),
    [
        ({"fr": FOOTER}, CheckState.OK, "fr"),
        (
            {"fr": FOOTER, "en": "Interest 12 %. EUR 40 for recovery."},
            CheckState.WARN,
            "en lacks the discount for early payment (or that there is none)",
        ),
        ({"en": FOOTER}, CheckState.WARN, "none for fr"),
        ({}, CheckState.WARN, "none for fr, en"),
    ],
)
def test_doctor_warns_of_footers_before_a_deal_does(
    footers: dict[str, str], state: CheckState, found: str
) -> None:
    check = footers_check(InvoicePolicy(footers=footers, late_payment_mention=True, discount_mention=True))
    assert (check.state, check.found) == (state, found)
    assert bool(check.remedy) is (state is not CheckState.OK)


def test_a_foreign_seller_is_asked_for_a_footer_and_not_for_the_indemnity() -> None:
    assert footers_check(InvoicePolicy(footers={"fr": "Merci"})).state is CheckState.OK


@pytest.mark.parametrize(
    ("mode", "transmits", "country", "today", "state"),
    [
        (EInvoicingMode.VENDOR, False, "FR", BEFORE, CheckState.FAIL),
        (EInvoicingMode.VENDOR, False, "BE", BEFORE, CheckState.FAIL),
        (EInvoicingMode.VENDOR, True, "FR", AFTER, CheckState.OK),
        (EInvoicingMode.OFF, False, "FR", BEFORE, CheckState.OK),
        (EInvoicingMode.OFF, False, "FR", AFTER, CheckState.WARN),
        (EInvoicingMode.OFF, True, "FR", AFTER, CheckState.WARN),
        (EInvoicingMode.OFF, False, "BE", AFTER, CheckState.OK),
    ],
)
def test_nobody_is_left_to_believe_that_invoices_are_transmitted(
    mode: EInvoicingMode, transmits: bool, country: str, today: date, state: CheckState
) -> None:
    rules = InvoicePolicy(vat=VatPolicy(seller_country=country), einvoicing=EInvoicing(mode=mode))
    check = einvoicing_check(rules, transmits=transmits, connection="stripe", today=today)
    assert check.state is state
    assert bool(check.remedy) is (state is not CheckState.OK)


@pytest.mark.parametrize(
    ("footer", "lacking"),
    [
        ("Hexalab, SAS au capital de 10 000 EUR, RCS Lyon 812 404 309.", ()),
        ("S.A.R.L. Rubis, capital 1 000 EUR, R.C.S. Nantes", ()),
        ("Jean Roy EI, répertoire des métiers de Lyon", ()),
        (
            "Pas d'escompte. Pénalités de retard et indemnité de 40 EUR.",
            ("legal form", "capital", "register"),
        ),
        ("Hexalab SAS. Pas d'escompte.", ("capital", "register")),
        ("SA Rubis au capital de 1 EUR", ("register",)),
    ],
)
def test_a_footer_says_who_the_seller_is(footer: str, lacking: tuple[str, ...]) -> None:
    check = seller_mentions_check(InvoicePolicy(footers={"fr": footer}))
    assert check.state is (CheckState.WARN if lacking else CheckState.OK)
    assert [
        name for name in ("legal form", "capital", "register") if f"{name}" in check.found and lacking
    ] == list(lacking)
