"""Countries as people type them: ISO codes, official and common names, and what is said instead of them."""

import gettext
import re
from collections.abc import Iterator
from functools import cache

import pycountry
from babel import Locale
from babel.core import get_global
from babel.languages import get_official_languages

from raccord.domain.values.base import unaccented

_LANGUAGES = ("fr", "en", "de", "es", "it", "nl")
# What neither ISO 3166 nor CLDR lists: parts of a country, abbreviations, former names, the EU's `EL`.
_SPOKEN = {
    "angleterre": "GB",
    "birmanie": "MM",
    "burma": "MM",
    "bosnie": "BA",
    "burkina": "BF",
    "centrafrique": "CF",
    "corse": "FR",
    "confederation suisse": "CH",
    "congo kinshasa": "CD",
    "cote d ivoire": "CI",
    "democratic republic of the congo": "CD",
    "drc": "CD",
    "east timor": "TL",
    "eau": "AE",
    "ecosse": "GB",
    "eire": "IE",
    "el": "GR",
    "emirats": "AE",
    "england": "GB",
    "etats unis d'amerique": "US",
    "france metropole": "FR",
    "france metropolitaine": "FR",
    "grande bretagne": "GB",
    "grand duche de luxembourg": "LU",
    "great britain": "GB",
    "guinee conakry": "GN",
    "guyane": "GF",
    "hellas": "GR",
    "holland": "NL",
    "hollande": "NL",
    "holy see": "VA",
    "hong kong": "HK",
    "ile de la reunion": "RE",
    "ile maurice": "MU",
    "iles fidji": "FJ",
    "irlande du nord": "GB",
    "ivory coast": "CI",
    "ksa": "SA",
    "letzebuerg": "LU",
    "macao": "MO",
    "macedoine": "MK",
    "macedonia": "MK",
    "metropolitaine france": "FR",
    "metropolitan france": "FR",
    "northern ireland": "GB",
    "palestine": "PS",
    "pays de galles": "GB",
    "polynesie": "PF",
    "pr china": "CN",
    "prc": "CN",
    "principaute de monaco": "MC",
    "quebec": "CA",
    "rdc": "CD",
    "republic of ireland": "IE",
    "republique d'irlande": "IE",
    "republique democratique du congo": "CD",
    "rfa": "DE",
    "rsa": "ZA",
    "saint siege": "VA",
    "scotland": "GB",
    "slovak republic": "SK",
    "swaziland": "SZ",
    "tahiti": "PF",
    "turkey": "TR",
    "uae": "AE",
    "uk": "GB",
    "us": "US",
    "us virgin islands": "VI",
    "usa": "US",
    "vatican": "VA",
    "wales": "GB",
}
_WRITTEN_OUT = {"st": "saint", "et": "and"}
_ARTICLE = re.compile("(?:the|les?|la) |l'")
_SEPARATORS = re.compile(r"\s*[(),;/]\s*|\s+[-–]\s+")
_FRENCH_WORDS = {"DOM", "COM"}
"""Codes of the Dominican Republic and of the Comoros, and what the French call their territories overseas."""
_NOT_COUNTRIES = {"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"}


def parse_country(text: str) -> str | None:
    """Return the ISO 3166-1 alpha-2 code of a country written as a code or as a name.

    CRMs keep the country as free text: `France`, `FRANCE (FR)`, `FRA`, `Etats-Unis`, `The Netherlands`,
    `Germany / Deutschland`. Names are those of six languages, ISO's official ones in French and English, and
    the country's own. None for what names no country, or two.
    """
    if found := _named(text) or _named(_turned(text)):
        return found
    parts = _parts(text)
    named = {_named(part) for part in parts} if len(parts) > 1 else set()
    return named.pop() if len(named) == 1 else None


def _turned(text: str) -> str:
    """Put `Korea, Republic of` and `Iran (Islamic Republic of)` the other way round."""
    match _parts(text):
        case [name, kind]:
            return f"{kind} {name}"
        case _:
            return ""


def _parts(text: str) -> list[str]:
    return [part for part in _SEPARATORS.split(text) if part.strip()]


def _named(text: str) -> str | None:
    plain = _plain(text)
    if "." in text and len(plain) == 2:
        # `R.U.` is the United Kingdom to the French, and RU is Russia: an abbreviation is no ISO code.
        return _SPOKEN.get(plain)
    bare = _ARTICLE.sub("", plain, count=1)
    for names in (_usual_names, _own_names):
        if found := names().get(plain) or names().get(bare):
            return found
    return None


@cache
def _usual_names() -> dict[str, str]:
    """What nearly everybody types. Of a name that two countries share the first counts."""
    names: dict[str, str] = {}
    for language in _LANGUAGES:
        for code, name in Locale(language).territories.items():
            if _is_country(str(code)):
                names.setdefault(_plain(str(name)), str(code))
                names[str(code).lower()] = str(code)
    return _iso_names() | names | _SPOKEN


def _iso_names() -> dict[str, str]:
    """ISO 3166-1's names in English and French, and its alpha-3 codes.

    Codes of dissolved states, which stand for several countries, are not among them.
    """
    french = _translations("fr")
    names: dict[str, str] = _alpha_3()
    for code, name in _english_names():
        for spelt in (name, french.gettext(name)):
            names.setdefault(_plain(spelt), code)
            if turned := _turned(spelt):
                names.setdefault(_plain(turned), code)
    return names


@cache
def _own_names() -> dict[str, str]:
    """The names of each country in its official languages; read only for what has no usual name."""
    names: dict[str, str] = {}
    for code, name in _english_names():
        for language in get_official_languages(code, de_facto=True):
            names.setdefault(_plain(_translations(language).gettext(name)), code)
    return names


def _english_names() -> Iterator[tuple[str, str]]:
    for country in pycountry.countries:
        for kind in ("name", "common_name", "official_name"):
            if name := getattr(country, kind, ""):
                yield country.alpha_2, name


@cache
def _translations(language: str) -> gettext.NullTranslations:
    spelt = {"zh": "zh_CN"}.get(language, language)
    return gettext.translation("iso3166-1", pycountry.LOCALES_DIR, languages=[spelt], fallback=True)


def _alpha_3() -> dict[str, str]:
    return {
        str(code).lower(): str(codes[0])
        for code, codes in get_global("territory_aliases").items()
        if len(code) == 3
        and code.isalpha()
        and len(codes) == 1
        and _is_country(codes[0])
        and code not in _FRENCH_WORDS
    }


def _is_country(code: str) -> bool:
    return len(code) == 2 and code.isalpha() and code not in _NOT_COUNTRIES


def country_name(code: str, language: str) -> str:
    """Return the usual name of a country in a language; the code itself where there is none."""
    return str(Locale(language).territories.get(code, code))


def _plain(text: str) -> str:
    """Reduce to what tells names apart: no case, accents, dots or hyphens, `&` and `St` written out."""
    plain = unaccented(text.replace("&", " and ").replace(". ", " ").replace(".", ""))
    words = plain.split()
    # Alone, `ST` and `ET` are codes of countries.
    return " ".join(_WRITTEN_OUT.get(word, word) for word in words) if len(words) > 1 else plain
