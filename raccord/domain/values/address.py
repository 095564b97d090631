"""Postal addresses with an ISO country."""

import re
import unicodedata
from functools import lru_cache

from babel import Locale
from babel.core import get_global

from raccord.domain.values.base import OneLine, Value, fold

_LANGUAGES = ("fr", "en", "de", "es", "it", "nl")
# What CLDR does not list: parts of the United Kingdom, official and former names, the EU's `EL`.
_SPOKEN = {
    "angleterre": "GB",
    "confederation suisse": "CH",
    "czech republic": "CZ",
    "ecosse": "GB",
    "eire": "IE",
    "el": "GR",
    "england": "GB",
    "etats unis d'amerique": "US",
    "grande bretagne": "GB",
    "great britain": "GB",
    "holland": "NL",
    "hollande": "NL",
    "irlande du nord": "GB",
    "northern ireland": "GB",
    "pays de galles": "GB",
    "principaute de monaco": "MC",
    "republic of ireland": "IE",
    "republique d'irlande": "IE",
    "republique francaise": "FR",
    "republique slovaque": "SK",
    "republique tcheque": "CZ",
    "scotland": "GB",
    "slovak republic": "SK",
    "u.s.a.": "US",
    "uk": "GB",
    "united states of america": "US",
    "usa": "US",
    "wales": "GB",
}
_ARTICLE = re.compile("(?:the|les?|la) |l'")
_OVERSEAS_COUNTRIES = frozenset(("GP", "MQ", "GF", "RE", "PM", "YT", "BL", "MF", "TF", "WF", "PF", "NC"))
_OVERSEAS_POSTAL_CODES = frozenset(
    ("971", "972", "973", "974", "975", "976", "977", "978", "984", "986", "987", "988")
)
_FRENCH_POSTAL_CODE = re.compile(r"(?:(?:FR?|MC)-?)?((?!00)\d{5})", re.IGNORECASE)
_MONACO = "980"
_WITHOUT_POSTAL_CODES = frozenset(
    "AE AO BF BI BJ BS BW CD CF CG CI CM DJ GA GM GQ HK ML MO MR QA RW SC TG UG YE ZW".split()  # noqa: SIM905
)
# Canary Islands, Ceuta, Melilla; Livigno, Campione; Buesingen, Heligoland; Aland; Mount Athos.
_OUTSIDE_EU_VAT = {
    "DE": ("78266", "27498"),
    "ES": ("35", "38", "51", "52"),
    "FI": ("22",),
    "GR": ("63086",),
    "IT": ("22061", "23030", "23041"),
}
_FILLER = re.compile(
    "x{2,}|na|nc|nd|none|null|neant|inconnue?|unknown|tbd|todo|nonrenseignee?|acompleter|adefinir"
)
_NOT_COUNTRIES = {"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"}


@lru_cache(maxsize=1)
def _country_names() -> dict[str, str]:
    names: dict[str, str] = {}
    for language in _LANGUAGES:
        for code, name in Locale(language).territories.items():
            if _is_country(str(code)):
                names.setdefault(_plain(str(name)), str(code))
                names[str(code).lower()] = str(code)
    return _alpha_3() | names | _SPOKEN


def _alpha_3() -> dict[str, str]:
    """ISO 3166-1 alpha-3 codes; those of dissolved states stand for several countries and are left out."""
    return {
        str(code).lower(): str(codes[0])
        for code, codes in get_global("territory_aliases").items()
        if len(code) == 3 and code.isalpha() and len(codes) == 1 and _is_country(codes[0])
    }


def _is_country(code: str) -> bool:
    return len(code) == 2 and code.isalpha() and code not in _NOT_COUNTRIES


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFD", fold(text.replace("’", "'").replace("-", " ")))
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def parse_country(text: str) -> str | None:
    """Return the ISO 3166-1 alpha-2 code of a country written as a code or as a name in six languages.

    CRMs keep the country as free text (`France`, `FRANCE `, `fr`, `FRA`, `Etats-Unis`, `The Netherlands`).
    """
    names, plain = _country_names(), _plain(text)
    return names.get(plain) or names.get(_ARTICLE.sub("", plain, count=1))


def says_nothing(text: str) -> bool:
    """Whether a mandatory field was filled to get past it: empty, `-`, `?`, `n/a`, `xxx`, `néant`."""
    letters = "".join(c for c in _plain(text) if c.isalnum())
    return not letters or _FILLER.fullmatch(letters) is not None


class Address(Value):
    """A postal address. `country` is ISO 3166-1 alpha-2, or None when it could not be understood."""

    line1: OneLine = ""
    line2: OneLine = ""
    postal_code: OneLine = ""
    city: OneLine = ""
    region: OneLine = ""
    country: str | None = None

    @property
    def french_postal_code(self) -> str | None:
        """The five digits of a postal code of France or Monaco, also from `97 110` and `F-97110`.

        None when it is none, or none of the country's.
        """
        found = _FRENCH_POSTAL_CODE.fullmatch("".join(self.postal_code.split()))
        if found is None or (self.country == "MC" and not found[1].startswith(_MONACO)):
            return None
        return found[1]

    @property
    def needs_postal_code(self) -> bool:
        """Whether the country has postal codes at all."""
        return self.country not in _WITHOUT_POSTAL_CODES

    @property
    def outside_eu_vat(self) -> bool:
        """Whether a member state other than France has this place outside the EU VAT territory.

        Directive 2006/112, article 6; told by postal code alone.
        """
        code = "".join(c for c in self.postal_code if c.isdigit())
        return code.startswith(_OUTSIDE_EU_VAT.get(self.country or "", ()))

    @property
    def overseas(self) -> bool:
        """Whether this is French soil overseas, where metropolitan VAT rates do not apply.

        Monaco (`980`) is not: it is part of the French VAT territory.
        """
        return self.country in _OVERSEAS_COUNTRIES or (
            self.country == "FR" and (self.french_postal_code or "")[:3] in _OVERSEAS_POSTAL_CODES
        )
