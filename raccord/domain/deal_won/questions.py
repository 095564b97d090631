"""What a flow asks a person, each with everything that may be answered."""

from raccord.domain.deal_won.quality import InvoicePlan
from raccord.domain.desk.problems import Cause, Problem, Text, problem
from raccord.domain.desk.question import Ask, Detail, Option
from raccord.domain.values.invoice import Invoice
from raccord.domain.values.parties import Customer
from raccord.domain.values.totals import Totals

NEW_CUSTOMER = "new"
ISSUE = "issue"
SAME_CUSTOMER = "same"
OWN_CUSTOMER = "site"

_NO_INVOICE = Text(fr="Ne pas facturer cette affaire", en="Do not invoice this deal")
_SEEN = Text(fr="Vu : laisser ainsi", en="Seen: leave it so")


def quality(problems: tuple[Problem, ...]) -> Ask:
    """The deal's data has to be completed first."""
    count = len(problems)
    return Ask(
        step="quality",
        cause=problems[0].cause.value,
        title=Text(
            fr=f"Affaire gagnée, pas encore facturable : {count} point{'s' if count > 1 else ''} à régler",
            en=f"Deal won, cannot be invoiced yet: {count} point{'s' if count > 1 else ''} to settle",
        ),
        problems=problems,
        cancel=_NO_INVOICE,
    )


def refused(step: str, found: Problem, *, skip: Text | None = None) -> Ask:
    """A system refused a step."""
    return Ask(
        step=step,
        cause=found.cause.value,
        title=Text(fr="Une étape a été refusée", en="A step was refused"),
        problems=(found,),
        skip=skip,
        cancel=Text(fr="Abandonner : je m'en occupe à la main", en="Give up: I finish it by hand"),
    )


WITHOUT_MAIL = Text(fr="Continuer sans envoyer l'e-mail", en="Go on without the e-mail")
WITHOUT_WRITING = Text(fr="Continuer sans écrire dans l'affaire", en="Go on without writing to the deal")


def several_invoices(invoices: tuple[Invoice, ...]) -> Ask:
    """More than one invoice claims the deal."""
    listed = ", ".join(i.number or i.id for i in invoices)
    return Ask(
        step="invoices",
        cause=Cause.SEVERAL_INVOICES.value,
        title=Text(fr="Plusieurs factures pour une affaire", en="Several invoices for one deal"),
        problems=(
            problem(
                Cause.SEVERAL_INVOICES,
                "deal",
                "invoice",
                reason=(
                    f"Plusieurs factures portent cette affaire ({listed}).",
                    f"Several invoices carry this deal ({listed}).",
                ),
                remedy=(
                    "Gardez-en une : supprimez les brouillons en trop, créditez la facture en trop.",
                    "Keep one: delete the extra drafts, credit the extra invoice.",
                ),
            ),
        ),
        cancel=_NO_INVOICE,
    )


def vanished(about: str) -> Ask:
    """A record is gone each time it is needed."""
    found = problem(
        Cause.REFUSED,
        about,
        "id",
        reason=(f"« {about} » disparaît à chaque essai.", f"“{about}” vanishes at every attempt."),
        remedy=(
            "Vérifiez qui ou quoi le supprime, puis relancez.",
            "Find out who or what deletes it, then try again.",
        ),
    )
    return refused("vanished", found)


def unproven(draft: Invoice, differences: Text, *, exempted: bool = False) -> Ask:
    """The draft does not come to our totals; `differences` names each figure, expected and found.

    `exempted`: the billing system adds no VAT for this customer, whatever the rates of the lines.
    """
    remedy = (
        "Rien n'a été émis. Vérifiez lignes et taux, ou la règle d'arrondi de la connexion, puis relancez.",
        "Nothing was issued. Check lines and rates, or the connection's VAT rounding, then try again.",
    )
    if exempted:
        remedy = (
            f"Dans la facturation, le client {draft.customer_id} est en autoliquidation ou exonéré, "
            "cette affaire non : corrigez son statut fiscal (ou les taux de l'affaire), puis relancez.",
            f"In the billing system, customer {draft.customer_id} is under reverse charge or exempt, "
            "this deal is not: correct its tax status (or the deal's rates), then try again.",
        )
    return Ask(
        step="totals",
        cause=Cause.TOTALS.value,
        title=Text(
            fr="Le brouillon ne tombe pas juste : rien n'a été émis",
            en="The draft does not add up: nothing was issued",
        ),
        problems=(
            problem(
                Cause.TOTALS,
                # Not its id: it is made anew each day it waits, and the question would be another one.
                "draft",
                "total",
                reason=(
                    f"Le brouillon ne tombe pas sur nos totaux (attendu / trouvé) : {differences.fr}.",
                    f"The draft does not come to our totals (expected / found): {differences.en}.",
                ),
                remedy=remedy,
            ),
        ),
        cancel=_NO_INVOICE,
    )


def which_customer(candidates: tuple[Customer, ...], crm_company: str) -> Ask:
    """Existing customers resemble the company without proof."""
    listed = ", ".join(c.id for c in candidates)
    return Ask(
        step="customer",
        cause=Cause.CUSTOMER_CHOICE.value,
        title=Text(fr="Quel client facturer ?", en="Which customer is it?"),
        problems=(
            problem(
                Cause.CUSTOMER_CHOICE,
                f"company {crm_company}",
                "customer",
                reason=(
                    f"Un client existant lui ressemble sans preuve suffisante ({listed}).",
                    f"Existing customers resemble it without proof ({listed}).",
                ),
                remedy=(
                    "Choisissez le client, ou complétez son SIREN ou son numéro de TVA dans la facturation.",
                    "Choose the customer, or complete its SIREN or VAT number in the billing system.",
                ),
            ),
        ),
        options=(
            *(Option(id=c.id, label=_customer_label(c)) for c in candidates[:8]),
            Option(id=NEW_CUSTOMER, label=Text(fr="Créer un nouveau client", en="Create a new customer")),
        ),
        cancel=_NO_INVOICE,
    )


def _customer_label(customer: Customer) -> Text:
    said = f"{customer.name or customer.id} ({customer.id})"
    return Text(fr=f"C'est {said}", en=f"It is {said}")


def vanished_customer(crm_company: str) -> Problem:
    """The customer was deleted while it was being found."""
    return problem(
        Cause.REFUSED,
        f"company {crm_company}",
        "customer",
        reason=(
            "Le client a été supprimé de la facturation pendant qu'on l'utilisait.",
            "The customer was deleted from the billing system while it was being used.",
        ),
        remedy=(
            "Relancez : un client sera cherché ou créé.",
            "Try again: a customer is found or created.",
        ),
    )


def one_siren_two_companies(
    crm_company: str, other: str, customer: Customer, *, two_sites: bool = False
) -> Ask:
    """Another company of the CRM has the same legal identity and is this customer already.

    `two_sites`: the two carry different SIRETs, so each may be a customer of its own.
    """
    remedy = (
        "Confirmez que c'est le même client, ou fusionnez les deux entreprises si l'une est un doublon. "
        "Pour facturer deux établissements séparément, donnez à chacun son SIRET dans le CRM, puis relancez.",
        "Confirm that it is the same customer, or merge the two companies if one is a duplicate. "
        "To invoice two sites separately, give each its own SIRET in the CRM, then try again.",
    )
    same = Option(
        id=SAME_CUSTOMER,
        label=Text(fr=f"Même client : facturer {customer.id}", en=f"Same customer: invoice {customer.id}"),
    )
    options: tuple[Option, ...] = (same,)
    if two_sites:
        remedy = (
            "Leurs SIRET diffèrent : dites si c'est le même client, ou un autre établissement qui a son "
            "propre client. Si l'une des deux entreprises est un doublon, fusionnez-les.",
            "Their SIRETs differ: say whether it is the same customer, or another site that is a customer "
            "of its own. If one of the two companies is a duplicate, merge them.",
        )
        own = Text(fr="Un autre établissement : son propre client", en="Another site: a customer of its own")
        options = (same, Option(id=OWN_CUSTOMER, label=own))
    return Ask(
        step="company",
        cause="same_siren",
        title=Text(
            fr="Deux entreprises du CRM portent le même SIREN",
            en="Two companies of the CRM have one SIREN",
        ),
        problems=(
            problem(
                Cause.CUSTOMER_CHOICE,
                f"company {crm_company}",
                "siren",
                reason=(
                    f"L'entreprise {other} a la même identité légale ; elle est le client {customer.id}.",
                    f"Company {other} has the same legal identity; it is customer {customer.id}.",
                ),
                remedy=remedy,
            ),
        ),
        options=options,
        cancel=_NO_INVOICE,
    )


def written_by_hand(invoices: tuple[Invoice, ...], *, united: bool = False) -> Ask:
    """Invoices that may already be this deal's: alike and not ours, or of a deal `united` with this one."""
    several = len(invoices) > 1
    why_fr = "d'une affaire fusionnée avec celle-ci" if united else "du même client et du même montant"
    why_en = "of a deal merged into this one" if united else "of the same customer and amount"
    return Ask(
        step="by_hand",
        cause="united" if united else "by_hand",
        title=Text(fr="Cette affaire est-elle déjà facturée ?", en="Is this deal invoiced already?"),
        problems=tuple(
            problem(
                Cause.SEVERAL_INVOICES,
                f"invoice {i.number or i.id}",
                "amount",
                reason=(
                    f"La facture {i.number or i.id} existe déjà, {why_fr} ({i.totals.gross.text('fr')} TTC).",
                    f"Invoice {i.number or i.id} exists already, {why_en} "
                    f"({i.totals.gross.text('en')} gross).",
                ),
                remedy=(
                    "Dites si c'est la facture de cette affaire.",
                    "Say whether it is this deal's invoice.",
                ),
            )
            for i in invoices
        ),
        options=tuple(
            Option(
                id=i.id,
                label=Text(
                    fr=f"C'est la facture {i.number or i.id}" if several else "C'est cette facture",
                    en=f"It is invoice {i.number or i.id}" if several else "It is this invoice",
                ),
            )
            for i in invoices[:8]
            if i.finalised
        ),
        skip=Text(fr="Non : émettre la facture", en="No: issue the invoice"),
        cancel=_NO_INVOICE,
    )


def approval(plan: InvoicePlan, totals: Totals, warnings: tuple[Problem, ...] = (), *, cycle: int = 1) -> Ask:
    """The proven draft waits for a person to issue it. No dates: it is dated when it is approved.

    `cycle` tells it from the approval of an invoice that was credited since: an answer is for one invoice.
    """
    vat_fr = ", ".join(f"{t.rate.normalize():f} % : {t.vat.text('fr')}" for t in totals.vat)
    details = [
        Detail(label=Text(fr="Client", en="Customer"), value=plan.profile.name),
        Detail(label=Text(fr="Envoyée à", en="Sent to"), value=plan.profile.email),
        Detail(label=Text(fr="HT", en="Net"), value=totals.net.text("fr")),
        Detail(label=Text(fr="TVA", en="VAT"), value=vat_fr),
        Detail(label=Text(fr="TTC", en="Gross"), value=totals.gross.text("fr")),
    ]
    details += [
        Detail(
            label=Text(fr=f"Ligne {number}", en=f"Line {number}"),
            value=f"{line.quantity.normalize():f} × {line.name} · {line.priced.net(plan.currency):f} "
            f"{plan.currency} HT · {line.vat_rate.normalize():f} %",
        )
        for number, line in enumerate(plan.lines, start=1)
    ]
    if cycle > 1:
        before = Text(
            fr="Déjà facturée, puis annulée ou créditée", en="Invoiced before, then void or credited"
        )
        details.append(Detail(label=before, value=f"{cycle - 1} ×"))
    return Ask(
        step="approval",
        cause="approval",
        title=Text(
            fr=f"Facture prête : {totals.gross.text('fr')} TTC pour {plan.profile.name}",
            en=f"Invoice ready: {totals.gross.text('en')} gross for {plan.profile.name}",
        ),
        problems=warnings,
        details=tuple(details),
        options=(Option(id=ISSUE, label=Text(fr="Émettre et envoyer", en="Issue and send")),),
        cancel=Text(fr="Ne pas facturer (supprimer le brouillon)", en="Do not invoice (delete the draft)"),
    )


def no_longer_won(invoice: Invoice, *, deleted: bool) -> Ask:
    """The deal was lost or deleted after its invoice was issued."""
    number = invoice.number or invoice.id
    what_fr, what_en = ("supprimée", "deleted") if deleted else ("n'est plus gagnée", "no longer won")
    return Ask(
        step="after_issue",
        cause="deleted_after_issue" if deleted else "lost_after_issue",
        title=Text(
            fr=f"Affaire {what_fr}, facture {number} émise",
            en=f"Deal {what_en}, invoice {number} is issued",
        ),
        problems=(
            problem(
                Cause.AMOUNT,
                "deal",
                "stage",
                reason=(
                    f"La facture {number} ({invoice.totals.gross.text('fr')} TTC) a été émise pour cette "
                    f"affaire, {'supprimée' if deleted else 'sortie des affaires gagnées'} depuis.",
                    f"Invoice {number} ({invoice.totals.gross.text('en')} gross) was issued for this deal, "
                    f"which was {'deleted' if deleted else 'taken out of the won deals'} since.",
                ),
                remedy=(
                    "Faites un avoir si la vente est annulée, ou remettez l'affaire en « gagnée ».",
                    "Make a credit note if the sale is off, or put the deal back to won.",
                ),
            ),
        ),
        skip=_SEEN,
    )


def edited_after_issue(invoice: Invoice, differences: tuple[Problem, ...]) -> Ask:
    """The deal says something else than its issued invoice."""
    number = invoice.number or invoice.id
    return Ask(
        step="after_issue",
        cause="edited_after_issue",
        title=Text(
            fr=f"Affaire modifiée après sa facture {number}",
            en=f"Deal edited after its invoice {number}",
        ),
        problems=differences,
        skip=_SEEN,
    )
