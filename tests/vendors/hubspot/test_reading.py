from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from raccord.connectors.crm import Crm
from raccord.connectors.errors import Auth, NotFound, Permanent, RateLimited, Transient
from raccord.domain.values.deal import Discount, LineItem
from raccord.domain.values.payment_terms import PaymentTerms
from tests.vendors.hubspot.account import (
    ACCOUNT,
    DEAL,
    OWNER,
    PIPELINES,
    ROOT,
    Account,
    batch,
    link,
    links,
)
from tests.vendors.hubspot.conftest import TOKEN, Connect
from tests.vendors.hubspot.stub import NOT_FOUND, Asked, Reply


async def the_line(crm: Crm, account: Account, **properties: Any) -> tuple[LineItem, list[tuple[str, str]]]:
    account.associations["line items"]["results"] = [{"id": "90", "type": "a"}]
    account.records["line_items"]["90"] |= properties
    deal = await crm.read_deal("42")
    return deal.lines[0], [(u.field, u.value) for u in deal.unreadable]


async def test_the_reference_of_a_deal_is_read_where_it_is_mapped(account: Account, connect: Connect) -> None:
    account.deal["quote_number"] = " D-118 "
    mapped = connect(mapping={"deals": {"reference": "quote_number"}})
    assert (await mapped.read_deal("42")).reference == "D-118"
    assert (await connect().read_deal("42")).reference == ""


async def test_a_deal_is_read_with_all_that_its_invoice_needs(crm: Crm, account: Account) -> None:
    deal = await crm.read_deal("42")
    assert (deal.ref.connection, deal.ref.id, deal.name, deal.won) == ("hubspot", "42", "Site web", True)
    assert deal.url == "https://app.hubspot.com/contacts/144000001/record/0-3/42"
    assert (deal.amount, deal.currency, deal.pipeline) == (Decimal("1200.00"), "EUR", "default")
    assert (deal.service_date, deal.purchase_order, deal.language) == (date(2026, 11, 18), "BC-7", "fr")
    assert deal.payment_terms == PaymentTerms(days=45)
    assert deal.owner
    assert (deal.owner.id, deal.owner.name, deal.owner.email) == ("64492917", "Léa B", "lea@x.fr")
    assert deal.unreadable == ()


@pytest.mark.parametrize(
    ("typed", "read", "unreadable"),
    [("30", Decimal(30), []), ("", None, []), ("un tiers", None, [("billing_deposit_percent", "un tiers")])],
)
async def test_a_deposit_is_read_from_the_property_that_is_named(
    connect: Connect, account: Account, typed: str, read: Decimal | None, unreadable: list[tuple[str, str]]
) -> None:
    account.deal["billing_deposit_percent"] = typed
    crm = connect(
        mapping={"deals": {"deposit_percent": "billing_deposit_percent", "delivered_on": "delivered_on"}}
    )
    deal = await crm.read_deal("42")
    assert deal.deposit_percent == read
    assert [(u.field, u.value) for u in deal.unreadable] == unreadable


async def test_the_day_of_winning_is_the_company_s_day(crm: Crm, account: Account) -> None:
    assert (await crm.read_deal("42")).won_on == date(2026, 11, 21)


async def test_two_reads_of_one_deal_are_equal(crm: Crm, account: Account) -> None:
    first = await crm.read_deal("42")
    account.associations["line items"]["results"].reverse()
    assert await crm.read_deal("42") == first


async def test_every_property_is_asked_for_by_name(connect: Connect, account: Account) -> None:
    mapping = {
        "companies": {"siren": "n_siren"},
        "line_items": {"vat_rate": "tva"},
        "deals": {"language": ""},
    }
    account.records["companies"]["7"] |= {"n_siren": "552100554"}
    account.records["line_items"]["91"] |= {"tva": "5,5 %"}
    deal = await connect(mapping=mapping).read_deal("42")
    assert (deal.companies[0].siren, deal.lines[0].vat_rate) == ("552100554", Decimal("5.5"))
    assert deal.language == ""
    asked = account.stub.last(f"GET {DEAL}").all("properties")
    assert {"amount", "hs_is_closed_won", "service_date"} <= set(asked)
    assert "" not in asked
    assert "n_siren" in account.stub.last("POST " + batch("companies")).json["properties"]
    assert "tva" in account.stub.last("POST " + batch("line_items")).json["properties"]


async def test_every_request_carries_the_token(crm: Crm, account: Account) -> None:
    await crm.read_deal("42")
    assert {a.headers["authorization"] for a in account.stub.seen} == {f"Bearer {TOKEN}"}


async def test_the_primary_company_alone_is_the_candidate(crm: Crm, account: Account) -> None:
    (company,) = (await crm.read_deal("42")).companies
    assert (company.id, company.name, company.address.country) == ("7", "Société Générale d’Études", "FR")


@pytest.mark.parametrize(
    ("typed", "country", "quoted"),
    [
        ({"country": "", "hs_country_code": "BE"}, "BE", "BE"),
        ({"country": "Elbonia", "hs_country_code": "BE"}, "BE", "Elbonia"),
        ({"country": "France", "hs_country_code": "BE"}, "FR", "France"),
        ({"country": "Elbonia"}, None, "Elbonia"),
    ],
)
async def test_the_country_is_what_people_typed_else_the_code_beside_it(
    crm: Crm, account: Account, typed: dict[str, str], country: str | None, quoted: str
) -> None:
    account.records["companies"]["7"] |= typed
    (company,) = (await crm.read_deal("42")).companies
    assert (company.address.country, company.country_text) == (country, quoted)


async def test_without_a_primary_company_all_are_candidates(crm: Crm, account: Account) -> None:
    both = {"results": [link("8", 341), link("7", 341), link("7", 5, category="USER_DEFINED")]}
    account.stub.on("GET " + links("deals", "42", "companies"), Reply(both))
    assert [c.id for c in (await crm.read_deal("42")).companies] == ["7", "8"]


async def test_a_deal_without_a_company_is_read_all_the_same(crm: Crm, account: Account) -> None:
    del account.associations["companies"]
    assert (await crm.read_deal("42")).companies == ()


async def test_the_company_s_billing_contact_is_known_even_off_the_deal(crm: Crm, account: Account) -> None:
    deal = await crm.read_deal("42")
    assert [(c.id, c.billing, c.name) for c in deal.contacts] == [
        ("5", False, "Ana Roy"),
        ("6", True, "Compta"),
    ]


@pytest.mark.parametrize("type_id", [930, 931])
async def test_the_billing_label_counts_in_both_directions(crm: Crm, account: Account, type_id: int) -> None:
    account.stub.on("GET " + links("companies", "7", "contacts"), Reply({"results": [link("5", type_id)]}))
    assert [(c.id, c.billing) for c in (await crm.read_deal("42")).contacts] == [("5", True)]


def labelled(to: str, label: str | None) -> dict[str, Any]:
    return link(to, 37, category="USER_DEFINED", label=label)


def two_contacts(account: Account) -> None:
    account.associations["contacts"]["results"] = [{"id": "5"}, {"id": "6"}]
    account.stub.on("GET " + links("companies", "7", "contacts"), Reply({"results": [link("5", 280)]}))


async def test_an_account_s_own_label_of_the_company_marks_the_billing_contact(
    crm: Crm, account: Account
) -> None:
    people = [labelled("5", "Contact  Facturation"), labelled("6", "Décideur"), link("8", 280)]
    account.stub.on("GET " + links("companies", "7", "contacts"), Reply({"results": people}))
    assert [(c.id, c.billing) for c in (await crm.read_deal("42")).contacts] == [("5", True)]


async def test_the_deal_s_own_label_comes_before_the_company_s(crm: Crm, account: Account) -> None:
    two_contacts(account)
    account.stub.on("GET " + links("companies", "7", "contacts"), Reply({"results": [link("5", 930)]}))
    people = [labelled("5", "Decision maker"), labelled("6", "Billing contact")]
    account.stub.on("GET " + links("deals", "42", "contacts"), Reply({"results": people}))
    assert [(c.id, c.billing) for c in (await crm.read_deal("42")).contacts] == [("5", False), ("6", True)]


async def test_labels_are_those_of_the_mapping(connect: Connect, account: Account) -> None:
    two_contacts(account)
    people = [labelled("5", "Billing contact"), labelled("6", "Comptabilité")]
    account.stub.on("GET " + links("deals", "42", "contacts"), Reply({"results": people}))
    crm = connect(mapping={"contacts": {"billing_labels": ["comptabilité"]}})
    contacts = (await crm.read_deal("42")).contacts
    assert [(c.id, c.billing) for c in contacts] == [("5", False), ("6", True)]


@pytest.mark.parametrize(
    "types",
    [[], [{"category": "USER_DEFINED", "typeId": 37}], [{"category": "X", "typeId": 3, "label": None}]],
)
async def test_associations_without_labels_mark_nobody(
    crm: Crm, account: Account, types: list[dict[str, Any]]
) -> None:
    two_contacts(account)
    people = [{"toObjectId": 5, "associationTypes": types}, {"toObjectId": 6}]
    account.stub.on("GET " + links("deals", "42", "contacts"), Reply({"results": people}))
    assert [(c.id, c.billing) for c in (await crm.read_deal("42")).contacts] == [("5", False), ("6", False)]


UNTOLD = [
    Reply({"status": "error", "category": "MISSING_SCOPES", "correlationId": "c-403"}, 403),
    Reply({"status": "error", "category": "VALIDATION_ERROR", "correlationId": "c-400"}, 400),
    Reply({"status": "error"}, 400),
    NOT_FOUND,
    Reply(b"Not Found", 404),
    Reply({}),
]
"""Answers of a HubSpot that does not tell the labels of a deal: no outage, and the same tomorrow."""


@pytest.mark.parametrize("answer", [*UNTOLD, Reply(b"", 501)])
async def test_several_contacts_are_read_where_nobody_knows_the_labels_of_a_deal(
    crm: Crm, account: Account, answer: Reply
) -> None:
    two_contacts(account)
    account.stub.on("GET " + links("deals", "42", "contacts"), answer)
    assert [(c.id, c.billing) for c in (await crm.read_deal("42")).contacts] == [("5", False), ("6", False)]


@pytest.mark.parametrize("answer", UNTOLD)
async def test_the_company_s_label_counts_where_those_of_the_deal_are_not_told(
    crm: Crm, account: Account, answer: Reply
) -> None:
    two_contacts(account)
    account.stub.on("GET " + links("companies", "7", "contacts"), Reply({"results": [link("5", 930)]}))
    account.stub.on("GET " + links("deals", "42", "contacts"), answer)
    assert [(c.id, c.billing) for c in (await crm.read_deal("42")).contacts] == [("5", True), ("6", False)]


@pytest.mark.parametrize(
    ("answer", "raised"),
    [
        (Reply(b"", 502), Transient),
        (Reply({"status": "error", "category": "EXPIRED_AUTHENTICATION"}, 401), Auth),
        (Reply({"status": "error", "category": "RATE_LIMITS"}, 429), RateLimited),
    ],
)
async def test_the_company_s_label_is_not_taken_while_an_outage_hides_those_of_the_deal(
    crm: Crm, account: Account, answer: Reply, raised: type[Exception]
) -> None:
    two_contacts(account)
    account.stub.on("GET " + links("companies", "7", "contacts"), Reply({"results": [link("5", 930)]}))
    account.stub.on("GET " + links("deals", "42", "contacts"), answer)
    with pytest.raises(raised) as error:
        await crm.read_deal("42")
    assert type(error.value) is raised


async def test_the_labels_of_a_deal_are_not_asked_for_where_nothing_hangs_on_them(
    crm: Crm, account: Account
) -> None:
    await crm.read_deal("42")
    two_contacts(account)
    account.records["companies"]["7"]["billing_email"] = "compta@x.fr"
    await crm.read_deal("42")
    del account.records["companies"]["7"]["billing_email"]
    account.records["contacts"]["6"]["email"] = "A@example.fr"
    await crm.read_deal("42")
    assert account.stub.count("GET " + links("deals", "42", "contacts")) == 0


async def test_a_contact_is_read_by_itself_and_one_that_is_gone_is_nobody(crm: Crm, account: Account) -> None:
    path = f"{ROOT}/v3/objects/contacts/6"
    account.stub.on(f"GET {path}", Reply({"id": "6", "properties": account.records["contacts"]["6"]}))
    found = await crm.read_contact("6")
    assert found
    assert (found.id, found.email, found.billing) == ("6", "compta@example.fr", False)
    account.stub.on(f"GET {path}", NOT_FOUND)
    assert await crm.read_contact("6") is None


@pytest.mark.parametrize("key", ["line items", "line_items"])
async def test_lines_come_in_the_order_of_the_quote(crm: Crm, account: Account, key: str) -> None:
    account.associations[key] = account.associations.pop("line items")
    deal = await crm.read_deal("42")
    assert [(line.name, line.quantity, line.unit_price) for line in deal.lines] == [
        ("A", Decimal(1), Decimal("999.00")),
        ("B", Decimal(2), Decimal("100.5")),
    ]


async def test_more_lines_than_one_answer_holds_are_read_page_by_page(crm: Crm, account: Account) -> None:
    account.records["line_items"] = {str(i): {"name": f"L{i}"} for i in range(1000, 1750)}
    account.associations["line items"] = {
        "results": [{"id": "1000", "type": "a"}],
        "paging": {"next": {"after": "1001", "link": "https://elsewhere.example"}},
    }

    def page(asked: Asked) -> Reply:
        assert asked.query["limit"] == "500"
        if asked.query.get("after") == "x1":
            return Reply({"results": [link(str(i), 19) for i in range(1500, 1750)]})
        first = [link(str(i), 19) for i in range(1000, 1500)]
        return Reply({"results": first, "paging": {"next": {"after": "x1"}}})

    account.stub.on("GET " + links("deals", "42", "line_items"), page)
    deal = await crm.read_deal("42")
    assert [line.id for line in deal.lines] == [str(i) for i in range(1000, 1750)]
    assert account.stub.count("POST " + batch("line_items")) == 8


async def test_a_deal_with_too_many_lines_is_a_question(crm: Crm, account: Account) -> None:
    account.associations["line items"]["results"] = [{"id": str(i), "type": "a"} for i in range(1001)]
    with pytest.raises(Permanent, match="1001 line items"):
        await crm.read_deal("42")


async def test_a_line_that_cannot_be_read_is_named(crm: Crm, account: Account) -> None:
    del account.records["line_items"]["90"]
    deal = await crm.read_deal("42")
    assert [line.id for line in deal.lines] == ["91"]
    assert [(u.record, u.field) for u in deal.unreadable] == [("line item 90", "id")]


async def test_a_line_missing_for_a_moment_is_no_question(crm: Crm, account: Account) -> None:
    partial = {"results": [], "errors": [{"category": "INTERNAL_ERROR"}]}
    account.stub.on("POST " + batch("line_items"), Reply(partial, 207))
    with pytest.raises(Transient):
        await crm.read_deal("42")


async def test_a_deleted_deal_is_not_found(crm: Crm, account: Account) -> None:
    with pytest.raises(NotFound, match="deal 43") as caught:
        await crm.read_deal("43")
    assert caught.value.request_id == "c-404"


async def test_only_the_deal_itself_can_be_not_found(crm: Crm, account: Account) -> None:
    for method, path in [
        ("GET", OWNER),
        ("POST", batch("contacts")),
        ("GET", links("companies", "7", "contacts")),
    ]:
        account.stub.on(f"{method} {path}", NOT_FOUND)
    deal = await crm.read_deal("42")
    assert [(u.record, u.field) for u in deal.unreadable] == [("contact 5", "id")]


async def test_an_archived_owner_keeps_the_name(crm: Crm, account: Account) -> None:
    account.stub.on(
        f"GET {OWNER}",
        lambda a: (
            Reply({"id": "64492917", "firstName": "Zoé"})
            if a.query["archived"] == "true"
            else Reply({"status": "error"}, 404)
        ),
    )
    owner = (await crm.read_deal("42")).owner
    assert owner
    assert (owner.name, owner.email) == ("Zoé", "")


async def test_an_owner_who_is_a_queue_or_gone_has_an_id_alone(connect: Connect, account: Account) -> None:
    account.stub.on(
        f"GET {OWNER}", Reply({"id": "64492917", "email": None, "type": "QUEUE", "archived": False})
    )
    queue = (await connect().read_deal("42")).owner
    account.stub.on(f"GET {OWNER}", NOT_FOUND)
    gone = (await connect().read_deal("42")).owner
    for owner in (queue, gone):
        assert owner
        assert (owner.id, owner.name) == ("64492917", "")


async def test_a_deal_without_an_owner_has_none(crm: Crm, account: Account) -> None:
    account.deal["hubspot_owner_id"] = ""
    assert (await crm.read_deal("42")).owner is None


STAGES = Reply(
    {
        "results": [
            {
                "id": "default",
                "stages": [
                    {"id": "closedwon", "metadata": {"isClosed": "true", "probability": "1.0"}},
                    {"id": "closedlost", "metadata": {"isClosed": "true", "probability": "0.0"}},
                    {"id": "99", "metadata": {"isClosed": "false", "probability": "0.8"}},
                    {"id": "100", "metadata": {"probability": None}},
                ],
            }
        ]
    }
)


@pytest.mark.parametrize(("closed", "won"), [("true", True), ("false", False)])
async def test_hubspot_s_own_verdict_decides_whether_a_deal_is_won(
    crm: Crm, account: Account, closed: str, won: bool
) -> None:
    account.deal |= {"hs_is_closed_won": closed, "dealstage": "99"}
    deal = await crm.read_deal("42")
    assert (deal.won, deal.won_on is not None) == (won, won)
    assert account.stub.count(f"GET {PIPELINES}") == 0


@pytest.mark.parametrize(
    ("stage", "won"), [("closedwon", True), ("closedlost", False), ("99", False), ("100", False)]
)
@pytest.mark.parametrize("verdict", [None, "", "maybe"])
async def test_without_a_verdict_the_stage_decides(
    crm: Crm, account: Account, stage: str, won: bool, verdict: str | None
) -> None:
    account.stub.on(f"GET {PIPELINES}", STAGES)
    account.deal |= {"hs_is_closed_won": verdict, "dealstage": stage}
    assert (await crm.read_deal("42")).won is won


async def test_a_stage_of_no_pipeline_is_a_question(crm: Crm, account: Account) -> None:
    account.stub.on(f"GET {PIPELINES}", STAGES)
    account.deal |= {"hs_is_closed_won": None, "dealstage": "gone"}
    with pytest.raises(Permanent) as caught:
        await crm.read_deal("42")
    assert (caught.value.code, caught.value.field) == ("unknown_stage", "dealstage")


async def test_a_currency_is_upper_case(crm: Crm, account: Account) -> None:
    account.deal["deal_currency_code"] = "eur"
    assert (await crm.read_deal("42")).currency == "EUR"


async def test_a_deal_without_a_currency_has_the_account_s(crm: Crm, account: Account) -> None:
    account.deal["deal_currency_code"] = ""
    account.stub.on(f"GET {ACCOUNT}", Reply({"portalId": 144000001, "companyCurrency": "CHF"}))
    assert (await crm.read_deal("42")).currency == "CHF"


@pytest.mark.parametrize("status", [403, 404])
async def test_a_currency_that_hubspot_does_not_tell_stays_open(
    crm: Crm, account: Account, status: int
) -> None:
    account.deal["deal_currency_code"] = None
    account.stub.on(f"GET {ACCOUNT}", Reply({"status": "error", "category": "MISSING_SCOPES"}, status))
    assert (await crm.read_deal("42")).currency is None


async def test_a_refused_token_says_nothing_about_the_currency(crm: Crm, account: Account) -> None:
    account.deal["deal_currency_code"] = None
    account.stub.on(f"GET {ACCOUNT}", Reply({"status": "error", "category": "INVALID_AUTHENTICATION"}, 401))
    with pytest.raises(Auth, match="refuses the credentials"):
        await crm.read_deal("42")


async def test_values_that_cannot_be_read_are_listed_and_not_guessed(crm: Crm, account: Account) -> None:
    account.deal |= {
        "amount": "12k",
        "service_date": "demain",
        "payment_terms_days": "30 jours le 10",
        "closedate": "?",
    }
    account.records["companies"]["7"]["payment_terms_days"] = "fin de mois"
    deal = await crm.read_deal("42")
    assert (deal.amount, deal.service_date, deal.payment_terms, deal.won_on) == (None, None, None, None)
    assert [(u.record, u.field, u.value) for u in deal.unreadable] == [
        ("company 7", "payment_terms_days", "fin de mois"),
        ("deal", "amount", "12k"),
        ("deal", "closedate", "?"),
        ("deal", "payment_terms_days", "30 jours le 10"),
        ("deal", "service_date", "demain"),
    ]


async def test_a_line_s_price_rate_and_amount_are_exact(crm: Crm, account: Account) -> None:
    line, unreadable = await the_line(
        crm,
        account,
        price="1 200,10",
        quantity="0.5",
        vat_rate="5,5 %",
        amount="600.05",
        hs_sku="X1",
        hs_line_item_currency_code="eur",
        description="deux\nlignes",
    )
    assert (line.unit_price, line.quantity, line.vat_rate) == (
        Decimal("1200.10"),
        Decimal("0.5"),
        Decimal("5.5"),
    )
    assert (line.amount, line.sku, line.currency) == (Decimal("600.05"), "X1", "EUR")
    assert (line.description, unreadable) == ("deux\nlignes", [])


async def test_numbers_sent_as_json_numbers_stay_exact(crm: Crm, account: Account) -> None:
    raw = b'{"results":[{"id":90,"properties":{"name":"N","price":0.123456789012345,"quantity":3}}]}'
    account.associations["line items"]["results"] = [{"id": "90", "type": "a"}]
    account.stub.on("POST " + batch("line_items"), Reply(raw))
    (line,) = (await crm.read_deal("42")).lines
    assert (line.id, line.quantity) == ("90", Decimal(3))
    assert str(line.unit_price) == "0.123456789012345"


@pytest.mark.parametrize(
    ("percent", "per_unit", "expected"),
    [
        ("10", None, Discount(percent=Decimal(10))),
        ("", "5.50", Discount(per_unit=Decimal("5.50"))),
        ("0", "5.50", Discount(per_unit=Decimal("5.50"))),
        ("10", "0.00", Discount(percent=Decimal(10))),
        ("0", "0", None),
        (None, None, None),
    ],
)
async def test_a_discount_is_in_percent_or_per_unit(
    crm: Crm, account: Account, percent: str | None, per_unit: str | None, expected: Discount | None
) -> None:
    line, unreadable = await the_line(crm, account, hs_discount_percentage=percent, discount=per_unit)
    assert (line.discount, unreadable) == (expected, [])


async def test_two_discounts_on_one_line_are_a_question(crm: Crm, account: Account) -> None:
    line, unreadable = await the_line(crm, account, hs_discount_percentage="10", discount="5")
    assert (line.discount, unreadable) == (None, [("discount", "5 + 10 %")])


@pytest.mark.parametrize(
    "properties", [{"recurringbillingfrequency": "monthly"}, {"hs_recurring_billing_period": "P12M"}]
)
async def test_a_subscription_line_says_so(crm: Crm, account: Account, properties: dict[str, str]) -> None:
    line, _ = await the_line(crm, account, **properties)
    assert line.recurring in properties.values()


async def test_an_empty_value_is_nothing_and_no_question(crm: Crm, account: Account) -> None:
    line, unreadable = await the_line(crm, account, price="", quantity=None, vat_rate=" ")
    assert (line.unit_price, line.quantity, line.vat_rate, unreadable) == (None, None, None, [])


@pytest.mark.parametrize(
    ("value", "individual"),
    [("Individual", True), (" PARTICULIER ", True), ("true", True), ("Société", False), (None, False)],
)
async def test_a_private_person_is_told_by_the_mapped_property(
    connect: Connect, account: Account, value: str | None, individual: bool
) -> None:
    account.records["companies"]["7"]["sorte"] = value
    mapping = {"companies": {"individual": "sorte"}}
    (company,) = (await connect(mapping=mapping).read_deal("42")).companies
    assert company.individual is individual


async def test_own_words_for_a_private_person_replace_the_usual_ones(
    connect: Connect, account: Account
) -> None:
    mapping = {"companies": {"individual": "sorte", "individual_values": ["  Privé "]}}
    crm = connect(mapping=mapping)
    for value, individual in (("PRIVÉ", True), ("individual", False)):
        account.records["companies"]["7"]["sorte"] = value
        assert (await crm.read_deal("42")).companies[0].individual is individual
    assert "sorte" in account.stub.last("POST " + batch("companies")).json["properties"]


@pytest.mark.parametrize(
    ("value", "required"),
    [
        ("true", True),
        ("Oui", True),
        ("YES", True),
        ("1", True),
        ("false", False),
        ("non", False),
        ("", False),
    ],
)
async def test_a_buyer_who_wants_its_order_number_says_so(
    connect: Connect, account: Account, value: str, required: bool
) -> None:
    account.records["companies"]["7"]["bc"] = value
    deal = await connect(mapping={"companies": {"order_number_required": "bc"}}).read_deal("42")
    assert (deal.companies[0].order_number_required, deal.unreadable) == (required, ())


async def test_an_answer_that_is_neither_yes_nor_no_is_a_question(connect: Connect, account: Account) -> None:
    account.records["companies"]["7"]["bc"] = "selon le cas"
    deal = await connect(mapping={"companies": {"order_number_required": "bc"}}).read_deal("42")
    assert [(u.record, u.field, u.value) for u in deal.unreadable] == [("company 7", "bc", "selon le cas")]


async def test_without_a_mapping_every_buyer_is_an_ordinary_company(crm: Crm, account: Account) -> None:
    account.records["companies"]["7"] |= {"individual": "true", "order_number_required": "true"}
    (company,) = (await crm.read_deal("42")).companies
    assert (company.individual, company.order_number_required) == (False, False)


COMPANY = f"{ROOT}/v3/objects/companies/7"


@pytest.mark.parametrize("now", ["7", "77"])
async def test_a_company_lives_under_the_id_that_answers(crm: Crm, account: Account, now: str) -> None:
    properties = {"name": "Acme", "siret": "732 829 320 00074"}
    account.stub.on(f"GET {COMPANY}", Reply({"id": now, "properties": properties, "archived": False}))
    found = await crm.read_company("7")
    assert found is not None
    assert (found.id, found.name, found.siret) == (now, "Acme", "732 829 320 00074")


async def test_a_deleted_company_lives_nowhere(crm: Crm, account: Account) -> None:
    assert await crm.read_company("7") is None


@pytest.mark.parametrize("reply", [Reply(b"<html>404</html>", 404), Reply({"status": "error"}, 503)])
async def test_a_company_is_not_called_deleted_by_anybody_but_hubspot(
    crm: Crm, account: Account, reply: Reply
) -> None:
    account.stub.on(f"GET {COMPANY}", reply)
    with pytest.raises(Transient):
        await crm.read_company("7")


async def test_a_probe_is_one_small_read_with_the_token(crm: Crm, account: Account) -> None:
    account.stub.on(f"GET {ROOT}/v3/objects/deals", Reply({"results": []}))
    await crm.probe()
    (asked,) = account.stub.seen
    assert (asked.method, asked.query["limit"]) == ("GET", "1")
    assert asked.headers["authorization"] == f"Bearer {TOKEN}"


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (Reply({"status": "error"}, 401), Auth),
        (Reply({"status": "error"}, 503), Transient),
        (Reply({"status": "error"}, 429), RateLimited),
    ],
)
async def test_a_probe_fails_as_any_call_would(
    crm: Crm, account: Account, reply: Reply, expected: type[Exception]
) -> None:
    account.stub.on(f"GET {ROOT}/v3/objects/deals", reply)
    with pytest.raises(expected):
        await crm.probe()


MAPPED = {"line_items": {"tax_rates": {"115989351": 5.5}}}


@pytest.mark.parametrize(
    ("properties", "rate", "unreadable"),
    [
        ({"hs_tax_rate_group_id": "115989351"}, Decimal("5.5"), []),
        ({"hs_tax_rate_group_id": "115989351", "vat_rate": "20"}, Decimal(20), []),
        ({"hs_tax_rate_group_id": "7"}, None, [("vat_rate", "7")]),
        ({}, None, []),
    ],
)
async def test_hubspot_s_own_tax_rate_is_read_by_its_id(
    connect: Connect,
    account: Account,
    properties: dict[str, str],
    rate: Decimal | None,
    unreadable: list[tuple[str, str]],
) -> None:
    line, unread = await the_line(connect(mapping=MAPPED), account, **properties)
    assert (line.vat_rate, unread) == (rate, unreadable)
    assert "hs_tax_rate_group_id" in account.stub.last(f"POST {batch('line_items')}").json["properties"]


async def test_a_tax_rate_where_none_is_mapped_never_gives_way_to_the_default(
    crm: Crm, account: Account
) -> None:
    line, unread = await the_line(crm, account, hs_tax_rate_group_id="115989351")
    assert (line.vat_rate, unread) == (None, [("vat_rate", "115989351")])
    assert "[hubspot.mapping.line_items.tax_rates]" in (await crm.read_deal("42")).unreadable[0].setting


PERSONS = {"contacts": {"private_persons": True}}
LIVING = {"address": "1 rue Haute", "zip": "29000", "city": "Quimper", "country": "France"}


async def test_the_contact_of_a_deal_without_a_company_is_the_customer_where_the_settings_say_so(
    connect: Connect, account: Account
) -> None:
    del account.associations["companies"]
    account.records["contacts"]["5"] |= LIVING
    deal = await connect(mapping=PERSONS).read_deal("42")
    (person,) = deal.companies
    assert (person.id, person.name, person.email) == ("contact-5", "Ana Roy", "a@example.fr")
    assert (person.individual, person.address.city, person.address.country) == (True, "Quimper", "FR")
    asked = account.stub.last(f"POST {batch('contacts')}").json["properties"]
    assert set(LIVING) <= set(asked)


async def test_a_company_comes_before_the_contact(connect: Connect, account: Account) -> None:
    assert [c.id for c in (await connect(mapping=PERSONS).read_deal("42")).companies] == ["7"]


async def test_nobody_knows_which_of_several_contacts_is_the_customer(
    connect: Connect, account: Account
) -> None:
    del account.associations["companies"]
    two_contacts(account)
    assert (await connect(mapping=PERSONS).read_deal("42")).companies == ()


async def test_a_company_that_cannot_be_read_is_no_private_person(connect: Connect, account: Account) -> None:
    account.associations["companies"]["results"] = [{"id": "99", "type": "x"}]
    account.stub.on("GET " + links("companies", "99", "contacts"), NOT_FOUND)
    deal = await connect(mapping=PERSONS).read_deal("42")
    assert deal.companies == ()
    assert [each.record for each in deal.unreadable] == ["company 99"]


async def test_a_customer_who_is_a_contact_is_read_by_itself(connect: Connect, account: Account) -> None:
    path = f"{ROOT}/v3/objects/contacts/5"
    person = account.records["contacts"]["5"] | LIVING
    account.stub.on(f"GET {path}", Reply({"id": "5", "properties": person}))
    crm = connect(mapping=PERSONS)
    found = await crm.read_company("contact-5")
    assert found
    assert (found.id, found.individual) == ("contact-5", True)
    account.stub.on(f"GET {path}", NOT_FOUND)
    assert await crm.read_company("contact-5") is None
