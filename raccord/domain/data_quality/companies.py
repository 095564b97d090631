"""Companies that a CRM holds twice, and numbers that can be told without asking anybody."""

import re
from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from enum import StrEnum

from raccord.domain.deal_won.party_rules import identifier_problems
from raccord.domain.deal_won.understood import means_none, understood
from raccord.domain.desk.problems import Problem
from raccord.domain.values.base import Value, letters, unaccented
from raccord.domain.values.email import parse_emails
from raccord.domain.values.identifiers import (
    parse_siren,
    parse_siret,
    parse_vat_number,
    siren_of_vat_number,
    vat_number_of_siren,
)
from raccord.domain.values.parties import Company, CustomerIdentity, IdentityKind

_ALIKE = 0.86
"""From here on two names differ by a slip of the finger: `Menuiserie Kerjean`, `Menuiserie Kerjan`."""
_LEGAL_FORMS = frozenset(
    [
        "sarl",
        "sas",
        "sasu",
        "sa",
        "eurl",
        "ei",
        "eirl",
        "sci",
        "scop",
        "snc",
        "selarl",
        "gie",
        "srl",
        "sprl",
        "bv",
        "nv",
        "gmbh",
        "ag",
        "ltd",
        "llc",
        "inc",
        "plc",
        "ste",
        "societe",
        "ets",
        "etablissements",
        "cie",
        "et",
        "fils",
        "the",
        "and",
    ]
)
_SHARED_HOSTS = frozenset(
    "gmail.com googlemail.com outlook.com outlook.fr hotmail.com hotmail.fr live.com live.fr msn.com "  # noqa: SIM905
    "yahoo.com yahoo.fr icloud.com me.com orange.fr wanadoo.fr free.fr sfr.fr neuf.fr laposte.net bbox.fr "
    "numericable.fr gmx.com gmx.fr protonmail.com proton.me aol.com facebook.com linkedin.com "
    "instagram.com".split()
)
"""Where anybody may have an address, or a page: the same one makes no two companies one."""


class Alike(StrEnum):
    """Why two records may be one company, the strongest first."""

    SIRET = "siret"
    SIREN = "siren"
    VAT = "vat"
    DOMAIN = "domain"
    """The same domain, and a name that is nearly the same: somebody looks before uniting them."""


class Known(Value):
    """A company as far as it tells whether another is the same."""

    id: str
    name: str = ""
    url: str = ""
    owner_id: str = ""
    deals: int = 0
    siren: str = ""
    siret: str = ""
    vat: str = ""
    domain: str = ""

    @property
    def keys(self) -> tuple[tuple[Alike, str], ...]:
        """What another record of the same company would share, whatever else it says."""
        found = ((Alike.SIREN, self.siren), (Alike.VAT, self.vat), (Alike.DOMAIN, self.domain))
        return tuple((alike, value) for alike, value in found if value)


class Twins(Value):
    """Records of one company. The first is to be kept: it has the most deals, or is the oldest."""

    why: Alike
    companies: tuple[Known, ...]

    @property
    def proven(self) -> bool:
        """Whether a number says that they are one; what only looks so is checked first."""
        return self.why is not Alike.DOMAIN


def known(company: Company, *, url: str = "", owner_id: str = "", deals: int = 0) -> Known:
    company = understood(company)
    identity = CustomerIdentity.of_numbers(company.siren, company.siret, company.vat_number)
    foreign = identity.value if identity and identity.kind is IdentityKind.VAT else ""
    return Known(
        id=company.id,
        name=company.name,
        url=url,
        owner_id=owner_id,
        deals=deals,
        siren=company.legal_siren or "",
        siret=parse_siret(company.siret) or "",
        vat=foreign,
        domain=_domain(company),
    )


def twins(sharing: Iterable[Known], alike: Alike) -> Iterator[Twins]:
    """Yield those of the companies that share a number or a domain which are the same company.

    Sites of one legal entity have a SIRET each and are customers of their own; companies of a group share
    a domain and have a SIREN, or a VAT number from abroad, each.
    """
    groups: list[list[Known]] = []
    for company in sorted(sharing, key=lambda each: (-each.deals, len(each.id), each.id)):
        mine = next((group for group in groups if all(_same(company, it, alike) for it in group)), None)
        if mine is None:
            groups.append([company])
        else:
            mine.append(company)
    for group in groups:
        if len(group) > 1:
            sirets = {each.siret for each in group}
            why = Alike.SIRET if alike is Alike.SIREN and len(sirets) == 1 and "" not in sirets else alike
            yield Twins(why=why, companies=tuple(group))


def invalid_numbers(company: Company) -> tuple[Problem, ...]:
    """Return what is wrong with the numbers that are typed, also where no won deal asks about them.

    A VAT number without a country may be British or Swiss, and nothing here can tell.
    """
    if company.individual:
        return ()
    company = understood(company)
    skipped = {"vat_number"} if company.address.country is None else set()
    return tuple(
        each
        for each in identifier_problems(company)
        if each.message.code != "company.siren_missing" and each.field not in skipped
    )


def expected_vat_number(company: Company) -> str:
    """Return the VAT number that a French SIREN gives, where the company has none that is valid; else "".

    Also "" where somebody typed that it has none.
    A key that can be computed proves nothing of the company's being registered for VAT: people look it up.
    """
    if not company.address.registered_in_france or company.individual:
        return ""
    if company.vat_number.strip() and means_none(company.vat_number):
        return ""
    company = understood(company)
    siren = parse_siren(company.siren) or parse_siren(company.siret)
    vat = parse_vat_number(company.vat_number)
    if not siren or (vat and siren_of_vat_number(vat) == siren):
        return ""
    return vat_number_of_siren(siren)


def _same(one: Known, other: Known, alike: Alike) -> bool:
    if one.siret and other.siret and one.siret != other.siret:
        return False
    if alike is not Alike.DOMAIN:
        return True
    if (one.siren or one.vat) and (other.siren or other.vat):
        # With the same number they are found by it; with another they are two companies.
        return False
    return near(one.name, other.name)


def near(one: str, other: str) -> bool:
    """Whether two names are likely meant for the same company."""
    mine, theirs = _core(one), _core(other)
    if not mine or not theirs:
        return False
    return mine == theirs or SequenceMatcher(None, mine, theirs).ratio() >= _ALIKE


def _core(name: str) -> str:
    """Reduce a name to what tells it from others."""
    words = re.split(r"[^\w]+", unaccented(name).replace(".", ""))
    core = "".join(word for word in words if word and word not in _LEGAL_FORMS)
    return letters(core or name)


def _domain(company: Company) -> str:
    emails: Sequence[str] = parse_emails(company.email)
    mailed = emails[0].rpartition("@")[2] if emails else ""
    for text in (company.domain, mailed):
        host = text.strip().casefold().removeprefix("https://").removeprefix("http://").partition("/")[0]
        host = host.removeprefix("www.")
        if "." in host.strip(".") and host not in _SHARED_HOSTS:
            return host
    return ""
