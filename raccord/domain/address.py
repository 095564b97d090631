"""Postal addresses with an ISO country."""

import unicodedata
from functools import lru_cache

from babel import Locale

from raccord.domain.values import OneLine, Value, fold

_LANGUAGES = ("fr", "en", "de", "es", "it", "nl")
_SPOKEN = {"uk": "GB", "usa": "US", "u.s.a.": "US", "holland": "NL", "hollande": "NL", "england": "GB"}
_OVERSEAS_COUNTRIES = frozenset(("GP", "MQ", "GF", "RE", "PM", "YT", "BL", "MF", "TF", "WF", "PF", "NC"))
_OVERSEAS_POSTAL_CODES = frozenset(
    ("971", "972", "973", "974", "975", "976", "977", "978", "984", "986", "987", "988")
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
    return names | _SPOKEN


def _is_country(code: str) -> bool:
    return len(code) == 2 and code.isalpha() and code not in _NOT_COUNTRIES


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFD", fold(text.replace("’", "'").replace("-", " ")))
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def parse_country(text: str) -> str | None:
    """Return the ISO 3166-1 alpha-2 code of a country written as a code or as a name in six languages.

    CRMs keep the country as free text (`France`, `FRANCE `, `fr`, `Etats-Unis`, `Allemagne`).
    """
    return _country_names().get(_plain(text))


class Address(Value):
    """A postal address. `country` is ISO 3166-1 alpha-2, or None when it could not be understood."""

    line1: OneLine = ""
    line2: OneLine = ""
    postal_code: OneLine = ""
    city: OneLine = ""
    region: OneLine = ""
    country: str | None = None

    @property
    def _department(self) -> str:
        # People write `97 110` and `F-97110`.
        return "".join(c for c in self.postal_code if c.isdigit())[:3]

    @property
    def overseas(self) -> bool:
        """Whether this is French soil overseas, where metropolitan VAT rates do not apply.

        Monaco (`980`) is not: it is part of the French VAT territory.
        """
        return self.country in _OVERSEAS_COUNTRIES or (
            self.country == "FR" and self._department in _OVERSEAS_POSTAL_CODES
        )
