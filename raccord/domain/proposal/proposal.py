"""The settings that answers come to: few of them, each with the reason that stands beside it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypeAlias

from raccord.domain.proposal.candidates import Candidate, candidates
from raccord.domain.proposal.questions import ALL, MAKE, NONE, WHY, Question, selling
from raccord.domain.rules.modes import WITH_A_MODE, Mode
from raccord.domain.rules.vat import VatPolicy
from raccord.domain.values.described import BillingAccount, CrmAccount, Purpose, SeenPipeline, Slot, rates
from raccord.domain.values.message import Message, message

_IN_FRENCH = frozenset({"FR", "BE", "LU", "MC"})
"""Countries where the people of a company that sells to France are asked in French."""
Written: TypeAlias = str | int | date | Decimal | tuple[str, ...] | tuple[Decimal, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the settings, below a section's name: `company`, or `` for the top."""

    section: str
    name: str
    value: Written
    remarks: tuple[Message, ...] = ()


@dataclass(frozen=True, slots=True)
class Accounts:
    """What was read, with the names of its connections. A billing system that was not read is empty."""

    crm: CrmAccount
    billing: BillingAccount
    crm_name: str
    billing_name: str


def desk_language(billing: BillingAccount, reader: str) -> str:
    """Return in which language people are asked: that of the company's country, else the reader's.

    Whoever sets Raccord up, in a terminal of any language, is seldom who answers.
    """
    return "fr" if billing.country in _IN_FRENCH else reader


def propose(accounts: Accounts, asked: tuple[Question, ...], answers: Mapping[str, str]) -> tuple[Entry, ...]:
    """Return the settings. `answers`: by the names of the questions, each one that its question takes."""
    chosen = {each.name: answers.get(each.name, each.default) for each in asked}
    return (
        Entry("", "crm", accounts.crm_name),
        Entry("", "billing", accounts.billing_name),
        Entry(
            "",
            "invoice_deals_won_from",
            date.fromisoformat(chosen["won_from"]),
            (message("init.file.won_from"),),
        ),
        Entry("company", "name", chosen["company"]),
        *_modes(),
        *_rollout(accounts.crm, chosen.get("pipelines", ALL)),
        Entry("invoice", "amount_basis", chosen["amounts"], (message("init.file.amounts"),)),
        *_vat(accounts.billing, chosen.get(Purpose.VAT_RATE, MAKE)),
        *(
            Entry(accounts.crm_name, name, value, (message("init.file.section"),))
            for name, value in accounts.crm.section.items()
        ),
        *_mapping(accounts, asked, chosen),
        *(Entry(accounts.billing_name, name, value) for name, value in accounts.billing.section.items()),
    )


def _modes() -> Iterator[Entry]:
    for place, flow in enumerate(WITH_A_MODE):
        remarks = () if place else (message("init.file.shadow"),)
        yield Entry("modes", flow, Mode.SHADOW.value, remarks)


def _rollout(crm: CrmAccount, chosen: str) -> Iterator[Entry]:
    lines = tuple(_line(each) for each in selling(crm))
    people = tuple(each.name or each.email for each in crm.owners if each.name or each.email)
    named = (message("init.file.owners", owners=people[:12], others=len(people)),) if people else ()
    value = () if chosen == ALL else (chosen,)
    yield Entry("rollout", "pipelines", value, (message("init.file.rollout"), *lines, *named))


def _line(pipeline: SeenPipeline) -> Message:
    if pipeline.won_at_any:
        return message("init.file.pipeline_any", name=pipeline.name, id=pipeline.id)
    stages = tuple(stage.name for stage in pipeline.won)
    return message("init.file.pipeline", name=pipeline.name, id=pipeline.id, stages=stages)


def _vat(billing: BillingAccount, rate: str) -> Iterator[Entry]:
    if billing.country:
        yield Entry("vat", "seller_country", billing.country)
    if billing.vat_rates:
        # One that nobody has sold at yet is a rate all the same; without any above 0 nobody would owe VAT.
        known = rates({*VatPolicy().rates, *billing.vat_rates})
        yield Entry("vat", "rates", known, (message("init.file.rates"),))
    if rate.isdecimal():
        yield Entry("vat", "default_rate", Decimal(rate), (message("init.file.default_rate"),))


def _mapping(accounts: Accounts, asked: tuple[Question, ...], chosen: Mapping[str, str]) -> Iterator[Entry]:
    questions = {each.name: each for each in asked}
    for slot in accounts.crm.slots:
        question = questions.get(slot.purpose)
        answer = chosen.get(slot.purpose, NONE)
        picked = None
        if question is None:
            picked = _best(slot, accounts)
        elif (choice := question.choice(answer)) and answer.isdecimal():
            # A rate for lines that have none leaves the others theirs.
            picked = _best(slot, accounts)
        elif choice:
            picked = choice.candidate
        yield from _of_slot(accounts, slot, picked, made=answer == MAKE)
    for spare in accounts.crm.spares:
        if not spare.there:
            yield _entry(accounts.crm_name, spare.setting, "", (message("init.file.spare"),))


def _best(slot: Slot, accounts: Accounts) -> Candidate | None:
    """Take the best field there is, and none where nothing speaks for it."""
    found = candidates(slot, accounts.crm.fields, rates=accounts.billing.vat_rates)
    return found[0] if found and found[0].well else None


def _of_slot(accounts: Accounts, slot: Slot, picked: Candidate | None, *, made: bool) -> Iterator[Entry]:
    """Yield the setting of each place: the one that is used by its name, the others as not used."""
    connection, why = accounts.crm_name, WHY[slot.purpose]
    for place in slot.places:
        if place.kind not in accounts.crm.fields:
            # Empty and not left out: by its default name `setup` would make a field that may be there.
            yield _entry(connection, place.setting, "", (why, message("init.file.undecided")))
        elif picked and picked.place == place:
            yield _entry(connection, place.setting, picked.field.name, (why, seen(picked)))
        elif made and place == slot.places[0]:
            yield _entry(connection, place.setting, slot.made, (why, message("init.file.made")))
        else:
            yield _entry(connection, place.setting, "", () if picked or made else (why, _UNUSED))


_UNUSED = message("init.file.unused")


def seen(candidate: Candidate) -> Message:
    """Say how often a field is filled, and how well. No value: settings are kept in many places."""
    if not candidate.filled:
        return message("init.seen.empty", count=candidate.field.records, label=candidate.field.label)
    return message(
        "init.seen.filled",
        label=candidate.field.label,
        filled=candidate.filled,
        count=candidate.field.records,
        fitting=len(candidate.fitting),
    )


def _entry(connection: str, setting: str, value: str, remarks: tuple[Message, ...]) -> Entry:
    section, _, name = setting.rpartition(".")
    return Entry(f"{connection}.{section}", name, value, remarks)
