"""What a flow asks a person, each with everything that may be answered."""

from raccord.domain.desk.problems import Cause, Problem, problem
from raccord.domain.desk.question import Ask, Detail, Option
from raccord.domain.values.invoice import Invoice, InvoiceState
from raccord.domain.values.message import Message, RecordKind, RecordName, message
from raccord.domain.values.names import THE_DEAL, THE_DRAFT, company_name, customer_name, customer_names
from raccord.domain.values.parties import Company, Customer, CustomerProfile

NEW_CUSTOMER = "new"
SAME_CUSTOMER = "same"
OWN_CUSTOMER = "site"
AGAIN = "again"

WITHOUT_MAIL = message("answer.without_mail")
WITHOUT_WRITING = message("answer.without_writing")
_NO_INVOICE = message("answer.no_invoice")
_SEEN = message("answer.seen")


def quality(problems: tuple[Problem, ...], options: tuple[Option, ...] = ()) -> Ask:
    """The deal's data has to be completed first, or one of the options said once for its company."""
    return Ask(
        step="quality",
        cause=problems[0].cause,
        title=message("quality.title", count=len(problems)),
        problems=problems,
        options=options,
        cancel=_NO_INVOICE,
    )


def several_invoices(invoices: tuple[Invoice, ...]) -> Ask:
    """More than one invoice claims the deal."""
    listed = tuple(invoice_name(each) for each in invoices)
    return Ask(
        step="invoices",
        cause=Cause.SEVERAL_INVOICES,
        title=message("several_invoices.title"),
        problems=(problem(Cause.SEVERAL_INVOICES, THE_DEAL, "invoice", "several_invoices", invoices=listed),),
        cancel=_NO_INVOICE,
    )


def invoice_name(invoice: Invoice) -> RecordName:
    """Name an invoice by its number; a draft, which has none, by its id."""
    return RecordName(
        kind=RecordKind.INVOICE, id=invoice.id, name=invoice.number or "", url=invoice.url or ""
    )


def buyer_of(invoice: Invoice) -> RecordName:
    """Name the customer as the invoice prints it; by its id where the billing system does not tell."""
    printed = invoice.buyer.name if invoice.buyer else ""
    return RecordName(kind=RecordKind.CUSTOMER, id=invoice.customer_id, name=printed)


def unproven(draft: Invoice, differences: tuple[Message, ...], *, exempted: bool = False) -> Ask:
    """The draft does not come to our totals; `differences` names each figure, expected and found.

    `exempted`: the billing system adds no VAT for this customer, whatever the rates of the lines.
    """
    # Without the draft's id: it is made anew each day it waits, and the question would be another one.
    found = problem(Cause.TOTALS, THE_DRAFT, "total", "totals.unproven", differences=differences)
    if exempted:
        found = problem(
            Cause.TOTALS,
            THE_DRAFT,
            "total",
            "totals.exempted",
            differences=differences,
            customer=buyer_of(draft),
        )
    return Ask(
        step="totals",
        cause=Cause.TOTALS,
        title=message("totals.title"),
        problems=(found,),
        cancel=_NO_INVOICE,
    )


def which_customer(candidates: tuple[Customer, ...], profile: CustomerProfile) -> Ask:
    """Existing customers resemble the company without proof."""
    named = customer_names(candidates)
    return Ask(
        step="customer",
        cause=Cause.CUSTOMER_CHOICE,
        title=message("which_customer.title"),
        problems=(
            problem(
                Cause.CUSTOMER_CHOICE, company_of(profile), "customer", "which_customer", customers=named
            ),
        ),
        options=(
            *(Option(id=name.id, label=message("which_customer.this", customer=name)) for name in named[:8]),
            Option(id=NEW_CUSTOMER, label=message("which_customer.new")),
        ),
        cancel=_NO_INVOICE,
    )


def company_of(profile: CustomerProfile) -> RecordName:
    """Name the CRM's company of a profile."""
    return RecordName(kind=RecordKind.COMPANY, id=profile.crm_company.partition(":")[2], name=profile.name)


def vanished_customer(profile: CustomerProfile) -> Problem:
    """The customer was deleted while it was being found."""
    return problem(Cause.REFUSED, company_of(profile), "customer", "customer.vanished")


def one_siren_two_companies(
    profile: CustomerProfile, other: Company, customer: Customer, *, two_sites: bool = False
) -> Ask:
    """Another company of the CRM has the same legal identity and is this customer already.

    `two_sites`: the two carry different SIRETs, so each may be a customer of its own.
    """
    theirs = customer_name(customer)
    same = Option(id=SAME_CUSTOMER, label=message("same_siren.same", customer=theirs))
    own = Option(id=OWN_CUSTOMER, label=message("same_siren.own"))
    return Ask(
        step="company",
        cause=Cause.SAME_SIREN,
        title=message("same_siren.title"),
        problems=(
            problem(
                Cause.CUSTOMER_CHOICE,
                company_of(profile),
                "siren",
                "same_siren_two_sites" if two_sites else "same_siren",
                other=company_name(other),
                customer=theirs,
            ),
        ),
        options=(same, own) if two_sites else (same,),
        cancel=_NO_INVOICE,
    )


def written_by_hand(invoices: tuple[Invoice, ...], *, united: bool = False) -> Ask:
    """Invoices that may already be this deal's: alike and not ours, or of a deal `united` with this one."""
    code = "by_hand.united" if united else "by_hand.alike"
    named = [(each, invoice_name(each)) for each in invoices]
    return Ask(
        step="by_hand",
        cause=Cause.UNITED if united else Cause.BY_HAND,
        title=message("by_hand.title"),
        problems=tuple(
            problem(Cause.SEVERAL_INVOICES, name, "amount", code, invoice=name, gross=each.totals.gross)
            for each, name in named
        ),
        options=tuple(
            Option(
                id=each.id,
                label=message("by_hand.it_is", invoice=name)
                if len(invoices) > 1
                else message("by_hand.it_is_this"),
            )
            for each, name in named[:8]
            if each.finalised
        ),
        skip=message("by_hand.issue"),
        cancel=_NO_INVOICE,
    )


def withdrawn(invoice: Invoice) -> Ask:
    """The deal's invoice was voided or credited in full, and the deal is won all the same."""
    number, notes = invoice_name(invoice), tuple(note.number for note in invoice.credit_notes)
    void = invoice.state is InvoiceState.VOID
    code = "withdrawn.void" if void else "withdrawn.credited"
    title = "withdrawn.void.title" if void else "withdrawn.credited.title"
    details = [Detail(label=message("withdrawn.notes"), value=notes)] if notes else []
    return Ask(
        step="withdrawn",
        cause=Cause.WITHDRAWN,
        title=message(title, number=number),
        problems=(
            problem(Cause.WITHDRAWN, THE_DEAL, "invoice", code, number=number, gross=invoice.totals.gross),
        ),
        details=tuple(details),
        options=(Option(id=AGAIN, label=message("withdrawn.again")),),
        cancel=_NO_INVOICE,
    )


def delivered_before_deposit() -> Ask:
    """The deal was delivered and its deposit is not invoiced: which invoice is due is a person's to say."""
    found = problem(Cause.LINES, THE_DEAL, "deposit_percent", "deal.deposit_late")
    return quality((found,))


def deposit_changed(deposit: Invoice, differences: tuple[Problem, ...]) -> Ask:
    """The deal does not go with its issued deposit any more: no balance can be reckoned."""
    return Ask(
        step="deposit",
        cause=Cause.EDITED_AFTER_ISSUE,
        title=message("deposit.title", number=invoice_name(deposit)),
        problems=differences,
        cancel=_NO_INVOICE,
    )


def other_customer_than(deposit: Invoice) -> Problem:
    """The balance would go to another customer of the billing system than the deposit."""
    return problem(
        Cause.COMPANY, THE_DEAL, "customer", "deposit.other_customer", number=invoice_name(deposit)
    )


def deposit_withdrawn(balance: Invoice) -> Problem:
    """The deposit that an issued balance deducts counts no more."""
    return problem(
        Cause.AMOUNT, THE_DEAL, "deposit_percent", "deposit.withdrawn", number=invoice_name(balance)
    )


def no_longer_won(invoice: Invoice, *, deleted: bool) -> Ask:
    """The deal was lost or deleted after its invoice was issued."""
    number, buyer = invoice_name(invoice), buyer_of(invoice)
    cause = Cause.DELETED_AFTER_ISSUE if deleted else Cause.LOST_AFTER_ISSUE
    title = "deleted_after_issue.title" if deleted else "lost_after_issue.title"
    return Ask(
        step="after_issue",
        cause=cause,
        title=message(title, number=number),
        problems=(
            problem(
                Cause.AMOUNT,
                THE_DEAL,
                "stage",
                cause,
                number=number,
                customer=buyer,
                gross=invoice.totals.gross,
            ),
        ),
        skip=_SEEN,
    )


def edited_after_issue(invoice: Invoice, differences: tuple[Problem, ...]) -> Ask:
    """The deal says something else than its issued invoice."""
    return Ask(
        step="after_issue",
        cause=Cause.EDITED_AFTER_ISSUE,
        title=message("edited_after_issue.title", number=invoice_name(invoice)),
        problems=differences,
        skip=_SEEN,
    )
